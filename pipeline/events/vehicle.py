"""Rules about vehicles that move; parked ones are no event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.domain.events import EventKind, Ground, InferredEvent
from pipeline.domain.tracks import BODY_LABEL, Box, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.events.boarding import boarding
from pipeline.events.grounds import ground
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
_SAME_PLACE_IOU = 0.5
_PARKED_SECONDS = 3.0
_LEAST_SHARE = 0.003
"""Of the picture's area, at its largest: what stays smaller is on another road."""
_SURE_PAIR = 0.5
"""Mean confidence from which on two free sightings are enough; otherwise it takes three."""

_STRAIGHT = 0.7
"""Way as the crow flies over the way gone, of what no look shows clearly to be a vehicle."""


def moves(boxes: Sequence[Box]) -> bool:
    """Whether a vehicle went somewhere: in one direction, or steadily growing or shrinking, over enough of its size."""
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


def _keeps_its_way(sightings: Sequence[Sighting]) -> bool:
    """Whether a vehicle that was never clearly detected went on its way, and did not jump to and fro.

    A detector that takes one parcel for a truck takes the next for one too, and the tracker goes from one to the other.
    """
    if max(one.detection.confidence for one in sightings) >= _SURE_PAIR:
        return True
    places = [one.detection.box.centre for one in sightings]
    gone = sum(distance(before, after) for before, after in pairwise(places))
    return distance(places[0], places[-1]) >= _STRAIGHT * gone


def free_sightings(track: Track, vehicles: Sequence[Track], looks: Sequence[Timestamp]) -> tuple[Sighting, ...]:
    """The sightings of a track at places where no vehicle stands.

    In a row of parked vehicles a tracker jumps from one to its neighbour when a detection is missing; places where one
    is seen look after look belong to those that stand there.
    """
    number = {moment: index for index, moment in enumerate(looks)}
    return tuple(
        sighting for sighting in track.sightings if not _is_parking_place(sighting.detection.box, vehicles, number)
    )


def _is_parking_place(place: Box, vehicles: Sequence[Track], number: Mapping[Timestamp, int]) -> bool:
    held = {
        sighting.at
        for vehicle in vehicles
        for sighting in vehicle.sightings
        if sighting.at in number and sighting.detection.box.iou(place) >= _SAME_PLACE_IOU
    }
    since: Timestamp | None = None
    before: Timestamp | None = None
    for moment in sorted(held):
        if since is None or before is None or number[moment] - number[before] > 2:  # noqa: PLR2004 - one look may fail
            since = moment
        if moment.seconds - since.seconds >= _PARKED_SECONDS:
            return True
        before = moment
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
    least_share: float = _LEAST_SHARE
    traffic: int = 6
    """Vehicles that move at once, from which on all that overlap in time are one event: nobody looks at each."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a vehicle that moved, or one for dense traffic."""
        vehicles = [track for track in view.tracks if track.object_class is ObjectClass.VEHICLE]
        stopped: list[InferredEvent] = []
        passing: list[Track] = []
        for track in view.believed(ObjectClass.VEHICLE):
            free = free_sightings(track, vehicles, view.sampling.sampled)
            if not self._drives(view, free):
                continue
            stood = standstill(track.sightings)
            if _seconds(stood) >= self.stopped_seconds:
                stopped.append(self._stopped(view, track, stood))
            else:
                passing.append(Track(track.track_id, track.object_class, self._near(view, free)))
        passed = (event for presence in presences(passing, 0.0) for event in self._passed(view, presence))
        return (*stopped, *passed)

    def _near(self, view: ClipView, free: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
        """From the first sighting that is large enough to the last: before and after it is on another road."""
        least = self.least_share * view.width * view.height
        large = [index for index, one in enumerate(free) if one.detection.box.area >= least]
        return free[large[0] : large[-1] + 1]

    def _drives(self, view: ClipView, free: Sequence[Sighting]) -> bool:
        if len(free) < 2:  # noqa: PLR2004 - one place is no way
            return False
        sure = sum(one.detection.confidence for one in free) / len(free) >= _SURE_PAIR
        boxes = [one.detection.box for one in free]
        large = max(box.area for box in boxes) >= self.least_share * view.width * view.height
        enough = (sure or len(free) > 2) and (sure or _keeps_its_way(free))  # noqa: PLR2004 - see _SURE_PAIR
        return large and enough and moves(boxes)

    def _stopped(self, view: ClipView, track: Track, stood: tuple[Sighting, ...]) -> InferredEvent:
        span = ClipSpan(stood[0].at, stood[-1].at)
        by = boarding(view, track, stood)
        sentence = f"{_who(Presence((track,)))} that also moved stood still {view.words(span)}{by.clause(view)}."
        seconds = _seconds(stood)
        stayed = ground("stood still", seconds, self.stopped_seconds, f"It stood at one place for {seconds:.1f} s")
        event = _event(view, EventKind.VEHICLE_STOPPED, Presence((track,)), span, sentence)
        ids = tuple(sorted({track.track_id, *by.track_ids}))
        return replace(event, track_ids=ids, grounds=(*event.grounds, stayed, *by.grounds(view)))

    def _passed(self, view: ClipView, presence: Presence) -> Iterator[InferredEvent]:
        number = presence.at_once
        parts = [presence] if number >= self.traffic else [Presence((track,)) for track in presence.tracks]
        for part in parts:
            who = f"Up to {number} vehicles at once" if number >= self.traffic else _who(part)
            sentence = f"{who} moved through the picture {view.words(part.span)}."
            yield _event(view, EventKind.VEHICLE_PASSING, part, part.span, sentence)


def _who(presence: Presence) -> str:
    """What to call it: by its shape alone where no detector named it in any look."""
    named = any(one.detection.label != BODY_LABEL for one in presence.sightings)
    return "A vehicle" if named else "Something as large and solid as a vehicle, which the detector gave no name to,"


def _event(view: ClipView, kind: EventKind, presence: Presence, span: ClipSpan, sentence: str) -> InferredEvent:
    shown = [sighting for sighting in presence.sightings if span.start <= sighting.at <= span.end]
    return InferredEvent(
        kind,
        span,
        max(sureness(track.sightings) for track in presence.tracks),
        sentence,
        track_ids=presence.track_ids,
        evidence=view.around(span, clearest(shown)),
        grounds=_moved(view, presence),
    )


def _moved(view: ClipView, presence: Presence) -> tuple[Ground, ...]:
    sightings = presence.sightings
    unnamed = sum(1 for one in sightings if one.detection.label == BODY_LABEL)
    seen = f"It was seen in {len(sightings)} looks, in {unnamed} of them by its motion and shape alone"
    largest = max(one.detection.box.area for one in sightings) / (view.width * view.height)
    widest = max((_way(track) for track in presence.tracks), default=0.0)
    return (
        ground("sightings", len(sightings), 2, seen),
        ground("size", largest, _LEAST_SHARE, f"At its largest it covered {largest:.1%} of the picture"),
        ground("way", widest, None, f"It went {widest:.1f} times its own size from its first place to its farthest"),
    )


def _way(track: Track) -> float:
    """From the first place to the farthest, in its own middle size."""
    boxes = [one.detection.box for one in track.sightings]
    usual = sum(size(box) for box in boxes) / len(boxes)
    return max(distance(boxes[0].centre, box.centre) for box in boxes) / usual
