"""The real clips with known truth: every frame that can be decoded is, and each clip's trap is met."""

import json
from itertools import pairwise
from typing import Any

import pytest

from pipeline.domain.video import SkipReason
from pipeline.sampling import sample_clip
from tests.conftest import SHARED
from tests.sampling.clips import settings

CLIPS = SHARED / "clips"
NAMES = [
    *("black_camera", "bottles_taken_and_put", "box_in_hand", "campus_walkers", "couple_crossing_street"),
    *("lane_brightness_negative", "motorway_curve", "night_man_at_sheds", "road_by_gate_cars", "street_top_cars"),
    *("tree_in_wind_then_hand", "woman_and_dog_on_path"),
]


def truth(name: str) -> dict[str, Any]:
    stated: dict[str, Any] = json.loads((CLIPS / "truth.json").read_text())["clips"][name]
    return stated


@pytest.mark.parametrize("name", NAMES)
def test_every_frame_is_decoded_and_time_is_the_clips_own(name: str) -> None:
    stated = truth(name)
    with sample_clip(CLIPS / stated["file"], settings(), every_frame_rate=2) as sampler:
        times = [float(frame.at.seconds) for frame in sampler.frames()]
    assert sampler.report.frames_decoded == stated["frames_decoded"]
    assert times == sorted(set(times))
    assert times[0] == pytest.approx(stated["format_start_time_s"], abs=0.1)
    assert times[-1] == pytest.approx(stated["duration_s"], abs=1.0)
    assert sampler.probe.codec == stated["codec"].replace("msmpeg4v3", "msmpeg4")
    assert not [skip for skip in sampler.report.skipped if skip.reason is not SkipReason.STILL]


@pytest.mark.parametrize("name", NAMES)
def test_the_gate_never_waits_longer_than_the_idle_time(name: str) -> None:
    chosen = settings()
    with sample_clip(CLIPS / truth(name)["file"], chosen) as sampler:
        times = [float(frame.at.seconds) for frame in sampler.frames()]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert max(gaps) <= chosen.idle_seconds * 1.1
    assert times[-1] == pytest.approx(float(sampler.report.last.seconds), abs=0.11)
    skipped = {(float(skip.span.start.seconds), float(skip.span.end.seconds)) for skip in sampler.report.skipped}
    long = {(a, b) for a, b in pairwise(times) if b - a > 1.3 / chosen.frames_per_second}
    assert long <= skipped or name == "tree_in_wind_then_hand"  # there, nothing was stored in between


def test_half_width_storage_is_shown_in_full_width() -> None:
    with sample_clip(CLIPS / truth("lane_brightness_negative")["file"], settings()) as sampler:
        frame = next(sampler.frames())
    assert (sampler.probe.width, sampler.probe.height) == (1920, 1080)
    assert frame.image.shape == (360, 640, 3)


@pytest.mark.parametrize("name", ["box_in_hand", "motorway_curve"])
def test_stamps_that_the_container_states_wrongly_are_inferred_and_counted(name: str) -> None:
    with sample_clip(CLIPS / truth(name)["file"], settings(), every_frame_rate=2) as sampler:
        list(sampler.frames())
    assert sampler.report.stamps_inferred > sampler.report.frames_decoded / 2


def test_the_black_camera_is_looked_at_every_two_seconds() -> None:
    with sample_clip(CLIPS / truth("black_camera")["file"], settings()) as sampler:
        count = len(list(sampler.frames()))
    assert 11 <= count <= 15
    assert sampler.probe.audio_codecs == ("aac",)
