"""Which events are one thing to watch.

People of other desks ask for it: one visit raised a heap of alerts (frigate 3847). The rule, docs/adr/0027:

1. Two events of one camera belong together when at most a gap lies between them.
2. Two events of two cameras that stand near each other belong together when their spans overlap, as far as both clocks
   can tell; a clock that may be far off tells nothing.
3. What belongs to a third belongs together, as long as the whole is no longer than the longest visit: on a busy street
   everything would be one.
4. An event between two clips has nobody to watch: it stays by itself, with those of the same interval.

An event counts as no longer than ``LONGEST_EVENT``, so that from some moment on nothing more can join.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.domain.incidents import metres_between

SECOND = 1_000_000
"""Microseconds, in which moments are counted here."""
LONGEST_EVENT = 600 * SECOND
"""The longest clip of a doorbell (``facts.LONGEST_CLIP``); what lasts longer joins by its first ten minutes."""
CLEAR_CLOCK = 30 * SECOND
"""A clock that may be further off says nothing about another camera."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """An event as grouping needs it.

    Attributes:
        number: Its row.
        camera: Code of its camera.
        starts_at: Microseconds since 1970, UTC by the camera's clock.
        ends_at: Likewise.
        slack: Microseconds that the clock may be off, either way.
        is_between: It happened between two clips.
        order: What it may be sorted by besides time.
    """

    number: int
    camera: int
    starts_at: int
    ends_at: int
    slack: int = 0
    is_between: bool = False
    order: float = 0.0


@dataclass(frozen=True, slots=True)
class VisitRule:
    """Limits, in microseconds.

    Attributes:
        gap: Between two events of one camera.
        longest: From a visit's first moment to its last.
        are_near: Whether two cameras, by their codes, stand near each other.
    """

    gap: int
    longest: int
    are_near: Callable[[int, int], bool]


Position = tuple[float, float]


def visit_rule(
    gap_seconds: float, longest_minutes: float, near_metres: float, position_of: Callable[[int], Position | None]
) -> VisitRule:
    """The rule of an installation's settings.

    Args:
        gap_seconds: Between two events of one camera.
        longest_minutes: From a visit's first moment to its last.
        near_metres: Between two cameras that may see one visit.
        position_of: Latitude and longitude by a camera's code; None is near to nothing.
    """

    def are_near(one: int, other: int) -> bool:
        first, second = position_of(one), position_of(other)
        return first is not None and second is not None and metres_between(first, second) <= near_metres

    return VisitRule(round(gap_seconds * SECOND), round(longest_minutes * 60 * SECOND), are_near)


@dataclass(slots=True)
class Gathered:
    """A visit while it grows.

    Attributes:
        events: In the order in which they came; the first gives the visit its place among others.
        first: Its first moment.
        last: Its last moment.
        spans: By camera: first moment, last moment, and how far off its clock may be.
    """

    events: list[Sighted]
    first: int
    last: int
    spans: dict[int, tuple[int, int, int]]

    @property
    def head(self) -> Sighted:
        """The event that came first."""
        return self.events[0]


class Grouping:
    """Takes events in order of their start, newest or oldest first, and gathers them into visits.

    Attributes:
        visits: In the order of their heads.
    """

    def __init__(self, rule: VisitRule | None, *, newest_first: bool) -> None:
        """Starts with no visit.

        Args:
            rule: What belongs together; None makes each event a visit of its own.
            newest_first: The order in which events come.
        """
        self.visits: list[Gathered] = []
        self._open: list[Gathered] = []
        self._rule = rule
        self._reach = max(rule.gap, 2 * CLEAR_CLOCK) if rule else 0
        self._newest_first = newest_first

    def add(self, event: Sighted) -> None:
        """Takes the next event in order."""
        alone = Gathered(
            [event], event.starts_at, _end(event), {event.camera: (event.starts_at, _end(event), event.slack)}
        )
        self._open = [visit for visit in self._open if not self.is_closed(visit, event.starts_at)]
        since, until = alone.first - self._reach, alone.last + self._reach
        touched = [
            visit
            for visit in self._open
            if visit.last >= since and visit.first <= until  # most are too far off, which is soonest seen here
            if self._is_one(visit, alone) and self._touches(visit, event)
        ]
        if not touched:
            self.visits.append(alone)
            self._open.append(alone)
            return
        base = touched[0]
        _absorb(base, alone)
        for other in touched[1:]:
            if self._is_one(base, other):
                _absorb(base, other)
                self.visits = [visit for visit in self.visits if visit is not other]
                self._open = [visit for visit in self._open if visit is not other]

    def is_closed(self, visit: Gathered, now: int) -> bool:
        """Whether nothing that starts at ``now`` or further on in the order can join the visit."""
        if self._rule is None:
            return True
        if self._newest_first:
            return now + LONGEST_EVENT + self._reach < visit.first
        return now > visit.last + self._reach

    def _is_one(self, visit: Gathered, other: Gathered) -> bool:
        """Whether the two together are no longer than a visit may be."""
        longest = self._rule.longest if self._rule else 0
        return max(visit.last, other.last) - min(visit.first, other.first) <= longest

    def _touches(self, visit: Gathered, event: Sighted) -> bool:
        head = visit.head
        if event.is_between or head.is_between:
            return event.is_between and (head.is_between, head.camera, head.starts_at, head.ends_at) == (
                True,
                event.camera,
                event.starts_at,
                event.ends_at,
            )
        return any(self._meets(camera, span, event) for camera, span in visit.spans.items())

    def _meets(self, camera: int, span: tuple[int, int, int], event: Sighted) -> bool:
        first, last, slack = span
        if self._rule is None:
            return False
        is_same = camera == event.camera
        if not is_same and max(slack, event.slack) > CLEAR_CLOCK:
            return False
        margin = self._rule.gap if is_same else slack + event.slack
        if event.starts_at - margin > last or _end(event) + margin < first:
            return False
        return is_same or self._rule.are_near(camera, event.camera)  # last: it costs most, and few come so far


def group(events: Iterable[Sighted], rule: VisitRule | None, *, newest_first: bool = True) -> list[Gathered]:
    """All visits of events that come in order of their start."""
    grouping = Grouping(rule, newest_first=newest_first)
    for event in events:
        grouping.add(event)
    return grouping.visits


def _absorb(visit: Gathered, other: Gathered) -> None:
    visit.events += other.events
    visit.first, visit.last = min(visit.first, other.first), max(visit.last, other.last)
    for camera, (first, last, slack) in other.spans.items():
        known = visit.spans.get(camera, (first, last, slack))
        visit.spans[camera] = (min(known[0], first), max(known[1], last), max(known[2], slack))


def _end(event: Sighted) -> int:
    return min(event.ends_at, event.starts_at + LONGEST_EVENT)
