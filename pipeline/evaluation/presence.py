"""Presence per second: in which seconds of a clip something of a class was in view."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from pipeline.domain.events import PACKAGE_KINDS, ClipAnalysis, EventKind, InferredEvent, Verdict
from pipeline.domain.tracks import ObjectClass, Track
from pipeline.evaluation.truth import TrueClip
from pipeline.evaluation.words import OBJECTS
from pipeline.events.zones import faint_and_fixed, roams

_LEAST_SIGHTINGS = 2
_LONGEST_GAP = 2.0
"""Seconds between two sightings through which an object counts as in view."""


@dataclass(frozen=True, slots=True)
class PresenceScore:
    """Seconds of all clips for one class.

    Attributes:
        right: Seconds in which it was there and we said so.
        missed: It was there and we did not.
        wrong: We said so and it was not.
        precision: 0 to 1; None when we never said so.
        recall: 0 to 1; None when it was never there.
    """

    right: int
    missed: int
    wrong: int
    precision: float | None
    recall: float | None

    @classmethod
    def of(cls, right: int, missed: int, wrong: int) -> "PresenceScore":
        """With its rates."""
        said, there = right + wrong, right + missed
        return cls(right, missed, wrong, right / said if said else None, right / there if there else None)


def presence(pairs: Iterable[tuple[TrueClip, ClipAnalysis | None]], object_class: ObjectClass) -> PresenceScore:
    """Over all clips; a clip that was not analysed has nothing found. Optional seconds are left out."""
    right = missed = wrong = 0
    for clip, analysis in pairs:
        there = _true_seconds(clip, object_class, optional=False)
        open_ones = _true_seconds(clip, object_class, optional=True) - there
        found = set() if analysis is None else set(_found_seconds(analysis, object_class)) - open_ones
        right, missed, wrong = right + len(there & found), missed + len(there - found), wrong + len(found - there)
    return PresenceScore.of(right, missed, wrong)


def _true_seconds(clip: TrueClip, object_class: ObjectClass, *, optional: bool) -> set[int]:
    intervals = (
        interval
        for one in clip.objects
        if OBJECTS.get(one.word) is object_class and one.optional is optional
        for interval in one.intervals
    )
    return {second for start, end in intervals for second in _seconds(start, end)}


def _found_seconds(analysis: ClipAnalysis, object_class: ObjectClass) -> Iterator[int]:
    origin = analysis.probe.first.seconds
    for track in analysis.tracks:
        if track.object_class is object_class and _is_believed(track):
            for start, end in _stretches(track):
                yield from _seconds(start - float(origin), end - float(origin))
    if object_class is ObjectClass.PACKAGE:
        events = [event for event in analysis.events if event.kind in PACKAGE_KINDS]
        last = float(analysis.sampling.last.seconds - origin)
        for start, end in _package_stretches(events, float(origin), last):
            yield from _seconds(start, end)


def _is_believed(track: Track) -> bool:
    """As the rules of events do: seen more than once, not faint and fixed, and an animal must have moved."""
    never_moved = track.object_class is ObjectClass.ANIMAL and not roams(track.sightings)
    is_thing = never_moved or faint_and_fixed(track.sightings)
    return len(track.sightings) >= _LEAST_SIGHTINGS and not is_thing


def _stretches(track: Track) -> Iterator[tuple[float, float]]:
    """From first to last sighting of every part without a longer gap."""
    moments = [float(sighting.at.seconds) for sighting in track.sightings]
    since = moments[0]
    for before, after in pairwise(moments):
        if after - before > _LONGEST_GAP:
            yield since, before
            since = after
    yield since, moments[-1]


def _package_stretches(events: Sequence[InferredEvent], origin: float, last: float) -> Iterator[tuple[float, float]]:
    """Where packages lay by what was said: every waiting, and every time at which more came than went.

    Each delivery brings one from its end on, each picking up takes one from its start on, and what is moved lies there
    before and after. What was taken or moved without having been brought lay there from the clip's start.
    """
    said = [event for event in events if event.verdict is Verdict.SEEN]
    for event in said:
        if event.kind is EventKind.PACKAGE_WAITING:
            yield _from_to(event, origin)
    steps = sorted(_step(event, origin) for event in said if event.kind in _COUNTED)
    lying, since = _lying_before(steps), 0.0
    for moment, change in steps:
        if lying == 0:
            since = moment
        lying += change
        if lying == 0:
            yield since, moment
    if lying > 0:
        yield since, last


_COUNTED = {EventKind.PACKAGE_DELIVERED: 1, EventKind.PACKAGE_PICKED_UP: -1, EventKind.PACKAGE_MOVED: 0}
"""How many packages more lie there afterwards."""


def _step(event: InferredEvent, origin: float) -> tuple[float, int]:
    start, end = _from_to(event, origin)
    return (end if event.kind is EventKind.PACKAGE_DELIVERED else start), _COUNTED[event.kind]


def _lying_before(steps: Sequence[tuple[float, int]]) -> int:
    """The fewest packages at the clip's start with which each that is taken or moved was there."""
    least = sum_of_changes = 0
    for _, change in steps:
        needed = 1 if change <= 0 else 0
        least = max(least, needed - sum_of_changes)
        sum_of_changes += change
    return least


def _from_to(event: InferredEvent, origin: float) -> tuple[float, float]:
    return float(event.span.start.seconds) - origin, float(event.span.end.seconds) - origin


def _seconds(start: float, end: float) -> range:
    """Whole seconds of which the span covers some part; a moment covers the one in which it lies."""
    return range(max(int(start), 0), max(ceil(end), int(start) + 1))
