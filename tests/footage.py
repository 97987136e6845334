"""Small made-up clips: a red figure before a wall of bricks."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box, Detection, ModelIdentity, ObjectClass

Picture = NDArray[np.uint8]
SIZE = (640, 360)
RED = (30, 30, 220)
"""BGR."""


def wall(size: tuple[int, int] = SIZE) -> Picture:
    """The same bricks each time, grey and brown."""
    width, height = size
    bricks = np.random.default_rng(7).integers(60, 170, size=(height // 20, width // 40, 1), dtype=np.uint8)
    grey = np.kron(bricks[..., 0], np.ones((20, 40), dtype=np.uint8))
    return np.stack([grey, grey, grey], axis=-1)


def with_figure(picture: Picture, x: float, y: float, width: int = 60, height: int = 170) -> Picture:
    """A red figure whose feet stand at (x, y)."""
    shown = picture.copy()
    left, top = int(x - width / 2), int(y - height)
    shown[max(top, 0) : int(y), max(left, 0) : max(left + width, 0)] = RED
    return shown


def write_clip(
    path: Path,
    picture_at: Callable[[float], Picture],
    seconds: float,
    rate: int = 10,
    without: tuple[float, float] = (0.0, 0.0),
) -> Path:
    """Writes an H.264 clip of ``picture_at(seconds)``, without the frames between two moments, whose time stays."""
    first = picture_at(0.0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate, options={"crf": "20", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = first.shape[1], first.shape[0], "yuv420p"
        for number in range(round(seconds * rate)):
            if without[0] <= number / rate < without[1]:
                continue
            frame = av.VideoFrame.from_ndarray(picture_at(number / rate), format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class RedFigureDetector:
    """A detector that sees a person wherever the picture is red, and counts its looks."""

    def __init__(self, digest: str = "5" * 64) -> None:
        self.looks = 0
        self.digest = digest

    @property
    def identity(self) -> ModelIdentity:
        return ModelIdentity("red-figure", self.digest)

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        self.looks += 1
        blue, green, red = (picture[..., channel].astype(int) for channel in range(3))
        rows, columns = np.nonzero((red > 150) & (green < 100) & (blue < 100))
        if len(rows) < 50:
            return ()
        box = Box(float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
        return (Detection(ObjectClass.PERSON, "person", 0.9, box),)
