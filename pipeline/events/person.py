"""Rules about persons: visits, standing at the door, loitering, and who pressed the bell is never asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import CannotTell, EventKind, InferredEvent
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, SkipReason
from pipeline.events.view import ClipView, Presence, clearest, presences, sureness
from pipeline.events.zones import distance, runs, stands_in

DOOR_ZONE = "door"
_HEAD_MARGIN = 0.03
"""Share of the picture's height: above this line a head is cut off, and parts of one body may be taken for more."""


@dataclass(frozen=True, slots=True)
class PersonVisit:
    """One or more persons were in view; absences up to the gap belong to the visit."""

    gap_seconds: float
    dark_luma: float = 18.0
    """Mean luma below which an empty clip says nothing."""
    blind_seconds: float = 5.0
    """Time that could not be looked at, above which an empty clip says nothing."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a visit; a clip without one that could not show one cannot tell."""
        found = presences(view.believed(ObjectClass.PERSON), self.gap_seconds)
        if found:
            return tuple(self._visit(view, presence) for presence in found)
        reason = self._blind(view)
        if reason is None:
            return ()
        words = {CannotTell.TOO_DARK: "the picture is too dark", CannotTell.NOT_DECODED: "much could not be looked at"}
        sentence = f"Whether a person was in view cannot be told: {words[reason]}."
        return (InferredEvent(EventKind.PERSON_VISIT, view.span, 0.0, sentence, reason=reason),)

    def _visit(self, view: ClipView, presence: Presence) -> InferredEvent:
        number = presence.at_once
        who = "A person was" if number == 1 else f"Up to {number} persons at once were"
        return InferredEvent(
            EventKind.PERSON_VISIT,
            presence.span,
            max(sureness(track.sightings) for track in presence.tracks),
            f"{who} in view {view.words(presence.span)}.",
            track_ids=presence.track_ids,
            evidence=view.around(presence.span, clearest(presence.sightings)),
        )

    def _blind(self, view: ClipView) -> CannotTell | None:
        if view.scene.obscured:
            return None  # the rule about the camera says so
        if view.scene.mean_luma < self.dark_luma:
            return CannotTell.TOO_DARK
        unseen = [one.span.duration for one in view.sampling.skipped if one.reason is not SkipReason.STILL]
        return CannotTell.NOT_DECODED if sum(unseen) >= self.blind_seconds else None


@dataclass(frozen=True, slots=True)
class PersonAtDoor:
    """A person's feet were in the zone ``door``; without such a zone, a person came close to the lens and stopped.

    Where the bell was not pressed, the person must have come: who sat before the lens all along is at no door.
    """

    gap_seconds: float
    least_seconds: float = 1.0
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
    walking: float = 0.3
    """Pace, in own heights a second, above which a person is not standing."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event for each stay, by whichever of the persons was there."""
        door = next((zone for zone in view.zones if zone.name == DOOR_ZONE), None)
        stays: list[Track] = []
        for track in view.believed(ObjectClass.PERSON):
            if door is None:
                stays.extend(self._stays(track, self._near_and_standing(view, track), self.near_seconds))
            else:
                inside = [stands_in(door, one.detection.box, view.width, view.height) for one in track.sightings]
                stays.extend(self._stays(track, inside, self.least_seconds))
        return tuple(
            self._event(view, presence, None if door is None else door.name)
            for presence in presences(stays, self.gap_seconds)
        )

    def _near_and_standing(self, view: ClipView, track: Track) -> list[bool]:
        if not (view.trigger is TriggerKind.DING or self._came(view, track)):
            return [False] * len(track.sightings)
        return [
            self._is_near(view, one.detection.box) and _pace(track.sightings, index) < self.walking
            for index, one in enumerate(track.sightings)
        ]

    def _is_near(self, view: ClipView, box: Box) -> bool:
        large = box.height >= max(self.near_height * view.height, self.upright * box.width)
        return large and box.y2 >= self.edge * view.height and _shows_head(view, box.y1)

    def _came(self, view: ClipView, track: Track) -> bool:
        heights = [one.detection.box.height for one in track.sightings]
        return view.seconds(track.span.start) >= self.came_after or heights[0] <= self.came * max(heights)

    @staticmethod
    def _stays(track: Track, there: Sequence[bool], least: float) -> list[Track]:
        parts = [track.sightings[first : last + 1] for first, last in runs(there)]
        return [
            Track(track.track_id, track.object_class, part)
            for part in parts
            if part[-1].at.seconds - part[0].at.seconds >= least
        ]

    def _event(self, view: ClipView, presence: Presence, zone: str | None) -> InferredEvent:
        where = "stood in the door zone" if zone else "stood close to the camera"
        return InferredEvent(
            EventKind.PERSON_AT_DOOR,
            presence.span,
            max(sureness(track.sightings) for track in presence.tracks) * (1.0 if zone else 0.85),
            f"A person {where} {view.words(presence.span)}.",
            track_ids=presence.track_ids,
            evidence=view.around(presence.span, clearest(presence.sightings)),
            zone=zone,
        )


@dataclass(frozen=True, slots=True)
class Loitering:
    """One person stayed in view for long and did not simply pass."""

    least_seconds: float
    gap_seconds: float
    passing: float = 0.3
    """Way from the first to the last place, in own heights a second, above which a person passes by."""
    reach: float = 2.0
    """How far, in own heights, and again for each second, a person may reappear from where it was last seen."""
    upright: float = 1.1
    """Height of the boxes in widths, in the median, below which they show an arm, or somebody who sits."""
    crowd: float = 2.5
    """Persons in view at once, on average, from which on nobody can be followed for certain."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event for each person who stayed; in a crowd a single one that cannot tell."""
        people = [track for track in view.believed(ObjectClass.PERSON) if self._is_whole(view, track)]
        chains = [
            chain
            for chain in self._chains(people)
            if chain.span.duration >= self.least_seconds and not self._passes(chain)
        ]
        lost = [chain for chain in chains if self._company(people, chain.span) >= self.crowd]
        stayed = tuple(self._event(view, chain) for chain in chains if chain not in lost)
        return (*stayed, self._crowd(view, lost)) if lost else stayed

    def _is_whole(self, view: ClipView, track: Track) -> bool:
        boxes = [one.detection.box for one in track.sightings]
        upright = median(box.height / box.width for box in boxes) >= self.upright
        return upright and _shows_head(view, median(box.y1 for box in boxes))

    @staticmethod
    def _company(people: Sequence[Track], span: ClipSpan) -> float:
        """How many persons were in view at once, on average over the span."""
        shared = (
            min(one.span.end.seconds, span.end.seconds) - max(one.span.start.seconds, span.start.seconds)
            for one in people
        )
        return float(sum(max(part, Fraction(0)) for part in shared) / span.duration)

    def _crowd(self, view: ClipView, chains: Sequence[Presence]) -> InferredEvent:
        whole = Presence(tuple(track for chain in chains for track in chain.tracks))
        return InferredEvent(
            EventKind.LOITERING,
            whole.span,
            0.0,
            "Whether one person stayed cannot be told: too many were in view to follow each.",
            track_ids=whole.track_ids,
            evidence=view.around(whole.span, clearest(whole.sightings)),
            reason=CannotTell.OCCLUDED,
        )

    def _chains(self, tracks: Sequence[Track]) -> list[Presence]:
        """Tracks that can be one person: each begins after the one before ended, soon and near."""
        chains: list[list[Track]] = []
        for track in sorted(tracks, key=lambda one: (one.span.start, one.track_id)):
            ends = [chain for chain in chains if self._continues(chain[-1], track)]
            if ends:
                max(ends, key=lambda chain: chain[-1].span.end).append(track)
            else:
                chains.append([track])
        return [Presence(tuple(chain)) for chain in chains]

    def _continues(self, before: Track, after: Track) -> bool:
        gap = float(after.span.start.seconds - before.span.end.seconds)
        if not 0 < gap <= self.gap_seconds:
            return False
        left, came = before.sightings[-1].detection.box, after.sightings[0].detection.box
        height = max(left.height, came.height)
        return distance(left.centre, came.centre) <= self.reach * height * (1 + gap)

    def _passes(self, chain: Presence) -> bool:
        sightings = chain.sightings
        heights = [one.detection.box.height for one in sightings]
        way = distance(sightings[0].detection.box.centre, sightings[-1].detection.box.centre)
        return way / (sum(heights) / len(heights)) / float(chain.span.duration) > self.passing

    def _event(self, view: ClipView, chain: Presence) -> InferredEvent:
        return InferredEvent(
            EventKind.LOITERING,
            chain.span,
            sureness(chain.sightings) * (1.0 if len(chain.tracks) == 1 else 0.8),
            f"A person stayed in view for {float(chain.span.duration):.0f} s, {view.words(chain.span)}.",
            track_ids=chain.track_ids,
            evidence=view.around(chain.span, clearest(chain.sightings)),
        )


@dataclass(frozen=True, slots=True)
class DoorbellPressed:
    """The camera says that its button was pressed."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event, at the trigger's moment, or at the clip's start when nobody said more."""
        if view.trigger is not TriggerKind.DING:
            return ()
        moment = view.triggered_at or view.span.start
        span = ClipSpan(moment, moment)
        sentence = "The camera reports that the doorbell was pressed."
        return (InferredEvent(EventKind.DOORBELL_PRESSED, span, 1.0, sentence, evidence=view.around(span)),)


def _shows_head(view: ClipView, top: float) -> bool:
    return top > _HEAD_MARGIN * view.height


def _pace(sightings: Sequence[Sighting], index: int) -> float:
    """How fast a person goes at one sighting, in own heights a second: the slower of the steps before and after."""
    here = sightings[index]
    steps = [
        distance(here.detection.box.centre, other.detection.box.centre)
        / here.detection.box.height
        / abs(float(other.at.seconds - here.at.seconds))
        for other in (*sightings[max(index - 1, 0) : index], *sightings[index + 1 : index + 2])
        if other.at != here.at
    ]
    return min(steps, default=float("inf"))
