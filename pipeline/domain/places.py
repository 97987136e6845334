"""Where on the map."""

import math
from dataclasses import dataclass

from pipeline.domain.incidents import EARTH_RADIUS_METRES, metres_between

_THINNEST = 1e-6
"""Of a parallel's cosine: near a pole a circle reaches every meridian."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Around a point of the map: latitude and longitude in degrees (WGS 84), radius in metres."""

    latitude: float
    longitude: float
    metres: float

    def __post_init__(self) -> None:
        _require_place(self.latitude, self.longitude)
        if not self.metres > 0:
            raise ValueError(f"a radius is in metres and positive, got {self.metres}")

    @property
    def square_metres(self) -> float:
        """How large it is; towns are flat."""
        return math.pi * self.metres**2

    @property
    def bounds(self) -> "Bounds":
        """The smallest that hold it, cut off at the poles and the date line."""
        high = math.degrees(self.metres / EARTH_RADIUS_METRES)
        nearest_pole = min(90.0, abs(self.latitude) + high)
        wide = min(180.0, high / max(math.cos(math.radians(nearest_pole)), _THINNEST))
        return Bounds(
            max(-90.0, self.latitude - high),
            max(-180.0, self.longitude - wide),
            min(90.0, self.latitude + high),
            min(180.0, self.longitude + wide),
        )

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point lies inside, its edge included."""
        return metres_between((self.latitude, self.longitude), (latitude, longitude)) <= self.metres


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between two parallels and two meridians, in degrees (WGS 84); not across the date line."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        _require_place(self.south, self.west)
        _require_place(self.north, self.east)
        if self.south > self.north or self.west > self.east:
            raise ValueError("bounds go from south to north and from west to east")

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point lies inside, the edges included."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon on the map: at least three corners (latitude, longitude) in degrees; not across the date line."""

    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.corners) < 3:  # noqa: PLR2004 - a polygon has three corners
            raise ValueError(f"an area needs three corners, got {len(self.corners)}")
        for corner in self.corners:
            _require_place(*corner)

    @property
    def square_metres(self) -> float:
        """How large it is, by the shoelace formula on a plane that touches the earth at its middle.

        For towns it is right to 1 %. A polygon that crosses itself counts what is inside of it with its sign.
        """
        middle = math.radians(sum(latitude for latitude, _ in self.corners) / len(self.corners))
        east, north = EARTH_RADIUS_METRES * math.cos(middle), EARTH_RADIUS_METRES
        flat = [(math.radians(lon) * east, math.radians(lat) * north) for lat, lon in self.corners]
        pairs = zip(flat, [*flat[1:], flat[0]], strict=True)
        return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2

    @property
    def bounds(self) -> Bounds:
        """The smallest that hold it."""
        latitudes, longitudes = zip(*self.corners, strict=True)
        return Bounds(min(latitudes), min(longitudes), max(latitudes), max(longitudes))

    @property
    def is_convex(self) -> bool:
        """Whether its edge goes around once and never turns inwards, so that it cannot cross itself either."""
        corners = [
            corner
            for corner, after in zip(self.corners, _shifted(list(self.corners), 1), strict=True)
            if corner != after
        ]
        turns = [_turn(*three) for three in zip(corners, _shifted(corners, 1), _shifted(corners, 2), strict=True)]
        goes_one_way = all(turn >= -_STRAIGHT for turn in turns) or all(turn <= _STRAIGHT for turn in turns)
        return goes_one_way and math.isclose(abs(sum(turns)), math.tau, rel_tol=1e-6)

    def contains(self, latitude: float, longitude: float) -> bool:
        """Whether the point lies inside, by the even-odd rule; degrees are taken for a plane, which a town is."""
        inside = False
        before = self.corners[-1]
        for corner in self.corners:
            (y1, x1), (y2, x2) = before, corner
            if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
                inside = not inside
            before = corner
        return inside


_STRAIGHT = 1e-9
"""Radians: by which a straight way bends once its corners were rounded."""


def _shifted(corners: list[tuple[float, float]], by: int) -> list[tuple[float, float]]:
    return [corners[(number + by) % len(corners)] for number in range(len(corners))]


def _turn(before: tuple[float, float], corner: tuple[float, float], after: tuple[float, float]) -> float:
    """By how much a way bends at a corner, in radians: to the left above zero; degrees count as a plane."""
    (y1, x1), (y2, x2), (y3, x3) = before, corner, after
    coming, going = (x2 - x1, y2 - y1), (x3 - x2, y3 - y2)
    return math.atan2(coming[0] * going[1] - coming[1] * going[0], coming[0] * going[0] + coming[1] * going[1])


def _require_place(latitude: float, longitude: float) -> None:
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
        raise ValueError(f"no place on earth has latitude {latitude} and longitude {longitude}")
