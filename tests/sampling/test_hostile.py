"""Files that are no clips, or that want too much: each is refused or limited, and says why."""

import os
import random
import signal
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.domain.video import SkipReason
from pipeline.errors import DecoderDiedError, UnreadableClipError
from pipeline.sampling import ClipSampler, SampledFrame, probe_clip, sample_clip
from pipeline.settings import SamplingSettings
from tests.conftest import SHARED
from tests.loopback import listening
from tests.sampling.clips import Encoding, Image, settings, steady, walking, write_clip


def refuse(path: Path, chosen: SamplingSettings | None = None) -> str:
    with pytest.raises(UnreadableClipError) as caught:
        probe_clip(path, chosen or settings())
    assert caught.value.clip == path.name
    assert str(path.parent) not in str(caught.value)
    return caught.value.detail


@pytest.mark.parametrize("content", [b"", b"no video at all\n" * 100, bytes(100_000), os.urandom(20_000)])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(content)
    refuse(clip)


def test_sound_alone_is_no_clip(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    assert "no video" in refuse(path)


@pytest.mark.parametrize(
    "script",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}/a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {url}/a.ts\n",
    ],
)
def test_a_script_with_a_clips_name_is_refused_and_asks_nobody(tmp_path: Path, script: str) -> None:
    with listening() as (url, asked):
        clip = tmp_path / "clip.mp4"
        clip.write_text(script.format(url=url))
        refuse(clip)
        assert asked == []


def test_a_title_that_is_no_text_costs_the_clip_nothing(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(0.5, walking))
    content = clip.read_bytes()
    assert content.count(b"VideoHandler") == 1
    clip.write_bytes(content.replace(b"VideoHandler", b"Video\xff\xfe\x80dler"))
    assert _read(clip, settings())


def test_sound_that_nothing_decodes_costs_the_clip_nothing(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as made:
        picture, sound = made.add_stream("libx264", rate=10), made.add_stream("aac", rate=8000)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        made.mux(picture.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")))
        made.mux(picture.encode(None))
        hush = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        hush.sample_rate = 8000
        made.mux(sound.encode(hush))
        made.mux(sound.encode(None))
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"nope").replace(b"esds", b"free"))
    assert probe_clip(path, settings()).audio_codecs == ("unknown",)
    assert _read(path, settings())


def test_a_picture_too_large_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(0.5, walking))
    assert "57600 pixels" not in refuse(clip, settings(largest_pixels=10_000))


def test_a_picture_that_grows_inside_the_stream_is_refused(tmp_path: Path) -> None:
    """A few hundred kilobytes that claim 16384 x 8192 pixels, in the stream and not in the container."""
    clip = write_clip(tmp_path / "clip.avi", steady(0.5, walking), Encoding(codec="mjpeg", options=()))
    start_of_frame = b"\xff\xc0\x00\x11\x08"
    small, large = struct.pack(">HH", 180, 320), struct.pack(">HH", 8192, 16384)
    content = clip.read_bytes()
    assert content.count(start_of_frame + small) == 12
    clip.write_bytes(content.replace(start_of_frame + small, start_of_frame + large))
    with pytest.raises(UnreadableClipError):
        _read(clip, settings())


def test_more_streams_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.mkv"
    with av.open(str(path), "w") as made:
        streams = [made.add_stream("libx264", rate=10) for _ in range(4)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for stream in streams:
            made.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="bgr24")))
            made.mux(stream.encode(None))
    refuse(path, settings(most_streams=3))
    assert probe_clip(path, settings(most_streams=4)).codec == "h264"


def test_two_hours_of_black_are_looked_at_as_far_as_allowed(tmp_path: Path) -> None:
    def black(_: float) -> Image:
        return np.zeros((48, 64, 3), np.uint8)

    clip = write_clip(tmp_path / "black.mp4", steady(7200, black, frames_a_second=1), frames_a_second=1)
    with sample_clip(clip, settings(longest_seconds=60)) as sampler:
        frames = list(sampler.frames())
    (limit,) = [skip for skip in sampler.report.skipped if skip.reason is SkipReason.LIMIT]
    assert float(limit.span.start.seconds) == pytest.approx(60, abs=1)
    assert float(limit.span.end.seconds) == pytest.approx(7200, abs=1.1)
    assert frames[-1].at == limit.span.start
    assert sampler.report.frames_decoded <= 62


def _read(clip: Path, chosen: SamplingSettings, rate: float | None = None) -> list[SampledFrame]:
    with sample_clip(clip, chosen, every_frame_rate=rate) as sampler:
        return list(sampler.frames())


def test_a_child_that_wants_too_much_memory_ends_and_says_so(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "large.mp4", steady(0.25, lambda _: np.zeros((2048, 3072, 3), np.uint8)))
    assert _read(clip, settings())
    with pytest.raises(DecoderDiedError):
        _read(clip, settings().model_copy(update={"memory_megabytes": 160}))


def test_a_child_that_wants_too_much_time_ends_and_what_came_stays() -> None:
    clip = SHARED / "clips" / "night_man_at_sheds.mp4"
    with sample_clip(clip, settings(cpu_seconds=1), every_frame_rate=30) as sampler:
        given: list[SampledFrame] = []
        with pytest.raises(DecoderDiedError, match=r"SIGKILL|SIGXCPU"):
            collect(sampler, given)
    assert 5 < len(given) < 560


def collect(sampler: ClipSampler, given: list[SampledFrame]) -> None:
    for frame in sampler.frames():
        given.append(frame)


def test_patience_with_a_child_ends(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(1, walking))
    with pytest.raises(DecoderDiedError, match="patience"):
        _read(clip, settings(wall_seconds=0.001))


def test_a_killed_child_is_an_error_and_no_end(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(8, walking))
    with sample_clip(clip, settings(working_width=1920, frames_per_second=30)) as sampler:
        frames = sampler.frames()
        first = next(frames)
        assert sampler._process is not None
        os.kill(sampler._process.pid, signal.SIGKILL)
        with pytest.raises(DecoderDiedError, match="SIGKILL"):
            list(frames)
        with pytest.raises(ValueError, match="not read"):
            _ = sampler.report
    assert first.image.any()


def test_flipped_bytes_never_harm_the_parent(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(2, walking), Encoding(key_every=12))
    whole, chance = clip.read_bytes(), random.Random(5)
    outcomes = {"read": 0, "refused": 0, "errors": 0}
    for round_ in range(8):
        content = bytearray(whole)
        for _ in range(30):
            content[chance.randrange(len(content))] = chance.randrange(256)
        bent = tmp_path / f"bent{round_}.mp4"
        bent.write_bytes(content)
        try:
            with sample_clip(bent, settings()) as sampler:
                outcomes["read"] += bool(list(sampler.frames()))
            outcomes["errors"] += sampler.report.decode_errors > 0
        except (UnreadableClipError, DecoderDiedError):
            outcomes["refused"] += 1
    assert outcomes["read"] + outcomes["refused"] == 8
    assert outcomes["errors"] + outcomes["refused"] > 0
