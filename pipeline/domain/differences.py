"""What one result of a clip says that another does not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.agreement import Interval, best_pairs, fit
from pipeline.domain.events import Event, Verdict
from pipeline.domain.video import Timestamp

MOVED_SECONDS = 0.5
"""By how much an end must lie elsewhere before an event counts as moved: the step between two looks."""


class Difference(StrEnum):
    """What became of an event, those that concern a reader most first."""

    VANISHED = "vanished"
    APPEARED = "appeared"
    NO_LONGER_STATED = "no_longer_stated"
    """It was a statement and now cannot be told."""
    NOW_STATED = "now_stated"
    """It could not be told and now is a statement."""
    MOVED = "moved"
    """The same, at another time."""
    SAME = "same"

    @property
    def loses_a_statement(self) -> bool:
        """Whether whoever relied on the event must know."""
        return self in (Difference.VANISHED, Difference.NO_LONGER_STATED)


@dataclass(frozen=True, slots=True)
class Compared:
    """One event before and after; at least one of the two is there."""

    difference: Difference
    before: Event | None
    after: Event | None

    @property
    def event(self) -> Event:
        """The one after, where there is one."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a comparison needs an event")
        return found


def compare_events(before: Sequence[Event], after: Sequence[Event], first: Timestamp) -> tuple[Compared, ...]:
    """Pairs the events of two results of one clip by kind and time, statements and those that cannot tell alike.

    Args:
        before: Of the earlier result; may be empty.
        after: Of the later one; may be empty.
        first: Stamp of the clip's first frame.

    Returns:
        Every event once, in the order of ``Difference`` and then of time.
    """
    made = []
    for kind in sorted({event.inferred.kind for event in (*before, *after)}):
        old, new = ([event for event in side if event.inferred.kind is kind] for side in (before, after))
        made += _of_kind(old, new, first)
    ranks = {difference: rank for rank, difference in enumerate(Difference)}
    return tuple(sorted(made, key=lambda one: (ranks[one.difference], *_order(one.event))))


def _order(event: Event) -> tuple[float, str, str]:
    return float(event.inferred.span.start.seconds), event.inferred.kind.value, event.event_id


def _of_kind(old: Sequence[Event], new: Sequence[Event], first: Timestamp) -> list[Compared]:
    pairs = best_pairs([[_fit(one, other, first) for other in new] for one in old])
    kept = [Compared(_difference(old[row], new[column], first), old[row], new[column]) for row, column in pairs]
    rows, columns = {row for row, _ in pairs}, {column for _, column in pairs}
    gone = [Compared(Difference.VANISHED, one, None) for at, one in enumerate(old) if at not in rows]
    came = [Compared(Difference.APPEARED, None, one) for at, one in enumerate(new) if at not in columns]
    return [*kept, *gone, *came]


def _fit(one: Event, other: Event, first: Timestamp) -> float | None:
    """Neither of two results is the truth, so that either may hold the other's moment."""
    kind, mine, theirs = one.inferred.kind, interval_of(one, first), interval_of(other, first)
    fits = [value for value in (fit(kind, mine, theirs), fit(kind, theirs, mine)) if value is not None]
    return max(fits, default=None)


def _difference(old: Event, new: Event, first: Timestamp) -> Difference:
    verdicts = old.inferred.verdict, new.inferred.verdict
    if verdicts == (Verdict.SEEN, Verdict.CANNOT_TELL):
        return Difference.NO_LONGER_STATED
    if verdicts == (Verdict.CANNOT_TELL, Verdict.SEEN):
        return Difference.NOW_STATED
    ends = zip(interval_of(old, first), interval_of(new, first), strict=True)
    return Difference.MOVED if any(abs(one - other) > MOVED_SECONDS for one, other in ends) else Difference.SAME


def interval_of(event: Event, first: Timestamp) -> Interval:
    """Start and end in seconds from the clip's first frame."""
    span = event.inferred.span
    return float(span.start.seconds - first.seconds), float(span.end.seconds - first.seconds)
