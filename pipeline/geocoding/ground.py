"""The operator's own map: streets and places as GeoJSON, drawn below the reports and found by their names.

A town has such a file of its street centre lines. Without one the ground is paper with lines of latitude and longitude.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.domain.found_places import Street
from pipeline.errors import SettingsError

_LARGEST = 64 * 1024 * 1024
_SETTING = "DOORSTEP_NEAR__STREETS"
_DIGITS = 5
"""Of a degree: a metre; more would only weigh."""

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""South, west, north, east, in degrees."""


class Ground:
    """Streets and places, in the order of the file; empty where the operator gave none."""

    def __init__(self, streets: Iterable[Street] = ()) -> None:
        self.streets = tuple(streets)
        self._boxes = [_box(street) for street in self.streets]

    def within(self, bounds: Bounds, most: int) -> tuple[Street, ...]:
        """Streets that may reach into the bounds, in the order of the file; at most so many."""
        south, west, north, east = bounds
        found = []
        for street, (low, left, high, right) in zip(self.streets, self._boxes, strict=True):
            if low <= north and high >= south and left <= east and right >= west:
                found.append(street)
            if len(found) == most:
                break
        return tuple(found)


def read_ground(path: Path | None) -> Ground:
    """The ground that the operator gave.

    Args:
        path: A GeoJSON file (RFC 7946); None for none.

    Raises:
        SettingsError: It cannot be read, or is no GeoJSON of lines, polygons and points.
    """
    if path is None:
        return Ground()
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsError(f"{_SETTING}: {path.name} has more than {_LARGEST // 1024**2} megabytes")
        read = json.loads(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{_SETTING}: {path.name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"{_SETTING}: {path.name} is no JSON: {error}") from error
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection" or not isinstance(read["features"], list):
        raise SettingsError(f"{_SETTING}: {path.name} is no FeatureCollection of GeoJSON")
    return Ground(_streets(read["features"], path.name))


def _streets(features: Iterable[Any], name: str) -> Iterator[Street]:
    for number, feature in enumerate(features, 1):
        try:
            properties, geometry = feature.get("properties") or {}, feature["geometry"]
            yield Street(
                _name(properties), tuple(tuple(_points(line)) for line in _lines(geometry)), _is_ring(geometry)
            )
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            raise SettingsError(f"{_SETTING}: feature {number} of {name} is none that is drawn: {error}") from error


def _is_ring(geometry: Mapping[str, Any]) -> bool:
    return str(geometry["type"]).endswith("Polygon")


def _name(properties: Mapping[str, Any]) -> str:
    name = properties.get("name", "")
    return name.strip() if isinstance(name, str) else ""


def _lines(geometry: Mapping[str, Any]) -> list[Any]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    match kind:
        case "Point":
            return [[coordinates]]
        case "LineString":
            return [coordinates]
        case "MultiLineString" | "Polygon":
            return list(coordinates)
        case "MultiPolygon":
            return [ring for polygon in coordinates for ring in polygon]
        case _:
            raise ValueError(f"a {kind} is not drawn")


def _points(line: Iterable[Any]) -> Iterator[Point]:
    for longitude, latitude, *_ in line:  # GeoJSON has longitude first
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
            raise ValueError(f"no place on earth has longitude {longitude} and latitude {latitude}")
        yield round(float(latitude), _DIGITS), round(float(longitude), _DIGITS)


def _box(street: Street) -> Bounds:
    points = [point for line in street.lines for point in line]
    latitudes, longitudes = zip(*points, strict=True)
    return min(latitudes), min(longitudes), max(latitudes), max(longitudes)
