"""What became of events when another result followed: each stands once, under the word that a reader must hear."""

from fractions import Fraction

import pytest

from pipeline.domain.differences import Difference, compare_events
from pipeline.domain.events import CannotTell, Event, EventKind, InferredEvent
from pipeline.domain.video import ClipSpan, Timestamp

BASE = Fraction(1, 1000)
FIRST = Timestamp(7000, BASE)
TAKEN, VISIT = EventKind.PACKAGE_PICKED_UP, EventKind.PERSON_VISIT


def event(name: str, kind: EventKind, start: float, end: float, reason: CannotTell | None = None) -> Event:
    span = ClipSpan(*(Timestamp(round(7000 + 1000 * edge), BASE) for edge in (start, end)))
    return Event(name, "c" * 64, "ring:1", InferredEvent(kind, span, 0.8, "Something.", reason=reason))


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        (event("a", VISIT, 1, 9), event("b", VISIT, 1.4, 9.4), Difference.SAME),
        (event("a", VISIT, 1, 9), event("b", VISIT, 3, 9), Difference.MOVED),
        (event("a", TAKEN, 0, 20), event("b", TAKEN, 1, 2), Difference.MOVED),
        (event("a", TAKEN, 1, 2), event("b", TAKEN, 0, 20), Difference.MOVED),
        (event("a", TAKEN, 1, 2), event("b", TAKEN, 1, 2, CannotTell.TOO_DARK), Difference.NO_LONGER_STATED),
        (event("a", TAKEN, 1, 2, CannotTell.TOO_DARK), event("b", TAKEN, 1, 2), Difference.NOW_STATED),
    ],
)
def test_two_of_a_kind_at_one_time_are_the_same_event(before: Event, after: Event, difference: Difference) -> None:
    (one,) = compare_events([before], [after], FIRST)
    assert (one.difference, one.before, one.after) == (difference, before, after)


def test_another_kind_or_another_time_is_another_event_and_what_vanished_comes_first() -> None:
    old = [event("a", VISIT, 1, 2), event("b", TAKEN, 5, 6), event("c", VISIT, 20, 30)]
    new = [event("d", VISIT, 21, 30), event("e", EventKind.OBJECT_REMOVED, 5, 6), event("f", VISIT, 50, 60)]
    found = [(one.difference, one.event.event_id) for one in compare_events(old, new, FIRST)]
    assert found == [
        (Difference.VANISHED, "a"),
        (Difference.VANISHED, "b"),
        (Difference.APPEARED, "e"),
        (Difference.APPEARED, "f"),
        (Difference.MOVED, "d"),
    ]
    assert [one for one in Difference if one.loses_a_statement] == [Difference.VANISHED, Difference.NO_LONGER_STATED]
    assert compare_events([], [], FIRST) == ()
