"""From masks of changed pixels to regions that are ready to be judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box

_Mask = NDArray[np.bool_]
_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Region:
    """One connected patch of changed pixels.

    Attributes:
        box: Its rectangle, in pixels of the mask.
        mask: Shape of the whole picture.
    """

    box: Box
    mask: _Mask

    @property
    def area(self) -> int:
        """Pixels."""
        return int(self.mask.sum())

    def window(self, least: int = 12) -> tuple[slice, slice]:
        """Rows and columns of the region inside the picture, with a margin of half its size, or ``least`` pixels."""
        margin = max(least, _MARGIN * max(self.box.width, self.box.height))
        height, width = self.mask.shape
        box = self.box.grown(margin)
        rows = slice(max(int(box.y1), 0), min(int(box.y2), height))
        return rows, slice(max(int(box.x1), 0), min(int(box.x2), width))

    def share_in(self, other: _Mask) -> float:
        """How much of the region ``other`` covers, 0 to 1."""
        return float(other[self.mask].mean())


def regions_of(changed: _Mask, smallest: float) -> list[Region]:
    """The connected patches of at least ``smallest`` pixels, largest first; gaps of a few pixels are closed."""
    if changed.sum() < smallest / 2:
        return []
    mask = cv2.medianBlur(changed.astype(np.uint8), 3)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8), borderType=cv2.BORDER_REPLICATE)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(value) for value in stats[label])
        if area >= smallest:
            found.append(Region(Box(x, y, x + w, y + h), labels == label))
    return sorted(found, key=lambda region: -region.area)


def ring(mask: _Mask, width: int) -> _Mask:
    """The pixels around a mask, up to ``width`` away."""
    kernel = np.ones((2 * width + 1, 2 * width + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel), dtype=np.bool_) & ~mask


def mask_of(boxes: Sequence[Box], shape: tuple[int, int], margin: float) -> _Mask:
    """Where any of the boxes lies, each grown by ``margin`` times its shorter edge."""
    mask = np.zeros(shape, dtype=np.bool_)
    for box in boxes:
        grown = box.grown(margin * min(box.width, box.height))
        rows = slice(max(int(grown.y1), 0), max(int(np.ceil(grown.y2)), 0))
        mask[rows, max(int(grown.x1), 0) : max(int(np.ceil(grown.x2)), 0)] = True
    return mask
