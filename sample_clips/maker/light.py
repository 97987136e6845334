"""Light of a clip: dusk, infrared, evening, steps of the exposure."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Lit = NDArray[np.float32]

EXPOSURES = ((0.0, 1.0), (4.0, 1.32), (8.0, 0.78), (12.0, 1.12), (16.0, 0.92))
"""Seconds from which a gain holds: a camera that hunts for its exposure."""

SUN_AT = 10.0
"""Second at which the sun comes out."""


def dusk(picture: Lit, _second: float) -> Lit:
    """A third of the light, bluish, with the shadows crushed as a small sensor does."""
    gain = np.array((0.50, 0.42, 0.38), np.float32)
    dark = 255 * (np.clip(picture, 0, 255) / 255) ** 1.25
    return np.asarray(dark * gain + 6, np.float32)


def infrared(picture: Lit, _second: float) -> Lit:
    """Grey, bright in the middle where the lamps of the camera reach, foliage lighter than it is to the eye."""
    blue, green, red = (picture[..., i] for i in range(3))
    grey = np.clip(0.20 * blue + 0.50 * green + 0.30 * red, 0, 255)
    height, width = grey.shape
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    lamp = 1.05 - 0.55 * np.clip(0.8 * columns**2 + 0.7 * rows**2, 0, 1)
    return np.repeat(((grey * 0.86) * lamp)[..., None], 3, axis=2).astype(np.float32)


def evening(picture: Lit, _second: float) -> Lit:
    """Low warm light."""
    return np.asarray(np.clip(picture, 0, 255) * np.array((0.62, 0.74, 0.84), np.float32), np.float32)


def hunting_exposure(picture: Lit, second: float) -> Lit:
    """Gain in steps, each reached within a third of a second."""
    gain = EXPOSURES[0][1]
    for (_, before), (start, after) in pairwise(EXPOSURES):
        if second >= start:
            share = min(1.0, (second - start) * 3)
            gain = before + (after - before) * share
    return np.asarray(np.clip(picture, 0, 255) * gain, np.float32)


def cloud_then_sun(picture: Lit, second: float) -> Lit:
    """Darkens slowly from second 3 to 7, then a sudden step up at second 10."""
    gain = 1.0 - 0.35 * min(1.0, max(0.0, (second - 3) / 4)) if second < SUN_AT else 1.22
    warm = np.array((0.95, 1.0, 1.05), np.float32) if second >= SUN_AT else np.ones(3, np.float32)
    return np.asarray(np.clip(picture, 0, 255) * gain * warm, np.float32)
