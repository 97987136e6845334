from dataclasses import replace

import pytest

from pipeline.domain.events import EventKind
from pipeline.domain.tracks import BODY_LABEL, Box, Detection, ObjectClass, Sighting, Track
from pipeline.events import infer_events
from pipeline.settings import EventSettings
from tests.events.views import MOMENTS, a_view, inferred, seconds, told
from tests.scenes import Mover, a_track, at, every

CAR = Mover(2.0, 6.0, ((-200, 700), (2100, 700)), 500, 260, ObjectClass.VEHICLE)
PARKED = Mover(0.0, 20.0, ((900, 600), (900, 600)), 500, 260, ObjectClass.VEHICLE)


def test_a_car_that_drives_by_passes() -> None:
    (event,) = inferred(a_view(CAR))
    assert told([event]) == [("vehicle_passing", None)]
    assert seconds(event) == (2.0, 6.0)


def test_each_car_is_its_own_event() -> None:
    assert told(inferred(a_view(CAR, replace(CAR, start=9.0, end=13.0)))) == [("vehicle_passing", None)] * 2


def test_a_parked_car_is_none() -> None:
    assert inferred(a_view(PARKED)) == ()


@pytest.mark.parametrize("unrest", [8.0, 25.0])
def test_a_parked_car_whose_box_is_restless_is_none(unrest: float) -> None:
    shifts = [0, 1, -1, 0.5, -0.7, 1, -0.2, -1, 0.9, -0.4]
    boxes = [Box(600 + unrest * shift, 400, 1100 + unrest * shift / 2, 660) for shift in shifts]
    sightings = tuple(
        Sighting(at(index * 0.5), Detection(ObjectClass.VEHICLE, "car", 0.6, box)) for index, box in enumerate(boxes)
    )
    assert inferred(a_view(tracks=(Track(1, ObjectClass.VEHICLE, sightings),))) == ()


def test_a_parked_car_that_a_passer_hides_once_is_none() -> None:
    boxes = [Box(600, 400, 1100, 660)] * 4 + [Box(850, 400, 1100, 660)] + [Box(600, 400, 1100, 660)] * 4
    sightings = tuple(
        Sighting(at(index * 0.5), Detection(ObjectClass.VEHICLE, "car", 0.6, box)) for index, box in enumerate(boxes)
    )
    assert inferred(a_view(tracks=(Track(1, ObjectClass.VEHICLE, sightings),))) == ()


def test_a_track_that_jumps_between_two_parked_cars_is_none() -> None:
    left, right = Box(600, 400, 800, 520), Box(840, 400, 1040, 520)
    there = [left] * 8 + [right] * 3 + [left] * 9
    jumper = tuple(
        Sighting(at(index * 0.5), Detection(ObjectClass.VEHICLE, "car", 0.6, box)) for index, box in enumerate(there)
    )
    beside = tuple(
        Sighting(at(index * 0.5), Detection(ObjectClass.VEHICLE, "car", 0.6, right))
        for index in range(20)
        if not 8 <= index < 11
    )
    tracks = (Track(1, ObjectClass.VEHICLE, jumper), Track(2, ObjectClass.VEHICLE, beside))
    assert inferred(a_view(tracks=tracks)) == ()


def test_parcels_that_are_taken_for_a_truck_in_turn_do_not_drive() -> None:
    """No look shows clearly that it is a vehicle, and it goes to and fro: the tracker jumped."""
    there, beside = ((600, 800), (600, 800)), ((850, 800), (850, 800))
    parcel = Mover(5.0, 5.0, there, 200, 160, ObjectClass.VEHICLE, 0.4)
    spots = [parcel, replace(parcel, start=5.5, end=5.5, path=beside), replace(parcel, start=6.5, end=6.5)]
    seen = [track.sightings[0] for spot in spots for track in [a_track(1, spot, MOMENTS)]]
    jumping = Track(1, ObjectClass.VEHICLE, tuple(seen))
    assert infer_events(replace(a_view(), tracks=(jumping,)), EventSettings()) == ()


def test_a_car_far_away_is_none() -> None:
    assert inferred(a_view(replace(CAR, width=80, height=50))) == ()


def test_dense_traffic_is_one_event_that_says_how_many() -> None:
    cars = [replace(CAR, start=1.0 + 0.2 * index, end=6.0 + 0.2 * index) for index in range(6)]
    (event,) = inferred(a_view(*cars))
    assert event.sentence.startswith("Up to 6 vehicles at once")
    assert event.track_ids == (1, 2, 3, 4, 5, 6)
    assert len(inferred(a_view(*cars[:5]))) == 5


def test_a_car_that_comes_straight_to_the_camera_passes() -> None:
    boxes = [Box(960 - w, 500 - w / 2, 960 + w, 500 + w / 2) for w in (60, 80, 110, 150, 210)]
    sightings = tuple(
        Sighting(at(index * 0.5), Detection(ObjectClass.VEHICLE, "car", 0.7, box)) for index, box in enumerate(boxes)
    )
    assert told(inferred(a_view(tracks=(Track(1, ObjectClass.VEHICLE, sightings),)))) == [("vehicle_passing", None)]


def test_a_car_that_comes_and_stands_has_stopped() -> None:
    comes = Mover(2.0, 18.0, ((-200, 700), (900, 700), *((900, 700),) * 5), 500, 260, ObjectClass.VEHICLE)
    (event,) = inferred(a_view(comes))
    assert told([event]) == [("vehicle_stopped", None)]
    start, end = seconds(event)
    assert 3.0 <= start <= 5.0
    assert end == 18.0
    assert told(inferred(a_view(comes), stopped_seconds=15)) == [("vehicle_passing", None)]


def test_an_animal_that_never_moves_is_a_bush() -> None:
    bush = Mover(3.0, 15.0, ((300, 950), (300, 950)), 200, 150, ObjectClass.ANIMAL)
    assert inferred(a_view(bush)) == ()


def test_an_animal_is_told_and_a_single_sighting_is_not() -> None:
    dog = Mover(2.0, 9.0, ((300, 950), (1700, 950)), 200, 150, ObjectClass.ANIMAL)
    assert told(inferred(a_view(dog))) == [("animal_present", None)]
    assert inferred(a_view(replace(dog, start=2.9, end=3.1), moments=every(0.5, 20))) == ()


COMES = Mover(2.0, 18.0, ((-200, 700), (900, 700), *((900, 700),) * 4, (2100, 700)), 500, 260, ObjectClass.VEHICLE)
"""Drives in until 4.7 s, stands until 15.3 s, and drives away."""


def test_who_steps_out_of_a_standing_vehicle_is_told_with_it() -> None:
    steps_out = Mover(7.0, 12.0, ((1100, 720), (1800, 900)), 90, 240)
    (stopped,) = [one for one in inferred(a_view(COMES, steps_out)) if one.kind is EventKind.VEHICLE_STOPPED]
    assert "a person was first seen beside it at 7.0 s" in stopped.sentence
    assert "drove away" not in stopped.sentence
    assert stopped.track_ids == (1, 2)
    assert "first seen beside it" in [step.name for step in stopped.grounds]


def test_who_is_last_seen_beside_a_vehicle_that_drives_away_is_told_with_it() -> None:
    goes_in = Mover(7.0, 13.0, ((1900, 900), (1000, 720)), 90, 240)
    (stopped,) = [one for one in inferred(a_view(COMES, goes_in)) if one.kind is EventKind.VEHICLE_STOPPED]
    assert "last seen beside it at 13.0 s, before it drove away" in stopped.sentence
    stands_on = replace(COMES, path=COMES.path[:-1])
    (stays,) = [one for one in inferred(a_view(stands_on, goes_in)) if one.kind is EventKind.VEHICLE_STOPPED]
    assert "person" not in stays.sentence


def test_who_walks_past_a_standing_vehicle_has_nothing_to_do_with_it() -> None:
    passer = Mover(6.0, 12.0, ((-50, 800), (1990, 800)), 90, 240)
    (stopped,) = [one for one in inferred(a_view(COMES, passer)) if one.kind is EventKind.VEHICLE_STOPPED]
    assert stopped.track_ids == (1,)
    assert "person" not in stopped.sentence


def test_what_no_detector_named_is_called_by_its_shape() -> None:
    unnamed = tuple(
        Sighting(one.at, replace(one.detection, label=BODY_LABEL, confidence=0.3))
        for one in a_track(1, CAR, MOMENTS).sightings
    )
    (event,) = inferred(a_view(tracks=(Track(1, ObjectClass.VEHICLE, unnamed),)))
    assert event.sentence.startswith("Something as large and solid as a vehicle")
    (named,) = inferred(a_view(CAR))
    assert event.score < named.score


def test_a_passing_begins_where_the_vehicle_is_large_enough_to_be_on_this_road() -> None:
    sides = (20, 24, 28, 40, 60, 90, 140, 220, 330)
    boxes = [Box(400 + 4 * side - side, 400, 400 + 4 * side + side, 400 + side) for side in sides]
    sightings = tuple(
        Sighting(at(index * 0.5), Detection(ObjectClass.VEHICLE, "car", 0.7, box)) for index, box in enumerate(boxes)
    )
    (event,) = inferred(a_view(tracks=(Track(1, ObjectClass.VEHICLE, sightings),)))
    least = next(index for index, box in enumerate(boxes) if box.area >= 0.003 * 1920 * 1080)
    assert seconds(event) == (0.5 * least, 4.0)
    assert least > 0
