"""Vehicles that are things: a detector that knows no boxes calls a parcel on the ground a car."""

from collections.abc import Sequence

from pipeline.domain.likeness import PACKAGE_FROM
from pipeline.domain.scene import RegionChange
from pipeline.domain.tracks import ObjectClass, Track

_ITSELF = 0.4
"""Overlap with the thing that came or went, from which on a box is of it."""
_MOSTLY = 0.5
"""Share of a track's boxes that must be: the last may be of the hand that lifts the thing."""


def without_mistaken(tracks: Sequence[Track], changes: Sequence[RegionChange]) -> tuple[Track, ...]:
    """The tracks without vehicles that never moved and lie where a parcel came or went.

    A car that parks or leaves moves, and does not look like a parcel.
    """
    parcels = [change for change in changes if change.package_likeness >= PACKAGE_FROM]
    return tuple(track for track in tracks if not any(_is(track, parcel) for parcel in parcels))


def _is(track: Track, parcel: RegionChange) -> bool:
    if track.object_class is not ObjectClass.VEHICLE:
        return False
    boxes = [sighting.detection.box for sighting in track.sightings]
    there = [box for box in boxes if box.iou(parcel.box) >= _ITSELF]
    return len(there) >= _MOSTLY * len(boxes)
