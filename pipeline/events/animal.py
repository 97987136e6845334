"""Rules about animals."""

from dataclasses import dataclass

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.tracks import ObjectClass
from pipeline.events.view import ClipView, clearest, presences, sureness
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
        return tuple(
            InferredEvent(
                EventKind.ANIMAL_PRESENT,
                presence.span,
                max(sureness(track.sightings) for track in presence.tracks),
                f"An animal was in view {view.words(presence.span)}.",
                track_ids=presence.track_ids,
                evidence=view.around(presence.span, clearest(presence.sightings)),
            )
            for presence in presences(tracks, self.gap_seconds)
        )
