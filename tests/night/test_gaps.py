"""Which clips of a camera are neighbours."""

from datetime import timedelta
from fractions import Fraction
from itertools import permutations

import pytest

from pipeline.domain.doorstep import KeptStill, Side
from pipeline.domain.evidence import Recipe
from pipeline.domain.video import CameraClock, ClipSpan, ClockSource, Timestamp
from pipeline.night.gaps import ClipEnds, neighbours
from tests.builders import CAMERA, EVENING
from tests.catalogue.stories import a_clip, digest_of

RING = timedelta(seconds=6)


def a_look(name: str, side: Side, seconds: float) -> KeptStill:
    stamp = Timestamp(round(seconds * 1000), Fraction(1, 1000))
    moment = EVENING + timedelta(seconds=seconds)
    recipe = Recipe(digest_of(name), 0, 1, "1/1000", "", "", "")
    return KeptStill(
        name,
        digest_of(name),
        CAMERA,
        "m",
        "s",
        side,
        ClipSpan(stamp, stamp),
        moment,
        moment,
        digest_of(name),
        1.0,
        recipe,
    )


def a_recording(name: str, start: float, end: float, off: timedelta = RING) -> ClipEnds:
    """From ``start`` to ``end``, seconds after the evening, by a clock that may be ``off`` so far."""
    clip = a_clip(name)
    clock = CameraClock(EVENING + timedelta(seconds=start), ClockSource.VENDOR, off)
    clip = type(clip)(clip.item, clip.acquisition, clip.trigger, clock)
    return ClipEnds(clip, a_look(name, Side.FIRST, start), a_look(name, Side.LAST, end))


def pairs(*clips: ClipEnds) -> list[tuple[str, str]]:
    return [(one.first.acquisition_id, two.first.acquisition_id) for one, two in neighbours(clips)]


def test_each_clip_follows_the_one_before_it_in_whatever_order_they_come() -> None:
    clips = [a_recording("a", 0, 20), a_recording("b", 60, 80), a_recording("c", 3600, 3620)]

    assert {tuple(pairs(*order)) for order in permutations(clips)} == {(("a", "b"), ("b", "c"))}


def test_a_clip_inside_a_longer_one_divides_nothing_and_the_longer_one_is_the_neighbour() -> None:
    assert pairs(a_recording("long", 0, 100), a_recording("inside", 30, 50), a_recording("next", 200, 220)) == [
        ("long", "next")
    ]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (a_recording("b", 12.5, 30), [("a", "b")]),
        (a_recording("b", 11.5, 30), []),
        (a_recording("b", 60, 80, timedelta(minutes=1)), []),
        (a_recording("b", 67, 80, timedelta(minutes=1)), [("a", "b")]),
        (a_recording("b", 9, 30), []),
        (a_recording("b", 86_000, 86_020), [("a", "b")]),
        (a_recording("b", 87_000, 87_020), []),
    ],
    ids=["at once", "unsure", "a file's name", "a later file's name", "overlapping", "almost a day", "more than a day"],
)
def test_only_an_order_that_is_certain_counts(second: ClipEnds, expected: list[tuple[str, str]]) -> None:
    assert pairs(a_recording("a", 0, 10), second) == expected


def test_one_clip_has_no_neighbour() -> None:
    assert pairs(a_recording("a", 0, 10)) == []
    assert pairs() == []
