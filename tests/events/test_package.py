from collections.abc import Iterable
from dataclasses import replace

import pytest

from pipeline.domain.events import CannotTell, EventKind, InferredEvent, Verdict
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, ObjectClass
from tests.events.views import STEP, a_change, a_scene, a_view, inferred, seconds, told
from tests.scenes import Mover, at

COURIER = Mover(2.0, 12.0, ((200, 950), (950, 960), (950, 960), (200, 950)))
"""Comes to the step, stays about five seconds, goes."""
DELIVERED = a_change(Change.APPEARED, 3.0, 11.0)
PICKED_UP = a_change(Change.DISAPPEARED, 3.0, 11.0)


def things(events: Iterable[InferredEvent]) -> list[InferredEvent]:
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
    (event,) = things(inferred(a_view(passer, scene=a_scene(DELIVERED))))
    assert told([event]) == [("package_delivered", None)]
    assert event.track_ids == ()
    assert "nobody was seen at it" in event.sentence


def test_with_nobody_seen_a_package_must_be_clear_in_one_picture_and_in_one_alone() -> None:
    clear = replace(DELIVERED, package_likeness=0.95, place_likeness=0.1)
    (alone,) = things(inferred(a_view(scene=a_scene(clear))))
    assert told([alone]) == [("package_delivered", None)]
    assert "delivery not seen: nobody was seen at it" in alone.sentence
    assert seconds(alone) == (3.0, 11.0)
    (with_somebody,) = things(inferred(a_view(COURIER, scene=a_scene(clear))))
    assert alone.score < with_somebody.score
    for unclear in (
        replace(clear, package_likeness=0.85),
        replace(clear, place_likeness=0.5),
        replace(clear, held=0.85),
    ):
        assert told(things(inferred(a_view(scene=a_scene(unclear))))) == [
            ("object_left", None),
            ("package_delivered", "unclear_object"),
        ]


def test_what_looks_like_no_thing_and_nobody_was_seen_at_is_not_stated() -> None:
    """Of 20 on composites to tune on one was a package; the others were light, leaves, and people who were missed."""
    something = replace(DELIVERED, package_likeness=0.1)
    assert told(things(inferred(a_view(scene=a_scene(something))))) == [("object_left", "unclear_object")]
    assert told(things(inferred(a_view(COURIER, scene=a_scene(something))))) == [("object_left", None)]
    a_bottle = replace(something, package_likeness=0.5)
    assert told(things(inferred(a_view(scene=a_scene(a_bottle))))) == [("object_left", None)]
    too_small = replace(a_bottle, shorter_edge=11.0)
    assert told(things(inferred(a_view(scene=a_scene(too_small))))) == [("object_left", "unclear_object")]
    at_once = replace(something, before=at(9.0), after=at(9.5))
    assert ("object_left", None) in told(inferred(a_view(scene=a_scene(at_once)))), "time is missing there"


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
    parked = a_change(Change.APPEARED, 2.0, 6.0, box=region, package_likeness=0.05)
    driver = Mover(6.0, 9.0, ((1000, 900), (1500, 900)))
    assert things(inferred(a_view(car, driver, scene=a_scene(parked)))) == []


def test_a_parcel_that_a_detector_calls_a_person_is_one_also_when_his_track_goes_on_elsewhere() -> None:
    taken = a_change(Change.DISAPPEARED, 8.0, 11.0)
    x, bottom = taken.box.centre[0], taken.box.y2
    called = Mover(2.0, 6.0, ((x, bottom), (x, bottom)), taken.box.width, taken.box.height)
    went_on, taker = Mover(6.5, 9.0, ((1700, 900), (1750, 900))), Mover(6.5, 12.0, ((200, 950), (950, 960), (200, 950)))
    view = a_view(called, went_on, taker)
    one, other, whoever = view.tracks
    drifted = replace(one, sightings=(*one.sightings, *other.sightings))

    events = inferred(replace(view, tracks=(drifted, whoever), scene=a_scene(taken)))
    assert ("package_picked_up", None) in told(events)
    (picked_up,) = (event for event in events if event.kind is EventKind.PACKAGE_PICKED_UP)
    assert picked_up.track_ids == (whoever.track_id,)
    hardly = a_scene(replace(taken, package_likeness=0.9))
    assert "package_picked_up" not in dict(told(inferred(replace(view, tracks=(drifted, whoever), scene=hardly))))


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


def test_a_parcel_that_lies_there_after_a_cut_was_delivered_unseen() -> None:
    at_once = a_change(Change.APPEARED, 9.0, 9.5, package_likeness=0.985)
    (event,) = things(
        [one for one in inferred(a_view(scene=a_scene(at_once))) if one.kind is not EventKind.FOOTAGE_CUT]
    )
    assert (event.kind, event.track_ids) == (EventKind.PACKAGE_DELIVERED, ())
    assert "delivery not seen" in event.sentence
    assert any("time is missing" in ground.sentence for ground in event.grounds)


def test_missing_time_explains_that_nobody_was_seen_and_takes_nothing_from_the_score() -> None:
    at_once = a_change(Change.DISAPPEARED, 9.0, 9.5, package_likeness=0.99, score=0.6, held=0.85)
    at_leisure = a_change(Change.DISAPPEARED, 9.0, 12.0, package_likeness=0.99, score=0.6, held=0.85)
    assert ("package_picked_up", None) in told(inferred(a_view(scene=a_scene(at_once))))
    assert ("package_picked_up", None) not in told(inferred(a_view(scene=a_scene(at_leisure))))


def test_after_a_cut_too_what_hardly_looks_like_a_parcel_is_none() -> None:
    at_once = a_change(Change.APPEARED, 9.0, 9.5, package_likeness=0.85)
    events = inferred(a_view(scene=a_scene(at_once)))
    assert [one.kind for one in events if one.verdict is Verdict.SEEN] == [
        EventKind.FOOTAGE_CUT,
        EventKind.OBJECT_LEFT,
    ]


def test_who_is_seen_again_a_moment_after_a_parcel_went_was_at_it() -> None:
    seen_late = Mover(12.0, 18.0, ((950, 960), (200, 950)))
    (event,) = things(inferred(a_view(seen_late, scene=a_scene(a_change(Change.DISAPPEARED, 9.0, 11.0)))))
    assert event.kind is EventKind.PACKAGE_PICKED_UP
    assert event.track_ids == (1,)
    assert seconds(event) == (9.0, 11.0)
    assert "a moment before or after a person was at the place" in event.sentence


def test_the_step_about_contact_says_when_somebody_was_seen_there_and_not_what_lies_between() -> None:
    bends_down = Mover(5.0, 16.0, ((950, 960), (950, 960)), hidden=((8.6, 11.4),))
    events = things(inferred(a_view(bends_down, scene=a_scene(a_change(Change.DISAPPEARED, 9.0, 11.0)))))
    (contact,) = [one for one in events[0].grounds if one.name == "contact"]
    assert contact.sentence == (
        "A person (track 1) was at the place from 7.5 s to 8.5 s and from 11.5 s to 12.5 s; "
        "nobody was seen at it meanwhile."
    )
    assert contact.measured == 2.0


def test_who_comes_by_some_seconds_later_was_not_at_it() -> None:
    passer = Mover(14.0, 18.0, ((950, 960), (200, 950)))
    events = things(inferred(a_view(passer, scene=a_scene(a_change(Change.DISAPPEARED, 9.0, 11.0)))))
    assert EventKind.PACKAGE_PICKED_UP not in {event.kind for event in events if event.verdict is Verdict.SEEN}


def test_a_parcel_that_the_detector_calls_a_person_is_a_parcel() -> None:
    feet = ((STEP.x1 + STEP.x2) / 2, STEP.y2)
    parcel = Mover(11.5, 19.5, (feet, feet), width=STEP.width, height=STEP.height)
    (event,) = things(inferred(a_view(COURIER, parcel, scene=a_scene(DELIVERED))))
    assert event.kind is EventKind.PACKAGE_DELIVERED
    assert event.track_ids == (1,)


def test_such_a_parcel_is_not_the_person_who_was_at_it() -> None:
    feet = ((STEP.x1 + STEP.x2) / 2, STEP.y2)
    parcel = Mover(9.0, 15.0, (feet, feet), width=STEP.width, height=STEP.height)
    events = things(
        inferred(a_view(parcel, scene=a_scene(a_change(Change.APPEARED, 3.0, 11.0, package_likeness=0.99))))
    )
    assert events
    assert all(event.track_ids == () for event in events)
    assert "nobody was seen at it" in " ".join(event.sentence for event in events)


@pytest.mark.parametrize(
    ("box", "likeness", "is_told"),
    [
        (Box(1200, 560, 1360, 950), 0.05, False),
        (Box(1200, 560, 1360, 950), 0.95, True),
        (Box(1200, 780, 1360, 950), 0.05, True),
        (Box(1200, 760, 1600, 950), 0.05, True),
    ],
    ids=["a person's size", "a parcel of that size", "half as tall", "wide"],
)
def test_what_is_as_tall_and_slender_as_people_there_is_one_of_them(box: Box, likeness: float, is_told: bool) -> None:
    changed = a_change(Change.DISAPPEARED, 3.0, 11.0, package_likeness=likeness, box=box)
    assert bool(things(inferred(a_view(COURIER, scene=a_scene(changed))))) is is_told
