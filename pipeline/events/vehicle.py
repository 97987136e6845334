"""Rules about vehicles that move; parked ones are no event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan
from pipeline.events.view import ClipView, Presence, clearest, presences, sureness
from pipeline.events.zones import distance, size

_LEAST_STEP = 0.1
"""Of a vehicle's size, from one look to the next: less is the detector's unrest."""
_LEAST_WAY = 0.45
"""Of its size, in one direction: what a parked vehicle's box never goes."""
_LEAST_GROWTH = 1.15
_LEAST_GROWN = 1.6
"""Of its area, step by step and in all: a vehicle that comes straight to the camera moves little, and grows."""
_STANDS_WITHIN = 0.15
"""Of its size."""


def moves(track: Track) -> bool:
    """Whether a vehicle went somewhere: in one direction, or steadily growing or shrinking, over enough of its size."""
    boxes = [sighting.detection.box for sighting in track.sightings]
    return _goes(boxes) or _grows(boxes) or _grows(boxes[::-1])


def _goes(boxes: Sequence[Box]) -> bool:
    way = (0.0, 0.0)
    for before, after in pairwise(boxes):
        scale = (size(before) + size(after)) / 2
        step = ((after.centre[0] - before.centre[0]) / scale, (after.centre[1] - before.centre[1]) / scale)
        onward = step[0] * way[0] + step[1] * way[1] >= 0 and distance(step, (0, 0)) >= _LEAST_STEP
        way = (way[0] + step[0], way[1] + step[1]) if onward else (0.0, 0.0)
        if distance(way, (0, 0)) >= _LEAST_WAY:
            return True
    return False


def _grows(boxes: Sequence[Box]) -> bool:
    grown, steps = 1.0, 0
    for before, after in pairwise(boxes):
        growth = after.area / before.area
        grown, steps = (grown * growth, steps + 1) if growth >= _LEAST_GROWTH else (1.0, 0)
        if grown >= _LEAST_GROWN and steps > 1:
            return True
    return False


def standstill(sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """The longest stretch in which a vehicle stayed at one place; empty when it never did for two looks."""
    best: tuple[Sighting, ...] = ()
    for first, anchor in enumerate(sightings):
        last = first
        while last + 1 < len(sightings) and _stands(anchor.detection.box, sightings[last + 1].detection.box):
            last += 1
        stretch = tuple(sightings[first : last + 1])
        if last > first and _seconds(stretch) > _seconds(best):
            best = stretch
    return best


def _stands(anchor: Box, box: Box) -> bool:
    return distance(anchor.centre, box.centre) <= _STANDS_WITHIN * size(anchor)


def _seconds(stretch: Sequence[Sighting]) -> float:
    return float(stretch[-1].at.seconds - stretch[0].at.seconds) if stretch else 0.0


@dataclass(frozen=True, slots=True)
class VehicleMoves:
    """A vehicle passed; or it came or went, and stood for long enough to count as stopping."""

    stopped_seconds: float
    least_share: float = 0.003
    """Of the picture's area, at its largest: what stays smaller is on another road."""
    traffic: int = 4
    """Vehicles that move at once, from which on all that overlap in time are one event: nobody looks at each."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a vehicle that moved, or one for dense traffic."""
        large = self.least_share * view.width * view.height
        moving = [
            track
            for track in view.believed(ObjectClass.VEHICLE)
            if moves(track) and max(one.detection.box.area for one in track.sightings) >= large
        ]
        stood = {track.track_id: standstill(track.sightings) for track in moving}
        stopped = [track for track in moving if _seconds(stood[track.track_id]) >= self.stopped_seconds]
        passing = [track for track in moving if track not in stopped]
        return (
            *(self._stopped(view, track, stood[track.track_id]) for track in stopped),
            *(event for presence in presences(passing, 0.0) for event in self._passed(view, presence)),
        )

    def _stopped(self, view: ClipView, track: Track, stood: tuple[Sighting, ...]) -> InferredEvent:
        span = ClipSpan(stood[0].at, stood[-1].at)
        sentence = f"A vehicle that also moved stood still {view.words(span)}."
        return _event(view, EventKind.VEHICLE_STOPPED, Presence((track,)), span, sentence)

    def _passed(self, view: ClipView, presence: Presence) -> Iterator[InferredEvent]:
        number = presence.at_once
        parts = [presence] if number >= self.traffic else [Presence((track,)) for track in presence.tracks]
        who = f"Up to {number} vehicles at once" if number >= self.traffic else "A vehicle"
        for part in parts:
            sentence = f"{who} moved through the picture {view.words(part.span)}."
            yield _event(view, EventKind.VEHICLE_PASSING, part, part.span, sentence)


def _event(view: ClipView, kind: EventKind, presence: Presence, span: ClipSpan, sentence: str) -> InferredEvent:
    shown = [sighting for sighting in presence.sightings if span.start <= sighting.at <= span.end]
    return InferredEvent(
        kind,
        span,
        max(sureness(track.sightings) for track in presence.tracks),
        sentence,
        track_ids=presence.track_ids,
        evidence=view.around(span, clearest(shown)),
    )
