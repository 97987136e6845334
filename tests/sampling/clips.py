"""Small clips with one trap each, encoded by PyAV in the test itself."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType
from av.video.stream import VideoStream
from numpy.typing import NDArray

from pipeline.settings import SamplingSettings

Image = NDArray[np.uint8]
MILLISECOND = Fraction(1, 1000)
WIDTH, HEIGHT = 320, 180


def settings(**changed: float) -> SamplingSettings:
    return SamplingSettings.model_validate(changed)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a made clip is stored."""

    codec: str = "libx264"
    options: tuple[tuple[str, str], ...] = (("preset", "ultrafast"), ("crf", "23"))
    key_every: int = 12
    aspect: Fraction = Fraction(1)
    rotation: int = 0
    """Degrees counterclockwise that a player turns the picture."""


def doorstep(seed: int = 1) -> Image:
    """A still, textured picture."""
    coarse = np.random.default_rng(seed).integers(60, 200, (HEIGHT // 20, WIDTH // 20, 3), np.uint8)
    return np.kron(coarse, np.ones((20, 20, 1), np.uint8))


def with_visitor(image: Image, x: int) -> Image:
    """The picture with a dark figure of 14 x 40 pixels at column ``x``."""
    shown = image.copy()
    shown[100:140, max(0, x) : max(0, x + 14)] = (20, 10, 30)
    return shown


def write_clip(
    path: Path, frames: Iterable[tuple[int, Image]], encoding: Encoding | None = None, *, frames_a_second: int = 24
) -> Path:
    """Encode pictures with their times in milliseconds."""
    how = encoding or Encoding()
    with av.open(str(path), "w") as container:
        stream = container.add_stream(how.codec, rate=frames_a_second, options=dict(how.options))
        assert isinstance(stream, VideoStream)
        stream.pix_fmt = "yuv420p" if how.codec != "mjpeg" else "yuvj420p"
        stream.time_base = MILLISECOND
        stream.codec_context.time_base = MILLISECOND
        stream.codec_context.gop_size = how.key_every
        stream.codec_context.sample_aspect_ratio = how.aspect
        for index, (milliseconds, image) in enumerate(frames):
            if index == 0:
                stream.height, stream.width = image.shape[:2]
                stream.set_display_rotation(how.rotation)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = milliseconds, MILLISECOND
            frame.pict_type = PictureType.NONE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def steady(
    seconds: float, image_at: Callable[[float], Image], *, frames_a_second: int = 24
) -> Iterator[tuple[int, Image]]:
    """Pictures at an even rate."""
    for index in range(round(seconds * frames_a_second)):
        at = index / frames_a_second
        yield round(at * 1000), image_at(at)


def still(_: float) -> Image:
    return doorstep()


def walking(at: float) -> Image:
    return with_visitor(doorstep(), int(20 + 50 * at))
