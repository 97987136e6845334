from dataclasses import replace

import pytest

from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from tests.events.views import a_view, inferred, seconds, told
from tests.scenes import Mover, at, every

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
