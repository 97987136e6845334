"""Whether somebody left a standing vehicle, or went to it before it drove away."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.events import Ground
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.domain.video import Timestamp
from pipeline.events.grounds import ground
from pipeline.events.view import ClipView
from pipeline.events.zones import touches, typical

_REACH = 0.15
"""Of a person's height: a door's width beside the vehicle."""
_LATE = 1.5
"""Seconds before and after a standstill: looks are half a second apart, and people step out while it still rolls."""
_EDGE = 0.02
"""Of the picture's width: who is first seen there walked in."""


@dataclass(frozen=True, slots=True)
class Boarding:
    """Persons who were first or last seen beside a standing vehicle; either may be empty."""

    left_it: tuple[tuple[Track, Timestamp], ...]
    went_to_it: tuple[tuple[Track, Timestamp], ...]

    @property
    def track_ids(self) -> tuple[int, ...]:
        """Of the persons, each once."""
        return tuple(sorted({track.track_id for track, _ in (*self.left_it, *self.went_to_it)}))

    def clause(self, view: ClipView) -> str:
        """To put behind a sentence about the vehicle; empty when nobody was beside it."""
        parts = [
            *(f"a person was first seen beside it at {view.seconds(moment):.1f} s" for _, moment in self.left_it[:1]),
            *(
                f"a person was last seen beside it at {view.seconds(moment):.1f} s, before it drove away"
                for _, moment in self.went_to_it[:1]
            ),
        ]
        return "".join(f"; {part}" for part in parts)

    def grounds(self, view: ClipView) -> tuple[Ground, ...]:
        """One a person."""
        first = (
            ground("first seen beside it", view.seconds(moment), None, f"Track {track.track_id} begins beside it")
            for track, moment in self.left_it
        )
        last = (
            ground("last seen beside it", view.seconds(moment), None, f"Track {track.track_id} ends beside it")
            for track, moment in self.went_to_it
        )
        return (*first, *last)


def boarding(view: ClipView, vehicle: Track, stood: Sequence[Sighting]) -> Boarding:
    """Who came out of a vehicle or went into it, as far as tracks can say: they begin or end beside it.

    Args:
        view: The clip.
        vehicle: With its whole way.
        stood: The sightings of its standstill; at least one.
    """
    place = typical([one.detection.box for one in stood])
    start, end = float(stood[0].at.seconds) - _LATE, float(stood[-1].at.seconds) + _LATE
    people = view.believed(ObjectClass.PERSON)
    left = tuple(
        (track, track.span.start)
        for track in people
        if start <= float(track.span.start.seconds) <= end
        and track.span.start > view.span.start
        and _is_beside(view, track.sightings[0].detection.box, place)
        and len(track.sightings) > 1
    )
    drove_away = vehicle.span.end > stood[-1].at
    went = tuple(
        (track, track.span.end)
        for track in people
        if drove_away
        and start <= float(track.span.end.seconds) <= end
        and _is_beside(view, track.sightings[-1].detection.box, place)
        and len(track.sightings) > 1
    )
    return Boarding(left, went)


def _is_beside(view: ClipView, box: Box, place: Box) -> bool:
    inside = box.x1 > _EDGE * view.width and box.x2 < (1 - _EDGE) * view.width
    return inside and touches(box, place, _REACH)
