"""Writes pictures as a doorbell would: H.264 in MP4, key frames every two seconds, the index in front."""

import subprocess
import tempfile
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import cv2
import imageio_ffmpeg
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from maker.footage import Picture

SOUND_RATE = 16_000


@dataclass(frozen=True, slots=True)
class Writing:
    """How a clip is written.

    Attributes:
        created: RFC 3339 instant that the container claims.
        quality: x264's constant rate factor, less is better.
        sound: Seconds of made street noise to lay under it; None writes no sound.
        seed: For the sound.
    """

    created: str
    quality: int = 25
    sound: float | None = None
    seed: int = 1


def write_steady(path: Path, pictures: Iterable[Picture], rate: Fraction, writing: Writing) -> None:
    """Writes pictures at a constant rate with the wheel's ffmpeg.

    Raises:
        RuntimeError: ffmpeg failed.
    """
    rest = iter(pictures)
    first = next(rest)
    with tempfile.TemporaryDirectory() as folder:
        arguments = _arguments(first.shape[1], first.shape[0], rate, writing, Path(folder))
        process = subprocess.Popen([*arguments, str(path)], stdin=subprocess.PIPE)
        if process.stdin is None:
            raise RuntimeError("ffmpeg was started without a way in")
        for picture in chain([first], rest):
            process.stdin.write(picture.tobytes())
        process.stdin.close()
        if process.wait() != 0:
            raise RuntimeError(f"ffmpeg ended with {process.returncode} for {path.name}")


def _arguments(width: int, height: int, rate: Fraction, writing: Writing, folder: Path) -> list[str]:
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-"]
    sound: list[str] = []
    if writing.sound is not None:
        track = folder / "sound.wav"
        _write_sound(track, writing.sound, writing.seed)
        sound = ["-i", str(track), "-c:a", "aac", "-b:a", "48k", "-flags:a", "+bitexact"]
    gop = str(round(2 * rate))
    picture = ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p", "-colorspace", "bt709"]
    tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    codec = ["-c:v", "libx264", "-preset", "fast", "-profile:v", "high", "-crf", str(writing.quality), "-bf", "0"]
    steady = ["-g", gop, "-threads", "2", "-flags:v", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1"]
    end = ["-metadata", f"creation_time={writing.created}", "-movflags", "+faststart"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    return [program, "-y", "-loglevel", "error", *raw, *sound, *picture, *tags, *codec, *steady, *end]


def write_timed(path: Path, pictures: Iterable[tuple[Fraction, Picture]], length: Fraction, writing: Writing) -> None:
    """Writes pictures with time stamps of their own (a variable rate), in steps of 1/90000 s.

    Args:
        path: The file to write.
        pictures: Times in seconds, increasing, and pictures of one size.
        length: Where the last picture ends, seconds.
        writing: Quality and date; sound is not written.
    """
    clock = Fraction(1, 90_000)
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata["creation_time"] = writing.created
        stream: VideoStream | None = None
        for time, picture in pictures:
            if stream is None:
                stream = _timed_stream(container, picture, clock, writing)
            frame = av.VideoFrame.from_ndarray(_as_yuv(picture), format="yuv420p")
            frame.pts, frame.time_base = round(time / clock), clock
            for packet in stream.encode(frame):
                container.mux(packet)
        if stream is None:
            raise ValueError("no pictures")
        left = list(stream.encode(None))
        for packet in left:
            packet.duration = (
                max(1, round(length / clock) - (packet.pts or 0)) if packet is left[-1] else packet.duration
            )
            container.mux(packet)


def _timed_stream(
    container: av.container.OutputContainer, picture: Picture, clock: Fraction, writing: Writing
) -> VideoStream:
    options = {"crf": str(writing.quality), "preset": "fast", "bf": "0", "threads": "2", "g": "30"}
    stream = container.add_stream("libx264", rate=15, options=options)
    stream.width, stream.height = picture.shape[1], picture.shape[0]
    stream.pix_fmt = "yuv420p"
    stream.time_base = clock
    stream.codec_context.time_base = clock
    stream.codec_context.color_range = 1
    stream.codec_context.colorspace = 1
    stream.codec_context.color_primaries = 1
    stream.codec_context.color_trc = 1
    return stream


def _as_yuv(picture: Picture) -> Picture:
    """Eight-bit BT.709 in studio range, planar, chroma halved; done here so that the matrix is certain."""
    blue, green, red = (picture[..., i].astype(np.float32) for i in range(3))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    planes = [16 + light * (219 / 255)]
    for colour, span in ((blue, 1.8556), (red, 1.5748)):
        chroma = 128 + (colour - light) / span * (224 / 255)
        planes.append(cv2.resize(chroma, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    flat = np.concatenate([np.clip(plane + 0.5, 0, 255).astype(np.uint8).ravel() for plane in planes])
    return flat.reshape(picture.shape[0] * 3 // 2, picture.shape[1])


def _write_sound(path: Path, seconds: float, seed: int) -> None:
    """Wind and a distant hum: filtered noise and two tones, no voice."""
    random = np.random.default_rng(seed)
    count = round(seconds * SOUND_RATE)
    times = np.arange(count) / SOUND_RATE
    wind = np.convolve(random.normal(0, 1, count + 400), np.hanning(401) / 200.0, mode="valid")
    gusts = 0.6 + 0.4 * np.sin(2 * np.pi * 0.13 * times)
    hum = 0.02 * np.sin(2 * np.pi * 100 * times) + 0.01 * np.sin(2 * np.pi * 220 * times)
    samples: NDArray[np.int16] = (np.clip(0.9 * wind * gusts + hum, -1, 1) * 12_000).astype("<i2")
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SOUND_RATE)
        sound.writeframes(samples.tobytes())
