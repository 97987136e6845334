"""A hostile file as it lies in a folder, and the sound clips that hostile ones are made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from bench.measuring import ROOT

Picture = NDArray[np.uint8]
_RATE = 8
_SECONDS = 2.5
_WIDTH = 480
_SOUND_RATE = 8000
_FILM = ROOT / "sample_clips" / "drive_man_in_blue_visit.mp4"
_FROM = 3.5
"""Seconds into the film at which somebody is in view, so that highlights are cut as well."""


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file that somebody sends.

    Attributes:
        name: As it lies in the folder; may hold anything but a slash and a NUL.
        family: Which kind of attack it is, for counting.
        content: Its bytes.
    """

    name: bytes
    family: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Seed:
    """A sound clip.

    Attributes:
        name: For messages.
        suffix: With the dot.
        content: Its bytes.
    """

    name: str
    suffix: str
    content: bytes


_KINDS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("plain", ".mp4", "libx264", {}),
    ("moov-first", ".mp4", "libx264", {"movflags": "+faststart"}),
    ("fragments", ".mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
    ("quicktime", ".mov", "libx264", {}),
    ("hevc", ".mp4", "libx265", {}),
    ("vp9", ".webm", "libvpx-vp9", {}),
    ("matroska", ".mkv", "libx264", {}),
    ("avi", ".avi", "mjpeg", {}),
)


def seeds(folder: Path, *names: str) -> tuple[Seed, ...]:
    """Clips of two and a half seconds with a real visitor, in the containers and codecs that are read.

    Args:
        folder: Where they are encoded.
        names: Which; all when none is named.
    """
    pictures = tuple(_pictures())
    found = []
    for name, suffix, codec, options in _KINDS:
        if not names or name in names:
            path = folder / f"{name}{suffix}"
            encode(path, pictures, codec=codec, options=options, with_sound=suffix == ".mp4")
            found.append(Seed(name, suffix, path.read_bytes()))
    return tuple(found)


def _pictures() -> Iterator[Picture]:
    with av.open(str(_FILM)) as film:
        shown = film.streams.video[0]
        height = _WIDTH * shown.height // shown.width // 2 * 2
        wanted = 0
        for frame in film.decode(shown):
            moment = float(frame.time or 0) - _FROM
            if moment >= _SECONDS:
                return
            if moment >= wanted / _RATE:
                wanted += 1
                yield frame.reformat(_WIDTH, height, "bgr24").to_ndarray().astype(np.uint8, copy=False)


def encode(
    path: Path,
    pictures: tuple[Picture, ...],
    *,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    with_sound: bool = False,
) -> None:
    """Writes pictures as a clip; ``options`` are the container's."""
    quick = {"preset": "ultrafast", "x265-params": "log-level=none", "cpu-used": "8", "deadline": "realtime"}
    with av.open(str(path), "w", options=options or {}) as made:
        stream = made.add_stream(codec, rate=_RATE, options=quick if codec != "mjpeg" else {})
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec} is no video")
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        sound = made.add_stream("aac", rate=_SOUND_RATE) if with_sound else None
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, _RATE)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
        if sound is not None:
            hush = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            hush.sample_rate = _SOUND_RATE
            made.mux(sound.encode(hush))
            made.mux(sound.encode(None))


def black(path: Path, seconds: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A clip that is black for so many seconds, one picture a second."""
    width, height = size
    with av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=1, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        picture = av.VideoFrame.from_ndarray(np.zeros((height, width, 3), np.uint8), format="bgr24")
        for second in range(seconds):
            picture.pts, picture.time_base = second, Fraction(1)
            made.mux(stream.encode(picture))
        made.mux(stream.encode(None))
    return path.read_bytes()
