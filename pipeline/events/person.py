"""Rules about persons: visits, standing at the door, loitering, and who pressed the bell is never asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import CannotTell, EventKind, InferredEvent
from pipeline.domain.tracks import ObjectClass, Sighting, Track
from pipeline.domain.video import ClipSpan, SkipReason
from pipeline.events.view import ClipView, clearest, sureness
from pipeline.events.zones import distance, runs, stands_in

DOOR_ZONE = "door"


@dataclass(frozen=True, slots=True)
class _Presence:
    """One unbroken presence: the tracks that follow each other within the allowed gap."""

    tracks: tuple[Track, ...]

    @property
    def span(self) -> ClipSpan:
        return ClipSpan(min(one.span.start for one in self.tracks), max(one.span.end for one in self.tracks))

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        return tuple(sighting for one in self.tracks for sighting in one.sightings)

    @property
    def at_once(self) -> int:
        """The largest number of tracks that were in view together."""
        return max(
            sum(1 for other in self.tracks if other.span.start <= one.span.start <= other.span.end)
            for one in self.tracks
        )


def presences(tracks: Sequence[Track], gap_seconds: float) -> list[_Presence]:
    """Groups tracks that overlap in time or follow each other within ``gap_seconds``, in order of time."""
    groups: list[list[Track]] = []
    for track in sorted(tracks, key=lambda one: (one.span.start, one.track_id)):
        if groups and any(one.span.gap_to(track.span) <= gap_seconds for one in groups[-1]):
            groups[-1].append(track)
        else:
            groups.append([track])
    return [_Presence(tuple(group)) for group in groups]


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

    def _visit(self, view: ClipView, presence: _Presence) -> InferredEvent:
        number = presence.at_once
        who = "A person was" if number == 1 else f"Up to {number} persons at once were"
        return InferredEvent(
            EventKind.PERSON_VISIT,
            presence.span,
            max(sureness(track.sightings) for track in presence.tracks),
            f"{who} in view {view.words(presence.span)}.",
            track_ids=tuple(track.track_id for track in presence.tracks),
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
    """A person's feet were in the zone ``door``; without such a zone, a large person near the lens stopped."""

    gap_seconds: float
    least_seconds: float = 1.0
    near_height: float = 0.55
    """Share of the picture's height from which on a person is near the lens."""
    walking: float = 0.3
    """Pace, in own heights a second, above which a person is not standing."""

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event for each stay, by whichever of the persons was there."""
        door = next((zone for zone in view.zones if zone.name == DOOR_ZONE), None)
        stays: list[Track] = []
        for track in view.believed(ObjectClass.PERSON):
            if door is None:
                stays.extend(self._stays(track, self._near_and_standing(view, track)))
            else:
                inside = [stands_in(door, one.detection.box, view.width, view.height) for one in track.sightings]
                stays.extend(self._stays(track, inside))
        return tuple(
            self._event(view, presence, None if door is None else door.name)
            for presence in presences(stays, self.gap_seconds)
        )

    def _near_and_standing(self, view: ClipView, track: Track) -> list[bool]:
        near = [one.detection.box.height >= self.near_height * view.height for one in track.sightings]
        return [is_near and (_pace(track.sightings, index) < self.walking) for index, is_near in enumerate(near)]

    def _stays(self, track: Track, there: Sequence[bool]) -> list[Track]:
        parts = [track.sightings[first : last + 1] for first, last in runs(there)]
        return [
            Track(track.track_id, track.object_class, part)
            for part in parts
            if part[-1].at.seconds - part[0].at.seconds >= self.least_seconds
        ]

    def _event(self, view: ClipView, presence: _Presence, zone: str | None) -> InferredEvent:
        where = "stood in the door zone" if zone else "stood close to the camera"
        return InferredEvent(
            EventKind.PERSON_AT_DOOR,
            presence.span,
            max(sureness(track.sightings) for track in presence.tracks) * (1.0 if zone else 0.85),
            f"A person {where} {view.words(presence.span)}.",
            track_ids=tuple(sorted({track.track_id for track in presence.tracks})),
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

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event for each person who stayed."""
        return tuple(
            self._event(view, chain)
            for chain in self._chains(view.believed(ObjectClass.PERSON))
            if chain.span.duration >= self.least_seconds and not self._passes(chain)
        )

    def _chains(self, tracks: Sequence[Track]) -> list[_Presence]:
        """Tracks that can be one person: each begins after the one before ended, soon and near."""
        chains: list[list[Track]] = []
        for track in sorted(tracks, key=lambda one: (one.span.start, one.track_id)):
            ends = [chain for chain in chains if self._continues(chain[-1], track)]
            if ends:
                max(ends, key=lambda chain: chain[-1].span.end).append(track)
            else:
                chains.append([track])
        return [_Presence(tuple(chain)) for chain in chains]

    def _continues(self, before: Track, after: Track) -> bool:
        gap = float(after.span.start.seconds - before.span.end.seconds)
        if not 0 < gap <= self.gap_seconds:
            return False
        left, came = before.sightings[-1].detection.box, after.sightings[0].detection.box
        height = max(left.height, came.height)
        return distance(left.centre, came.centre) <= self.reach * height * (1 + gap)

    def _passes(self, chain: _Presence) -> bool:
        sightings = chain.sightings
        heights = [one.detection.box.height for one in sightings]
        way = distance(sightings[0].detection.box.centre, sightings[-1].detection.box.centre)
        return way / (sum(heights) / len(heights)) / float(chain.span.duration) > self.passing

    def _event(self, view: ClipView, chain: _Presence) -> InferredEvent:
        return InferredEvent(
            EventKind.LOITERING,
            chain.span,
            sureness(chain.sightings) * (1.0 if len(chain.tracks) == 1 else 0.8),
            f"A person stayed in view for {float(chain.span.duration):.0f} s, {view.words(chain.span)}.",
            track_ids=tuple(track.track_id for track in chain.tracks),
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
