"""Reads the agency's areas from a GeoJSON file, and says in words what is wrong with it.

Each feature says in ``properties.kind`` what it is: ``area`` (with ``id`` and ``name``), ``beat`` (with ``name`` and
the ``area`` that it is part of), or ``elsewhere`` (with the ``name`` of the agency there, and its ``number``).
No place lies in two areas, nor in two beats of one area: whoever answers for it must not hang on the order of a file.
An area decides before what is elsewhere, so that a county may be drawn around its towns.
Source: RFC 7946; positions are longitude, then latitude.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline.casework.neighbours.crossings import crossing_of, overlap_of
from pipeline.domain.agency_areas import AgencyArea, AreaMap, Beat, Elsewhere, Found, Shape
from pipeline.domain.places import Area
from pipeline.errors import AreasError, OutsideAreasError
from pipeline.settings import Settings

_LARGEST_BYTES = 20_000_000
_LEAST_POSITIONS = 4
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_KINDS = ("area", "beat", "elsewhere")


def areas_of(settings: Settings) -> AreaMap:
    """The agency's areas, read again when the file changed.

    Raises:
        AreasError: None are set, or the file cannot be used.
    """
    if settings.agency.areas is None:
        raise AreasError("no file", "this installation takes no reports of neighbours: DOORSTEP_AGENCY__AREAS is unset")
    return read_areas(settings.agency.areas)


def read_areas(path: Path) -> AreaMap:
    """The areas of a file.

    Raises:
        AreasError: It cannot be read, or something in it cannot be used; the message says which feature.
    """
    try:
        facts = path.stat()
        if facts.st_size > _LARGEST_BYTES:
            raise AreasError(path.name, f"it has more than {_LARGEST_BYTES // 1_000_000} MB")
        return _read(path, facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        raise AreasError(path.name, error.strerror or type(error).__name__) from error


def require_area(settings: Settings, place: tuple[float, float]) -> Found:
    """The area and beat that hold a place.

    Raises:
        AreasError: No areas can be used.
        OutsideAreasError: None holds it; it says whom to turn to, where that is known.
    """
    found = areas_of(settings).find(*place)
    if isinstance(found, Found):
        return found
    raise OutsideAreasError(found.agency, found.number) if found else OutsideAreasError("", "")


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int, _size: int) -> AreaMap:
    try:
        return _Reader(path.name).read(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, RecursionError) as error:
        raise AreasError(path.name, f"it is no JSON: {error}") from error


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._areas: dict[str, AgencyArea] = {}
        self._beats: list[tuple[str, str, Beat]] = []
        self._elsewhere: list[Elsewhere] = []

    def read(self, document: object) -> AreaMap:
        features = document.get("features") if isinstance(document, Mapping) else None
        if not isinstance(document, Mapping) or document.get("type") != "FeatureCollection":
            raise AreasError(self._file, "it is no GeoJSON FeatureCollection")
        if not isinstance(features, list):
            raise AreasError(self._file, "it has no list of features")
        for number, feature in enumerate(features, start=1):
            self._feature(f"feature {number}", feature)
        for where, area_id, beat in self._beats:
            self._put_into_area(where, area_id, beat)
        if not self._areas:
            raise AreasError(self._file, "no feature has the kind area")
        self._require_one_answer()
        return AreaMap(tuple(self._areas.values()), tuple(self._elsewhere))

    def _require_one_answer(self) -> None:
        areas = tuple(self._areas.values())
        for one, other in combinations(areas, 2):
            self._require_apart(f"the areas {one.area_id} ({one.name}) and {other.area_id} ({other.name})", one, other)
        for area in areas:
            for beat in area.beats:
                if overlap_of(beat.shapes, area.shapes) is None:
                    detail = f"the beat {beat.name} lies outside of its area {area.area_id} ({area.name})"
                    raise AreasError(self._file, detail)
            for first, second in combinations(area.beats, 2):
                self._require_apart(
                    f"the beats {first.name} and {second.name} of the area {area.area_id}", first, second
                )

    def _require_apart(self, which: str, one: AgencyArea | Beat, other: AgencyArea | Beat) -> None:
        place = overlap_of(one.shapes, other.shapes)
        if place is not None:
            where = f"for example at {place[0]}, {place[1]}"
            raise AreasError(self._file, f"{which} overlap, {where}; draw them side by side: a place has one answer")

    def _feature(self, where: str, feature: object) -> None:
        said = feature.get("properties") if isinstance(feature, Mapping) else None
        if not isinstance(feature, Mapping) or not isinstance(said, Mapping):
            raise AreasError(self._file, f"{where} has no properties")
        kind = said.get("kind")
        if kind not in _KINDS:
            raise AreasError(self._file, f"{where} has the kind {kind!r}; it must be one of {', '.join(_KINDS)}")
        name = self._word(where, said, "name")
        shapes = self._shapes(f"{where} ({name})", feature.get("geometry"))
        if kind == "area":
            self._area(where, said, name, shapes)
        elif kind == "beat":
            self._beats.append((where, self._word(where, said, "area"), Beat(name, shapes)))
        else:
            self._elsewhere.append(Elsewhere(name, str(said.get("number") or ""), shapes))

    def _area(self, where: str, said: Mapping[str, Any], name: str, shapes: tuple[Shape, ...]) -> None:
        area_id = self._word(where, said, "id")
        if not _ID.fullmatch(area_id):
            raise AreasError(self._file, f"{where}: an id has small letters, digits and dashes, not {area_id!r}")
        if area_id in self._areas:
            raise AreasError(self._file, f"{where}: the id {area_id} is taken by another area")
        self._areas[area_id] = AgencyArea(area_id, name, shapes)

    def _put_into_area(self, where: str, area_id: str, beat: Beat) -> None:
        area = self._areas.get(area_id)
        if area is None:
            raise AreasError(self._file, f"{where}: the beat {beat.name} names the area {area_id}, which is not there")
        self._areas[area_id] = AgencyArea(area.area_id, area.name, area.shapes, (*area.beats, beat))

    def _word(self, where: str, said: Mapping[str, Any], name: str) -> str:
        word = said.get(name)
        if not isinstance(word, str) or not word.strip():
            raise AreasError(self._file, f"{where} has no {name}")
        return word.strip()

    def _shapes(self, where: str, geometry: object) -> tuple[Shape, ...]:
        kind = geometry.get("type") if isinstance(geometry, Mapping) else None
        parts = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
        if kind == "Polygon":
            parts = [parts]
        if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list) or not parts:
            raise AreasError(self._file, f"{where} is no Polygon and no MultiPolygon")
        return tuple(self._shape(where, part) for part in parts)

    def _shape(self, where: str, rings: object) -> Shape:
        if not isinstance(rings, list) or not rings:
            raise AreasError(self._file, f"{where} has a polygon without an outline")
        outline, *holes = (self._ring(where, ring) for ring in rings)
        return Shape(outline, tuple(holes))

    def _ring(self, where: str, ring: object) -> Area:
        if not isinstance(ring, list) or len(ring) < _LEAST_POSITIONS:
            raise AreasError(self._file, f"{where} has a ring of fewer than {_LEAST_POSITIONS} positions")
        if ring[0] != ring[-1]:
            raise AreasError(self._file, f"{where} has a ring that does not end where it begins")
        area = Area(tuple(self._corner(where, position) for position in ring[:-1]))
        place = crossing_of(area)
        if place is not None:
            raise AreasError(self._file, f"{where} has a ring that crosses itself at {place[0]}, {place[1]}")
        return area

    def _corner(self, where: str, position: object) -> tuple[float, float]:
        if not isinstance(position, Sequence) or isinstance(position, str) or len(position) not in (2, 3):
            raise AreasError(self._file, f"{where} has a position that is not longitude and latitude")
        longitude, latitude = position[:2]
        numbers = [one for one in (longitude, latitude) if isinstance(one, int | float) and math.isfinite(one)]
        if len(numbers) != 2 or abs(latitude) > 90 or abs(longitude) > 180:  # noqa: PLR2004 - degrees
            detail = f"{where} has the position {position!r}: longitude comes first, both in degrees"
            raise AreasError(self._file, detail)
        return float(latitude), float(longitude)
