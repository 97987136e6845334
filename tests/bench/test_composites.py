"""Composites: the halves share nothing, the same seed gives the same bytes, and the truth is what is drawn."""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.composites.__main__ import Asked, main, make
from bench.composites.camera import Fisheye
from bench.composites.figures import Layer, Look, Pose, lay, person
from bench.composites.filling import filled
from bench.composites.kinds import KINDS, ROTA
from bench.composites.places import PLACES, Place, places
from bench.composites.prepare import prepare
from bench.composites.script import Bend, Way
from bench.composites.sources import Box, Split, packages, split_of
from bench.composites.stage import how_deep
from bench.composites.walkers import Cut, walkers
from pipeline.evaluation.truth import read_truth

PLAIN = Look((1.0, 1.0, 1.0), is_grey=False, blur=0.0, haze=0.0, air=(0.0, 0.0, 0.0))


def test_every_kind_has_its_turn_and_every_turn_is_a_kind() -> None:
    assert set(ROTA) == set(KINDS)


def test_places_of_one_site_are_in_one_half_and_both_halves_have_night_and_day() -> None:
    for split in Split:
        own = places(split)
        others = {place.site or place.name for place in PLACES if place not in own}
        assert not others & {place.site or place.name for place in own}
        assert any("infrared" in place.conditions for place in own)
        assert any(not place.conditions for place in own)


def test_a_source_item_is_in_one_half_for_ever() -> None:
    assert [split_of(f"item {number}") for number in range(6)] == [split_of(f"item {number}") for number in range(6)]
    halves = [split_of(f"item {number}") for number in range(400)]
    assert 150 < halves.count(Split.SCORE) < 250


def test_without_the_shared_folder_it_ends_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_SHARED", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "argv", ["composites", str(tmp_path / "out"), "--split", "tune", "--count", "1"])
    with pytest.raises(SystemExit, match="DOORSTEP_SHARED names the folder"):
        main()
    assert not (tmp_path / "out").exists()


def test_a_folder_with_a_truth_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "truth.json").write_text("{}")
    monkeypatch.setattr(sys, "argv", ["composites", str(tmp_path), "--split", "score", "--count", "1"])
    with pytest.raises(SystemExit, match="has a truth file already"):
        main()
    assert (tmp_path / "truth.json").read_text() == "{}"


def test_a_filled_box_shows_the_ground_from_beside_it() -> None:
    random = np.random.default_rng(3)
    ground = random.integers(90, 110, (120, 200, 3)).astype(np.uint8)
    spoilt = ground.copy()
    spoilt[40:80, 90:115] = (0, 0, 255)
    done = filled(spoilt, [Box(84, 34, 121, 86)])
    assert np.abs(done[40:80, 90:115].astype(int) - 100).mean() < 12


def test_people_walk_as_far_as_their_speed_says() -> None:
    level = Place("flat", 0.0, 0.5, ((0, 0), (1, 0), (1, 1), (0, 1)), ())
    way = Way(level, 2.0, 1.5)
    way.start(3.0, (0.2, 0.8))
    way.walk((0.6, 0.8))
    metres = 0.4 * 2.0 / (level.tall(0.8) / 1.72)
    assert way.now == pytest.approx(3.0 + metres / 1.5)


def test_hands_are_at_the_ground_at_the_middle_of_a_bend() -> None:
    bend = Bend(2.0, 4.0, 1)
    assert how_deep(bend, 2.0) == how_deep(bend, 4.0) == 0
    assert how_deep(bend, bend.lowest) == 1


def test_a_person_stands_on_the_soles_that_were_asked_for_and_leans_to_the_side() -> None:
    matte = np.zeros((104, 44), np.float32)
    matte[2:102, 12:32] = 1
    cut = Cut(np.full((104, 44, 3), 80, np.uint8), matte, 101, 21.5, 100)
    upright = person(cut, Pose(200.0, 150.0, 100.0), PLAIN)
    leaning = person(cut, Pose(200.0, 150.0, 100.0, lean=60.0), PLAIN)
    rows, _ = np.nonzero(upright.matte > 0.5)
    assert upright.y + rows.max() == pytest.approx(150, abs=1)
    assert rows.max() - rows.min() + 1 == pytest.approx(100, abs=2)
    lower, columns = np.nonzero(leaning.matte > 0.5)
    assert leaning.x + columns.max() > 230
    assert lower.max() - lower.min() < 90


def test_a_layer_half_outside_changes_only_what_is_inside() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    lay(picture, Layer(np.full((10, 10, 3), 200.0, np.float32), np.ones((10, 10), np.float32), -5, 15))
    assert (picture[15:, :5] == 200).all()
    assert picture.sum() == 5 * 5 * 3 * 200


def test_a_box_is_told_where_the_lens_shows_it() -> None:
    lens = Fisheye(np.random.default_rng(5), (320, 180))
    picture = np.zeros((180, 320, 3), np.uint8)
    picture[120:150, 40:90] = 255
    x1, y1, x2, y2 = lens.seen((40 / 320, 120 / 180, 90 / 320, 150 / 180))
    rows, columns = np.nonzero(lens(picture, 0.0)[..., 0] > 127)
    told = np.array([x1 * 320, y1 * 180, x2 * 320, y2 * 180])
    assert np.abs(told - [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]).max() <= 2


def test_the_same_seed_gives_the_same_bytes_and_a_stopped_run_the_same_truth(tmp_path: Path) -> None:
    """Scene 3 is about light: nobody walks in it, so that no footage has to be followed."""
    first, second = (Asked(tmp_path / name, Split.TUNE, 7) for name in ("a", "b"))
    make(first, range(3, 4))
    make(second, range(3, 4))
    clip = "tune_0003.mp4"
    assert (first.out / clip).read_bytes() == (second.out / clip).read_bytes()
    truth = (first.out / "truth.json").read_text()
    (first.out / "truth.json").unlink()
    make(first, range(3, 4))
    assert (first.out / "truth.json").read_text() == truth == (second.out / "truth.json").read_text()
    one = read_truth(first.out)[0]
    capture = cv2.VideoCapture(str(first.out / clip))
    assert one.seconds == pytest.approx(capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS), abs=0.01)
    assert {event.word for event in one.events} <= {"none", "package_waiting"}
    assert json.loads(truth)["clips"]["tune_0003"]["split"] == "tune"


@pytest.mark.slow
def test_nothing_that_tunes_is_scored_and_the_parcel_appears_when_the_truth_says() -> None:
    assert not {one.name for one in walkers(Split.TUNE)} & {one.name for one in walkers(Split.SCORE)}
    assert not {one.file for one in packages(Split.TUNE)} & {one.file for one in packages(Split.SCORE)}
    shot = prepare(0, Split.TUNE, 7)
    (lie,) = shot.scene.lies
    (event,) = shot.scene.events
    assert event.word == "package_delivered"
    assert event.start == lie.start
    x1, y1, x2, y2 = shot.stage.lying_box(lie)
    height, width = shot.stage.empty.shape[:2]
    part = (slice(int(y1 * height), int(y2 * height)), slice(int(x1 * width), int(x2 * width)))
    after = shot.stage.at(shot.scene.seconds - 0.1).picture[part].astype(int)
    assert np.abs(after - shot.stage.empty[part]).mean() > 8
    assert (shot.stage.at(0.0).picture == shot.stage.empty).all()
    for second in (event.start, event.start + 1.0):
        assert shot.stage.visible(second) == shot.stage.at(second).visible
