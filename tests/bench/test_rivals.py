from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.recognition import rivals as ways
from bench.recognition.looking import Looked
from bench.recognition.obvious import Followed
from bench.recognition.rivals import motion_bound, rivals, spoken
from pipeline.domain.events import ClipAnalysis, EventKind
from pipeline.domain.tracks import ObjectClass
from pipeline.evaluation.folder import evaluate_clips, found_events
from pipeline.evaluation.matching import FoundEvent
from pipeline.evaluation.truth import TrueClip, TrueEvent
from tests.evaluation.test_folder import an_analysis, event
from tests.scenes import Mover

WALKER = Mover(2, 9, ((100, 900), (1500, 900)))
PARCEL = Mover(8, 20, ((900, 900),), width=80, height=60, object_class=ObjectClass.PACKAGE)


def a_clip(folder: Path, *true: TrueEvent) -> TrueClip:
    path = folder / "clip.mp4"
    path.write_bytes(b"-")
    return TrueClip("clip", path, 20, true, ())


def tried(clip: TrueClip, analysis: ClipAnalysis, memory: Path) -> dict[str, list[FoundEvent]]:
    seen: Looked = {str(clip.path): analysis}
    found = rivals([clip], seen, memory, lambda _: None)
    return {one.name: list(one.evaluation.clips[0].found) for one in found}


def test_a_parcel_that_our_detector_knows_feeds_the_plainer_ways(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "models_folder", lambda: None)
    said = tried(a_clip(tmp_path), an_analysis(WALKER, PARCEL), tmp_path)
    assert set(said) == {"obvious rules, our tracks", "packages by looks in a row"}
    (arrived,) = said["packages by looks in a row"]
    assert (arrived.kind, arrived.start, arrived.end) == (EventKind.PACKAGE_DELIVERED, 7.5, 8.0)
    kinds = [one.kind for one in said["obvious rules, our tracks"]]
    assert kinds == [EventKind.PERSON_VISIT, EventKind.PACKAGE_DELIVERED]


def test_ultralytics_looks_where_its_weights_are_and_its_tracks_are_taken_at_their_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = a_clip(tmp_path)

    def followed(clips: Sequence[Path], *_: object) -> dict[Path, tuple[Followed, ...]]:
        assert list(clips) == [clip.path]
        return {clip.path: (Followed("suitcase", (0.0, 7.0), 0.5),)}

    monkeypatch.setattr(ways, "models_folder", lambda: tmp_path)
    monkeypatch.setattr(ways, "followed_on_every_frame", followed)
    (taken,) = tried(clip, an_analysis(), tmp_path)["obvious rules, every frame"]
    assert (taken.kind, taken.start, taken.score) == (EventKind.PACKAGE_PICKED_UP, 7.0, 0.5)


def test_events_of_others_stand_on_the_clips_own_time_line() -> None:
    late = an_analysis(WALKER, starts_at=100.0)
    other = spoken(late, [FoundEvent(EventKind.PERSON_VISIT, 2.25, 9.5, 0.7)])
    (visit,) = found_events(other)
    assert (visit.start, visit.end, visit.score) == (2.25, 9.5, 0.7)
    assert other.tracks == ()


def test_motion_bounds_what_can_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = a_clip(tmp_path, TrueEvent("person_visit", 2, 9), TrueEvent("package_delivered", 11, 11),
                  TrueEvent("package_picked_up", 16, 16))  # fmt: skip
    monkeypatch.setattr(ways, "dvr_scan_program", lambda: Path("dvr-scan"))
    monkeypatch.setattr(ways, "motion", lambda *_: {clip.path: ((3.0, 9.5),)})
    evaluation = evaluate_clips([clip], lambda _: an_analysis(events=(event(EventKind.PERSON_VISIT, 2, 9),)))
    bound = motion_bound(evaluation, [clip], tmp_path, lambda _: None)
    assert bound is not None
    assert bound.by_kind == {
        EventKind.PERSON_VISIT: (1, 1),
        EventKind.PACKAGE_DELIVERED: (1, 1),
        EventKind.PACKAGE_PICKED_UP: (0, 1),
    }
    assert (bound.moving, bound.seconds) == (6.5, 20.0)
