"""Small clips made on the spot, and the nouns that belong to them."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.domain.cameras import Camera
from pipeline.domain.events import Event, EventKind, InferredEvent
from pipeline.domain.tracks import Box, Detection, ModelIdentity, ObjectClass, Sighting, Track
from pipeline.domain.video import CameraClock, ClipProbe, ClipSpan, ClockSource, Timestamp
from pipeline.highlights import RenderContext

BASE = Fraction(1, 15_360)
START = datetime(2026, 3, 10, 22, 30, 0, 400_000, tzinfo=UTC)
GREY = 120


def stamp(seconds: float) -> Timestamp:
    return Timestamp(round(seconds / BASE), BASE)


def corner_of(number: int) -> int:
    """Brightness of the corner of the frame with this number."""
    return 20 + number * 5 % 230


def write_clip(path: Path, moments: Sequence[float], size: tuple[int, int] = (320, 240), **tags: str) -> Path:
    """A grey clip with a frame at each of ``moments`` (seconds); the brightness of a corner counts the frames."""
    width, height = size
    with av.open(str(path), "w") as container:
        container.metadata.update(tags)
        stream = container.add_stream("libx264", rate=30, options={"bf": "0", "crf": "12", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = BASE
        for number, moment in enumerate(moments):
            picture = np.full((height, width, 3), GREY, np.uint8)
            picture[:32, :32] = corner_of(number)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = stamp(moment).pts, BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_with_sound(path: Path, loud_from: float, seconds: float) -> Path:
    """A clip of ten frames a second whose sound begins at ``loud_from``."""
    rate = 16_000
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=10, options={"bf": "0", "preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
        picture.time_base = picture.codec_context.time_base = BASE
        sound = container.add_stream("aac", rate=rate, layout="mono")
        moments = np.arange(round(seconds * rate)) / rate
        wave = (np.sin(moments * 2 * np.pi * 440) * 0.5 * (moments >= loud_from)).astype(np.float32)[None, :]
        samples = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        samples.sample_rate, samples.pts = rate, 0
        container.mux(sound.encode(samples))
        for number in range(round(seconds * 10)):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), GREY, np.uint8), format="bgr24")
            frame.pts, frame.time_base = stamp(number / 10).pts, BASE
            container.mux(picture.encode(frame))
        container.mux(picture.encode())
        container.mux(sound.encode())
    return path


def probe_of(path: Path) -> ClipProbe:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base is not None
        return ClipProbe(
            container=container.format.name,
            codec=stream.codec_context.name,
            width=stream.width,
            height=stream.height,
            rotation=0,
            first=Timestamp(stream.start_time or 0, base),
            duration=(stream.duration or 0) * base,
            frames_declared=stream.frames,
            audio_codecs=tuple(audio.codec_context.name for audio in container.streams.audio),
        )


def context_of(path: Path, tracks: Sequence[Track] = (), **changes: Any) -> RenderContext:
    probe = probe_of(path)
    facts: dict[str, Any] = {
        "tracks": tuple(tracks),
        "clock": CameraClock(START, ClockSource.VENDOR, timedelta(seconds=2)),
        "first": probe.first,
        "camera": Camera("ring:1001", "ring-a", "Haust\u00fcr", "resident-ann", True, "Europe/Berlin"),
        "grant_id": "gr-1",
        "grant_version": 3,
        "model": ModelIdentity("nanodet-m", "a" * 64),
        "probe": probe,
    }
    return RenderContext(**(facts | changes))


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def an_event(path: Path, kind: EventKind, start: Timestamp, end: Timestamp, **changes: Any) -> Event:
    facts: dict[str, Any] = {
        "kind": kind,
        "span": ClipSpan(start, end),
        "score": 0.81,
        "sentence": "Something was seen.",
    }
    return Event(f"ev-{kind.value}", digest_of(path), "ring:1001", InferredEvent(**(facts | changes)))


def a_track(first: Timestamp, last: Timestamp, box: Box) -> Track:
    seen = Detection(ObjectClass.PERSON, "person", 0.8, box)
    middle = Timestamp((first.pts + last.pts) // 2, first.time_base)
    return Track(1, ObjectClass.PERSON, tuple(Sighting(moment, seen) for moment in (first, middle, last)))
