"""The same boxes under conditions that the images do not have: grey, dark, noisy, small, bent, cut, turned."""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.domain.tracks import Box

Seen = tuple[NDArray[np.uint8], Box]
SMALL = 20
"""Pixels of a box's longer edge in the condition ``small``."""


def _grey(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    return _in_colours(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)), box


def _dark(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    values = 255 * (image / np.float32(255)) ** 1.4 * 0.3
    return _u8(values + rng.normal(0, 4, values.shape)), box


def _infrared(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    """Grey, lit from the lens, dark around, noisy."""
    height, width = image.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    grey = image @ np.array([0.15, 0.35, 0.5], dtype=np.float32)
    return _in_colours(grey * (1.2 / (1 + 2.0 * (x**2 + y**2))) + rng.normal(0, 7, grey.shape)), box


def _noisy(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    return _u8(image + rng.normal(0, 15, image.shape)), box


def _small(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    scale = min(SMALL / max(box.width, box.height), 1.0)
    size = (max(round(image.shape[1] * scale), 8), max(round(image.shape[0] * scale), 8))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return _u8(cv2.resize(small, (image.shape[1], image.shape[0]))), box


def _loose(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    """A box that is off by up to a fifth at each edge, as the still scene draws them."""
    moves = rng.uniform(-0.2, 0.2, 4) * [box.width, box.height, box.width, box.height]
    x1, y1, x2, y2 = (edge + move for edge, move in zip(box.xyxy, moves, strict=True))
    return image, Box(x1, y1, max(x2, x1 + 4), max(y2, y1 + 4))


def _cut(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    """The picture ends in the middle of the thing, at its left, right or lower side."""
    side = int(rng.integers(3))
    x, y = (int(middle) for middle in box.centre)
    left, right, bottom = max(int(box.x1), 0), int(box.x2) + 1, int(box.y2) + 1
    if side == 0 and x > left + 8:
        return image[:, :x], Box(box.x1, box.y1, x, box.y2)
    if side == 1 and x < min(right, image.shape[1]) - 8:
        return image[:, x:], Box(0, box.y1, box.x2 - x, box.y2)
    if y > max(int(box.y1), 0) + 8 and y < bottom:
        return image[:y], Box(box.x1, box.y1, box.x2, y)
    return image, box


def _fisheye(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    """The whole picture bent as a wide lens bends it; the box is what then holds the old one."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = np.float32(np.hypot(width, height) / 2)
    dx, dy = (x - width / 2) / reach, (y - height / 2) / reach
    bend = (1 + 0.9 * (dx**2 + dy**2)) / 1.45
    from_x = np.asarray(width / 2 + dx * bend * reach, dtype=np.float32)
    from_y = np.asarray(height / 2 + dy * bend * reach, dtype=np.float32)
    bent = cv2.remap(image, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _u8(bent), _around((from_x >= box.x1) & (from_x <= box.x2) & (from_y >= box.y1) & (from_y <= box.y2), box)


def _turned(image: NDArray[np.uint8], box: Box, rng: np.random.Generator) -> Seen:
    """The camera hangs askew by 15 degrees."""
    height, width = image.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), 15 if rng.random() < 0.5 else -15, 1.0)
    turned = cv2.warpAffine(image, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    mask = np.zeros((height, width), dtype=np.uint8)
    cv2.rectangle(mask, (int(box.x1), int(box.y1)), (int(box.x2), int(box.y2)), 1, -1)
    return _u8(turned), _around(cv2.warpAffine(mask, move, (width, height)) > 0, box)


CONDITIONS: dict[str, Callable[[NDArray[np.uint8], Box, np.random.Generator], Seen]] = {
    "grey": _grey,
    "dark": _dark,
    "infrared": _infrared,
    "noisy": _noisy,
    "small": _small,
    "loose_box": _loose,
    "cut_by_the_edge": _cut,
    "fisheye": _fisheye,
    "turned": _turned,
}


def _around(mask: NDArray[np.bool_], otherwise: Box) -> Box:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if len(rows) < 2 or len(columns) < 2:
        return otherwise
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def _in_colours(grey: ArrayLike) -> NDArray[np.uint8]:
    return _u8(np.repeat(np.asarray(grey, dtype=np.float32)[..., None], 3, axis=2))


def _u8(values: ArrayLike) -> NDArray[np.uint8]:
    return np.clip(values, 0, 255).astype(np.uint8)
