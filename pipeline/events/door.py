"""The rule about a person at the door."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import EventKind, Ground, InferredEvent, Zone
from pipeline.domain.tracks import Box, ObjectClass, Track
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView, Presence, clearest, presences, sureness
from pipeline.events.zones import pace, runs, shows_head, stands_in

DOOR_ZONE = "door"
PACKAGE_ZONE = "package"
"""Ring's zone where parcels are put down, which is before the door."""
FOUND_DOOR_ZONE = "where people stop"
"""The name that events/stops.py gives to a zone that nobody drew."""
_ZONES = {DOOR_ZONE: 1.0, PACKAGE_ZONE: 0.95, FOUND_DOOR_ZONE: 0.85}
"""Zones in which a person is at the door, the first that is there first, and how much each is trusted."""


@dataclass(frozen=True, slots=True)
class PersonAtDoor:
    """A person's feet were in a zone before the door; without such a zone, a person came close to the lens and stopped.

    Where the bell was not pressed, the person must have come: who sat before the lens all along is at no door.
    """

    gap_seconds: float
    least_seconds: float = 1.0
    near_trust: float = 0.85
    edge: float = 0.9
    """Share of the picture's height below which the feet of somebody who stands before the lens are."""
    upright: float = 1.2
    """Height of a person's box in widths, below which it shows an arm, or somebody who sits."""
    near_seconds: float = 2.0
    """Like ``least_seconds``, close to the lens where there is no zone."""
    came: float = 0.75
    """Height at first sight, as a share of the height close to the lens, up to which a person has come."""
    came_after: float = 1.0
    """Seconds after the clip's start from which on whoever appears has come."""
    near_height: float = 0.7
    """Share of the picture's height from which on a person is near the lens: an adult about 1.2 m before a lens that
    hangs at 1.2 m and sees 100 degrees."""
    filling_height: float = 0.85
    """Share of the picture's height from which on somebody who was seen to walk up is near, cut off or not."""
    walking: float = 0.3
    """Pace, in own heights a second, above which a person is not standing."""
    ring_height: float = 0.5
    """Like ``near_height`` about the moment at which the bell was pressed: whoever pressed it was within an arm's
    reach, so that the picture may show a part only."""
    ring_seconds: float = 5.0
    """Before and after that moment."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event for each stay, by whichever of the persons was there."""
        zone = before_the_door(view.zones)
        stays: list[Track] = []
        for track in view.believed(ObjectClass.PERSON):
            if zone is None:
                stays.extend(_stays(track, self._near_and_standing(view, track), self.near_seconds))
                stays.extend(self._at_the_bell(view, track))
            else:
                inside = [stands_in(zone, one.detection.box, view.width, view.height) for one in track.sightings]
                stays.extend(_stays(track, inside, self.least_seconds))
        return tuple(self._event(view, presence, zone) for presence in presences(stays, self.gap_seconds))

    def _near_and_standing(self, view: ClipView, track: Track) -> list[bool]:
        if not (view.trigger is TriggerKind.DING or self._came(view, track)):
            return [False] * len(track.sightings)
        walked_up = self._walked_up(view, track)
        return [
            (self._is_near(view, one.detection.box) or (walked_up and self._fills(view, one.detection.box)))
            and pace(track.sightings, index) < self.walking
            for index, one in enumerate(track.sightings)
        ]

    def _at_the_bell(self, view: ClipView, track: Track) -> list[Track]:
        """The part of a track about the moment of the bell in which the person was large; nothing without a moment."""
        if view.trigger is not TriggerKind.DING or view.triggered_at is None:
            return []
        rang = view.triggered_at.seconds
        there = [
            abs(float(one.at.seconds - rang)) <= self.ring_seconds
            and one.detection.box.height >= self.ring_height * view.height
            for one in track.sightings
        ]
        return _stays(track, there, 0.0)

    def _is_near(self, view: ClipView, box: Box) -> bool:
        large = box.height >= max(self.near_height * view.height, self.upright * box.width)
        return large and box.y2 >= self.edge * view.height and shows_head(box.y1, view.height)

    def _fills(self, view: ClipView, box: Box) -> bool:
        """Whether the box reaches over nearly the whole height, wherever the head is."""
        return box.height >= self.filling_height * view.height and box.y2 >= self.edge * view.height

    def _walked_up(self, view: ClipView, track: Track) -> bool:
        """Whether the whole of the person was seen farther away before: then what fills the picture is no arm."""
        boxes = [one.detection.box for one in track.sightings]
        tallest = max(range(len(boxes)), key=lambda index: boxes[index].height)
        return any(
            box.height <= self.came * boxes[tallest].height
            and box.height >= self.upright * box.width
            and shows_head(box.y1, view.height)
            for box in boxes[:tallest]
        )

    def _came(self, view: ClipView, track: Track) -> bool:
        heights = [one.detection.box.height for one in track.sightings]
        return view.seconds(track.span.start) >= self.came_after or heights[0] <= self.came * max(heights)

    def _event(self, view: ClipView, presence: Presence, zone: Zone | None) -> InferredEvent:
        where = "stood close to the camera" if zone is None else f"stood in the zone {zone.name}"
        trust = self.near_trust if zone is None else _ZONES[zone.name]
        return InferredEvent(
            EventKind.PERSON_AT_DOOR,
            presence.span,
            max(sureness(track.sightings) for track in presence.tracks) * trust,
            f"A person {where} {view.words(presence.span)}.",
            track_ids=presence.track_ids,
            evidence=view.around(presence.span, clearest(presence.sightings)),
            zone=None if zone is None else zone.name,
            grounds=self._grounds(view, presence, zone),
        )

    def _grounds(self, view: ClipView, presence: Presence, zone: Zone | None) -> tuple[Ground, ...]:
        stayed = float(presence.span.duration)
        if zone is not None:
            feet = f"In {len(presence.sightings)} looks a person's feet were inside the zone {zone.name}"
            steps = [ground("feet in the zone", len(presence.sightings), 1, feet)]
            needed = self.least_seconds
        else:
            share = max(one.detection.box.height for one in presence.sightings) / view.height
            no_zone = "Nobody drew a zone before the door, so that closeness to the lens has to do"
            steps = [
                ground("zones", 0, None, no_zone),
                ground("height", share, None, f"The person reached over {share:.0%} of the picture's height"),
            ]
            needed = 0.0 if view.trigger is TriggerKind.DING else self.near_seconds
        if view.trigger is TriggerKind.DING:
            steps.append(ground("bell", 1, None, "The camera reports that the bell was pressed"))
        return (*steps, ground("stayed", stayed, needed, f"Somebody was there for {stayed:.1f} s"))


def before_the_door(zones: Sequence[Zone]) -> Zone | None:
    """The zone in which whoever stands is at the door; None when there is none."""
    named = {zone.name: zone for zone in reversed(zones)}
    return next((named[name] for name in _ZONES if name in named), None)


def _stays(track: Track, there: Sequence[bool], least: float) -> list[Track]:
    parts = [track.sightings[first : last + 1] for first, last in runs(there)]
    return [
        Track(track.track_id, track.object_class, part)
        for part in parts
        if part[-1].at.seconds - part[0].at.seconds >= least
    ]
