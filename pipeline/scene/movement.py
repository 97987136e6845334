"""What differs from the empty place at each look, whatever it is: for masks, which must also cover what has no name."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import BODY_LABEL, Box, Detection, FrameDetections, ObjectClass
from pipeline.domain.video import Timestamp

_LONG_SIDE = 240
_FEWEST_LOOKS = 8
"""From which the usual picture shows the place without what passes."""
_LEVELS = 24.0
"""Of 255, in any colour: what a solid thing differs from the ground by, and noise does not."""
_SMALLEST = 0.0015
"""Of the picture, for a patch to count."""
_RESTLESS = 0.35
"""Of the picture: when more differs in the usual look, the camera itself moves, and nothing can be said."""
_CLOSE = np.ones((7, 5), np.uint8)
_OPEN = np.ones((3, 3), np.uint8)


class Movement:
    """Keeps a small copy of every look.

    Args:
        picture: Width and height of the picture as shown; boxes are given in its pixels.
    """

    def __init__(self, picture: tuple[int, int]) -> None:
        self._picture = picture
        self._moments: list[Timestamp] = []
        self._pictures: list[NDArray[np.uint8]] = []

    def look(self, at: Timestamp, image: NDArray[np.uint8]) -> None:
        """Takes in one picture: BGR, (h, w, 3), the same shape for the whole span."""
        height, width = image.shape[:2]
        scale = min(_LONG_SIDE / max(height, width), 1.0)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        self._moments.append(at)
        self._pictures.append(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))

    def patches(self) -> tuple[FrameDetections, ...]:
        """One a look, largest patch first; empty where too little was looked at, or the camera moves."""
        if len(self._pictures) < _FEWEST_LOOKS:
            return ()
        stack = np.stack(self._pictures)
        empty = np.median(stack, axis=0).astype(np.float32)
        masks = [_different(picture, empty) for picture in stack]
        if float(np.median([mask.mean() for mask in masks])) > _RESTLESS:
            return ()
        x, y = self._picture[0] / stack.shape[2], self._picture[1] / stack.shape[1]
        return tuple(
            FrameDetections(at, tuple(Detection(ObjectClass.OTHER, BODY_LABEL, 0.0, box.scaled(x, y)) for box in found))
            for at, found in ((at, _boxes(mask)) for at, mask in zip(self._moments, masks, strict=True))
        )


def _different(picture: NDArray[np.uint8], empty: NDArray[np.float32]) -> NDArray[np.uint8]:
    apart = picture.astype(np.float32) - empty
    apart -= np.median(apart, axis=(0, 1))  # exposure
    mask = (np.abs(apart).max(axis=2) > _LEVELS).astype(np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _CLOSE, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, _OPEN, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8)


def _boxes(mask: NDArray[np.uint8]) -> list[Box]:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    large = [row for row in stats[1:].tolist() if row[4] >= _SMALLEST * mask.size]
    return [Box(x, y, x + wide, y + high) for x, y, wide, high, _ in sorted(large, key=lambda row: -row[4])]
