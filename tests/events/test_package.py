from dataclasses import replace

import pytest

from pipeline.domain.events import CannotTell, EventKind, InferredEvent, Verdict
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, ObjectClass
from tests.events.views import STEP, a_change, a_scene, a_view, inferred, seconds, told
from tests.scenes import Mover

COURIER = Mover(2.0, 12.0, ((200, 950), (950, 960), (950, 960), (200, 950)))
"""Comes to the step, stays about five seconds, goes."""
DELIVERED = a_change(Change.APPEARED, 3.0, 11.0)
PICKED_UP = a_change(Change.DISAPPEARED, 3.0, 11.0)


def things(events: tuple[InferredEvent, ...]) -> list[InferredEvent]:
    return [event for event in events if event.region is not None]


@pytest.mark.parametrize(
    ("change", "likeness", "kind"),
    [
        (Change.APPEARED, 0.95, EventKind.PACKAGE_DELIVERED),
        (Change.DISAPPEARED, 0.95, EventKind.PACKAGE_PICKED_UP),
        (Change.APPEARED, 0.1, EventKind.OBJECT_LEFT),
        (Change.DISAPPEARED, 0.1, EventKind.OBJECT_REMOVED),
    ],
)
def test_the_pictures_say_what_happened(change: Change, likeness: float, kind: EventKind) -> None:
    changed = a_change(change, 3.0, 11.0, package_likeness=likeness)
    (event,) = things(inferred(a_view(COURIER, scene=a_scene(changed))))
    assert (event.kind, event.verdict) == (kind, Verdict.SEEN)
    assert event.track_ids == (1,)
    assert event.region == STEP
    assert ("package" in event.sentence) == (likeness > 0.5)


def test_the_interval_is_narrowed_to_the_looks_around_the_contact() -> None:
    (event,) = things(inferred(a_view(COURIER, scene=a_scene(DELIVERED))))
    start, end = seconds(event)
    assert 3.0 < start < 5.0
    assert 8.0 < end < 11.0
    before, during, after = event.evidence
    assert before < event.span.start < during < event.span.end < after


def test_a_person_far_from_the_step_did_not_do_it() -> None:
    passer = Mover(2.0, 12.0, ((1500, 700), (1900, 700)))
    assert told(things(inferred(a_view(passer, scene=a_scene(DELIVERED))))) == [
        ("object_left", None),
        ("package_delivered", "unclear_object"),
    ]


def test_nobody_seen_makes_no_word_about_a_package_and_lowers_the_score() -> None:
    alone = things(inferred(a_view(scene=a_scene(DELIVERED))))
    seen = [event for event in alone if event.verdict is Verdict.SEEN]
    assert [event.kind for event in seen] == [EventKind.OBJECT_LEFT]
    assert "nobody was seen at it" in seen[0].sentence
    assert seconds(seen[0]) == (3.0, 11.0)
    (with_somebody,) = things(inferred(a_view(COURIER, scene=a_scene(DELIVERED))))
    assert seen[0].score < with_somebody.score


@pytest.mark.parametrize(
    ("changed", "luma", "reason"),
    [
        (replace(DELIVERED, held=0.5), 110.0, CannotTell.UNCLEAR_OBJECT),
        (DELIVERED, 9.0, CannotTell.TOO_DARK),
        (replace(DELIVERED, package_likeness=0.7), 110.0, CannotTell.UNCLEAR_OBJECT),
    ],
)
def test_doubt_is_said_and_never_a_package(changed: RegionChange, luma: float, reason: CannotTell) -> None:
    events = things(inferred(a_view(COURIER, scene=a_scene(changed, luma=luma))))
    statements = {event.kind for event in events if event.verdict is Verdict.SEEN}
    assert not statements & {EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP}
    assert [event.reason for event in events if event.kind is EventKind.PACKAGE_DELIVERED] == [reason]


def test_a_clip_that_ends_while_the_person_is_still_there_cannot_tell() -> None:
    stays = Mover(12.0, 20.0, ((200, 950), (950, 960), (950, 960)))
    late = a_change(Change.APPEARED, 13.0, 19.5)
    assert told(things(inferred(a_view(stays, scene=a_scene(late))))) == [("package_delivered", "clip_ends")]


def test_a_car_that_parks_is_nothing_left() -> None:
    region = Box(400, 500, 1000, 800)
    car = Mover(2.0, 20.0, ((-300, 800), (700, 800), *((700, 800),) * 6), 620, 300, ObjectClass.VEHICLE)
    parked = a_change(Change.APPEARED, 2.0, 6.0, box=region)
    driver = Mover(6.0, 9.0, ((1000, 900), (1500, 900)))
    assert things(inferred(a_view(car, driver, scene=a_scene(parked)))) == []


def test_delivered_and_picked_up_in_one_clip() -> None:
    taker = Mover(13.0, 18.0, ((1800, 950), (950, 960), (1800, 950)))
    scene = a_scene(a_change(Change.APPEARED, 3.0, 11.0), a_change(Change.DISAPPEARED, 13.0, 18.0))
    assert told(things(inferred(a_view(COURIER, taker, scene=scene)))) == [
        ("package_delivered", None),
        ("package_picked_up", None),
    ]


def test_no_change_no_thing() -> None:
    assert things(inferred(a_view(COURIER))) == []


def test_a_faint_change_is_not_written() -> None:
    faint = replace(DELIVERED, score=0.4, held=0.7)
    assert [event for event in things(inferred(a_view(COURIER, scene=a_scene(faint)))) if event.reason is None] == []


def test_many_changes_at_once_with_nobody_there_are_a_picture_that_moved() -> None:
    boxes = [Box(100 + 300 * index, 500, 260 + 300 * index, 640) for index in range(4)]
    changes = [a_change(Change.APPEARED, 5.0, 6.0, box=box, package_likeness=0.1) for box in boxes]
    assert told(inferred(a_view(scene=a_scene(*changes)))) == [("object_left", "camera_moved")]
    few = told(inferred(a_view(scene=a_scene(*changes[:2]))))
    assert few == [("footage_cut", None), *[("object_left", None)] * 2]


def test_where_only_a_vehicle_was_seen_it_cannot_be_told() -> None:
    car = Mover(4.0, 8.0, ((-200, 1000), (2100, 1000)), 500, 260, ObjectClass.VEHICLE)
    assert told(things(inferred(a_view(car, scene=a_scene(a_change(Change.APPEARED, 3.0, 11.0)))))) == [
        ("object_left", "occluded")
    ]


def test_the_legs_of_somebody_who_stood_there_all_along_are_nothing_that_was_taken() -> None:
    stood = Mover(0.0, 9.0, ((980, 1000), (985, 1000), (980, 1000), (985, 1000), (980, 1000), (1900, 1000)))
    gone = a_change(Change.DISAPPEARED, 7.0, 9.5)
    assert told(things(inferred(a_view(stood, scene=a_scene(gone))))) == [("package_picked_up", "occluded")]


def test_a_tall_thin_thing_is_no_package_whatever_it_looks_like() -> None:
    bottle = a_change(Change.DISAPPEARED, 3.0, 11.0, box=Box(930, 780, 990, 990), package_likeness=0.97)
    assert told(things(inferred(a_view(COURIER, scene=a_scene(bottle))))) == [
        ("object_removed", None),
        ("package_picked_up", "unclear_object"),
    ]
