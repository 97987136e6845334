"""What one would write first: rules that take a detector at its word. Seconds count from the clip's first frame."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.events import EventKind
from pipeline.evaluation.matching import FoundEvent

PEOPLE = frozenset({"person"})
VEHICLES = frozenset({"car", "truck", "bus", "motorcycle"})
CARRIED = frozenset({"suitcase", "backpack", "handbag", "box", "package", "parcel"})
"""COCO has no package; weights that know boxes are taken at their word too."""
_GAP_SECONDS = 2.0
_EDGE_SECONDS = 1.0
"""What is there this soon after the start was there before, and what is there this late stays."""


@dataclass(frozen=True, slots=True)
class Followed:
    """One object as a tracker followed it.

    Attributes:
        label: The model's word.
        seconds: When it was seen, rising; at least one.
        confidence: Mean, 0 to 1.
    """

    label: str
    seconds: tuple[float, ...]
    confidence: float


def obvious_events(followed: Sequence[Followed], last: float) -> list[FoundEvent]:
    """A person is a visit, a vehicle passes, and what people carry is delivered when it appears and taken when it goes.

    Args:
        followed: All objects of a clip.
        last: Seconds of the clip's last frame.
    """
    return [
        *_spans(EventKind.PERSON_VISIT, (one for one in followed if one.label in PEOPLE)),
        *(
            FoundEvent(EventKind.VEHICLE_PASSING, one.seconds[0], one.seconds[-1], one.confidence)
            for one in followed
            if one.label in VEHICLES
        ),
        *(event for one in followed if one.label in CARRIED for event in _came_and_went(one, last)),
    ]


def _spans(kind: EventKind, followed: Iterable[Followed]) -> list[FoundEvent]:
    """Joined over short gaps, since trackers lose people."""
    spans: list[FoundEvent] = []
    for one in sorted(followed, key=lambda one: one.seconds):
        event = FoundEvent(kind, one.seconds[0], one.seconds[-1], one.confidence)
        if spans and event.start - spans[-1].end <= _GAP_SECONDS:
            before = spans[-1]
            event = FoundEvent(kind, before.start, max(before.end, event.end), max(before.score, event.score))
            spans.pop()
        spans.append(event)
    return spans


def _came_and_went(one: Followed, last: float) -> list[FoundEvent]:
    first, until = one.seconds[0], one.seconds[-1]
    events = []
    if first > _EDGE_SECONDS:
        events.append(FoundEvent(EventKind.PACKAGE_DELIVERED, first, first, one.confidence))
    if until < last - _EDGE_SECONDS:
        events.append(FoundEvent(EventKind.PACKAGE_PICKED_UP, until, until, one.confidence))
    return events


def consecutive_events(looks: Sequence[tuple[float, float]], needed: int) -> list[FoundEvent]:
    """Packages that arrive after so many looks in a row that show one, and vanish after as many that show none.

    What the first looks show was there before, and did not arrive.

    Args:
        looks: (seconds, confidence) in order; confidence 0 where a look shows no package.
        needed: Looks in a row, at least 1.
    """
    events: list[FoundEvent] = []
    is_there: bool | None = None
    first = 0
    """Number of the look with which the present run began."""
    for number, (_, confidence) in enumerate(looks):
        shows = confidence > 0
        if shows != (looks[first][1] > 0):
            first = number
        if number - first + 1 == needed and shows is not is_there:
            if is_there is not None:
                events.append(_turn(looks[first - 1][0], looks[first : number + 1]))
            is_there = shows
    return events


def _turn(before: float, run: Sequence[tuple[float, float]]) -> FoundEvent:
    confidence = sum(confidence for _, confidence in run) / len(run)
    if confidence > 0:
        return FoundEvent(EventKind.PACKAGE_DELIVERED, before, run[0][0], confidence)
    return FoundEvent(EventKind.PACKAGE_PICKED_UP, before, run[0][0], 1.0)
