from dataclasses import replace

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from tests.events.views import STEP, a_change, a_scene, a_view, inferred
from tests.scenes import Mover, span

STAYS = Mover(2.0, 18.0, ((200, 950), (950, 960), (980, 960), (950, 960), (200, 950)))
ASIDE = Box(1120, 880, 1280, 990)
COLOUR = (120.0, 128.0, 140.0, 9.0, 2.0, 3.0)


def things(events: tuple[InferredEvent, ...]) -> list[InferredEvent]:
    return [event for event in events if event.region is not None]


def test_a_package_that_goes_and_comes_nearby_in_one_contact_was_moved() -> None:
    went = a_change(Change.DISAPPEARED, 5.0, 9.0, colour=COLOUR)
    came = a_change(Change.APPEARED, 6.0, 10.0, box=ASIDE, colour=COLOUR)
    moved = things(inferred(a_view(STAYS, scene=a_scene(went, came))))
    assert [event.kind for event in moved] == [EventKind.PACKAGE_MOVED]
    asked = [ground for ground in moved[0].grounds if ground.name.startswith(("alike", "near"))]
    assert asked
    assert all(ground.holds for ground in asked)


def test_a_thing_of_another_colour_is_another_thing() -> None:
    went = a_change(Change.DISAPPEARED, 5.0, 9.0, colour=COLOUR)
    came = a_change(Change.APPEARED, 6.0, 10.0, box=ASIDE, colour=(20.0, *COLOUR[1:]))
    kinds = {event.kind for event in things(inferred(a_view(STAYS, scene=a_scene(went, came))))}
    assert kinds == {EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_DELIVERED}


def test_one_that_lay_elsewhere_before_it_was_gone_here_is_another_one() -> None:
    came = a_change(Change.APPEARED, 6.0, 10.0, box=ASIDE, colour=COLOUR)
    went = a_change(Change.DISAPPEARED, 7.5, 11.0, colour=COLOUR)
    swapped = things(inferred(a_view(STAYS, scene=a_scene(came, went))))
    assert {event.kind for event in swapped} == {EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP}


def test_a_package_waits_for_as_long_as_it_was_seen_to_lie() -> None:
    courier = Mover(2.0, 12.0, ((200, 950), (950, 960), (950, 960), (200, 950)))
    came = a_change(Change.APPEARED, 3.0, 11.0, lies=span(11, 19))
    waits = [
        event for event in inferred(a_view(courier, scene=a_scene(came))) if event.kind is EventKind.PACKAGE_WAITING
    ]
    assert [event.span for event in waits] == [span(11, 19)]
    brief = replace(came, lies=span(11, 13))
    events = inferred(a_view(courier, scene=a_scene(brief)))
    assert EventKind.PACKAGE_WAITING not in {event.kind for event in events}


def test_two_things_taken_in_one_go_are_one_event() -> None:
    changes = [a_change(Change.DISAPPEARED, 5.0, 12.0, box=box, package_likeness=0.1) for box in (STEP, ASIDE)]
    (event,) = things(inferred(a_view(STAYS, scene=a_scene(*changes))))
    assert event.kind is EventKind.OBJECT_REMOVED
    assert event.sentence.startswith("2 things were taken away in one go")


def test_of_two_things_too_it_is_said_that_nobody_was_seen_there_meanwhile() -> None:
    seen_late = Mover(12.0, 18.0, ((950, 960), (200, 950)))
    beside = Box(1070, 880, 1200, 990)
    changes = [a_change(Change.DISAPPEARED, 9.0, 11.0, box=box, package_likeness=0.1) for box in (STEP, beside)]
    (event,) = things(inferred(a_view(seen_late, scene=a_scene(*changes))))
    assert event.sentence == ("2 things were taken away in one go, a moment before or after a person was at the place.")


def test_a_thing_that_comes_and_goes_twice_with_one_track_is_told_in_pairs_and_by_nobodys_hand() -> None:
    beside = Mover(1.0, 19.0, ((800, 950), (780, 955), (800, 950), (780, 955), (800, 950)))
    came, again = (a_change(Change.APPEARED, start, start + 1.5) for start in (3.0, 11.0))
    went, gone = (a_change(Change.DISAPPEARED, start, start + 1.5) for start in (7.0, 15.0))
    told = things(inferred(a_view(beside, scene=a_scene(came, went, again, gone))))
    sentences = " ".join(event.sentence for event in told)
    assert "is followed until it was taken" in sentences
    assert " by " not in sentences
