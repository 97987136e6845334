"""Parcels that a detector calls cars."""

from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.events.mistaken import without_mistaken
from tests.scenes import at

PARCEL = Box(300, 400, 360, 450)


def parcel(likeness: float = 0.9) -> RegionChange:
    return RegionChange(Change.DISAPPEARED, PARCEL, at(4), at(6), 0.9, 0.9, package_likeness=likeness)


def track(*boxes: Box, kind: ObjectClass = ObjectClass.VEHICLE) -> Track:
    sightings = tuple(Sighting(at(step), Detection(kind, "car", 0.5, box)) for step, box in enumerate(boxes))
    return Track(1, kind, sightings)


def test_a_vehicle_that_is_the_parcel_is_none() -> None:
    assert without_mistaken([track(PARCEL, PARCEL, PARCEL.grown(2))], [parcel()]) == ()


def test_a_car_that_drives_through_the_place_stays() -> None:
    driving = track(*(Box(100 + 60 * step, 380, 220 + 60 * step, 460) for step in range(6)))
    assert without_mistaken([driving], [parcel()]) == (driving,)


def test_what_does_not_look_like_a_parcel_may_be_a_car_that_left() -> None:
    parked = track(PARCEL, PARCEL)
    assert without_mistaken([parked], [parcel(likeness=0.5)]) == (parked,)


def test_a_person_is_never_taken_out() -> None:
    somebody = track(PARCEL, PARCEL, kind=ObjectClass.PERSON)
    assert without_mistaken([somebody], [parcel()]) == (somebody,)
