from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from pipeline.analysis import (
    AnalysisRequest,
    analyse_clip,
    embedded_likeness,
    event_id,
    settings_digest,
)
from pipeline.detection.weights import embedded_directory
from pipeline.domain.cameras import TriggerKind
from pipeline.domain.events import ClipAnalysis, EventKind, InferredEvent, Zone
from pipeline.domain.plain import from_plain, to_plain
from pipeline.errors import ModelUnavailableError, UnreadableClipError, WeightsMismatchError
from pipeline.settings import DetectionSettings, EventSettings, SamplingSettings
from tests.footage import Picture, RedFigureDetector, wall, with_figure, write_clip
from tests.scenes import span

SIZE = (1280, 720)


def a_request(**changes: Any) -> AnalysisRequest:
    request = AnalysisRequest("c" * 64, SamplingSettings(), DetectionSettings(), EventSettings())
    return replace(request, **changes)


@cache
def empty_wall() -> Picture:
    return wall(SIZE)


def passing(seconds: float) -> Picture:
    """Somebody walks through from 3 s to 9 s."""
    if not 3 <= seconds <= 9:
        return empty_wall()
    return with_figure(empty_wall(), 100 + 180 * (seconds - 3), 640, width=120, height=340)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "passing.mp4", passing, 14.0)


@pytest.fixture(scope="module")
def analysis(clip: Path) -> ClipAnalysis:
    return analyse_clip(clip, a_request(), RedFigureDetector())


def test_somebody_who_walks_through_is_one_track_and_one_visit(analysis: ClipAnalysis) -> None:
    (event,) = analysis.events
    assert event.kind is EventKind.PERSON_VISIT
    assert float(event.span.start.seconds) == pytest.approx(3.0, abs=0.75)
    assert float(event.span.end.seconds) == pytest.approx(9.0, abs=0.75)
    assert event.track_ids == (1,)
    assert len(analysis.tracks) == 1


def test_boxes_are_in_pixels_of_the_picture_as_shown(analysis: ClipAnalysis) -> None:
    for sighting in analysis.tracks[0].sightings:
        x = 100 + 180 * (float(sighting.at.seconds) - 3)
        assert sighting.detection.box.feet[0] == pytest.approx(x, abs=12)
        assert sighting.detection.box.height == pytest.approx(340, abs=12)


def test_the_result_names_what_looked_and_how(analysis: ClipAnalysis) -> None:
    assert analysis.clip == "c" * 64
    assert analysis.model.name == "red-figure"
    assert analysis.settings_digest == a_request().settings_digest
    assert [name for name, _ in analysis.stage_seconds] == [
        "sampling",
        "detection",
        "scene",
        "appearance",
        "tracking",
        "events",
    ]
    assert analysis.mean_luma > 60


def test_the_same_clip_gives_the_same_result(clip: Path, analysis: ClipAnalysis) -> None:
    again = analyse_clip(clip, a_request(), RedFigureDetector())
    assert replace(again, stage_seconds=()) == replace(analysis, stage_seconds=())


def test_it_comes_back_from_plain_values(analysis: ClipAnalysis) -> None:
    assert from_plain(ClipAnalysis, to_plain(analysis)) == analysis


def test_the_detector_looks_less_often_at_a_still_picture_than_frames_are_sampled(tmp_path: Path) -> None:
    still = write_clip(tmp_path / "still.mp4", lambda _: empty_wall(), 16.0)
    detector = RedFigureDetector()
    analysis = analyse_clip(still, a_request(), detector)
    assert analysis.events == ()
    assert 1 <= detector.looks < len(analysis.sampling.sampled)


def test_somebody_who_stands_still_is_in_view_all_the_time(tmp_path: Path) -> None:
    def standing(seconds: float) -> Picture:
        if seconds < 2:
            return empty_wall()
        return with_figure(empty_wall(), min(100 + 200 * (seconds - 2), 600), 640, width=120, height=340)

    path = write_clip(tmp_path / "standing.mp4", standing, 20.0)
    events = analyse_clip(path, a_request(), RedFigureDetector()).events
    (visit,) = [event for event in events if event.kind is EventKind.PERSON_VISIT]
    assert float(visit.span.start.seconds) == pytest.approx(2.0, abs=0.75)
    assert float(visit.span.end.seconds) > 17.0


def test_detections_below_the_confidence_are_dropped(clip: Path) -> None:
    sure = a_request(detection=DetectionSettings(confidence=0.95))
    assert analyse_clip(clip, sure, RedFigureDetector()).tracks == ()


def test_a_ding_is_told_at_its_moment(clip: Path) -> None:
    ding = a_request(trigger=TriggerKind.DING, triggered_after=Fraction(5, 2))
    events = analyse_clip(clip, ding, RedFigureDetector()).events
    (pressed,) = [event for event in events if event.kind is EventKind.DOORBELL_PRESSED]
    assert float(pressed.span.start.seconds) == pytest.approx(2.5, abs=0.05)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.mp4"
    path.write_text("Dear neighbour")
    with pytest.raises(UnreadableClipError):
        analyse_clip(path, a_request(), RedFigureDetector())


def test_the_settings_digest_changes_with_what_can_change_the_result_alone() -> None:
    plain = settings_digest(SamplingSettings(), DetectionSettings(), EventSettings())
    same = settings_digest(
        SamplingSettings(memory_megabytes=4096, wall_seconds=30), DetectionSettings(threads=1), EventSettings()
    )
    assert same == plain
    others = {
        settings_digest(SamplingSettings(frames_per_second=3), DetectionSettings(), EventSettings()),
        settings_digest(SamplingSettings(), DetectionSettings(confidence=0.4), EventSettings()),
        settings_digest(SamplingSettings(), DetectionSettings(), EventSettings(loitering_seconds=20)),
        settings_digest(
            SamplingSettings(), DetectionSettings(), EventSettings(), (Zone("door", ((0, 0), (1, 0), (1, 1))),)
        ),
    }
    assert len(others) == 4
    assert plain not in others


def test_an_event_keeps_its_id_and_another_has_another() -> None:
    event = InferredEvent(EventKind.PERSON_VISIT, span(1, 2), 0.5, "A person was in view.")
    first = event_id("c" * 64, "ring:1", "m", "s", event)
    assert first == event_id("c" * 64, "ring:1", "m", "s", replace(event))
    assert first.startswith("ev-")
    assert len(first) == 23
    changed = [
        event_id("d" * 64, "ring:1", "m", "s", event),
        event_id("c" * 64, "ring:2", "m", "s", event),
        event_id("c" * 64, "ring:1", "n", "s", event),
        event_id("c" * 64, "ring:1", "m", "t", event),
        event_id("c" * 64, "ring:1", "m", "s", replace(event, score=0.51)),
    ]
    assert len({first, *changed}) == 6


def test_the_embedded_parcel_classifier_is_read_once() -> None:
    assert embedded_likeness() is embedded_likeness()


@pytest.mark.parametrize("name", ["model.xml", "model.bin"])
def test_another_parcel_classifier_than_the_one_that_was_measured_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = copytree(embedded_directory() / "package-likeness", tmp_path / "package-likeness")
    monkeypatch.setattr("pipeline.analysis.embedded_directory", lambda: tmp_path)
    embedded_likeness.__wrapped__()
    (copied / name).write_bytes((copied / name).read_bytes() + b" ")
    with pytest.raises(WeightsMismatchError):
        embedded_likeness.__wrapped__()
    (copied / name).unlink()
    with pytest.raises(ModelUnavailableError):
        embedded_likeness.__wrapped__()
