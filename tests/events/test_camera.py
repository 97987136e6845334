from dataclasses import replace

import pytest

from pipeline.domain.camera_changes import CameraChange, ViewChange
from pipeline.domain.events import EventKind
from pipeline.domain.video import SkippedSpan, SkipReason
from tests.events.views import a_scene, a_view, inferred, seconds, told
from tests.scenes import Mover, every, looked_at, span

MOVE = CameraChange(ViewChange.MOVED, span(7, 7.5), 0.02, (0.15, -0.05), 12.0, 1.0)
CUT = CameraChange(ViewChange.CUT, span(9, 9.5), 0.1)


def test_a_camera_that_was_moved_says_how_far() -> None:
    (event,) = inferred(a_view(scene=a_scene(camera=(MOVE,))))
    assert told([event]) == [("camera_moved", None)]
    assert seconds(event) == (7.0, 7.5)
    assert "15% of the width further right and 5% of the height further up" in event.grounds[1].sentence
    assert all(step.holds for step in event.grounds)


def test_moves_that_follow_each_other_are_one() -> None:
    moves = [CameraChange(ViewChange.MOVED, span(start, start + 1), 0.2, (0.1, 0.0)) for start in (2, 6, 12)]
    (event,) = inferred(a_view(scene=a_scene(camera=moves)))
    assert seconds(event) == (2.0, 13.0)


def test_who_fills_the_picture_may_move_like_a_view() -> None:
    close = Mover(5.0, 10.0, ((960, 1080), (1000, 1080)), width=1300, height=1000)
    events = inferred(a_view(close, scene=a_scene(camera=(MOVE,))))
    assert ("camera_moved", "occluded") in told(events)


def test_a_cut_is_its_own_event_and_the_less_stayed_the_surer() -> None:
    (event,) = inferred(a_view(scene=a_scene(camera=(CUT,))))
    assert told([event]) == [("footage_cut", None)]
    (surer,) = inferred(a_view(scene=a_scene(camera=(CameraChange(ViewChange.CUT, CUT.span, 0.0),))))
    assert surer.score > event.score


def test_time_without_a_frame_is_a_cut_unless_the_sampling_says_why() -> None:
    moments = [moment for moment in every(0.5, 20) if not 6 < moment < 11]
    (event,) = inferred(a_view(moments=moments))
    assert told([event]) == [("footage_cut", None)]
    assert seconds(event) == (6.0, 11.0)
    for reason in SkipReason:
        accounted = replace(looked_at(moments), skipped=(SkippedSpan(span(6, 11), reason),))
        known = a_view(moments=moments, sampling=accounted)
        assert "footage_cut" not in {kind for kind, _ in told(inferred(known))}


def test_a_camera_that_records_a_picture_now_and_then_leaves_no_hole() -> None:
    assert inferred(a_view(moments=every(5.0, 60))) == ()


@pytest.mark.parametrize(("change", "stays_on"), [(MOVE, True), (CUT, False)])
def test_nobody_stays_over_a_cut(change: CameraChange, stays_on: bool) -> None:
    stays = Mover(0.0, 19.0, ((400, 800), (900, 800), (400, 800), (900, 800), (420, 800)), height=400)
    view = a_view(stays, scene=a_scene(camera=(change,)))
    kinds = [event.kind for event in inferred(view) if event.reason is None]
    assert (EventKind.LOITERING in kinds) is stays_on
    assert EventKind.PERSON_VISIT in kinds
