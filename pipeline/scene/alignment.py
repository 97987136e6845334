"""Makes two pictures of one scene comparable: the camera's small moves and its exposure taken out."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_STEP = 5
_ROUNDS = 3
_WORTH = 4.0
_LARGEST_SHIFT = 0.04
_SMALLEST_SHIFT = 0.35
_CLIPPED = (4, 250)
_LITTLE_DETAIL = 6.0
_FEWEST_SAMPLES = 60
_LEAST_TRUST = 0.1


@dataclass(frozen=True, slots=True)
class Exposure:
    """How one picture's levels follow from another's: ``gain * level + offset``, for each colour."""

    gain: NDArray[np.float32]
    offset: NDArray[np.float32]

    @property
    def is_changed(self) -> bool:
        """Whether it is worth a correction: some level would change by more than four."""
        ends = np.array([0.0, 255.0], dtype=np.float32)[:, None] * (self.gain - 1) + self.offset
        return bool(np.abs(ends).max() > _WORTH)

    def applied(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """The picture as it would have been taken, shape kept, 0 to 255."""
        matrix = np.c_[np.diag(self.gain), self.offset]
        exposed = cv2.transform(image, matrix)
        return np.asarray(np.clip(exposed, 0, 255, out=exposed), dtype=np.float32)

    def applied_to_levels(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Likewise for whole levels."""
        levels = np.arange(256, dtype=np.float32)[None, :, None] * self.gain + self.offset
        return np.asarray(cv2.LUT(image, np.clip(np.rint(levels), 0, 255).astype(np.uint8)), dtype=np.uint8)


def exposure_between(
    before: NDArray[np.float32], after: NDArray[np.uint8], usable: NDArray[np.bool_]
) -> Exposure | None:
    """Fits ``after`` from ``before`` by trimmed least squares, so that what came or went does not count.

    Args:
        before: Shape (h, w, 3).
        after: Likewise.
        usable: Shape (h, w): where both show the scene.

    Returns:
        None when too little is usable.
    """
    part = usable[::_STEP, ::_STEP]
    old = before[::_STEP, ::_STEP][part]
    new = after[::_STEP, ::_STEP][part].astype(np.float32)
    if len(old) < _FEWEST_SAMPLES:
        return None
    gain, offset = np.ones(3, dtype=np.float32), np.zeros(3, dtype=np.float32)
    for colour in range(3):
        gain[colour], offset[colour] = _line(old[:, colour], new[:, colour])
    return Exposure(gain, offset)


def _line(old: NDArray[np.float32], new: NDArray[np.float32]) -> tuple[float, float]:
    lower, upper = _CLIPPED
    inside = (old > lower) & (old < upper) & (new > lower) & (new < upper)
    if inside.sum() < _FEWEST_SAMPLES:
        return 1.0, 0.0
    old, new = old[inside], new[inside]
    gain, offset = 1.0, float(np.median(new - old))
    for _ in range(_ROUNDS):
        missed = np.abs(new - gain * old - offset)
        kept = missed <= max(2.5 * float(np.median(missed)), 3.0)
        mean_old, mean_new = float(old[kept].mean()), float(new[kept].mean())
        spread = float(((old[kept] - mean_old) ** 2).sum())
        if spread < 25.0 * float(kept.sum()):
            return 1.0, mean_new - mean_old
        gain = float(((old[kept] - mean_old) * (new[kept] - mean_new)).sum()) / spread
        gain = min(max(gain, 0.25), 4.0)
        offset = mean_new - gain * mean_old
    return gain, offset


def shift_between(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[float, float] | None:
    """How far ``after`` moved to the right and down against ``before``, in pixels.

    Args:
        before: Grey, shape (h, w).
        after: Likewise.

    Returns:
        None when it did not move, moved further than a shaking camera does, or nothing can be said.
    """
    height, width = before.shape
    window = _window(width, height)
    (x, y), trust = cv2.phaseCorrelate(_details(before), _details(after), window)
    if trust < _LEAST_TRUST or max(abs(x), abs(y)) > _LARGEST_SHIFT * max(before.shape):
        return None
    return (x, y) if max(abs(x), abs(y)) >= _SMALLEST_SHIFT else None


def shifted_back(image: NDArray[np.uint8], shift: tuple[float, float]) -> NDArray[np.uint8]:
    """The picture moved back by ``shift``; its own edge is repeated where nothing is known."""
    move = np.array([[1.0, 0.0, -shift[0]], [0.0, 1.0, -shift[1]]])
    size = (image.shape[1], image.shape[0])
    return np.asarray(cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def alike(before: NDArray[np.uint8], after: NDArray[np.uint8], where: NDArray[np.bool_]) -> float | None:
    """How well the fine detail of two pictures agrees, -1 to 1.

    Args:
        before: BGR, shape (h, w, 3).
        after: Likewise.
        where: Shape (h, w): what to compare.

    Returns:
        None where there is too little detail to say.
    """
    if not where.any():
        return None
    old, new = (_details(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)))[where] for image in (before, after))
    energy = float(np.sqrt((old * old).mean() * (new * new).mean()))
    return float((old * new).mean()) / energy if energy > _LITTLE_DETAIL else None


_windows: dict[tuple[int, int], NDArray[np.float32]] = {}


def _window(width: int, height: int) -> NDArray[np.float32]:
    if (width, height) not in _windows:
        window = cv2.createHanningWindow((width, height), cv2.CV_32F)
        _windows[width, height] = np.asarray(window, dtype=np.float32)
    return _windows[width, height]


def _details(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = grey.astype(np.float32)
    return np.asarray(np.clip(values - cv2.blur(values, (15, 15)), -40, 40), dtype=np.float32)
