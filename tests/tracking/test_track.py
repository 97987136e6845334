import sys
from collections.abc import Sequence
from itertools import accumulate, cycle, islice
from subprocess import run

import pytest

from pipeline.domain.tracks import ObjectClass, Track
from pipeline.tracking import track
from tests.scenes import Mover, every, frames

WALKER = Mover(0.0, 10.0, ((100, 900), (1800, 900)))


def spans(tracks: Sequence[Track]) -> list[tuple[float, float]]:
    return [(float(one.span.start.seconds), float(one.span.end.seconds)) for one in tracks]


def test_no_frames_give_no_tracks() -> None:
    assert track(()) == ()
    assert track(frames([], every(0.5, 5))) == ()


@pytest.mark.parametrize("step", [0.2, 0.5, 1.0])
def test_a_walker_is_one_track(step: float) -> None:
    (only,) = track(frames([WALKER], every(step, 10)))
    assert only.track_id == 1
    assert only.object_class is ObjectClass.PERSON
    assert len(only.sightings) == len(every(step, 10))


def test_a_walker_whose_boxes_never_overlap_is_one_track() -> None:
    quick = Mover(0.0, 5.0, ((100, 900), (1800, 900)))  # 340 px/s at a width of 180: 170 px between looks
    narrow = Mover(0.0, 5.0, ((100, 900), (1800, 900)), width=120, height=400)
    for mover in (quick, narrow):
        seen = frames([mover], every(0.5, 5))
        if mover is narrow:
            first, second = seen[0].detections[0].box, seen[1].detections[0].box
            assert first.iou(second) == 0
        assert len(track(seen)) == 1


def test_irregular_looks_between_half_a_second_and_two_seconds() -> None:
    slow = Mover(0.0, 20.0, ((100, 900), (1800, 900)))
    moments = list(islice(accumulate(cycle([0.5, 0.5, 2.0, 0.7, 1.3])), 16))
    assert len(track(frames([slow], moments))) == 1


def test_a_scene_looked_at_every_three_seconds_still_gives_one_track() -> None:
    standing = Mover(0.0, 20.0, ((900, 900), (960, 900)))
    assert len(track(frames([standing], every(3.0, 20)))) == 1


def test_two_who_pass_each_other_stay_two() -> None:
    left = Mover(0.0, 10.0, ((100, 900), (1800, 900)))
    right = Mover(0.0, 10.0, ((1800, 980), (100, 980)), height=600)
    both = track(frames([left, right], every(0.5, 10)))
    assert spans(both) == [(0.0, 10.0), (0.0, 10.0)]
    for one in both:
        feet = [sighting.detection.box.feet[0] for sighting in one.sightings]
        assert feet in (sorted(feet), sorted(feet, reverse=True))


@pytest.mark.parametrize("hidden", [(3.2, 4.4), (3.2, 4.9), (3.1, 5.1), (3.4, 5.4)])
def test_hidden_for_up_to_two_seconds_is_still_one_track(hidden: tuple[float, float]) -> None:
    (only,) = track(frames([Mover(0.0, 10.0, ((100, 900), (1800, 900)), hidden=(hidden,))], every(0.5, 10)))
    assert spans([only]) == [(0.0, 10.0)]


@pytest.mark.parametrize("step", [0.25, 0.5])
def test_one_who_turns_back_behind_a_pillar_is_still_one_track(step: float) -> None:
    turner = Mover(0.0, 16.0, ((200, 900), (1200, 900), (200, 900)), hidden=((7.0, 9.0),))
    (only,) = track(frames([turner], every(step, 16)))
    assert spans([only]) == [(0.0, 16.0)]


def test_gone_for_five_seconds_is_another_track() -> None:
    tracks = track(frames([Mover(0.0, 12.0, ((900, 900), (960, 900)), hidden=((3.2, 8.2),))], every(0.5, 12)))
    assert spans(tracks) == [(0.0, 3.0), (8.5, 12.0)]


def test_someone_who_turns_back_is_one_track() -> None:
    turner = Mover(0.0, 16.0, ((200, 900), (1500, 900), (200, 900)))
    assert len(track(frames([turner], every(0.5, 16)))) == 1


def test_classes_are_kept_apart_and_numbered_by_first_sighting() -> None:
    dog = Mover(2.0, 9.0, ((300, 950), (1700, 950)), 200, 150, ObjectClass.ANIMAL)
    car = Mover(0.0, 9.0, ((200, 500), (1700, 500)), 500, 260, ObjectClass.VEHICLE)
    tracks = track(frames([dog, car], every(0.5, 10)))
    assert [(one.track_id, one.object_class) for one in tracks] == [(1, ObjectClass.VEHICLE), (2, ObjectClass.ANIMAL)]


def test_an_object_seen_once_is_kept() -> None:
    (only,) = track(frames([Mover(2.9, 3.1, ((300, 900), (300, 900)))], every(0.5, 6)))
    assert len(only.sightings) == 1


def test_two_boxes_around_one_object_are_one() -> None:
    thing = Mover(0.0, 5.0, ((900, 900), (900, 900)))
    double = Mover(0.0, 5.0, ((905, 902), (905, 902)), confidence=0.5)
    (only,) = track(frames([thing, double], every(0.5, 5)))
    assert {sighting.detection.confidence for sighting in only.sightings} == {0.8}


def test_the_same_frames_give_the_same_tracks() -> None:
    movers = [WALKER, Mover(1.0, 9.0, ((1800, 800), (100, 1000))), Mover(4.0, 6.0, ((500, 700), (600, 700)))]
    seen = frames(movers, every(0.5, 10))
    assert track(seen) == track(seen)


def test_every_detection_belongs_to_exactly_one_track() -> None:
    movers = [Mover(i * 0.7, 4 + i, ((100 + 150 * i, 700), (1800 - 100 * i, 1000))) for i in range(7)]
    seen = frames(movers, every(0.5, 11))
    tracks = track(seen)
    given = [(frame.at, detection) for frame in seen for detection in frame.detections]
    kept = [(sighting.at, sighting.detection) for one in tracks for sighting in one.sightings]
    assert len(kept) == len(set(kept))
    assert set(kept) <= set(given)
    assert len(kept) >= 0.95 * len(given)  # boxes that lie over one another are one object


def test_tracking_does_not_need_torch() -> None:
    code = "import sys; from tests.tracking.test_track import *; test_a_walker_is_one_track(1.0)"
    assert run([sys.executable, "-c", f"{code}; sys.exit('torch' in sys.modules)"], check=False).returncode == 0
