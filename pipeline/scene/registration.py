"""Where the scene of one picture lies in another: compared cell by cell, and registered by its corners."""

from dataclasses import dataclass
from functools import cached_property
from math import atan2, degrees, hypot
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_COLUMNS, _ROWS = 8, 6
_DETAILED = 9.0
"""Variance of the fine detail, in squared grey levels, from which on a cell says something: noise has less."""
_FEWEST_CELLS = 10
_AGREES = 0.4
"""Correlation of a cell's detail from which on it shows the same: unlike cells have less in nineteen of twenty."""
_CORNERS = 600
_NEAREST = 0.8
"""Of the second nearest's distance, below which a match of two corners is no accident. Source: Lowe, IJCV 2004."""
_FEWEST_MATCHES = 16
_LEAST_SHARE = 0.55
"""Of the matches, that must fit one move of the camera; a box that is turned before it leaves the rest unmatched."""
_WITHIN = 3.0
"""Pixels."""
_SEED = 20260101
_ZOOM_RANGE = (0.4, 2.5)


@dataclass(frozen=True, slots=True)
class Placement:
    """How a scene moved in the picture: shares of width and height, degrees clockwise, and a factor."""

    right: float = 0.0
    down: float = 0.0
    turned: float = 0.0
    zoomed: float = 1.0

    def then(self, other: "Placement") -> "Placement":
        """Both moves after each other, as long as they are small enough not to bend each other."""
        return Placement(
            self.right + other.right,
            self.down + other.down,
            self.turned + other.turned,
            self.zoomed * other.zoomed,
        )


class Sight:
    """One grey picture, with what comparisons need of it worked out once."""

    def __init__(self, grey: NDArray[np.uint8]) -> None:
        self.grey = grey

    @classmethod
    def of(cls, grey: NDArray[np.uint8]) -> "Sight":
        """Keeps its own copy."""
        return cls(grey.copy())

    @cached_property
    def detail(self) -> NDArray[np.float32]:
        """What is finer than an eleventh of the picture's height, without the light that falls on it."""
        values = cv2.GaussianBlur(self.grey, (3, 3), 0).astype(np.float32)
        side = max(self.grey.shape[0] // 11, 3)
        return np.asarray(np.clip(values - cv2.blur(values, (side, side)), -40, 40), dtype=np.float32)

    @cached_property
    def power(self) -> NDArray[np.float32]:
        """Mean squared detail of each cell, shape (rows, columns)."""
        return _by_cell(self.detail * self.detail)

    @cached_property
    def corners(self) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Where corners are, (n, 2) in pixels, and what each looks like, (n, 32); n may be zero."""
        even = cv2.createCLAHE(2.0, (8, 8)).apply(self.grey)  # by night corners are faint
        points, looks = cv2.ORB_create(_CORNERS, fastThreshold=10).detectAndCompute(even, None)  # type: ignore[attr-defined]
        if looks is None:
            return np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8)
        return np.array([point.pt for point in points], np.float32), np.asarray(looks, np.uint8)


def agreement(one: Sight, other: Sight) -> float | None:
    """The share of the cells with detail in either picture that show the same in both.

    Returns:
        None where too few cells have detail to say.
    """
    detailed = np.maximum(one.power, other.power) >= _DETAILED
    if int(detailed.sum()) < _FEWEST_CELLS:
        return None
    together = _by_cell(one.detail * other.detail)
    alike = together / np.sqrt(np.maximum(one.power * other.power, 1e-6)) >= _AGREES
    return float(alike[detailed].mean())


def placed(before: Sight, after: Sight) -> Placement | None:
    """Where the scene of ``before`` lies in ``after``; None when they share too little to say."""
    (points, looks), (others, other_looks) = before.corners, after.corners
    if min(len(points), len(others)) < _FEWEST_MATCHES:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(looks, other_looks, k=2)
    good = [pair[0] for pair in pairs if len(pair) > 1 and pair[0].distance < _NEAREST * pair[1].distance]
    if len(good) < _FEWEST_MATCHES:
        return None
    start = np.array([points[match.queryIdx] for match in good])
    end = np.array([others[match.trainIdx] for match in good])
    cv2.setRNGSeed(_SEED)
    found: Any = cv2.estimateAffinePartial2D(start, end, method=cv2.RANSAC, ransacReprojThreshold=_WITHIN)
    matrix, fits = found
    if matrix is None or int(fits.sum()) < max(_FEWEST_MATCHES, _LEAST_SHARE * len(good)):
        return None
    return _placement(np.asarray(matrix), before.grey.shape)


def _placement(matrix: NDArray[np.float64], shape: tuple[int, ...]) -> Placement | None:
    height, width = shape[:2]
    zoomed = hypot(matrix[0, 0], matrix[1, 0])
    if not _ZOOM_RANGE[0] <= zoomed <= _ZOOM_RANGE[1]:
        return None
    middle = np.array([width / 2, height / 2, 1.0])
    right, down = matrix @ middle - middle[:2]
    turned = degrees(atan2(matrix[1, 0], matrix[0, 0]))
    return Placement(float(right) / width, float(down) / height, turned, zoomed)


def _by_cell(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA), dtype=np.float32)
