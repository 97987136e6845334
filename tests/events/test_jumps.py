from dataclasses import replace

import pytest

from pipeline.domain.camera_changes import CameraChange, ViewChange
from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.scene import Change
from pipeline.domain.tracks import ObjectClass
from tests.events.views import MOMENTS, a_change, a_scene, a_view, inferred, seconds
from tests.scenes import Mover, a_track, at, looked_at, span

APPEARED = a_change(Change.APPEARED, 9.0, 9.5)
GOES = Mover(3.0, 9.0, ((300, 900), (700, 900)))
COMES = Mover(9.5, 16.0, ((1400, 900), (1300, 900)))


def cuts(*movers: Mover, **changes: object) -> list[InferredEvent]:
    events = inferred(a_view(*movers, **changes))  # type: ignore[arg-type]
    return [event for event in events if event.kind is EventKind.FOOTAGE_CUT]


def test_a_thing_that_lies_there_from_one_look_to_the_next_with_nobody_near_is_a_cut() -> None:
    (event,) = cuts(scene=a_scene(APPEARED))
    assert seconds(event) == (9.0, 9.5)
    assert event.region == APPEARED.box
    assert all(step.holds for step in event.grounds)


@pytest.mark.parametrize(
    "change",
    [
        replace(APPEARED, after=a_change(Change.APPEARED, 9.0, 11.0).after),
        replace(APPEARED, score=0.3),
        replace(APPEARED, moved_beside=0.5),
    ],
    ids=["there was time to come and go", "it may be light", "something moved beside it"],
)
def test_what_may_have_been_done_by_somebody_is_none(change: object) -> None:
    assert not cuts(scene=a_scene(change))  # type: ignore[arg-type]


def test_somebody_in_view_may_have_put_it_there() -> None:
    assert not cuts(replace(GOES, end=12.0), scene=a_scene(APPEARED))


def test_where_the_whole_scene_changed_that_rule_says_so() -> None:
    camera = (CameraChange(ViewChange.CUT, span(9, 9.5), 0.1),)
    assert len(cuts(scene=a_scene(APPEARED, camera=camera))) == 1


def test_one_who_vanishes_and_another_who_stands_there_at_the_same_moment_are_a_cut() -> None:
    (event,) = cuts(GOES, COMES)
    assert (seconds(event), event.track_ids) == ((9.0, 9.5), (1, 2))


@pytest.mark.parametrize(
    ("goes", "comes"),
    [
        (GOES, replace(COMES, start=12.0)),
        (replace(GOES, path=((700, 900), (90, 900))), COMES),
        (replace(GOES, confidence=0.45), COMES),
        (replace(GOES, end=2.0, start=1.5), COMES),
    ],
    ids=["not at one moment", "left over the edge", "hardly seen", "seen too shortly"],
)
def test_one_alone_who_vanishes_says_nothing(goes: Mover, comes: Mover) -> None:
    assert not cuts(goes, comes)


def test_tracks_that_were_parted_where_the_follower_had_joined_them_say_nothing() -> None:
    assert len(cuts(GOES, COMES, taken_for_one=frozenset({(1, at(3.0))}))) == 1
    assert not cuts(GOES, COMES, taken_for_one=frozenset({(1, at(9.0))}))
    assert not cuts(GOES, COMES, taken_for_one=frozenset({(2, at(9.5))}))


def test_one_who_vanishes_where_a_frame_surges_is_a_cut_and_the_frame_is_told() -> None:
    sampling = replace(looked_at(MOMENTS), surges=(at(4.2), at(9.2)))
    (event,) = cuts(GOES, sampling=sampling)
    assert (seconds(event), event.track_ids) == ((9.0, 9.5), (1,))
    assert "9.20 s took far more bytes than those around it, or the encoder began anew" in event.grounds[-1].sentence


@pytest.mark.parametrize(
    ("goes", "surge"),
    [(GOES, 9.0), (GOES, 9.7), (replace(GOES, path=((700, 900), (90, 900))), 9.2), (replace(GOES, end=20.0), 9.2)],
    ids=["before", "afterwards", "went out over the edge", "nobody vanishes"],
)
def test_a_surge_by_itself_is_light_and_no_cut(goes: Mover, surge: float) -> None:
    assert not cuts(goes, sampling=replace(looked_at(MOMENTS), surges=(at(surge),)))


def test_who_is_followed_to_where_nobody_can_walk_in_half_a_second_leaps_at_the_surge() -> None:
    sampling = replace(looked_at(MOMENTS), surges=(at(9.2),))
    walks = replace(GOES, end=9.0)
    goes_on = replace(COMES, end=16.0)
    before, after = (a_track(1, mover, MOMENTS) for mover in (walks, goes_on))
    leaps = replace(before, sightings=before.sightings + after.sightings)
    (event,) = cuts(tracks=(leaps,), sampling=sampling)
    assert (seconds(event), event.track_ids) == ((9.0, 9.5), (1,))
    assert not cuts(tracks=(leaps,))


def test_who_walks_on_at_a_surge_leaps_nowhere() -> None:
    assert not cuts(
        Mover(3.0, 16.0, ((300, 900), (1500, 900))), sampling=replace(looked_at(MOMENTS), surges=(at(9.2),))
    )


def test_a_car_that_is_parked_has_put_nothing_there() -> None:
    parked = Mover(2.0, 18.0, ((300, 900), (300, 900)), object_class=ObjectClass.VEHICLE)
    assert len(cuts(parked, scene=a_scene(APPEARED))) == 1
    assert not cuts(replace(parked, path=((300, 900), (700, 900))), scene=a_scene(APPEARED))
