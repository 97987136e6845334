"""A still picture of a camera that was turned or zoomed a little since, as the camera would show it now."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.scene.registration import Placement, Sight, placed

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_FARTHEST, _MOST_TURNED, _MOST_ZOOMED = 0.12, 6.0, 0.12
"""Shares of the picture, degrees, and the change of size beyond which it is a camera that looks elsewhere."""


@dataclass(frozen=True, slots=True)
class Straightened:
    """How the earlier picture lies in the later one.

    Attributes:
        matrix: Affine, shape (2, 3), in shares of the width: square pixels, one picture wide.
    """

    matrix: NDArray[np.float64]

    def picture(self, image: _Image, seen: _Mask) -> tuple[_Image, _Mask]:
        """BGR of shape (h, w, 3) and where it is known, (h, w), moved; what comes in at the edge is not known."""
        size = (image.shape[1], image.shape[0])
        move = self.matrix.copy()
        move[:, 2] *= image.shape[1]
        moved = cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REPLICATE)
        known = cv2.warpAffine(seen.astype(np.uint8) * 255, move, size) > 250  # noqa: PLR2004 - wholly known
        return np.asarray(moved, dtype=np.uint8), np.asarray(known, dtype=np.bool_)

    def box(self, box: Box, height: float) -> Box:
        """The rectangle around a moved one, both in shares of the picture; ``height`` in widths."""
        corners = np.array([[x, y * height, 1.0] for x in (box.x1, box.x2) for y in (box.y1, box.y2)])
        places = corners @ self.matrix.T
        (x1, y1), (x2, y2) = places.min(axis=0), places.max(axis=0)
        return Box(float(x1), float(y1) / height, float(x2), float(y2) / height)


def straightened(before: _Image, after: _Image) -> Straightened | None:
    """Registers two pictures of one size by their corners; None when they share too little, or too much moved.

    Args:
        before: Grey, shape (h, w).
        after: Likewise.
    """
    found = placed(Sight(before), Sight(after))
    if found is None or not _is_small(found):
        return None
    height = before.shape[0] / before.shape[1]
    middle = np.array([0.5, height / 2])
    angle = np.radians(found.turned)
    turn = found.zoomed * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    place = middle + np.array([found.right, found.down * height]) - turn @ middle
    return Straightened(np.c_[turn, place])


def _is_small(found: Placement) -> bool:
    moved = max(abs(found.right), abs(found.down))
    return moved <= _FARTHEST and abs(found.turned) <= _MOST_TURNED and abs(found.zoomed - 1) <= _MOST_ZOOMED
