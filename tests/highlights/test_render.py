import json
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest

from pipeline.domain.events import CannotTell, EventKind
from pipeline.domain.tracks import Box
from pipeline.domain.video import CameraClock, ClipSpan, ClockSource, Timestamp
from pipeline.errors import FfmpegError, UnreadableClipError
from pipeline.highlights import CutPlan, RenderedHighlight, plan_highlights, render
from pipeline.settings import HighlightSettings
from tests.conftest import SHARED
from tests.highlights.clips import (
    BASE,
    START,
    a_track,
    an_event,
    context_of,
    digest_of,
    probe_of,
    stamp,
    write_clip,
    write_with_sound,
)

if TYPE_CHECKING:
    from av.container.core import Chapter

SETTINGS = HighlightSettings(padding_seconds=1, width=320)
UNEVEN = tuple(
    0.5 + moment for moment in (0, 0.1, 0.3, 0.35, 0.8, 1.0, 1.5, 1.6, 2.2, 2.25, 2.9, 3.0, 3.3, 3.9, 4.4, 4.8)
)
"""Variable frame rate, and a first frame that is not at zero."""
INSIDE = tuple(moment for moment in UNEVEN if 1.0 <= moment <= 4.5)
ZERO = stamp(INSIDE[0])
TRACK = Box(100, 60, 180, 200)
REGION = Box(220, 150, 280, 210)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clip") / "door.mp4", UNEVEN, title="the uploader's own title")


def a_plan(source: Path, settings: HighlightSettings = SETTINGS) -> CutPlan:
    visit = an_event(source, EventKind.PERSON_VISIT, stamp(2.0), stamp(3.5), track_ids=(1,))
    picked = an_event(source, EventKind.PACKAGE_PICKED_UP, stamp(2.75), stamp(3.4), region=REGION)
    (plan,) = plan_highlights([visit, picked], ClipSpan(stamp(UNEVEN[0]), stamp(UNEVEN[-1])), settings)
    return plan


@pytest.fixture(scope="module")
def made(source: Path, tmp_path_factory: pytest.TempPathFactory) -> RenderedHighlight:
    context = context_of(source, [a_track(stamp(2.0), stamp(3.5), TRACK)])
    return render(a_plan(source), source, context, tmp_path_factory.mktemp("made"), SETTINGS)


def frames_of(path: Path) -> list[tuple[Fraction, "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]"]]:
    with av.open(str(path)) as container:
        base = container.streams.video[0].time_base
        assert base is not None
        return [
            ((frame.pts or 0) * base, frame.to_ndarray(format="bgr24").astype(np.uint8))
            for frame in container.decode(video=0)
        ]


def test_the_frames_of_the_span_keep_their_distances_to_the_tick(made: RenderedHighlight) -> None:
    expected = [stamp(moment).seconds - ZERO.seconds for moment in INSIDE]
    assert [moment for moment, _ in frames_of(made.mp4)] == expected
    assert made.recipe.first_pts == ZERO.pts
    assert made.recipe.last_pts == stamp(INSIDE[-1]).pts


def test_each_frame_is_the_original_s(source: Path, made: RenderedHighlight) -> None:
    originals = [corner(picture) for moment, picture in frames_of(source) if moment >= ZERO.seconds]
    assert [corner(picture) for _, picture in frames_of(made.mp4)] == pytest.approx(originals[: len(INSIDE)], abs=1)


def corner(picture: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> float:
    return float(picture[8:24, 8:24].mean())


def test_boxes_stand_where_and_when_the_track_is(made: RenderedHighlight) -> None:
    for moment, picture in frames_of(made.mp4):
        at = float(moment + ZERO.seconds)
        assert is_amber(picture[130, 100]) == (2.0 <= at <= 3.5), at
        assert is_amber(picture[130, 180]) == (2.0 <= at <= 3.5), at
        assert not is_amber(picture[130, 140]), at
        assert is_blue(picture[180, 220]) == (at <= 3.4), at


def is_amber(pixel: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bool:
    blue, _, red = (int(value) for value in pixel)
    return red - blue > 60


def is_blue(pixel: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> bool:
    blue, _, red = (int(value) for value in pixel)
    return blue - red > 60


def test_tags_and_chapters_travel_inside_the_file_and_nothing_of_the_uploader_s(
    source: Path, made: RenderedHighlight
) -> None:
    with av.open(str(made.mp4)) as container:
        tags, chapters = dict(container.metadata), container.chapters()
    assert tags["doorstep_source_sha256"] == digest_of(source)
    assert tags["doorstep_highlight_id"] == made.mp4.stem
    assert tags["doorstep_event_ids"] == "ev-person_visit,ev-package_picked_up"
    assert tags["doorstep_grant"] == "gr-1 version 3"
    assert tags["doorstep_model_sha256"] == "a" * 64
    assert tags["doorstep_status"] == "machine, not yet confirmed"
    assert "uploader" not in json.dumps(tags)
    assert not any("creation" in key for key in tags)
    found = [(mark["metadata"]["title"], float(seconds_of(mark) + ZERO.seconds)) for mark in chapters]
    assert [title for title, _ in found] == ["Before", "Person visit", "Package picked up"]
    assert [start for _, start in found] == pytest.approx([1.3, 2.0, 2.75], abs=0.0011)


def seconds_of(chapter: "Chapter") -> Fraction:
    assert chapter["time_base"] is not None
    return chapter["start"] * chapter["time_base"]


def test_the_tags_beside_it_say_the_times_on_every_clock(source: Path, made: RenderedHighlight) -> None:
    tags = json.loads(made.tags.read_bytes())
    first = tags["source"]["first_frame"]
    since = ZERO.seconds - stamp(UNEVEN[0]).seconds
    assert datetime.fromisoformat(first["utc"]) == START + timedelta(seconds=float(since))
    assert first["local"].endswith("+01:00")
    assert tags["source"]["sha256"] == digest_of(source)
    assert tags["events"][1]["region_xyxy"] == list(REGION.xyxy)
    assert tags["events"][1]["start"]["highlight_seconds"] == 1.45
    assert tags["clock"]["source"] == "vendor"
    assert tags["recipe"]["source"] == digest_of(source)
    assert tags["audio"] is False


def test_the_recipe_names_all_that_is_needed_and_no_folder(made: RenderedHighlight) -> None:
    recipe = made.recipe
    assert f"trim=end_pts={stamp(4.5).pts + 1}:start_pts={stamp(1.0).pts}" in recipe.filters
    assert "crf=23" in recipe.encoder
    assert "ffmpeg" in recipe.tool
    assert str(made.mp4.parent) not in made.tags.read_text(encoding="utf-8")
    assert recipe.time_base == f"{BASE.numerator}/{BASE.denominator}"


def test_a_browser_can_start_before_all_is_loaded(made: RenderedHighlight) -> None:
    content = made.mp4.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")
    with av.open(str(made.mp4)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert not container.streams.audio


def test_the_same_input_gives_the_same_bytes(source: Path, made: RenderedHighlight, tmp_path: Path) -> None:
    context = context_of(source, [a_track(stamp(2.0), stamp(3.5), TRACK)])
    again = render(a_plan(source), source, context, tmp_path / "a folder, with 'odd': names", SETTINGS)
    for name in ("mp4", "poster", "contact_sheet", "tags"):
        assert getattr(again, name).read_bytes() == getattr(made, name).read_bytes(), name
    assert again.recipe == made.recipe


def test_the_original_is_not_touched_and_nothing_else_is_left(source: Path, tmp_path: Path) -> None:
    before = (source.read_bytes(), source.stat().st_mtime_ns)
    source.chmod(0o400)
    made = render(a_plan(source), source, context_of(source), tmp_path, SETTINGS)
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
    assert {path for path in tmp_path.iterdir() if path.name != "doorstep"} == {
        made.mp4,
        made.poster,
        made.contact_sheet,
        made.tags,
        *(path for picture in made.pictures for path in (picture.plain, picture.marked)),
    }


def test_the_poster_shows_the_key_moment_with_its_boxes(made: RenderedHighlight) -> None:
    picture = cv2.imread(str(made.poster))
    assert picture is not None
    assert picture.shape[1] == 320
    assert picture.shape[0] > 240
    assert is_amber(picture[130, 100])
    assert is_blue(picture[180, 220])


def test_the_contact_sheet_holds_nine_pictures(made: RenderedHighlight) -> None:
    sheet = cv2.imread(str(made.contact_sheet))
    assert sheet is not None
    corners = {
        round(float(sheet[6 + row * (sheet.shape[0] - 6) // 3 + 8 :, :][:16, 6 + column * 326 + 8 :][:, :16].mean()))
        for row in range(3)
        for column in range(3)
    }
    assert len(corners) == 9


def test_a_large_original_is_scaled_and_a_small_one_is_not_enlarged(tmp_path: Path) -> None:
    large = write_clip(tmp_path / "large.mp4", (0, 0.5, 1.0), size=(641 * 2, 362))
    event = an_event(large, EventKind.VEHICLE_PASSING, stamp(0.2), stamp(0.8))
    (plan,) = plan_highlights([event], ClipSpan(stamp(0), stamp(1)), SETTINGS)
    made = render(plan, large, context_of(large), tmp_path / "large", SETTINGS)
    small = render(plan, large, context_of(large), tmp_path / "same", HighlightSettings(width=3840))
    with av.open(str(made.mp4)) as scaled, av.open(str(small.mp4)) as same:
        assert scaled.streams.video[0].width == 320
        assert same.streams.video[0].width == 1282
        assert scaled.streams.video[0].height % 2 == 0


def test_seeking_into_a_long_clip_gives_the_frames_that_reading_it_whole_gives(tmp_path: Path) -> None:
    moments = [number / 10 for number in range(150)]
    clip = write_clip(tmp_path / "long.mp4", moments)
    event = an_event(clip, EventKind.VEHICLE_STOPPED, stamp(13.0), stamp(13.5))
    (plan,) = plan_highlights([event], ClipSpan(stamp(0), stamp(14.9)), SETTINGS)
    made = render(plan, clip, context_of(clip), tmp_path / "made", SETTINGS)
    assert (made.recipe.first_pts, made.recipe.last_pts) == (stamp(12.0).pts, stamp(14.5).pts)
    originals = [corner(picture) for _, picture in frames_of(clip)][120:146]
    assert [corner(picture) for _, picture in frames_of(made.mp4)] == pytest.approx(originals, abs=1)


@pytest.mark.parametrize("with_audio", [True, False])
def test_sound_goes_along_only_where_it_is_allowed_and_stays_in_step(with_audio: bool, tmp_path: Path) -> None:
    clip = write_with_sound(tmp_path / "loud.mp4", loud_from=3.0, seconds=5)
    event = an_event(clip, EventKind.PERSON_VISIT, stamp(2.55), stamp(3.5))
    (plan,) = plan_highlights([event], ClipSpan(stamp(0), stamp(4.9)), SETTINGS)
    made = render(plan, clip, context_of(clip), tmp_path / "made", SETTINGS, with_audio=with_audio)
    assert json.loads(made.tags.read_bytes())["audio"] is with_audio
    with av.open(str(made.mp4)) as container:
        assert len(container.streams.audio) == with_audio
        if with_audio:
            heard = [(float(frame.time or 0), frame.to_ndarray()) for frame in container.decode(audio=0)]
            loud = next(moment for moment, samples in heard if np.abs(samples).max() > 0.2)
            assert loud == pytest.approx(3.0 - 1.6, abs=0.07)


def test_what_is_no_video_is_an_error_and_leaves_no_file(source: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is no video" * 100)
    with pytest.raises(FfmpegError):
        render(a_plan(source), broken, context_of(source), tmp_path / "made", SETTINGS)
    assert not list((tmp_path / "made").iterdir())


def test_a_span_without_a_frame_is_an_error_that_says_where(source: Path, tmp_path: Path) -> None:
    event = an_event(source, EventKind.PERSON_VISIT, stamp(40), stamp(41))
    (plan,) = plan_highlights([event], ClipSpan(stamp(0), stamp(60)), SETTINGS)
    with pytest.raises((UnreadableClipError, FfmpegError)):
        render(plan, source, context_of(source), tmp_path / "made", SETTINGS)


def test_what_cannot_be_told_says_so_in_the_file(source: Path, tmp_path: Path) -> None:
    event = an_event(source, EventKind.PACKAGE_PICKED_UP, stamp(2), stamp(3), reason=CannotTell.TOO_DARK, score=0.2)
    (plan,) = plan_highlights([event], ClipSpan(stamp(0.5), stamp(5)), SETTINGS)
    clock = CameraClock(START, ClockSource.UPLOAD, timedelta(hours=1))
    made = render(plan, source, context_of(source, clock=clock), tmp_path / "made", SETTINGS)
    with av.open(str(made.mp4)) as container:
        assert container.metadata["title"] == "Package picked up? cannot tell: too dark"
    assert json.loads(made.tags.read_bytes())["events"][0]["verdict"] == "cannot_tell"


@pytest.mark.skipif(not (SHARED / "clips").is_dir(), reason="the shared clips are not here (DOORSTEP_SHARED)")
@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("campus_walkers.avi", 30, 31),
        ("tree_in_wind_then_hand.avi", 20, 22),
        ("motorway_curve.avi", 3, 4),
        ("box_in_hand.mp4", 0, 1),
    ],
)
def test_old_and_broken_codecs_are_cut_as_well(name: str, start: int, end: int, tmp_path: Path) -> None:
    clip = SHARED / "clips" / name
    probe = probe_of(clip)
    base = probe.first.time_base

    def at(seconds: float) -> Timestamp:
        return Timestamp(probe.first.pts + round(seconds / base), base)

    event = an_event(clip, EventKind.PERSON_VISIT, at(start), at(end))
    (plan,) = plan_highlights([event], ClipSpan(probe.first, at(float(probe.duration))), SETTINGS)
    made = render(plan, clip, context_of(clip), tmp_path / "made", SETTINGS)
    with av.open(str(made.mp4)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        length = (stream.duration or 0) * stream.time_base
    frames = json.loads(made.tags.read_bytes())["source"]["frames"]
    assert abs(length - plan.span.duration) <= 2 * length / frames + base


def test_of_two_words_at_one_place_the_later_is_read(source: Path, tmp_path: Path) -> None:
    region = Box(150, 120, 250, 200)
    came = an_event(source, EventKind.PACKAGE_DELIVERED, stamp(1.0), stamp(1.5), region=region)
    waits = an_event(source, EventKind.PACKAGE_WAITING, stamp(1.5), stamp(3.0), region=region)
    pictures = []
    for name, events in (("both", [came, waits]), ("alone", [waits])):
        (plan,) = plan_highlights(events, ClipSpan(stamp(0), stamp(3.5)), SETTINGS)
        made = render(plan, source, context_of(source), tmp_path / name, SETTINGS)
        offset = plan.span.start.seconds
        shown = next(picture for at, picture in frames_of(made.mp4) if at + offset >= 2)
        pictures.append(shown[:240].astype(int))
    assert abs(pictures[0] - pictures[1])[60:230, 100:].max() < 24
