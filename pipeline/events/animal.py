"""Rules about animals."""

from dataclasses import dataclass

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.tracks import ObjectClass
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView, Presence, clearest, presences, sureness
from pipeline.events.zones import roams


@dataclass(frozen=True, slots=True)
class AnimalPresent:
    """An animal was in view and moved; absences up to the gap belong to one presence.

    Detectors see animals in bushes, stones and lamps; what never moved is none.
    """

    gap_seconds: float

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a presence that holds two sightings or more."""
        tracks = [track for track in view.believed(ObjectClass.ANIMAL) if roams(track.sightings)]
        return tuple(_event(view, presence) for presence in presences(tracks, self.gap_seconds))


def _event(view: ClipView, presence: Presence) -> InferredEvent:
    sightings = presence.sightings
    sure = max(sureness(track.sightings) for track in presence.tracks)
    best = max(one.detection.confidence for one in sightings)
    seen = f"An animal was detected {len(sightings)} times, at best with confidence {best:.2f}"
    return InferredEvent(
        EventKind.ANIMAL_PRESENT,
        presence.span,
        sure,
        f"An animal was in view {view.words(presence.span)}.",
        track_ids=presence.track_ids,
        evidence=view.around(presence.span, clearest(sightings)),
        grounds=(
            ground("sightings", len(sightings), 2, seen),
            ground("moved", 1, None, "It was seen well away from where it mostly was, twice or more"),
            ground("sureness", sure, None, f"All sightings together are {sure:.0%} sure"),
        ),
    )
