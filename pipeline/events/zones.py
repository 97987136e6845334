"""Pure geometry of boxes, regions and zones."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from pipeline.domain.events import Zone
from pipeline.domain.tracks import Box, Sighting, Track
from pipeline.domain.video import Timestamp

_STILL_IOU = 0.88
"""Overlap of each box with the typical one from which on an object did not even shift its weight."""

_HEAD_MARGIN = 0.03
"""Share of the picture's height."""
_AWAY = 0.4
"""Of its size."""
_EDGE = 0.02
"""Of the picture's width."""
_WAY_SECONDS = 2.0
"""Before the last sighting, over which the way out is looked at."""
_STEP_SECONDS = 1.0
"""The longest step that is gone on: looks at a still scene lie further apart."""
_OUTWARD = 0.1
"""Of its height, that an object must have gone towards the edge."""
_FAINT = 0.5
"""Confidence that a detector reaches at some sighting of nearly every person or vehicle that is one."""


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two points, in pixels."""
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def size(box: Box) -> float:
    """The side of a square of the same area, in pixels."""
    return float(box.area**0.5)


def touches(box: Box, region: Box, reach: float) -> bool:
    """Whether ``box``, grown by ``reach`` of its height, shares a point with ``region``: arms reach out of boxes."""
    return box.grown(reach * box.height).intersection(region) > 0


def stands_in(zone: Zone, box: Box, width: float, height: float) -> bool:
    """Whether the box's feet are inside the zone, in a picture of that size; feet outside it count at its edge."""
    x, y = box.feet
    return zone.contains(min(max(x / width, 0.0), 1.0), min(y / height, 1.0 - 1e-6))


def typical(boxes: Sequence[Box]) -> Box:
    """Edge by edge the median of at least one box."""
    return Box(*(median(box.xyxy[edge] for box in boxes) for edge in range(4)))


def stays_put(sightings: Sequence[Sighting]) -> bool:
    """Whether every box is nearly the same: not even someone who stands and waits keeps so still."""
    boxes = [sighting.detection.box for sighting in sightings]
    middle = typical(boxes)
    return all(box.iou(middle) >= _STILL_IOU for box in boxes)


def roams(sightings: Sequence[Sighting]) -> bool:
    """Whether an object was seen twice or more well away from where it mostly was, which is no error of its box."""
    boxes = [sighting.detection.box for sighting in sightings]
    middle = typical(boxes)
    away = [box for box in boxes if distance(box.centre, middle.centre) >= _AWAY * size(middle)]
    return len(away) > 1


def leaves(sightings: Sequence[Sighting], width: float, ahead: float = 1.0) -> bool:
    """Whether an object was last seen on its way out over the left or right edge of a picture of that width.

    Args:
        sightings: In order of time; at least one.
        width: Of the picture, in pixels.
        ahead: For how many steps between looks it is taken to have gone on as it went; with zero it must have been
            seen at the edge itself.
    """
    last = sightings[-1]
    recent = [one for one in sightings[:-1] if last.at.seconds - one.at.seconds <= _WAY_SECONDS]
    if not recent:
        return False
    went = last.detection.box.centre[0] - recent[0].detection.box.centre[0]
    if abs(went) < _OUTWARD * last.detection.box.height:
        return False
    step = ahead * min(float(last.at.seconds - recent[-1].at.seconds), _STEP_SECONDS)
    further = went / float(last.at.seconds - recent[0].at.seconds) * step
    box = last.detection.box
    return box.x1 + further <= _EDGE * width if went < 0 else box.x2 + further >= (1 - _EDGE) * width


def between_exits(tracks: Sequence[Track], width: float, gone_seconds: float) -> list[Track]:
    """The tracks in parts: who went out over the picture's edge and came back later is followed anew.

    A tracker that keeps looking for a lost object takes whoever comes in where the last one went out for the same.
    """
    return [part for track in tracks for part in pieces(track, exits(track, width, gone_seconds))]


def exits(track: Track, width: float, gone_seconds: float) -> list[Timestamp]:
    """The sightings with which somebody came back, ``gone_seconds`` or more after going out over the picture's edge."""
    seen = track.sightings
    return [
        after.at
        for index, (before, after) in enumerate(pairwise(seen), start=1)
        if after.at.seconds - before.at.seconds >= gone_seconds and leaves(seen[:index], width)
    ]


def faint_and_fixed(sightings: Sequence[Sighting]) -> bool:
    """Whether a detector was never sure of an object that never moved: a bush, a bin, a sticker on a parcel."""
    return max(one.detection.confidence for one in sightings) < _FAINT and stays_put(sightings)


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """The first and last index of every unbroken run of true flags, in order."""
    edges = [-1, *(index for index, flag in enumerate(flags) if not flag), len(flags)]
    return [(before + 1, after - 1) for before, after in pairwise(edges) if after - before > 1]


def shows_head(top: float, height: float) -> bool:
    """Whether a box whose upper edge is at ``top`` shows a head, in a picture of that height.

    Where it is cut off, parts of one body may be taken for more.
    """
    return top > _HEAD_MARGIN * height


def pace(sightings: Sequence[Sighting], index: int) -> float:
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


def pieces(track: Track, breaks: Sequence[Timestamp]) -> list[Track]:
    """The track in parts, each from one of the breaks, in order of time, to the next; empty parts are left out."""
    if not breaks:
        return [track]
    edges = [bisect_left(track.sightings, moment, key=lambda one: one.at) for moment in breaks]
    bounds = pairwise([0, *edges, len(track.sightings)])
    return [
        Track(track.track_id, track.object_class, track.sightings[first:last]) for first, last in bounds if first < last
    ]
