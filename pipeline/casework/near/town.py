"""What the public pages know of the town: its places, its streets, and where its map begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.casework.neighbours.areas import areas_of
from pipeline.domain.agency_areas import AgencyArea, AreaMap, Beat, Shape
from pipeline.domain.found_places import Street
from pipeline.geocoding import Finder, Ground, open_finder, read_ground
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """Opened once, when the server starts.

    Attributes:
        finder: Finds places by words.
        ground: The operator's own map; empty for none.
        areas: Outlines of the agency's areas, by name.
        start: Where a map begins before a place is chosen; None where nobody said.
    """

    finder: Finder
    ground: Ground
    areas: tuple[Street, ...]
    start: tuple[float, float] | None


def open_town(settings: Settings) -> Town:
    """Reads what the settings name.

    Raises:
        SettingsError, AreasError: A file cannot be read, or is none of the kind.
    """
    ground = read_ground(settings.near.streets)
    areas = _outlines(areas_of(settings)) if settings.agency.areas is not None else ()
    start = settings.near.start or _middle(areas) or _middle(ground.streets)
    return Town(open_finder(settings.near, ground, areas), ground, areas, start)


def _outlines(areas: AreaMap) -> tuple[Street, ...]:
    """Areas and beats as lines with names: drawn, and found by name as the middle of their corners."""
    named: list[AgencyArea | Beat] = [*areas.areas, *(beat for area in areas.areas for beat in area.beats)]
    return tuple(Street(one.name, tuple(_closed(shape) for shape in one.shapes), is_ring=True) for one in named)


def _closed(shape: Shape) -> tuple[tuple[float, float], ...]:
    return (*shape.outline.corners, shape.outline.corners[0])


def _middle(streets: Sequence[Street]) -> tuple[float, float] | None:
    points = [point for street in streets for line in street.lines for point in line]
    if not points:
        return None
    latitudes, longitudes = zip(*points, strict=True)
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
