"""What somebody wants to know of: the surroundings of a place, as far as they choose."""

from dataclasses import dataclass

from pipeline.domain.incidents import metres_between
from pipeline.domain.neighbour_reports import ReportCategory
from pipeline.domain.places import Circle

PLACE_DIGITS = 3
"""Of a degree, some 100 m: what stands in an address that is shared, or is kept for a mail, is no door."""
NEAREST_METRES, FARTHEST_METRES = 100, 20_000


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The surroundings of a place.

    Attributes:
        place: Latitude and longitude in degrees, rounded to ``PLACE_DIGITS``; None for wherever the agency is.
        metres: Around the place.
        categories: Which reports, in their own order; at least one.
    """

    place: tuple[float, float] | None
    metres: int
    categories: tuple[ReportCategory, ...] = tuple(ReportCategory)

    def __post_init__(self) -> None:
        if not NEAREST_METRES <= self.metres <= FARTHEST_METRES:
            raise ValueError(f"a neighbourhood reaches {NEAREST_METRES} to {FARTHEST_METRES} metres, got {self.metres}")
        if not self.categories:
            raise ValueError("a neighbourhood without a category holds nothing")
        if self.place is not None:
            if self.place != rounded(self.place):
                raise ValueError("the place of a neighbourhood is rounded")
            Circle(*self.place, self.metres)

    @property
    def circle(self) -> Circle | None:
        """On the map; None for everywhere."""
        return None if self.place is None else Circle(*self.place, self.metres)

    @property
    def is_whole(self) -> bool:
        """Whether every category is wanted."""
        return set(self.categories) == set(ReportCategory)

    def metres_to(self, place: tuple[float, float]) -> float:
        """From its middle; 0 where it has none."""
        return 0.0 if self.place is None else metres_between(self.place, place)

    def query(self) -> list[tuple[str, str]]:
        """As it stands in an address: the same neighbourhood always alike."""
        found = [] if self.place is None else [("at", f"{self.place[0]:.3f},{self.place[1]:.3f}")]
        found.append(("metres", str(self.metres)))
        if not self.is_whole:
            found += [("category", one.value) for one in ReportCategory if one in self.categories]
        return found


def rounded(place: tuple[float, float]) -> tuple[float, float]:
    """A place as a neighbourhood keeps it."""
    return round(place[0], PLACE_DIGITS), round(place[1], PLACE_DIGITS)
