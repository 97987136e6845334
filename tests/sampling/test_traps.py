"""What real containers do, each trap in a clip of its own."""

from fractions import Fraction
from pathlib import Path

import av
import ffmpeg
import numpy as np
import pytest

from pipeline.domain.video import ClipProbe, SamplingReport, SkipReason
from pipeline.ffmpeg import run
from pipeline.sampling import SampledFrame, probe_clip, sample_clip
from pipeline.settings import SamplingSettings
from tests.sampling.clips import Encoding, doorstep, settings, steady, still, walking, with_visitor, write_clip

Sampled = tuple[ClipProbe, list[SampledFrame], SamplingReport]


def sample(path: Path, chosen: SamplingSettings | None = None, every_frame_rate: float | None = None) -> Sampled:
    with sample_clip(path, chosen or settings(), every_frame_rate=every_frame_rate) as sampler:
        frames = list(sampler.frames())
    return sampler.probe, frames, sampler.report


def seconds(frames: list[SampledFrame]) -> list[float]:
    return [round(float(frame.at.seconds), 3) for frame in frames]


def skipped(report: SamplingReport, reason: SkipReason) -> list[tuple[float, float]]:
    spans = [skip.span for skip in report.skipped if skip.reason is reason]
    return [(round(float(span.start.seconds), 2), round(float(span.end.seconds), 2)) for span in spans]


def test_a_still_clip_is_looked_at_as_seldom_as_allowed_and_says_so(tmp_path: Path) -> None:
    _, frames, report = sample(write_clip(tmp_path / "still.mp4", steady(8, still)))
    assert seconds(frames) == [0.0, 2.0, 4.0, 6.0, 7.958]
    assert skipped(report, SkipReason.STILL) == [(0, 2), (2, 4), (4, 6), (6, 7.96)]
    assert report.frames_decoded < 40
    assert report.shortest_missable <= 1


def test_a_visit_is_looked_at_from_its_first_step_to_its_last(tmp_path: Path) -> None:
    def visit(at: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return with_visitor(doorstep(), int(90 * (at - 5))) if 5 <= at < 7 else doorstep()

    _, frames, report = sample(write_clip(tmp_path / "visit.mp4", steady(12, visit)))
    during = [at for at in seconds(frames) if 5 <= at <= 7.5]
    assert len(during) >= 5
    assert len(frames) < 13
    assert all(frame.moved > 0 for frame in frames if 5.4 < frame.at.seconds < 7)
    assert report.shortest_missable <= 1


def test_a_visit_between_two_key_frames_shows_in_the_packets(tmp_path: Path) -> None:
    def visit(at: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        return with_visitor(doorstep(), int(200 * (at - 6.2))) if 6.2 <= at < 7.7 else doorstep()

    clip = write_clip(tmp_path / "short.mp4", steady(12, visit), Encoding(key_every=48))
    _, frames, _ = sample(clip)
    assert [at for at in seconds(frames) if 6.2 < at < 7.8]


def test_variable_rate_keeps_each_picture_at_its_own_time(tmp_path: Path) -> None:
    times = [0, 40, 80, 700, 1900, 1940, 3000, 5500, 5540, 6000]
    clip = write_clip(tmp_path / "variable.mp4", [(at, walking(at / 1000)) for at in times])
    _, frames, report = sample(clip)
    assert set(seconds(frames)) <= {at / 1000 for at in times}
    assert seconds(frames)[-1] == 6.0
    assert report.last.seconds == 6


def test_one_frame_a_second_is_no_loss(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "slow.mp4", steady(6, walking, frames_a_second=1), frames_a_second=1)
    _, frames, report = sample(clip)
    assert seconds(frames) == [0, 1, 2, 3, 4, 5]
    assert report.skipped == ()


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_late_start_is_kept_and_nothing_is_missing_after_it(tmp_path: Path, ending: str) -> None:
    clip = write_clip(tmp_path / f"late.{ending}", ((at + 4940, image) for at, image in steady(2, walking)))
    probe, frames, report = sample(clip)
    assert probe.first.seconds == Fraction(494, 100)
    assert seconds(frames)[0] == 4.94
    assert float(probe.duration) == pytest.approx(2, abs=0.05)
    assert report.skipped == ()


def test_time_may_begin_below_zero(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mkv", steady(2, walking))
    shifted = tmp_path / "negative.ts"
    with av.open(str(source)) as given, av.open(str(shifted), "w", options={"avoid_negative_ts": "disabled"}) as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None and packet.pts is not None:
                packet.pts, packet.dts, packet.stream = packet.pts - 700, packet.dts - 700, stream
                made.mux(packet)
    _, frames, _ = sample(shifted)
    steps = np.diff(seconds(frames))
    assert len(frames) >= 4
    assert all(steps > 0)


@pytest.mark.parametrize("degrees", [90, 180, -90])
def test_a_turned_picture_stands_upright_as_ffmpeg_turns_it(tmp_path: Path, degrees: int) -> None:
    clip = write_clip(tmp_path / "turned.mp4", steady(1, walking), Encoding(rotation=degrees))
    probe, frames, _ = sample(clip)
    upright = ffmpeg.input(str(clip)).output(str(tmp_path / "upright.png"), vframes=1, sws_flags="area")
    run(upright, wall_seconds=30, memory_megabytes=1024, cwd=tmp_path)
    with av.open(str(tmp_path / "upright.png")) as shown:
        expected = next(shown.decode(video=0)).to_ndarray(format="bgr24")
    assert probe.rotation == -degrees % 360
    assert (probe.height, probe.width) == frames[0].image.shape[:2] == expected.shape[:2]
    assert np.abs(frames[0].image.astype(int) - expected).mean() < 6


def test_oblong_pixels_are_made_square(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "oblong.mp4", steady(1, walking), Encoding(aspect=Fraction(2)))
    probe, frames, _ = sample(clip)
    assert (probe.width, probe.height) == (640, 180)
    assert frames[0].image.shape == (180, 640, 3)


def test_a_picture_is_made_smaller_and_never_larger(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(1, walking))
    assert sample(clip, settings(working_width=160))[1][0].image.shape == (90, 160, 3)
    assert sample(clip, settings(working_width=1920))[1][0].image.shape == (180, 320, 3)


def test_before_the_first_key_frame_nothing_was_seen_and_that_is_said(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "source.mp4", steady(6, walking), Encoding(key_every=60))
    late = tmp_path / "late_key.mkv"
    with av.open(str(source)) as given, av.open(str(late), "w") as made:
        stream = made.add_stream_from_template(given.streams.video[0])
        for index, packet in enumerate(given.demux(given.streams.video[0])):
            if index and packet.dts is not None:
                packet.stream = stream
                made.mux(packet)
    _, frames, report = sample(late)
    assert seconds(frames)[0] == 2.5
    assert skipped(report, SkipReason.NOT_DECODED) == [(0.04, 2.5)]


def test_a_clip_cut_short_gives_what_is_there_and_names_the_rest(tmp_path: Path) -> None:
    options = (("preset", "ultrafast"), ("crf", "23"))
    whole = write_clip(tmp_path / "whole.mp4", steady(6, walking), Encoding(options=options))
    fast = tmp_path / "fast.mp4"
    run(
        ffmpeg.input(str(whole)).output(str(fast), c="copy", movflags="faststart"),
        wall_seconds=30,
        memory_megabytes=1024,
        cwd=tmp_path,
    )
    fast.write_bytes(fast.read_bytes()[: fast.stat().st_size * 6 // 10])
    _, frames, report = sample(fast)
    ((start, end),) = skipped(report, SkipReason.NOT_DECODED)
    assert 2 < start < 5
    assert end == pytest.approx(6, abs=0.1)
    assert float(frames[-1].at.seconds) == pytest.approx(start, abs=0.1)


@pytest.mark.parametrize(("codec", "ending"), [("mjpeg", "avi"), ("mpeg4", "avi"), ("libx264", "ts")])
def test_other_codecs_and_containers(tmp_path: Path, codec: str, ending: str) -> None:
    options = (("preset", "ultrafast"),) if codec == "libx264" else ()
    clip = write_clip(tmp_path / f"clip.{ending}", steady(3, walking), Encoding(codec=codec, options=options))
    _, frames, report = sample(clip)
    steps = np.diff(seconds(frames))
    assert max(steps) <= 0.6
    assert report.decode_errors == 0
    assert sample(clip, every_frame_rate=24)[2].frames_decoded == 72


def test_the_same_clip_gives_the_same_bytes_again(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", steady(3, walking))
    first, second = sample(clip), sample(clip)
    assert first[2] == second[2]
    assert [(f.at, f.moved, f.image.tobytes()) for f in first[1]] == [
        (f.at, f.moved, f.image.tobytes()) for f in second[1]
    ]


def test_the_probe_tells_what_the_container_says(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    sound = ffmpeg.input("sine=duration=1", f="lavfi")
    picture = ffmpeg.input("testsrc=duration=1:size=320x180:rate=10", f="lavfi")
    metadata = {"metadata": "creation_time=2026-03-01T07:08:09Z"}
    stream = ffmpeg.output(picture, sound, str(clip), pix_fmt="yuv420p", **metadata)
    run(stream, wall_seconds=30, memory_megabytes=1024, cwd=tmp_path)
    probe = probe_clip(clip, settings())
    assert (probe.codec, probe.width, probe.height, probe.frames_declared) == ("h264", 320, 180, 10)
    assert probe.audio_codecs == ("aac",)
    assert probe.duration == 1
    assert probe.created_at is not None
    assert probe.created_at.isoformat() == "2026-03-01T07:08:09+00:00"


def test_every_frame_is_looked_at_when_asked(tmp_path: Path) -> None:
    _, frames, report = sample(write_clip(tmp_path / "still.mp4", steady(3, still)), every_frame_rate=4)
    assert len(frames) == 13
    assert report.frames_decoded == 72
    assert report.skipped == ()
