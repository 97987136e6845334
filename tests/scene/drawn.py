"""Scenes drawn with numpy: a textured ground, and what a test lays on it."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.scene import SceneReport
from pipeline.domain.tracks import Box
from pipeline.domain.video import Timestamp
from pipeline.scene.still import StillScene

SIZE = (180, 320)
Image = NDArray[np.uint8]
Frame = tuple[float, NDArray[np.float32], Sequence[Box]]
NOBODY: tuple[Box, ...] = ()


def at(seconds: float) -> Timestamp:
    return Timestamp(round(seconds * 1000), Fraction(1, 1000))


def ground(seed: int = 1, contrast: float = 14.0) -> NDArray[np.float32]:
    """Paving: coarse and fine texture, a joint every 30 pixels, a wall above, light falling off to the right."""
    return _ground(seed, contrast).copy()


@lru_cache
def _ground(seed: int, contrast: float) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(rng.normal(0, 1, SIZE).astype(np.float32), (0, 0), 0.8) * contrast
    patches = cv2.resize(rng.normal(0, 6, (12, 20)).astype(np.float32), SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    grey = 120 + grain + patches - np.linspace(0, 30, SIZE[1], dtype=np.float32)[None, :]
    grey[:60] += 35
    grey[::30, :] -= 25
    return np.stack([grey * 0.94, grey, grey * 1.05], axis=2).astype(np.float32)


def with_carton(
    scene: NDArray[np.float32], box: Box, tone: tuple[int, int, int] = (70, 115, 165)
) -> NDArray[np.float32]:
    """A carton in the light from the left: two faces, tape, a label."""
    out = scene.copy()
    x1, y1, x2, y2 = (int(edge) for edge in box.xyxy)
    out[y1:y2, x1:x2] = tone
    out[y1 : y1 + (y2 - y1) // 3, x1:x2] *= 1.25
    out[y1:y2, x1 + (x2 - x1) * 3 // 4 : x2] *= 0.7
    middle = (x1 + x2) // 2
    out[y1:y2, middle - 2 : middle + 2] *= 0.8
    out[y2 - (y2 - y1) // 3 : y2 - 2, x1 + 3 : x1 + (x2 - x1) // 3] = 225
    return out


def with_person(scene: NDArray[np.float32], x: float, seed: int = 0) -> tuple[NDArray[np.float32], Box]:
    """Somebody 36 pixels wide and 125 high around ``x``, sleeves never the same twice."""
    out = scene.copy()
    rng = np.random.default_rng(seed)
    left, right = max(int(x) - 18, 0), min(int(x) + 18, SIZE[1])
    if right - left < 20:
        return out, Box(0, 30, 8, 155)
    cloth = rng.normal(0, 25, (16, right - left, 1)).astype(np.float32)
    out[30:155, left:right] = (50, 40, 60) + cv2.resize(cloth, (right - left, 125))[..., None]
    out[30:55, left + 8 : right - 8] = (120, 150, 200)
    return out, Box(left, 30, right, 155)


def shown(scene: NDArray[np.float32], seed: int, noise: float = 2.5) -> Image:
    """What the sensor makes of a scene."""
    fields = _noise()
    field = np.roll(fields[seed % len(fields)], (7 * seed, 13 * seed), axis=(0, 1))
    return np.asarray(np.clip(scene + noise * field, 0, 255), dtype=np.uint8)


@lru_cache
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 1, (8, *SIZE, 3)).astype(np.float32)


def watched(frames: Sequence[Frame], compressed: bool = True) -> SceneReport:
    """The report on frames of (seconds, scene, busy boxes), in a picture of 1280 by 720 pixels."""
    scene = StillScene((4 * SIZE[1], 4 * SIZE[0]))
    for i, (seconds, picture, busy) in enumerate(frames):
        image = shown(picture, seed=i)
        if compressed:
            quality = 75 if i % 4 == 0 else 45
            coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            image = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)
        scene.look(at(seconds), image, busy)
    return scene.report()


def every_half_second(
    seconds: float, draw: Callable[[float], tuple[NDArray[np.float32], Sequence[Box]]]
) -> list[Frame]:
    """Frames at two a second, drawn from the time."""
    moments = [0.5 * i for i in range(int(2 * seconds) + 1)]
    return [(moment, *draw(moment)) for moment in moments]
