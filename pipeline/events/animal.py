"""Rules about animals."""

from dataclasses import dataclass

from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.tracks import ObjectClass
from pipeline.events.view import ClipView, clearest, presences, sureness


@dataclass(frozen=True, slots=True)
class AnimalPresent:
    """An animal was in view; absences up to the gap belong to one presence."""

    gap_seconds: float

    def infer(self, view: ClipView) -> tuple[InferredEvent, ...]:
        """One event a presence; an animal seen in a single look is none, since detectors see animals in bushes."""
        tracks = [track for track in view.believed(ObjectClass.ANIMAL) if len(track.sightings) > 1]
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
