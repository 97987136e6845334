import json
from pathlib import Path

import pytest

from bench.recognition.obvious import Followed, consecutive_events, obvious_events
from bench.recognition.peers import _keep, _remembered, _seconds
from pipeline.domain.events import EventKind
from pipeline.evaluation.matching import FoundEvent

DELIVERED, PICKED_UP = EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP


def test_a_person_whom_the_tracker_lost_for_a_moment_is_one_visit() -> None:
    people = [
        Followed("person", (3.0, 5.0), 0.6),
        Followed("person", (6.5, 9.0), 0.8),
        Followed("person", (15.0,), 0.5),
    ]
    assert obvious_events(people, 20) == [
        FoundEvent(EventKind.PERSON_VISIT, 3.0, 9.0, 0.8),
        FoundEvent(EventKind.PERSON_VISIT, 15.0, 15.0, 0.5),
    ]


def test_every_vehicle_passes_even_one_that_stands_there() -> None:
    assert obvious_events([Followed("car", (0.0, 20.0), 0.9)], 20) == [
        FoundEvent(EventKind.VEHICLE_PASSING, 0.0, 20.0, 0.9)
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ((8.0, 20.0), [(DELIVERED, 8.0)]),
        ((0.0, 8.0), [(PICKED_UP, 8.0)]),
        ((5.0, 8.0), [(DELIVERED, 5.0), (PICKED_UP, 8.0)]),
        ((0.5, 19.5), []),
    ],
)
def test_what_is_carried_comes_and_goes_away_from_the_clips_ends(
    seconds: tuple[float, float], said: list[tuple[EventKind, float]]
) -> None:
    events = obvious_events([Followed("suitcase", seconds, 0.7), Followed("bottle", seconds, 0.9)], 20)
    assert [(event.kind, event.start) for event in events] == said


def looks(shown: str) -> list[tuple[float, float]]:
    """A look a second; ``#`` shows a package at 0.6."""
    return [(float(second), 0.6 if sign == "#" else 0.0) for second, sign in enumerate(shown)]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("...###", [(DELIVERED, 2, 3)]),
        ("###...", [(PICKED_UP, 2, 3)]),
        ("...##.##....", []),
        ("######", []),
        ("...####..###...", [(DELIVERED, 2, 3), (PICKED_UP, 11, 12)]),
        (".#.###", []),
        ("..", []),
        ("", []),
    ],
)
def test_a_package_arrives_and_vanishes_by_looks_in_a_row(shown: str, said: list[tuple[EventKind, int, int]]) -> None:
    events = consecutive_events(looks(shown), needed=3)
    assert [(event.kind, event.start, event.end) for event in events] == said


def test_what_a_peer_said_of_a_clip_is_found_again_by_its_bytes(tmp_path: Path) -> None:
    clip, copy = tmp_path / "a.mp4", tmp_path / "b.mp4"
    clip.write_bytes(b"bytes")
    copy.write_bytes(b"bytes")
    assert _remembered(tmp_path / "memory", clip) is None
    _keep(tmp_path / "memory", clip, [[1.0, 2.5]])
    assert _remembered(tmp_path / "memory", copy) == [[1.0, 2.5]]
    (kept,) = (tmp_path / "memory").iterdir()
    assert json.loads(kept.read_text()) == [[1.0, 2.5]]


def test_time_codes_are_read() -> None:
    assert _seconds("01:02:03.500") == 3723.5
