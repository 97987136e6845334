"""What the bench says of its own figures."""

from dataclasses import replace
from typing import Any

import pytest

from bench.lost import matched
from bench.measuring import ChildFailedError, Spread, run_child
from bench.nights import NightResult
from bench.orders import Order

NIGHT = NightResult(
    clips=2,
    clip_seconds=60.0,
    wall=10.0,
    cpu=12.0,
    analysing=6.0,
    cutting=2.0,
    facts={"workers": 1},
    worker_megabytes=300.0,
    peak_megabytes=900.0,
)


def event(kind: str, start: float, end: float, *, cannot_tell: bool = False) -> dict[str, Any]:
    return {"kind": kind, "start": start, "end": end, "score": 0.9, "cannot_tell": cannot_tell}


def test_the_same_event_seen_a_little_later_is_not_lost() -> None:
    reference = [event("person_visit", 1, 6), event("package_delivered", 4.0, 4.5)]
    pairs, lost, added = matched(reference, [event("person_visit", 2, 5), event("package_delivered", 5.0, 6.0)])
    assert (len(pairs), lost, added) == (2, [], [])


def test_an_event_of_another_kind_or_far_away_is_lost_and_added() -> None:
    reference = [event("person_visit", 1, 6), event("package_delivered", 4, 4.5)]
    found = [event("person_visit", 20, 26), event("object_left", 4, 4.5)]
    assert matched(reference, found) == ([], reference, found)


def test_one_event_does_not_stand_for_two() -> None:
    near, far = event("person_visit", 3, 6), event("person_visit", 1, 4)
    found = event("person_visit", 3, 6)
    assert matched([far, near], [found]) == ([(near, found)], [far], [])


def test_what_the_gated_analysis_cannot_tell_is_lost() -> None:
    seen = event("package_picked_up", 4, 5)
    assert matched([seen], [event("package_picked_up", 4, 5, cannot_tell=True)]) == ([], [seen], [])


def test_a_spread_keeps_the_extremes() -> None:
    assert Spread.of([3.0, 1.0, 9.0]) == Spread(3.0, 1.0, 9.0)


def test_overhead_is_the_wall_time_that_work_does_not_explain() -> None:
    assert NIGHT.overhead == pytest.approx(0.2)
    assert replace(NIGHT, facts={"workers": 2}).overhead == pytest.approx(0.6)


def test_a_child_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(ChildFailedError, match=r"nowhere\.mp4"):
        run_child(Order("pyav", "/nowhere.mp4"))
