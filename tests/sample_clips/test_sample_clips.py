"""The clips are the ones that the truth file speaks of, and play as it says."""

import hashlib
import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from tests.conftest import SAMPLE_CLIPS as FOLDER

CLIPS: dict[str, dict[str, Any]] = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))["clips"]
EVENT_WORDS = {
    "package_delivered", "package_picked_up", "object_left", "object_removed", "person_at_door", "person_visit",
    "person_present", "person_approaches_camera", "loitering", "doorbell_press", "vehicle_passing", "none",
}  # fmt: skip
PACKAGE_EVENTS = {"package_delivered", "package_picked_up"}
VARIABLE = {"tree_in_wind_variable_rate", "drive_man_with_paper_visit_variable_rate"}
LARGEST_FOLDER = 25_000_000


@dataclass(frozen=True, slots=True)
class Played:
    """A clip as PyAV decodes it; times in seconds on the clip's own line."""

    times: tuple[float, ...]
    duration: float
    start: float
    size: tuple[int, int]
    codec: str
    sound: list[str]
    created: str


def play(path: Path) -> Played:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        size, codec = (stream.width, stream.height), stream.codec_context.name
        sound = [other.codec_context.name for other in container.streams.audio]
        duration, start = (container.duration or 0) / 1e6, (container.start_time or 0) / 1e6
        created = container.metadata["creation_time"]
        stamps = [float((frame.pts or 0) * stream.time_base) for frame in container.decode(stream) if stream.time_base]
    return Played(tuple(stamps), duration, start, size, codec, sound, created)


@pytest.fixture(scope="module", params=sorted(CLIPS))
def clip(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Played]:
    truth = CLIPS[request.param]
    return truth, play(FOLDER / truth["file"])


def test_the_folder_holds_the_clips_of_the_truth_file_and_no_others() -> None:
    assert sorted(path.name for path in FOLDER.glob("*.mp4")) == sorted(truth["file"] for truth in CLIPS.values())
    assert len(CLIPS) >= 14
    assert sum(path.stat().st_size for path in FOLDER.glob("*.mp4")) < LARGEST_FOLDER


@pytest.mark.parametrize("name", sorted(CLIPS))
def test_each_clip_is_the_one_that_was_looked_at(name: str) -> None:
    content = (FOLDER / CLIPS[name]["file"]).read_bytes()
    assert len(content) == CLIPS[name]["bytes"]
    assert hashlib.sha256(content).hexdigest() == CLIPS[name]["sha256"]
    assert content.index(b"moov") < content.index(b"mdat"), "the index must come first"


def test_each_clip_plays_to_its_end_with_growing_times(clip: tuple[dict[str, Any], Played]) -> None:
    truth, played = clip
    assert len(played.times) == truth["frames_decoded"]
    assert all(later > earlier for earlier, later in pairwise(played.times))
    assert played.duration == pytest.approx(truth["duration_s"], abs=0.002)
    assert played.start == truth["format_start_time_s"]
    assert played.times[-1] < played.duration
    assert 10 <= played.duration <= 40
    assert played.size == (truth["width"], truth["height"])
    assert (played.codec, played.sound) == (truth["codec"], truth["audio"])
    assert played.created.endswith("Z")


def test_the_rate_varies_where_it_is_said_to_and_nowhere_else(clip: tuple[dict[str, Any], Played]) -> None:
    truth, played = clip
    gaps = [later - earlier for earlier, later in pairwise(played.times)]
    uneven = max(gaps) > 1.5 * min(gaps)
    assert uneven == (Path(truth["file"]).stem in VARIABLE)


def test_each_true_event_lies_within_its_clip(clip: tuple[dict[str, Any], Played]) -> None:
    truth, played = clip
    assert truth["events"]
    spans = [(event["start_s"], event["end_s"]) for event in truth["events"]]
    spans += [tuple(span) for seen in truth["objects"] for span in seen["intervals"]]
    assert {event["type"] for event in truth["events"]} <= EVENT_WORDS
    assert all(0 <= start <= end <= played.duration + 0.1 for start, end in spans)


@pytest.mark.parametrize("name", sorted(CLIPS))
def test_a_parcel_is_in_the_picture_from_its_delivery_to_its_removal(name: str) -> None:
    truth = CLIPS[name]
    events = [event for event in truth["events"] if event["type"] in PACKAGE_EVENTS]
    if not truth["package_boxes"]:
        assert not events
        return
    (parcel,) = truth["package_boxes"]
    x1, y1, x2, y2 = parcel["box"]
    assert 0 <= x1 < x2 <= 1
    assert 0 <= y1 < y2 <= 1
    start, end = parcel["interval"]
    turns = {event["type"]: event["start_s"] for event in events}
    assert start == turns.get("package_delivered", 0)
    assert end == turns.get("package_picked_up", truth["duration_s"])
    assert truth["synthetic_parts"], "nobody in the footage left a parcel"
