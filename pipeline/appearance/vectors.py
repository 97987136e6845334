"""Vectors of things: where in a thing which colours and which edges are, in a grid of four by four.

Nothing was trained to make them, and nobody can be told by them: no vector is ever made of a person (P7). ADR 0029 says
what this coarse grid was measured against, and why it was taken.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol

import cv2
import numpy as np
import rfc8785
from numpy.typing import NDArray

from pipeline.appearance.light import Picture
from pipeline.appearance.oklab import oklab
from pipeline.domain.appearance import COMPARABLE, ThingVector
from pipeline.domain.doorstep import Side, StillPicture
from pipeline.domain.events import PACKAGE_KINDS, ClipAnalysis, EventKind, InferredEvent
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import Timestamp

SIDE, CELLS, DIRECTIONS = 128, 4, 8
"""Pixels of the square that a thing is brought to; cells along its side; directions of edges, of half a turn."""
CHROMA_WEIGHT = 3.0
DIMENSIONS = CELLS * CELLS * (3 + DIRECTIONS)
_MARGIN = 0.05
"""Share of a box that is added on each side."""
_FAINT, _LEAST_LENGTH = 0.05, 0.2
"""Length of a part below which it is not made longer, and of the whole below which there is none: an even square."""
_DESCRIPTION: dict[str, int | float | str] = {
    "version": 1,
    "side": SIDE,
    "cells": CELLS,
    "directions": DIRECTIONS,
    "chroma": CHROMA_WEIGHT,
    "margin": _MARGIN,
    "faint": _FAINT,
    "colour": "oklab, mean lightness taken away",
    "edges": "root of the share of gradient",
    "values": "unit length times 127, rounded",
}
MODEL_ID = f"grid-1:{hashlib.sha256(rfc8785.dumps(_DESCRIPTION)).hexdigest()}"
"""Changed by hand with ``version`` whenever the same picture would give other numbers; a test holds some of them."""
_LEAST_SIDE = 16
"""Pixels of a box's shorter side; of less than this four cells show nothing."""
_MOST_PEOPLE = 0.15
"""Share of a thing's box that a person may cover."""
_MOST = 4
"""Things of one look that are measured, the largest first."""
_LEAST_SEEN = 0.8
"""Share of a place that must be known in a still picture."""
_AT_EDGE = 2.0
_COLOURS_ONLY = 3
_THERE_FIRST = frozenset({EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_WAITING, EventKind.OBJECT_REMOVED})
_THERE_LAST = frozenset({EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_MOVED, EventKind.OBJECT_LEFT})


def vector_of(picture: Picture, box: Box) -> bytes | None:
    """The vector of what a box of a picture shows; None where it is too small, or has neither colour nor edge.

    Args:
        picture: BGR.
        box: In its pixels; what lies outside of it is left out.
    """
    height, width = picture.shape[:2]
    across, down = _MARGIN * box.width, _MARGIN * box.height
    left, top = max(0, round(box.x1 - across)), max(0, round(box.y1 - down))
    right, bottom = min(width, round(box.x2 + across)), min(height, round(box.y2 + down))
    if min(right - left, bottom - top) < _LEAST_SIDE:
        return None
    square = cv2.resize(picture[top:bottom, left:right], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    parts = (_colours(np.asarray(square, np.uint8)), _edges(np.asarray(square, np.uint8)))
    whole = np.concatenate([part / max(float(np.linalg.norm(part)), _FAINT) for part in parts])
    length = float(np.linalg.norm(whole))
    if length < _LEAST_LENGTH:
        return None
    return np.rint(whole / length * 127).astype(np.int8).tobytes()


def _colours(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    lab = oklab(np.asarray(cv2.resize(square, (CELLS, CELLS), interpolation=cv2.INTER_AREA)))
    lab[..., 0] -= lab[..., 0].mean()
    return np.asarray((lab * np.array([1.0, CHROMA_WEIGHT, CHROMA_WEIGHT])).ravel())


def _edges(square: NDArray[np.uint8]) -> NDArray[np.float64]:
    grey = np.asarray(cv2.cvtColor(square, cv2.COLOR_BGR2GRAY), dtype=np.float32)
    across = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1, 0), np.float64)
    down = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 0, 1), np.float64)
    strength = np.hypot(across, down)
    turn = (np.arctan2(down, across) % np.pi) / np.pi
    direction = np.minimum((turn * DIRECTIONS).astype(np.int64), DIRECTIONS - 1)
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] // (SIDE // CELLS)
    cell = (rows * CELLS + columns) * DIRECTIONS + direction
    sums = np.bincount(cell.ravel(), strength.ravel(), minlength=CELLS * CELLS * DIRECTIONS)
    shares = np.sqrt(sums / max(float(sums.sum()), 1e-9))
    return np.asarray(shares - shares.size**-0.5 if sums.any() else np.zeros_like(shares))


class Frame(Protocol):
    """What is read of a sampled frame."""

    @property
    def at(self) -> Timestamp:
        """Its moment."""
        ...

    @property
    def image(self) -> Picture:
        """BGR."""
        ...

    @property
    def moved(self) -> float:
        """Share of the picture that moved since the look before."""
        ...


class ThingWatch:
    """Sees every look at a clip, and keeps a vector of each thing in it that may be compared."""

    def __init__(self) -> None:
        self._seen: dict[tuple[Timestamp, Box], bytes] = {}
        self._last: dict[Box, bytes | None] = {}
        """Of the look before: a picture that did not move is not measured again."""

    def look(self, frame: Frame, found: Sequence[Detection], shown: Sequence[Detection]) -> None:
        """Measures the things in one picture.

        Args:
            frame: As sampled.
            found: In pixels of its picture.
            shown: The same in the same order, in pixels of the picture as shown: what tracks are made of.
        """
        height, width = frame.image.shape[:2]
        people = [one.box for one in found if one.object_class is ObjectClass.PERSON]
        pairs = [
            pair
            for pair in zip(found, shown, strict=True)
            if pair[0].object_class in COMPARABLE and _is_whole(pair[0].box, width, height, people)
        ]
        before, self._last = ({} if frame.moved else self._last), {}
        for one, as_shown in sorted(pairs, key=lambda pair: (-pair[0].box.area, pair[0].box.xyxy))[:_MOST]:
            values = before[one.box] if one.box in before else vector_of(frame.image, one.box)
            self._last[one.box] = values
            if values is not None:
                self._seen[frame.at, as_shown.box] = values

    def vectors(self, tracks: Sequence[Track]) -> tuple[ThingVector, ...]:
        """One of each track that may be compared and was seen whole: of its largest look, in order of track."""
        return tuple(vector for track in tracks for vector in self._of_track(track))

    def _of_track(self, track: Track) -> Iterator[ThingVector]:
        seen = [one for one in track.sightings if (one.at, one.detection.box) in self._seen]
        if track.object_class in COMPARABLE and seen:
            best = max(seen, key=_size)
            values = self._seen[best.at, best.detection.box]
            yield ThingVector(track.object_class, track.track_id, None, best.at, MODEL_ID, values)


def _size(sighting: Sighting) -> tuple[float, float]:
    return sighting.detection.box.area, float(-sighting.at.seconds)


def _is_whole(box: Box, width: int, height: int, people: Sequence[Box]) -> bool:
    """Whether a thing is in the picture as a whole, and nobody is in front of it or in it."""
    is_inside = box.x1 > _AT_EDGE and box.y1 > _AT_EDGE and box.x2 < width - _AT_EDGE and box.y2 < height - _AT_EDGE
    return is_inside and all(person.intersection(box) <= _MOST_PEOPLE * box.area for person in people)


def lying_things(stills: Sequence[StillPicture], analysis: ClipAnalysis) -> tuple[ThingVector, ...]:
    """Vectors of what lay still, from the still pictures at a clip's ends, out of which everybody was taken.

    Args:
        stills: As kept beside the analysis.
        analysis: Its events say where things lay.
    """
    layers = {still.side: (still, _opened(still)) for still in stills}
    found: dict[Box, ThingVector] = {}
    for event in analysis.events:
        side = _side_of(event)
        if event.region is None or side not in layers or event.region in found:
            continue
        still, picture = layers[side]
        box = event.region.scaled(picture.shape[1] / analysis.probe.width, picture.shape[0] / analysis.probe.height)
        values = vector_of(np.ascontiguousarray(picture[..., :3]), box) if _is_known(picture, box) else None
        if values is not None:
            kind = ObjectClass.PACKAGE if event.kind in PACKAGE_KINDS else ObjectClass.OTHER
            found[event.region] = ThingVector(kind, None, event.region, still.span.start, MODEL_ID, values)
    return tuple(found.values())


def _side_of(event: InferredEvent) -> Side | None:
    if event.kind in _THERE_FIRST:
        return Side.FIRST
    return Side.LAST if event.kind in _THERE_LAST else None


def _opened(still: StillPicture) -> NDArray[np.uint8]:
    """With its plane of opacity, which an encoder leaves out when everything is known."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(still.picture, np.uint8), cv2.IMREAD_UNCHANGED), dtype=np.uint8)
    if picture.shape[2] == _COLOURS_ONLY:
        return np.dstack([picture, np.full_like(picture[..., :1], 255)])
    return picture


def _is_known(picture: NDArray[np.uint8], box: Box) -> bool:
    x1, y1, x2, y2 = (max(0, round(edge)) for edge in box.xyxy)
    known = picture[y1:y2, x1:x2, 3]
    return bool(known.size) and float((known > 0).mean()) >= _LEAST_SEEN
