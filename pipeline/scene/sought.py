"""Where a parcel lies of which a change shows a splinter only, or of which it shows more than the parcel.

A parcel that is as dark as its ground differs from it at one edge; one that came with a shadow, or beside swaying
leaves, is a part of what changed. A classifier that is asked about such a box knows nothing. So it is asked about
boxes that hold the change, and boxes within it: where there is a parcel, several that lie close know it in the picture
that holds the thing, and none of them in the other one.
"""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.likeness import PACKAGE_FROM
from pipeline.domain.tracks import Box
from pipeline.scene.package_likeness import SMALLEST, Likeness

_SHAPE = 1.25
"""Width over height of the boxes that are tried: the middle of the training boxes' shapes."""
_LARGER, _SMALLER = (1.4, 2.0, 3.0), (0.45, 0.65, 0.85)
"""Sizes that are tried, in longer edges of the change, around it and within it."""
_PLACES = (0.0, 0.5, 1.0)
"""Where in or around the change, as shares of what is left over."""
_FAINT_NOISES, _DIFFERS = 1.3, 0.35
"""Share of a box that must differ at least faintly; on composites less is a fragment of a shadow with its ground."""
_HOPEFUL = 0.4
"""Likeness from which on a box is moved and resized to look for a better one."""
_STEPS, _ROUNDS = (0.15, 0.08), 2
"""Of a box's edges, by which it is moved and resized, and how often for each."""
_BETTER = 0.01
_ELSE = 0.3
"""Likeness of the picture without the thing from which on the parcel is no news."""
_AGREEING, _SURELY = 3, 0.9
"""How many boxes must know the parcel, and how well the best one must: the best of forty answers is a lucky one. Of 57
changes without a parcel (composites to tune on, real clips) four got so far, and of these only a bin lay there."""


class Sought(NamedTuple):
    """A parcel that was found.

    Attributes:
        likeness: Of its box.
        box: In pixels of the pictures.
    """

    likeness: float
    box: Box


class Pictures(NamedTuple):
    """Both states in which a parcel is looked for.

    Attributes:
        holding: BGR, shape (h, w, 3): the one with the thing.
        other: Likewise, without it.
        noises: Shape (h, w): how far they are apart, in units of noise.
    """

    holding: NDArray[np.uint8]
    other: NDArray[np.uint8]
    noises: NDArray[np.float32]


def sought_parcel(pictures: Pictures, change: Box, likeness: Likeness) -> Sought | None:
    """The parcel in or around ``change``; None where there is none, or nothing of which one could be sure.

    Args:
        pictures: Both as they were seen; they need not be of one light.
        change: What differs, in pixels.
        likeness: Asked up to a hundred times, forty as a rule.
    """
    search = _Search(pictures, likeness)
    start = max(search.said(_around_and_within(change)), key=lambda one: one.likeness, default=None)
    if start is not None and start.likeness >= _HOPEFUL:
        search.climb(start)
    best = max(search.parcels, key=lambda one: one.likeness, default=None)
    return best if best and best.likeness >= _SURELY and len(search.parcels) >= _AGREEING else None


class _Search:
    """What was asked so far, and which boxes hold a parcel that the other picture does not have."""

    def __init__(self, pictures: Pictures, likeness: Likeness) -> None:
        self._pictures = pictures
        self._likeness = likeness
        self._differing = cv2.integral((pictures.noises > _FAINT_NOISES).astype(np.uint8))
        self.parcels: list[Sought] = []

    def said(self, boxes: Iterator[Box]) -> Iterator[Sought]:
        """The answers about those boxes that differ enough."""
        high, wide = self._pictures.noises.shape
        for box in boxes:
            left, top, right, bottom = max(box.x1, 0), max(box.y1, 0), min(box.x2, wide), min(box.y2, high)
            if min(right - left, bottom - top) < SMALLEST or not self._differs(seen := Box(left, top, right, bottom)):
                continue
            found = Sought(self._likeness.of(self._pictures.holding, seen), seen)
            if found.likeness >= PACKAGE_FROM and self._likeness.of(self._pictures.other, seen) < _ELSE:
                self.parcels.append(found)
            yield found

    def climb(self, best: Sought) -> None:
        """Moves and resizes a box for as long as that makes it better."""
        for step in _STEPS:
            for _ in range(_ROUNDS):
                before = best
                for found in self.said(_beside(best.box, step)):
                    if found.likeness > best.likeness + _BETTER:
                        best = found
                if best is before:
                    break

    def _differs(self, box: Box) -> bool:
        top, bottom, left, right = int(box.y1), int(np.ceil(box.y2)), int(box.x1), int(np.ceil(box.x2))
        corners = self._differing
        count = corners[bottom, right] - corners[top, right] - corners[bottom, left] + corners[top, left]
        return bool(count >= _DIFFERS * (bottom - top) * (right - left))


def _around_and_within(change: Box) -> Iterator[Box]:
    longer = max(change.width, change.height)
    for size in _LARGER:
        width, height = size * longer, size * longer / _SHAPE
        if width >= change.width and height >= change.height:
            yield from _placed(change, width, height)
    for size in _SMALLER:
        width = min(size * max(change.width, _SHAPE * change.height), change.width)
        height = min(width / _SHAPE, change.height)
        yield from _placed(change, width, height)


def _placed(change: Box, width: float, height: float) -> Iterator[Box]:
    """Boxes of one size, so that they hold the change or lie within it."""
    for across in _PLACES:
        for down in _PLACES:
            left, top = change.x1 + across * (change.width - width), change.y1 + down * (change.height - height)
            yield Box(left, top, left + width, top + height)


def _beside(box: Box, step: float) -> Iterator[Box]:
    x, y = step * box.width, step * box.height
    for left, top, right, bottom in ((x, 0, x, 0), (-x, 0, -x, 0), (0, y, 0, y), (0, -y, 0, -y), (-x, -y, x, y)):
        yield Box(box.x1 + left, box.y1 + top, box.x2 + right, box.y2 + bottom)
    yield Box(box.x1 + x, box.y1 + y, box.x2 - x, box.y2 - y)
