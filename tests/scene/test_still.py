import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.scene import Change, Obscured, RegionChange
from pipeline.domain.tracks import Box
from pipeline.scene.still import StillScene
from tests.scene.drawn import (
    NOBODY,
    SIZE,
    Frame,
    at,
    every_half_second,
    ground,
    shown,
    watched,
    with_carton,
    with_person,
)

CARTON = Box(150, 110, 190, 145)
Scene = NDArray[np.float32]


def times(change: RegionChange) -> tuple[float, float]:
    return float(change.before.seconds), float(change.after.seconds)


def visit(moment: float, start: float, scene: Scene, seen: bool = True) -> tuple[Scene, tuple[Box, ...]]:
    """A person walks in from the left at ``start``, reaches the carton's place 3 s later and leaves the same way."""
    since = moment - start
    if not 0 <= since <= 6:
        return scene, NOBODY
    picture, box = with_person(scene, 170 - 57 * abs(since - 3), seed=int(moment * 2))
    return picture, (box,) if seen else NOBODY


def delivery(moment: float, seen: bool = True) -> tuple[Scene, tuple[Box, ...]]:
    scene = ground()
    if moment >= 7:
        scene = with_carton(scene, CARTON)
    return visit(moment, 4, scene, seen)


def is_at(change: RegionChange, box: Box) -> bool:
    return change.box.iou(box.scaled(4, 4)) > 0.6


@pytest.mark.parametrize("seen", [True, False])
def test_a_carton_left_by_somebody_appears_once_and_in_time(seen: bool) -> None:
    report = watched(every_half_second(16, lambda moment: delivery(moment, seen)))
    (change,) = report.changes
    assert change.change is Change.APPEARED
    assert is_at(change, CARTON)
    before, after = times(change)
    assert before <= 7 <= after
    assert after - before <= 4.0
    assert change.score >= 0.5
    assert change.held >= 0.8
    assert change.package_likeness == 0.5
    assert 0.2 < report.moving_share < 0.6


def test_a_carton_taken_away_disappears() -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        return visit(moment, 5, with_carton(ground(), CARTON) if moment < 8 else ground())

    (change,) = watched(every_half_second(16, draw)).changes
    assert change.change is Change.DISAPPEARED
    assert is_at(change, CARTON)
    assert times(change)[0] <= 8 <= times(change)[1]
    assert change.score >= 0.5


def test_a_moved_carton_disappears_and_appears() -> None:
    moved = Box(240, 115, 280, 150)

    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        return visit(moment, 5, with_carton(ground(), CARTON if moment < 8 else moved))

    changes = watched(every_half_second(16, draw)).changes
    assert {change.change for change in changes} == {Change.APPEARED, Change.DISAPPEARED}
    assert len(changes) == 2
    for change in changes:
        assert is_at(change, moved if change.change is Change.APPEARED else CARTON)


def test_two_cartons_are_two_and_delivered_then_taken_is_told_in_order() -> None:
    other = Box(60, 115, 95, 145)

    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        scene = ground(seed=3)
        if 7 <= moment < 19:
            scene = with_carton(with_carton(scene, CARTON), other, tone=(60, 60, 70))
        picture, boxes = visit(moment, 4, scene)
        return (picture, boxes) if boxes else visit(moment, 16, scene)

    changes = watched(every_half_second(28, draw)).changes
    assert [change.change for change in changes] == [Change.APPEARED] * 2 + [Change.DISAPPEARED] * 2
    assert all(change.score >= 0.5 for change in changes)


@pytest.mark.parametrize("contrast", [3.0, 14.0, 30.0])
@pytest.mark.parametrize("grey", [False, True])
def test_the_picture_that_holds_the_carton_is_found_on_smooth_and_on_rough_ground(contrast: float, grey: bool) -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        scene = ground(seed=5, contrast=contrast)
        picture, boxes = visit(moment, 4, with_carton(scene, CARTON, (45, 75, 110)) if moment >= 7 else scene)
        return (np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2) if grey else picture), boxes

    changes = watched(every_half_second(14, draw)).changes
    assert [change.change for change in changes] == [Change.APPEARED]
    assert changes[0].score >= 0.5


def test_exposure_steps_and_drift_are_no_change_and_hide_none() -> None:
    def light(moment: float) -> float:
        return 1.35 if 3 <= moment < 11 else 0.8 if moment >= 11 else 1.0 + 0.01 * moment

    empty = every_half_second(16, lambda moment: (ground() * np.float32(light(moment)), NOBODY))
    assert watched(empty).changes == ()

    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        picture, boxes = delivery(moment)
        return picture * np.float32(light(moment)), boxes

    (change,) = watched(every_half_second(16, draw)).changes
    assert change.change is Change.APPEARED


@pytest.mark.parametrize("blur", [0.5, 4.5])
@pytest.mark.parametrize("depth", [0.45, 0.7, 1.4])
def test_a_patch_of_shade_or_sun_is_no_object(blur: float, depth: float) -> None:
    factor: Scene = np.ones(SIZE, dtype=np.float32)
    cv2.fillConvexPoly(factor, np.array([[110, 100], [210, 95], [230, 160], [100, 165]]), depth)
    factor = np.asarray(cv2.GaussianBlur(factor, (0, 0), blur), dtype=np.float32)[..., None]

    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        return visit(moment, 4, ground() * factor if moment >= 7 else ground())

    assert all(change.score < 0.4 for change in watched(every_half_second(16, draw)).changes)


def test_leaves_that_sway_are_no_object() -> None:
    leaves = ground(seed=9, contrast=60)[60:165, 175:300]

    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        scene = ground()
        sway = round(4 * np.sin(moment * 1.1)), round(2 * np.sin(moment * 1.7))
        scene[60:165, 175:300] = np.roll(leaves, sway, axis=(1, 0))
        return scene, NOBODY

    assert watched(every_half_second(30, draw)).changes == ()


def test_a_shaking_camera_is_no_change_and_hides_none() -> None:
    rng = np.random.default_rng(4)
    shakes = rng.uniform(-1.5, 1.5, (60, 2))

    def shaken(picture: Scene, moment: float) -> Scene:
        x, y = shakes[int(moment * 2)]
        move = np.array([[1, 0, x], [0, 1, y]])
        return np.asarray(cv2.warpAffine(picture, move, SIZE[::-1], borderMode=cv2.BORDER_REPLICATE), dtype=np.float32)

    assert watched(every_half_second(16, lambda moment: (shaken(ground(), moment), NOBODY))).changes == ()

    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        picture, boxes = delivery(moment)
        return shaken(picture, moment), boxes

    (change,) = watched(every_half_second(16, draw)).changes
    assert change.change is Change.APPEARED


def test_a_person_who_stands_still_is_no_object() -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        if 4 <= moment <= 14:
            picture, box = with_person(ground(), 170, seed=1)
            return picture, (box,)
        return ground(), NOBODY

    assert watched(every_half_second(20, draw)).changes == ()


@pytest.mark.parametrize("leaves", [True, False])
def test_a_person_at_the_start_or_the_end_is_no_object(leaves: bool) -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        if (moment < 6) is leaves:
            picture, box = with_person(ground(), 170, seed=1)
            return picture, (box,)
        return ground(), NOBODY

    assert watched(every_half_second(12, draw)).changes == ()


def test_a_clock_in_the_picture_is_no_object() -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        scene = ground().clip(0, 255).astype(np.uint8)
        scene[4:16, 4:115] = 10
        text = f"2024-06-11 14:0{int(moment) // 60}:{int(moment) % 60:02d}"
        cv2.putText(scene, text, (6, 13), cv2.FONT_HERSHEY_SIMPLEX, 0.3, (255, 255, 255), 1)
        return scene.astype(np.float32), NOBODY

    assert watched(every_half_second(40, draw)).changes == ()


def test_another_scene_is_no_change() -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        return (ground(seed=1) if moment < 6 else ground(seed=2, contrast=30)[::-1] * np.float32(0.8)), NOBODY

    assert watched(every_half_second(14, draw)).changes == ()


def test_what_comes_too_late_to_be_seen_still_scores_low() -> None:
    frames = every_half_second(10, delivery)
    assert all(change.score < 0.5 for change in watched(frames[:-3]).changes)


def test_long_steps_while_nothing_moves_are_enough() -> None:
    frames: list[Frame] = [(float(moment), *delivery(float(moment))) for moment in (0, 2, 4)]
    frames += [(moment / 2, *delivery(moment / 2)) for moment in range(9, 21)]
    frames += [(float(moment), *delivery(float(moment))) for moment in (12, 14, 16)]
    (change,) = watched(frames).changes
    assert change.change is Change.APPEARED
    assert change.score >= 0.5


def test_the_same_frames_give_the_same_report() -> None:
    frames = every_half_second(12, delivery)
    assert watched(frames) == watched(frames)


@pytest.mark.parametrize(("level", "why"), [(0.0, Obscured.BLACK), (255.0, Obscured.WHITE), (90.0, Obscured.COVERED)])
def test_a_picture_that_shows_nothing_is_obscured_and_changes_nothing(level: float, why: Obscured) -> None:
    def draw(moment: float) -> tuple[Scene, tuple[Box, ...]]:
        return (np.full_like(ground(), level) if 4 <= moment <= 9 else ground()), NOBODY

    report = watched(every_half_second(14, draw))
    (span,) = report.obscured
    assert span.why is why
    assert (float(span.span.start.seconds), float(span.span.end.seconds)) == (4.0, 9.0)
    assert report.changes == ()


def test_the_same_bits_for_long_are_frozen_and_for_short_are_not() -> None:
    scene = StillScene((640, 360))
    image = shown(ground(), seed=1)
    for i in range(60):
        scene.look(at(i / 2), image if 10 <= i < 50 or i < 4 else shown(ground(), seed=i + 2), NOBODY)
    (span,) = scene.report().obscured
    assert span.why is Obscured.FROZEN
    assert (float(span.span.start.seconds), float(span.span.end.seconds)) == (5.5, 24.5)


def test_nothing_looked_at_is_an_empty_report() -> None:
    report = StillScene((640, 360)).report()
    assert (report.changes, report.obscured, report.moving_share) == ((), (), 0.0)


def test_a_moment_out_of_order_and_another_shape_are_refused() -> None:
    scene = StillScene((640, 360))
    scene.look(at(1), shown(ground(), 1), NOBODY)
    with pytest.raises(ValueError, match="after one at"):
        scene.look(at(1), shown(ground(), 1), NOBODY)
    with pytest.raises(ValueError, match="after one of"):
        scene.look(at(2), shown(ground(), 1)[:90], NOBODY)
