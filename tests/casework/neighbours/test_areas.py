"""The agency's areas: what a file says, and what is wrong with one, in words."""

import math
from pathlib import Path
from typing import Any

import pytest

from pipeline.casework.neighbours.areas import read_areas, require_area
from pipeline.domain.agency_areas import Elsewhere, Found
from pipeline.errors import AreasError, OutsideAreasError
from pipeline.settings import Settings
from tests.casework.neighbours.neighbourhood import (
    BEYOND,
    STEP,
    a_feature,
    areas_document,
    neighbourly,
    square,
    write_areas,
)

SQUARE = square(51.4, -0.3, 51.6, 0.1)


def test_a_place_has_an_area_a_beat_or_somebody_else(tmp_path: Path) -> None:
    areas = read_areas(write_areas(tmp_path))
    found = areas.find(*STEP)
    assert isinstance(found, Found)
    assert (found.area.name, found.beat) == ("North", "Market")
    elsewhere = areas.find(*BEYOND)
    assert isinstance(elsewhere, Elsewhere)
    assert elsewhere.number == "555-0199"
    assert areas.find(0.0, 0.0) is None
    assert areas.name_of("north") == "North"
    assert areas.name_of("gone") == "gone"


def test_whoever_is_outside_is_told_whom_to_turn_to(tmp_path: Path) -> None:
    settings = neighbourly(tmp_path)
    with pytest.raises(OutsideAreasError) as refused:
        require_area(settings, BEYOND)
    assert "County police: 555-0199" in refused.value.remedy
    with pytest.raises(OutsideAreasError) as refused:
        require_area(settings, (0.0, 0.0))
    assert "the police of that place" in refused.value.remedy


def test_without_a_file_no_report_is_taken() -> None:
    with pytest.raises(AreasError, match="AREAS is unset"):
        require_area(Settings(), STEP)


def test_a_hole_is_outside_and_a_changed_file_is_read_again(tmp_path: Path) -> None:
    outline, hole = SQUARE["coordinates"][0], square(51.49, -0.13, 51.51, -0.11)["coordinates"][0]
    shape = {"type": "MultiPolygon", "coordinates": [[outline, hole]]}
    document = {"type": "FeatureCollection", "features": [a_feature(shape, kind="area", id="north", name="North")]}
    assert read_areas(write_areas(tmp_path)).find(*STEP) is not None
    assert read_areas(write_areas(tmp_path, document)).find(*STEP) is None


def _changed(**said: str) -> dict[str, Any]:
    return {**areas_document(), "features": [a_feature(SQUARE, **said)]}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "Polygon"}, "no GeoJSON FeatureCollection"),
        ({"type": "FeatureCollection"}, "no list of features"),
        ({"type": "FeatureCollection", "features": [{}]}, "feature 1 has no properties"),
        (_changed(kind="zone", name="x"), "kind 'zone'"),
        (_changed(kind="area", id="north"), "has no name"),
        (_changed(kind="area", id="North Side", name="x"), "an id has small letters"),
        (_changed(kind="beat", area="south", name="x"), "which is not there"),
        (_changed(kind="elsewhere", name="x"), "no feature has the kind area"),
        (
            {"type": "FeatureCollection", "features": [a_feature(SQUARE, kind="area", id="a", name="x")] * 2},
            "the id a is taken",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, document: object, words: str) -> None:
    with pytest.raises(AreasError, match=words):
        read_areas(write_areas(tmp_path, document))


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (None, "no Polygon"),
        ({"type": "Point", "coordinates": [0, 0]}, "no Polygon"),
        ({"type": "Polygon", "coordinates": []}, "without an outline"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [0, 0]]]}, "fewer than 4 positions"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0]]]}, "does not end where it begins"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [0, 100], [1, 1], [0, 0]]]}, "longitude comes first"),
        ({"type": "Polygon", "coordinates": [[[0, 0], ["a", 1], [1, 1], [0, 0]]]}, "longitude comes first"),
    ],
)
def test_a_shape_that_cannot_be_used_says_why(tmp_path: Path, geometry: Any, words: str) -> None:
    feature = a_feature(geometry, kind="area", id="north", name="North")
    with pytest.raises(AreasError, match=words):
        read_areas(write_areas(tmp_path, {"type": "FeatureCollection", "features": [feature]}))


def test_what_is_no_json_or_not_there_says_so(tmp_path: Path) -> None:
    path = tmp_path / "areas.geojson"
    with pytest.raises(AreasError, match="No such file"):
        read_areas(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(AreasError, match="no JSON"):
        read_areas(path)


def _two(ours: dict[str, Any], theirs: dict[str, Any], **said: str) -> dict[str, Any]:
    first, other = {"kind": "area", "id": "north", "name": "North"}, {"kind": "area", "id": "south", "name": "South"}
    return {"type": "FeatureCollection", "features": [a_feature(ours, **first), a_feature(theirs, **(said or other))]}


BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
WITH_HOLE = {
    "type": "Polygon",
    "coordinates": [SQUARE["coordinates"][0], square(51.45, -0.2, 51.55, 0.0)["coordinates"][0]],
}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (
            _two(SQUARE, square(51.5, -0.2, 51.7, 0.2)),
            r"areas north \(North\) and south \(South\) overlap.* at 51\.\d+, -?0\.\d+",
        ),
        (_two(SQUARE, square(51.4, -0.1, 51.6, 0.3)), "overlap"),
        (_two(SQUARE, SQUARE), "overlap"),
        (_two(SQUARE, square(51.45, -0.2, 51.55, 0.0)), "overlap"),
        (_two(SQUARE, BOW_TIE), r"feature 2 \(South\) has a ring that crosses itself at 0\.5, 0\.5"),
        (_two(SQUARE, square(50.4, -0.3, 50.6, 0.1), kind="beat", area="north", name="Far"), "beat Far lies outside"),
    ],
    ids=["corner", "along a line", "the same", "inside", "bow tie", "beat outside"],
)
def test_a_place_never_has_two_answers(tmp_path: Path, document: dict[str, Any], words: str) -> None:
    with pytest.raises(AreasError, match=words):
        read_areas(write_areas(tmp_path, document))


def test_beats_of_one_area_lie_side_by_side(tmp_path: Path) -> None:
    beat = {"kind": "beat", "area": "north", "name": "Market"}
    document = _two(SQUARE, square(51.45, -0.2, 51.5, 0.0), **beat)
    other = a_feature(square(51.5, -0.2, 51.55, 0.0), **{**beat, "name": "Mill"})
    document["features"].append(other)
    assert [one.name for one in read_areas(write_areas(tmp_path, document)).areas[0].beats] == ["Market", "Mill"]
    document["features"].append(a_feature(square(51.49, -0.2, 51.52, 0.0), **{**beat, "name": "Both"}))
    with pytest.raises(AreasError, match="beats Market and Both of the area north overlap"):
        read_areas(write_areas(tmp_path, document))


@pytest.mark.parametrize(
    "theirs",
    [
        square(51.6, -0.3, 51.8, 0.1),
        square(51.59999, -0.3, 51.8, 0.1),
        square(51.4, 0.0999, 51.6, 0.3),
        square(52.0, -0.3, 52.1, 0.1),
    ],
    ids=["a common border", "a border drawn twice", "seven metres", "far"],
)
def test_areas_side_by_side_are_fine(tmp_path: Path, theirs: dict[str, Any]) -> None:
    assert len(read_areas(write_areas(tmp_path, _two(SQUARE, theirs))).areas) == 2


def test_an_area_may_lie_in_the_hole_of_another_and_in_what_is_elsewhere(tmp_path: Path) -> None:
    assert len(read_areas(write_areas(tmp_path, _two(WITH_HOLE, square(51.45, -0.2, 51.55, 0.0)))).areas) == 2
    around = read_areas(write_areas(tmp_path, _two(SQUARE, square(51.0, -1, 52.0, 1), kind="elsewhere", name="County")))
    assert isinstance(around.find(*STEP), Found)


def test_an_edge_of_many_corners_is_looked_through(tmp_path: Path) -> None:
    """A coast of two thousand corners, and the same with one corner on the wrong side."""
    turn = [2 * math.pi * number / 2_000 for number in range(2_000)]
    ring = [[0.1 * math.cos(at) * (1 + 0.01 * math.sin(40 * at)), 51 + 0.1 * math.sin(at)] for at in turn]
    good = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    assert read_areas(write_areas(tmp_path, _two(good, square(52.0, -0.3, 52.1, 0.1)))).find(51.0, 0.0) is not None
    ring[1000] = [0.2, 51.0]
    bad = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    path = write_areas(tmp_path, _two(bad, square(52.0, -0.3, 52.1, 0.1)))
    with pytest.raises(AreasError, match="crosses itself"):
        read_areas(path)
