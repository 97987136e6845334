"""For which places an agency takes reports, and whom others turn to. Pure."""

from dataclasses import dataclass

from pipeline.domain.places import Area


@dataclass(frozen=True, slots=True)
class Shape:
    """One polygon of the map with its holes."""

    outline: Area
    holes: tuple[Area, ...] = ()

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point lies inside, and in none of the holes."""
        return self.outline.contains(latitude, longitude) and not any(
            hole.contains(latitude, longitude) for hole in self.holes
        )


@dataclass(frozen=True, slots=True)
class Beat:
    """A part of an area that one patrol looks after."""

    name: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class AgencyArea:
    """An area of this agency.

    Attributes:
        area_id: For machines; letters, digits and dashes.
        name: For people.
        shapes: At least one.
        beats: In the order of the file; may be empty.
    """

    area_id: str
    name: str
    shapes: tuple[Shape, ...]
    beats: tuple[Beat, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where another agency is to be turned to.

    Attributes:
        agency: Its name.
        number: Where it is called when nothing is urgent; may be empty.
        shapes: At least one.
    """

    agency: str
    number: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The area that holds a place, and the beat inside of it; the beat's name is empty for none."""

    area: AgencyArea
    beat: str


@dataclass(frozen=True, slots=True)
class AreaMap:
    """All areas; none overlaps another by more than a sliver (``casework.neighbours.areas``); there the first wins."""

    areas: tuple[AgencyArea, ...]
    elsewhere: tuple[Elsewhere, ...] = ()

    def find(self, latitude: float, longitude: float) -> Found | Elsewhere | None:
        """The area that holds a place, or who is to be turned to there; None where nobody is named."""
        for area in self.areas:
            if _holds(area.shapes, latitude, longitude):
                beats = (beat.name for beat in area.beats if _holds(beat.shapes, latitude, longitude))
                return Found(area, next(beats, ""))
        return next((one for one in self.elsewhere if _holds(one.shapes, latitude, longitude)), None)

    def name_of(self, area_id: str) -> str:
        """The name of an area; its id where the file names it no more."""
        return next((area.name for area in self.areas if area.area_id == area_id), area_id)


def _holds(shapes: tuple[Shape, ...], latitude: float, longitude: float) -> bool:
    return any(shape.contains(latitude, longitude) for shape in shapes)
