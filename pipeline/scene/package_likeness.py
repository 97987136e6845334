"""How much a still object looks like a parcel: a small network of our own, asked about one box of one picture."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.likeness import NO_STATEMENT
from pipeline.domain.tracks import Box

SIDE = 128
"""Of the square that the network sees, in pixels."""
CONTEXT = 1.8
"""Side of the square cut out of the picture, in lengths of the box's longer edge: the object and what it stands on."""
SMALLEST = 10.0
"""Pixels of a box's shorter edge below which nothing is said: the labels that trained begin at 8."""
DIGITS = 4
_SHADE_SIDE, _SHADE_FOOT = 0.05, 0.15
"""Of a changed region's width and height: on composites to tune on, what the true box is larger or smaller by."""


class Likeness(Protocol):
    """Says how much the object in ``box`` looks like a parcel."""

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        """Probability, 0 to 1; 0.5 says nothing either way.

        Args:
            image: BGR, shape (h, w, 3).
            box: In pixels of ``image``.
        """
        ...


def best_of(likeness: Likeness, image: NDArray[np.uint8], box: Box) -> float:
    """The better of two readings: of what changed, and of that without the shade which a thing casts at its foot."""
    return max(likeness.of(image, box), likeness.of(image, without_shade(box)))


def without_shade(box: Box) -> Box:
    """A changed region's box without the seam of shade at its sides and its foot."""
    side = _SHADE_SIDE * box.width
    return Box(box.x1 + side, box.y1, box.x2 - side, box.y2 - _SHADE_FOOT * box.height)


class NoLikeness:
    """Makes no statement: for machines without the weights."""

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        """Always 0.5."""
        return NO_STATEMENT


class Network(Protocol):
    """What evaluates the weights; the runtime is its owner's affair."""

    def run(self, values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        """One inference: crops of shape (1, SIDE, SIDE, 4) to one probability of shape (1,)."""
        ...


class PackageLikeness:
    """The network of ``models/package-likeness``; its card says what it was trained on and how well it does."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        """See `Likeness.of`; rounded, and 0.5 for a box that is too small or outside of the picture."""
        seen = _visible(image, box)
        if seen is None or min(seen.width, seen.height) < SMALLEST:
            return NO_STATEMENT
        (said,) = self._network.run(crop(image, seen)[None])
        return round(float(said.reshape(())), DIGITS)


def crop(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """What the network sees: the square around the box in blue, green and red, and a plane that marks the box.

    Over the picture's edge its last pixels are repeated.

    Returns:
        Shape (SIDE, SIDE, 4).
    """
    scale = SIDE / (CONTEXT * max(box.width, box.height))
    x, y = box.centre
    middle = (SIDE - 1) / 2
    part, left, top = image, 0, 0
    if scale < 1.0:
        part, left, top = _averaged(image, box, round(1.0 / scale))
    move = np.array([[scale, 0.0, middle - scale * (x - left)], [0.0, scale, middle - scale * (y - top)]])
    patch = cv2.warpAffine(part, move, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return marked(np.asarray(patch, dtype=np.uint8), box.width * scale, box.height * scale)


def marked(patch: NDArray[np.uint8], width: float, height: float) -> NDArray[np.uint8]:
    """A square of side SIDE with a fourth plane, 255 inside its box of ``width`` by ``height`` in the middle."""
    planes = np.zeros((SIDE, SIDE, 4), dtype=np.uint8)
    planes[..., :3] = patch
    across, down = max(round(width / 2), 1), max(round(height / 2), 1)
    middle = SIDE // 2
    planes[middle - down : middle + down, middle - across : middle + across, 3] = 255
    return planes


def _visible(image: NDArray[np.uint8], box: Box) -> Box | None:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = max(box.x1, 0.0), max(box.y1, 0.0), min(box.x2, width), min(box.y2, height)
    return Box(x1, y1, x2, y2) if x1 < x2 and y1 < y2 else None


def _averaged(image: NDArray[np.uint8], box: Box, kernel: int) -> tuple[NDArray[np.uint8], int, int]:
    """The part around the box, averaged so that its texture does not alias when it is scaled down, and where it is."""
    reach = CONTEXT * max(box.width, box.height) / 2
    x, y = box.centre
    left, top = max(int(x - reach) - 2, 0), max(int(y - reach) - 2, 0)
    part = image[top : int(y + reach) + 3, left : int(x + reach) + 3]
    return np.asarray(cv2.blur(part, (kernel, kernel)), dtype=np.uint8), left, top
