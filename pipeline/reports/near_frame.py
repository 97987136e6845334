"""A part of the map as a picture has it: from degrees to parts of its width and height."""

import math
from collections.abc import Sequence

_METRES_A_DEGREE = 111_195.0
_LEAST_DEGREES = 0.01
"""Of a map around nothing: the least that is shown."""
_NEAREST_POLE = 0.01
"""The least that a degree of longitude shrinks to, so that a map at a pole has a width."""

Point = tuple[float, float]


class Frame:
    """Which part of the map is shown, by its middle and its height."""

    def __init__(self, middle: Point, high: float, aspect: float) -> None:
        """Holds it.

        Args:
            middle: Latitude and longitude.
            high: Degrees of latitude from its lower to its upper edge.
            aspect: Height to width of the picture.
        """
        self._middle, self._high = middle, high
        self._wide = high / aspect / max(_NEAREST_POLE, math.cos(math.radians(middle[0])))

    @classmethod
    def around(cls, place: Point, metres: float, ring: float, aspect: float) -> "Frame":
        """A place, whose neighbourhood has a radius of ``ring`` widths of the picture."""
        return cls(place, metres / _METRES_A_DEGREE / ring * aspect, aspect)

    @classmethod
    def over(cls, blocks: Sequence[Point], aspect: float) -> "Frame":
        """Wherever something is, with a margin; somewhere where there is nothing."""
        latitudes = [latitude for latitude, _ in blocks] or [0.0]
        longitudes = [longitude for _, longitude in blocks] or [0.0]
        middle = (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
        wide = (max(longitudes) - min(longitudes)) * math.cos(math.radians(middle[0])) * aspect
        return cls(middle, 1.3 * max(max(latitudes) - min(latitudes), wide, _LEAST_DEGREES), aspect)

    def at(self, place: Point) -> Point:
        """Parts of the picture: 0 to 1 from west to east, and from north to south; beyond for what lies outside."""
        latitude, longitude = place
        x = (longitude - self._middle[1]) / self._wide + 0.5
        y = (self._middle[0] - latitude) / self._high + 0.5
        return round(x, 4), round(y, 4)

    def bounds(self, beside: float, above: float) -> tuple[float, float, float, float]:
        """South, west, north and east, in degrees, with so many widths and heights beyond each edge."""
        latitude, longitude = self._middle
        high, wide = self._high * (0.5 + above), self._wide * (0.5 + beside)
        return latitude - high, longitude - wide, latitude + high, longitude + wide
