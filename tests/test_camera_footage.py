"""What the camera itself does, on made footage: each kind is its own event, and an untroubled clip has none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.analysis import analyse_clip
from pipeline.domain.events import EventKind, InferredEvent
from tests.footage import Picture, RedFigureDetector, wall, write_clip
from tests.test_analysis import a_request

CAMERA = {
    EventKind.CAMERA_OBSCURED,
    EventKind.CAMERA_BLINDED,
    EventKind.CAMERA_FROZEN,
    EventKind.CAMERA_MOVED,
    EventKind.FOOTAGE_CUT,
}


def noisy(picture: Picture, seconds: float) -> Picture:
    """As a sensor gives it: no two frames are alike."""
    field = np.random.default_rng(round(seconds * 1000)).normal(0, 3, picture.shape)
    return np.clip(picture + field, 0, 255).astype(np.uint8)


def even(level: int) -> Picture:
    return np.full_like(wall(), level)


def with_carton() -> Picture:
    picture = wall()
    picture[220:320, 250:390] = (60, 130, 200)
    picture[220:226, 250:390] = picture[314:320, 250:390] = (20, 40, 60)
    picture[220:320, 250:256] = picture[220:320, 384:390] = (20, 40, 60)
    picture[262:278, 256:384] = (190, 225, 245)
    return picture


def from_six(then: Picture) -> Callable[[float], Picture]:
    return lambda seconds: noisy(wall() if seconds < 6 else then, seconds)


def events_of(
    path: Path, picture_at: Callable[[float], Picture], seconds: float = 14.0, without: tuple[float, float] = (0, 0)
) -> list[InferredEvent]:
    clip = write_clip(path / "made.mp4", picture_at, seconds, without=without)
    analysis = analyse_clip(clip, a_request(), RedFigureDetector())
    return [event for event in analysis.events if event.kind in CAMERA]


@pytest.mark.parametrize(
    ("picture_at", "kind"),
    [
        (from_six(even(0)), EventKind.CAMERA_OBSCURED),
        (from_six(even(120)), EventKind.CAMERA_OBSCURED),
        (from_six(even(255)), EventKind.CAMERA_BLINDED),
        (from_six(np.roll(wall(), (30, 130), axis=(0, 1))), EventKind.CAMERA_MOVED),
        (from_six(with_carton()), EventKind.FOOTAGE_CUT),
    ],
    ids=["black", "covered", "blinded", "moved", "cut within the view"],
)
def test_what_the_camera_does_at_six_seconds_is_told_as_what_it_is(
    tmp_path: Path, picture_at: Callable[[float], Picture], kind: EventKind
) -> None:
    (event,) = events_of(tmp_path, picture_at)
    assert event.kind is kind
    assert event.span.start.seconds <= 6 <= event.span.end.seconds + 1


def test_a_picture_that_stands_still_to_the_last_bit_is_frozen(tmp_path: Path) -> None:
    (event,) = events_of(tmp_path, lambda seconds: noisy(wall(), min(seconds, 4.0)), seconds=26.0)
    assert event.kind is EventKind.CAMERA_FROZEN
    assert "stood still" in event.sentence


def test_three_seconds_that_were_taken_out_are_missed_by_the_stamps(tmp_path: Path) -> None:
    (event,) = events_of(tmp_path, from_six(wall()), without=(5.0, 8.0))
    assert event.kind is EventKind.FOOTAGE_CUT
    assert (float(event.span.start.seconds), float(event.span.end.seconds)) == pytest.approx((4.9, 8.0))


def test_an_untroubled_clip_has_none_of_them(tmp_path: Path) -> None:
    assert events_of(tmp_path, from_six(wall())) == []
