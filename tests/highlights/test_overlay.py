"""What stands on a box where several events have the same place."""

from fractions import Fraction

import pytest

from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.highlights.overlay import Corners, Mark, drawn_at

HERE, THERE = (1, 2, 30, 40), (5, 6, 70, 80)


def moment(seconds: int) -> Timestamp:
    return Timestamp(seconds, Fraction(1))


def a_mark(words: str, start: int, end: int) -> Mark:
    return Mark("#5ec8f2", words, lambda _: None, ClipSpan(moment(start), moment(end)))


WAITING, PICKED_UP = a_mark("Package waiting", 0, 10), a_mark("Package picked up", 10, 12)
PERSON = Mark("#ffb84d", "person 0.80", lambda _: None)


@pytest.mark.parametrize(
    ("at", "said"),
    [(5, "Package waiting"), (10, "Package picked up"), (11, "Package picked up"), (20, "Package picked up")],
    ids=["the first goes on", "both do", "the second does", "neither does"],
)
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "turned"])
def test_the_event_that_goes_on_has_the_box(at: int, said: str, turned: bool) -> None:
    marks = [PICKED_UP, WAITING] if turned else [WAITING, PICKED_UP]
    boxes: list[Corners | None] = [HERE, HERE]
    ((box, place),) = drawn_at(marks, boxes, moment(at))

    assert box == HERE
    if turned and at in (10, 20):
        said = "Package waiting"  # where several go on, or none does, the last that is drawn
    assert marks[place].words == said


def test_boxes_at_other_places_and_of_tracks_are_drawn_too() -> None:
    marks = [WAITING, PICKED_UP, PERSON, PERSON]

    assert drawn_at(marks, [HERE, None, THERE, None], moment(11)) == [(HERE, 0), (THERE, 2)]
