from dataclasses import replace
from fractions import Fraction

import pytest

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import EventKind, InferredEvent, Zone
from pipeline.domain.tracks import ObjectClass, Track
from pipeline.domain.video import SkippedSpan, SkipReason
from tests.events.views import MOMENTS, a_scene, a_view, inferred, seconds, told
from tests.scenes import Mover, a_track, at, every, looked_at, span

PASSER = Mover(3.0, 8.0, ((100, 800), (1800, 800)), height=400)
DOOR = Zone("door", ((0.4, 0.7), (0.6, 0.7), (0.6, 1.0), (0.4, 1.0)))


def of(kind: EventKind, events: tuple[InferredEvent, ...]) -> list[InferredEvent]:
    return [event for event in events if event.kind is kind]


def test_a_passer_is_a_visit_and_nothing_else() -> None:
    (event,) = inferred(a_view(PASSER))
    assert event.kind is EventKind.PERSON_VISIT
    assert seconds(event) == (3.0, 8.0)
    assert event.sentence == "A person was in view from 3.0 s to 8.0 s."
    assert event.score > 0.9
    assert [float(moment.seconds) for moment in event.evidence][0::2] == [2.5, 8.5]


def test_times_are_counted_from_the_first_frame_of_a_clip_that_starts_late() -> None:
    late = a_view(PASSER, span=span(2.0, 20.0))
    assert inferred(late)[0].sentence == "A person was in view from 1.0 s to 6.0 s."


@pytest.mark.parametrize(("gap", "visits"), [(3.0, 1), (6.0, 2)])
def test_an_absence_up_to_the_gap_belongs_to_the_visit(gap: float, visits: int) -> None:
    hidden = replace(PASSER, path=((100, 800), (1200, 800)))
    again = Mover(8.0 + gap, 16.0, ((1200, 800), (100, 800)), height=400)
    assert len(of(EventKind.PERSON_VISIT, inferred(a_view(hidden, again)))) == visits


@pytest.mark.parametrize(("gap", "visits"), [(1.5, 1), (3.0, 2)])
def test_who_went_out_over_the_edge_has_left_and_who_comes_then_comes_anew(gap: float, visits: int) -> None:
    again = Mover(8.0 + gap, 16.0, ((1800, 800), (100, 800)), height=400)
    assert len(of(EventKind.PERSON_VISIT, inferred(a_view(PASSER, again)))) == visits


def test_a_tracker_that_takes_the_next_for_the_last_joins_no_visits() -> None:
    there_and_back = Mover(2.0, 18.0, ((300, 800), (1850, 800), (300, 800)), height=400, hidden=((9.6, 12.4),))
    found = of(EventKind.PERSON_VISIT, inferred(a_view(there_and_back)))
    assert [event.track_ids for event in found] == [(1,), (1,)]


def test_a_short_pass_and_the_next_one_are_no_stay() -> None:
    """Each of the two was in view for less than it takes, and the first had left over the edge."""
    first = Mover(1.0, 9.0, ((900, 800), (1500, 800), (1850, 800)), height=400)
    second = Mover(12.5, 19.5, ((1500, 800), (1300, 800)), height=400)
    assert not of(EventKind.LOITERING, inferred(a_view(first, second)))


def test_who_was_last_seen_a_step_from_the_edge_on_the_way_out_makes_no_loiterer_with_the_next() -> None:
    first = Mover(1.0, 9.0, ((1500, 800), (1400, 800), (1750, 800)), height=400)
    second = Mover(11.0, 19.5, ((1500, 800), (1300, 800)), height=400)
    assert of(EventKind.LOITERING, inferred(a_view(replace(first, path=((1500, 800), (1600, 800))), second)))
    assert not of(EventKind.LOITERING, inferred(a_view(first, second)))


def test_what_is_never_clear_and_never_moves_is_nobody() -> None:
    bush = Mover(3.0, 7.0, ((1500, 1070), (1500, 1070)), width=400, height=850, confidence=0.4)
    assert inferred(a_view(bush)) == ()
    assert told(inferred(a_view(replace(bush, confidence=0.6))))


def test_two_at_once_are_one_visit_that_says_two() -> None:
    (event,) = of(EventKind.PERSON_VISIT, inferred(a_view(PASSER, replace(PASSER, start=4.0, end=9.0))))
    assert event.track_ids == (1, 2)
    assert event.sentence.startswith("Up to 2 persons at once")


def test_one_faint_sighting_is_no_visit_and_one_sure_sighting_is() -> None:
    once = Mover(2.9, 3.1, ((300, 900), (300, 900)))
    assert inferred(a_view(replace(once, confidence=0.45))) == ()
    assert told(inferred(a_view(replace(once, confidence=0.9)))) == [("person_visit", None)]


def test_a_poster_is_nobody() -> None:
    assert inferred(a_view(Mover(0.0, 20.0, ((500, 700), (500, 700))))) == ()


def test_an_empty_clip_says_nothing_when_it_could_be_seen() -> None:
    assert inferred(a_view()) == ()


def test_darkness_and_undecoded_time_cannot_tell() -> None:
    assert told(inferred(a_view(scene=a_scene(luma=6.0)))) == [("person_visit", "too_dark")]
    lost = replace(looked_at(every(0.5, 20)), skipped=(SkippedSpan(span(4, 12), SkipReason.NOT_DECODED),))
    assert told(inferred(a_view(sampling=lost))) == [("person_visit", "not_decoded")]
    still = replace(lost, skipped=(SkippedSpan(span(4, 12), SkipReason.STILL),))
    assert inferred(a_view(sampling=still)) == ()


def test_feet_in_the_door_zone_are_at_the_door() -> None:
    caller = Mover(2.0, 16.0, ((100, 800), (960, 1000), (960, 1000), (100, 800)), height=400)
    (event,) = of(EventKind.PERSON_AT_DOOR, inferred(a_view(caller, zones=(DOOR,))))
    start, end = seconds(event)
    assert 5.0 <= start <= 7.0
    assert 11.0 <= end <= 13.0
    assert event.zone == "door"
    outside = replace(PASSER, path=((100, 700), (1800, 700)))
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(outside, zones=(DOOR,)))) == []


def test_without_a_zone_a_large_person_who_stops_is_at_the_door() -> None:
    caller = Mover(2.0, 17.0, ((100, 1000), (960, 1070), (960, 1070), (100, 1000)), width=300, height=800)
    (event,) = of(EventKind.PERSON_AT_DOOR, inferred(a_view(caller)))
    assert event.zone is None
    passes = replace(caller, end=6.0, path=((100, 1060), (1800, 1060)))
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(passes))) == []
    far = replace(caller, width=60, height=180)
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(far))) == []


TO_AND_FRO = Mover(0.0, 18.0, ((400, 800), (1200, 800), (400, 800), (1200, 800), (420, 800)), height=400)


def test_to_and_fro_for_long_is_loitering() -> None:
    (event,) = of(EventKind.LOITERING, inferred(a_view(TO_AND_FRO)))
    assert seconds(event) == (0.0, 18.0)
    assert of(EventKind.LOITERING, inferred(a_view(TO_AND_FRO), loitering_seconds=19)) == []


def test_a_long_straight_way_is_no_loitering() -> None:
    walker = Mover(0.0, 18.0, ((-100, 800), (2400, 800)), width=100, height=260)
    assert of(EventKind.LOITERING, inferred(a_view(walker))) == []


def test_one_who_was_lost_for_three_seconds_still_loiters_and_different_ones_do_not() -> None:
    first = replace(TO_AND_FRO, end=8.0, path=((400, 800), (800, 800)))
    second = replace(TO_AND_FRO, start=11.0, path=((900, 800), (500, 800)))
    (event,) = of(EventKind.LOITERING, inferred(a_view(first, second)))
    assert event.track_ids == (1, 2)
    small = replace(first, width=40, height=100, path=((100, 400), (110, 400)))
    elsewhere = replace(second, width=40, height=100, path=((1800, 400), (1790, 400)))
    assert of(EventKind.LOITERING, inferred(a_view(small, elsewhere))) == []


def test_in_a_crowd_loitering_cannot_be_told() -> None:
    crowd = [replace(TO_AND_FRO, path=tuple((x + 40 * i, 800 + 30 * i) for x, _ in TO_AND_FRO.path)) for i in range(4)]
    assert told(tuple(of(EventKind.LOITERING, inferred(a_view(*crowd))))) == [("loitering", "occluded")]


def test_an_arm_before_the_lens_does_not_loiter_and_is_at_no_door() -> None:
    arm = Mover(2.0, 20.0, ((300, 1080), (420, 1080), (300, 1080)), width=900, height=700)
    kinds = {event.kind for event in inferred(a_view(arm))}
    assert kinds == {EventKind.PERSON_VISIT}


def test_who_sat_before_the_lens_all_along_is_at_no_door_unless_the_bell_was_pressed() -> None:
    sits = Mover(0.0, 12.0, ((960, 1075), (990, 1075), (960, 1075)), width=300, height=800)
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(sits))) == []
    assert len(of(EventKind.PERSON_AT_DOOR, inferred(a_view(sits, trigger=TriggerKind.DING)))) == 1


def test_only_a_ding_is_a_pressed_bell() -> None:
    (event,) = inferred(a_view(trigger=TriggerKind.DING))
    assert told([event]) == [("doorbell_pressed", None)]
    assert event.span.start.seconds == Fraction(0)
    (later,) = inferred(a_view(trigger=TriggerKind.DING, triggered_at=at(2.5)))
    assert seconds(later) == (2.5, 2.5)
    assert inferred(a_view(trigger=TriggerKind.MOTION)) == ()


def test_who_walks_up_until_the_head_is_cut_off_is_at_the_door() -> None:
    far = Mover(2.0, 5.0, ((300, 900), (900, 1060)), width=160, height=480)
    close = Mover(5.5, 10.0, ((960, 1080), (980, 1080)), width=800, height=1070)
    away = replace(far, start=10.5, end=13.0, path=((900, 1060), (300, 900)))
    track = Track(1, ObjectClass.PERSON, sum((a_track(1, one, MOMENTS).sightings for one in (far, close, away)), ()))
    (event,) = of(EventKind.PERSON_AT_DOOR, inferred(a_view(tracks=(track,))))
    assert 5.5 <= seconds(event)[0] <= seconds(event)[1] <= 10.0
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(close))) == []


def test_about_the_moment_of_the_bell_a_part_of_a_person_is_enough() -> None:
    part = Mover(4.0, 8.0, ((500, 1080), (560, 1080)), width=700, height=650)
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(part))) == []
    rang = a_view(part, trigger=TriggerKind.DING, triggered_at=at(6.0))
    (event,) = of(EventKind.PERSON_AT_DOOR, inferred(rang))
    assert seconds(event) == (4.0, 8.0)
    assert "bell" in [step.name for step in event.grounds]
    earlier = a_view(part, trigger=TriggerKind.DING, triggered_at=at(19.0))
    assert of(EventKind.PERSON_AT_DOOR, inferred(earlier)) == []


@pytest.mark.parametrize("names", [("package",), ("lawn", "package"), ("package", "door")])
def test_the_door_zone_goes_before_the_zone_for_packages_and_others_say_nothing(names: tuple[str, ...]) -> None:
    caller = Mover(2.0, 16.0, ((100, 800), (960, 1000), (960, 1000), (100, 800)), height=400)
    zones = tuple(replace(DOOR, name=name) for name in names)
    (event,) = of(EventKind.PERSON_AT_DOOR, inferred(a_view(caller, zones=zones)))
    assert event.zone == names[-1]
    assert of(EventKind.PERSON_AT_DOOR, inferred(a_view(caller, zones=(replace(DOOR, name="lawn"),)))) == []


def test_who_comes_after_somebody_left_is_another_visit_that_does_not_say_who() -> None:
    again = replace(PASSER, start=14.0, end=18.0)
    first, second = of(EventKind.PERSON_VISIT, inferred(a_view(PASSER, again)))
    assert "after somebody had left" not in first.sentence
    assert second.sentence == "A person was in view from 14.0 s to 18.0 s, 6.0 s after somebody had left."
    (step,) = [step for step in second.grounds if step.name == "after somebody left"]
    assert (step.measured, step.holds) == (6.0, True)
    assert "the same person is not said" in step.sentence


def test_an_arm_and_its_body_are_one_and_a_moment_is_no_company() -> None:
    arm = replace(PASSER, path=((130, 700), (1830, 700)), width=60, height=150)
    (event,) = of(EventKind.PERSON_VISIT, inferred(a_view(PASSER, arm)))
    assert event.sentence.startswith("A person was")
    glimpse = Mover(4.9, 5.1, ((1500, 800), (1500, 800)), height=400, confidence=0.9)
    (event,) = of(EventKind.PERSON_VISIT, inferred(a_view(PASSER, glimpse)))
    assert event.sentence.startswith("A person was")


def test_a_poster_that_the_detector_sees_now_and_then_is_nobody() -> None:
    poster = Mover(3.0, 19.0, ((500, 700), (500, 700)), hidden=((6.2, 7.8), (11.2, 12.8)), confidence=0.5)
    assert inferred(a_view(poster)) == ()
    comes = replace(poster, path=((300, 700), (500, 700), (500, 700), (500, 700)), confidence=0.8)
    assert len(of(EventKind.PERSON_VISIT, inferred(a_view(comes)))) == 1


def test_who_stays_until_the_clip_ends_too_early_cannot_be_told_to_loiter() -> None:
    moments = every(0.5, 13)
    stays = replace(TO_AND_FRO, end=13.0)
    view = a_view(stays, moments=moments)
    assert ("loitering", "clip_ends") in told(inferred(view))
    gone = a_view(replace(stays, end=12.0), moments=moments)
    assert of(EventKind.LOITERING, inferred(gone)) == []


def test_every_statement_about_persons_has_grounds_that_hold() -> None:
    caller = Mover(1.0, 19.0, ((100, 800), (960, 1000), (960, 1000), (960, 1000), (120, 800)), height=400)
    events = inferred(a_view(caller, zones=(DOOR,), trigger=TriggerKind.DING))
    kinds = {EventKind.PERSON_VISIT, EventKind.PERSON_AT_DOOR, EventKind.LOITERING, EventKind.DOORBELL_PRESSED}
    assert {event.kind for event in events} == kinds
    for event in events:
        assert event.grounds
        assert all(step.holds and step.sentence.endswith(".") for step in event.grounds)
    (stayed,) = [step for event in events for step in event.grounds if step.name == "presence"]
    assert (stayed.measured, stayed.needed) == (18.0, 15.0)


def test_who_stands_with_the_head_at_the_upper_edge_loiters_and_an_arm_from_above_does_not() -> None:
    path = tuple((x, 900) for x, _ in TO_AND_FRO.path)
    stands = replace(TO_AND_FRO, path=path, width=350, height=890)
    assert len(of(EventKind.LOITERING, inferred(a_view(stands)))) == 1
    arm = replace(TO_AND_FRO, path=tuple((x, 700) for x, _ in path), width=350, height=690)
    assert of(EventKind.LOITERING, inferred(a_view(arm))) == []
