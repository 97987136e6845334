"""Where words that somebody typed lie on the map."""

import math
from dataclasses import dataclass
from enum import StrEnum


class PlaceSource(StrEnum):
    """Who says where a place lies."""

    COORDINATES = "coordinates"
    """The words themselves."""
    GAZETTEER = "gazetteer"
    """The streets and places that the operator gave, and the agency's areas."""
    POSTCODE = "postal code"
    """The postal codes that come with the program: the middle of an area, some kilometres wide."""
    SERVICE = "address service"
    """The service that the operator named."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One answer to what was asked.

    Attributes:
        name: For people.
        latitude: In degrees (WGS 84).
        longitude: Likewise.
        source: Who says so.
        credit: Whom to name beside it; empty for nobody.
    """

    name: str
    latitude: float
    longitude: float
    source: PlaceSource
    credit: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.latitude) and math.isfinite(self.longitude)):
            raise ValueError("a place has finite coordinates")
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # noqa: PLR2004 - degrees
            raise ValueError(f"no place on earth has latitude {self.latitude} and longitude {self.longitude}")


@dataclass(frozen=True, slots=True)
class Street:
    """A street, a path or a place with a name, as the operator's map has it.

    Attributes:
        name: For people; may be empty, then it is drawn and not found.
        lines: Each at least one point (latitude, longitude) in degrees; a place of one point is a line of one.
        is_ring: Whether it is an outline, of a park or of an agency's area.
    """

    name: str
    lines: tuple[tuple[tuple[float, float], ...], ...]
    is_ring: bool = False

    def __post_init__(self) -> None:
        if not self.lines or not all(self.lines):
            raise ValueError("a street has lines, and each has points")

    @property
    def middle(self) -> tuple[float, float]:
        """The point half way along its longest line, counted in points; of a ring, what lies between its corners."""
        longest = max(self.lines, key=len)
        if not self.is_ring:
            return longest[len(longest) // 2]
        corners = set(longest)
        return (sum(one for one, _ in corners) / len(corners), sum(other for _, other in corners) / len(corners))
