"""How much of the picture moved between two small grey pictures, whatever the exposure did."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

GREY_LONGER_SIDE = 160
"""Pixels. At 1080p one grey pixel is the mean of 12 x 12: a person 60 pixels tall still covers some ten of them."""
_LEAST_LEVELS = 5.0
"""Grey levels of 255. Less is what a key frame changes against the frame before it in a still scene."""
_NOISES = 5.0
_LEAST_NEIGHBOURS = 3
_LEAST_CELLS = 3
_EDGE_BAND = 0.10
"""Share of the height at the top and at the bottom in which cameras write their clock."""
_CLOCK_SHARE = 0.4
_CLOCK_AFTER = 6
_SPREAD_OF_NORMAL = 1.4826


@dataclass(slots=True)
class MotionGate:
    """Compares small grey pictures, and learns where the camera's own clock ticks.

    A cell of the top or bottom edge that changed in two of five comparisons, and its neighbours there, are taken for
    a burnt-in clock, and count no longer by themselves. Everything else that changed by more than the noise of the
    pair counts, if it has neighbours that changed too.
    """

    _changes: NDArray[np.int32] | None = None
    _compared: int = 0

    def moved(self, before: Grey, now: Grey) -> float:
        """Share of the picture that moved, 0 to 1; zero means still."""
        mask = moved_cells(before, now)
        counted = mask & ~self._clock(mask)
        cells = int(np.count_nonzero(counted))
        return cells / counted.size if cells >= _LEAST_CELLS else 0.0

    def _clock(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        if self._changes is None or self._changes.shape != mask.shape:
            self._changes, self._compared = np.zeros(mask.shape, np.int32), 0
        self._changes += mask
        self._compared += 1
        if self._compared < _CLOCK_AFTER:
            return np.zeros(mask.shape, np.bool_)
        ticking = _neighbours(self._changes >= _CLOCK_SHARE * self._compared) > 0
        band = max(1, round(_EDGE_BAND * mask.shape[0]))
        ticking[band:-band] = False
        return ticking


def moved_cells(before: Grey, now: Grey) -> NDArray[np.bool_]:
    """Cells that differ by more than exposure and noise explain, and that do not differ alone.

    The later picture is explained as gain times the earlier plus offset, fitted twice: on all cells, then on the nine
    tenths that fit best, so that what moved does not bend the fit.
    """
    earlier, later = before.astype(np.float32), now.astype(np.float32)
    away = np.abs(_unexplained(earlier, later, np.ones(earlier.shape, np.bool_)))
    away = np.abs(_unexplained(earlier, later, away <= np.quantile(away, 0.9)))
    noise = _SPREAD_OF_NORMAL * float(np.median(away))
    mask = away > max(_LEAST_LEVELS, _NOISES * noise)
    return mask & (_neighbours(mask) >= _LEAST_NEIGHBOURS)


def _unexplained(
    earlier: NDArray[np.float32], later: NDArray[np.float32], fit: NDArray[np.bool_]
) -> NDArray[np.float32]:
    a, b = earlier[fit], later[fit]
    mean_a, mean_b = float(a.mean()), float(b.mean())
    variance = float(((a - mean_a) ** 2).mean())
    gain = float(((a - mean_a) * (b - mean_b)).mean()) / variance if variance > 1.0 else 1.0
    gain = min(2.0, max(0.5, gain))
    return later - (earlier - mean_a) * np.float32(gain) - np.float32(mean_b)


def _neighbours(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """How many of the 3 x 3 around each cell are set, itself included."""
    padded = np.pad(mask.astype(np.uint8), 1)
    rows: NDArray[np.uint8] = padded[:-2] + padded[1:-1] + padded[2:]
    total: NDArray[np.uint8] = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return total
