from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.camera_changes import CameraChange, ViewChange
from pipeline.scene.views import ViewWatch
from tests.scene.drawn import SIZE, at, ground, shown, with_person

Grey = NDArray[np.uint8]


def street(seed: int) -> Grey:
    """A view with corners to hold on to: paving, and houses of all sizes."""
    scene = ground(seed)
    rng = np.random.default_rng(seed)
    for _ in range(40):
        x, y = int(rng.integers(0, SIZE[1] - 40)), int(rng.integers(0, SIZE[0] - 30))
        tone = [float(value) for value in rng.integers(30, 220, 3)]
        cv2.rectangle(scene, (x, y), (x + int(rng.integers(8, 40)), y + int(rng.integers(8, 30))), tone, -1)
    return grey(scene, seed)


def grey(scene: NDArray[np.float32], seed: int) -> Grey:
    return np.asarray(cv2.cvtColor(shown(scene, seed), cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def noisy(picture: Grey, seed: int) -> Grey:
    field = np.random.default_rng(seed).normal(0, 3, picture.shape)
    return np.clip(picture + field, 0, 255).astype(np.uint8)


def turned(picture: Grey, degrees: float = 0.0, right: float = 0.0, down: float = 0.0, zoom: float = 1.0) -> Grey:
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, zoom)
    matrix[:, 2] += (right * width, down * height)
    moved = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, dtype=np.uint8)


def watched(draw: Callable[[float], Grey], seconds: float = 12.0, step: float = 0.5) -> tuple[CameraChange, ...]:
    watch = ViewWatch()
    for index in range(int(seconds / step)):
        watch.look(at(index * step), noisy(draw(index * step), index))
    return watch.changes


@pytest.mark.parametrize(
    ("degrees", "right", "down", "zoom"), [(0, 0.15, 0.05, 1), (0, -0.3, 0.1, 1), (15, 0, 0, 1), (0, 0, 0, 1.3)]
)
def test_a_scene_that_lies_elsewhere_was_moved(degrees: float, right: float, down: float, zoom: float) -> None:
    before = street(1)
    after = turned(before, degrees, right, down, zoom)
    (change,) = watched(lambda t: before if t < 6 else after)
    assert change.why is ViewChange.MOVED
    assert (float(change.span.start.seconds), float(change.span.end.seconds)) == (5.5, 6.0)
    assert change.shift == pytest.approx((right, down), abs=0.01)
    assert change.turned == pytest.approx(degrees, abs=0.5)
    assert change.zoomed == pytest.approx(zoom, abs=0.02)


def test_light_that_changes_a_scene_by_and_by_is_no_cut() -> None:
    """Over six seconds nothing stays as it was, but each look shows what the one before showed."""
    first, second = street(1).astype(float), street(2).astype(float)

    def drifting(t: float) -> Grey:
        share = min(max((t - 3) / 6, 0.0), 1.0)
        return np.asarray((1 - share) * first + share * second, dtype=np.uint8)

    assert watched(drifting, seconds=16.0) == ()


def test_another_scene_from_one_look_to_the_next_is_a_cut() -> None:
    first, second = street(1), street(2)
    (change,) = watched(lambda t: first if t < 6 else second)
    assert change.why is ViewChange.CUT
    assert change.shift is None
    assert change.agreement < 0.25
    back = watched(lambda t: second if 4 <= t < 8 else first)
    assert [one.why for one in back] == [ViewChange.CUT, ViewChange.CUT]


def test_a_view_that_is_reached_over_others_was_moved_to() -> None:
    first, last = street(1), street(2)
    between = {6.0: turned(first, 70), 6.5: street(3)}
    (change,) = watched(lambda t: between.get(t, first if t < 6 else last))
    assert change.why is ViewChange.MOVED
    assert (float(change.span.start.seconds), float(change.span.end.seconds)) == (5.5, 7.0)


def test_a_camera_that_is_turned_slowly_is_noticed_too() -> None:
    scene = street(1)
    changes = watched(lambda t: turned(scene, right=-0.01 * t), seconds=30)
    assert len(changes) >= 2
    assert {one.why for one in changes} == {ViewChange.MOVED}


@pytest.mark.parametrize("strange", [1, 2])
def test_broken_frames_and_shakes_are_neither(strange: int) -> None:
    scene, other = street(1), street(2)
    assert watched(lambda t: other if 6 <= t < 6 + 0.5 * strange else scene) == ()
    assert watched(lambda t: turned(scene, right=0.02 * np.sin(5 * t), down=0.03 * np.cos(3 * t))) == ()


def test_light_and_night_are_neither() -> None:
    scene = street(1)
    assert watched(lambda t: scene if t < 6 else (0.3 * scene).astype(np.uint8)) == ()
    assert (
        watched(lambda t: scene if t < 6 else np.clip(1.4 * scene.astype(np.float32) + 15, 0, 255).astype(np.uint8))
        == ()
    )


def test_people_before_the_lens_are_neither() -> None:
    scene = ground(1)
    assert watched(lambda t: grey(with_person(scene, 40 * t)[0], int(2 * t))) == ()
    half = street(1)
    half[:, : SIZE[1] // 2] = street(2)[:, : SIZE[1] // 2]
    assert watched(lambda t: street(1) if t < 6 else half) == ()


def test_an_even_picture_says_nothing() -> None:
    even = np.full(SIZE, 90, np.uint8)
    assert watched(lambda t: even if t < 6 else np.full(SIZE, 120, np.uint8)) == ()


def test_an_even_picture_between_two_looks_at_another_scene_does_not_turn_time_round() -> None:
    other = street(2)
    even = np.full_like(other, 90)
    watch = ViewWatch()
    for index in range(24):
        watch.look(at(index / 2), even if index < 8 or index == 9 else other)
    (change,) = watch.changes
    assert (float(change.span.start.seconds), float(change.span.end.seconds)) == (3.5, 4.0)
