import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.recognition.__main__ import plain
from bench.recognition.clips import CannotMakeError, composites, evenly
from bench.recognition.page import page
from bench.recognition.rivals import MotionBound, Rival
from bench.recognition.run import COMPOSITES_SET, SHARED_SET, Beside, Result
from bench.recognition.verdicts import verdicts
from pipeline.domain.events import CannotTell, ClipAnalysis, EventKind
from pipeline.evaluation.folder import evaluate_clips
from pipeline.evaluation.truth import TrueClip, TrueEvent
from tests.bench.recognition_runs import a_result, a_run
from tests.evaluation.test_folder import an_analysis, event

DELIVERED, PICKED_UP = EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP
TURNS = (TrueEvent("package_delivered", 5, 5), TrueEvent("package_picked_up", 15, 15))


def a_clip(name: str, *true: TrueEvent, **values: Any) -> TrueClip:
    path = Path(__file__)  # any file that is there
    return TrueClip(name, path, 20, true, (), **values)


def good() -> ClipAnalysis:
    return an_analysis(events=(event(DELIVERED, 4.5, 5.5, score=0.99), event(PICKED_UP, 14, 15.5, score=0.99)))


def made_up(*seen: ClipAnalysis, **values: Any) -> Result:
    clips = [a_clip(f"clip {number}", *TURNS, **values) for number in range(len(seen))]
    return a_result(COMPOSITES_SET, clips, {clip.name: one for clip, one in zip(clips, seen, strict=True)})


def met(result: Result) -> dict[str, bool]:
    return {one.what: one.is_met for one in verdicts(a_run(result))}


def test_all_targets_are_met_when_everything_is_right() -> None:
    assert set(met(made_up(*[good()] * 12)).values()) == {True}


@pytest.mark.parametrize(
    ("bad", "missed"),
    [
        (an_analysis(events=(event(DELIVERED, 4.5, 5.5),)), "package_picked_up, F1"),
        (an_analysis(events=(event(DELIVERED, 4.5, 5.5), event(PICKED_UP, 10, 18))), "width of a picked-up interval"),
        (an_analysis(events=(event(DELIVERED, 4.5, 5.5), event(PICKED_UP, 15.5, 16))), "inside its interval"),
        (an_analysis(events=(event(DELIVERED, 4.5, 5.5, score=0.5), event(PICKED_UP, 14, 15.5))), "calibration"),
        (
            an_analysis(events=(event(DELIVERED, 4.5, 5.5, reason=CannotTell.TOO_DARK), event(PICKED_UP, 14, 15.5))),
            "abstentions",
        ),
    ],
)
def test_a_target_that_is_missed_is_said_to_be(bad: ClipAnalysis, missed: str) -> None:
    told = [is_met for what, is_met in met(made_up(*[bad] * 12)).items() if missed in what]
    assert told == [False]


def test_what_could_not_be_measured_is_not_met() -> None:
    nothing = a_result(COMPOSITES_SET, [a_clip("empty")], {"empty": an_analysis()})
    assert not any(met(nothing).values())


def shared(clip: TrueClip, *events: Any) -> dict[str, bool]:
    return met(a_result(SHARED_SET, [clip], {clip.name: an_analysis(events=events)}))


def test_nothing_may_be_said_of_real_clips_in_which_nothing_happens() -> None:
    quiet = a_clip("quiet", TrueEvent("none", 0, 20))
    what = "shared clips: events but camera_obscured where nothing happens"
    assert shared(quiet, event(EventKind.CAMERA_OBSCURED, 0, 20))[what]
    assert shared(quiet, event(EventKind.OBJECT_LEFT, 3, 4, reason=CannotTell.CLIP_ENDS))[what]
    assert not shared(quiet, event(EventKind.ANIMAL_PRESENT, 3, 9))[what]
    optional = a_clip("optional", TrueEvent("none", 0, 20), TrueEvent("person_visit", 3, 9, optional=True))
    assert shared(optional, event(EventKind.PERSON_VISIT, 3, 9))[what]


def test_no_package_may_be_said_to_come_or_go_where_none_does() -> None:
    what = "shared clips: package events where no package comes or goes"
    assert not shared(a_clip("box in hand", TrueEvent("none", 0, 20)), event(PICKED_UP, 3, 4))[what]
    assert shared(a_clip("door", *TURNS), event(PICKED_UP, 3, 4))[what]


def test_the_page_shows_what_was_measured() -> None:
    result = made_up(*[good()] * 11, an_analysis(), conditions=("rain",), vendor_labels=("package",))
    text = page(a_run(result))
    assert "| package_delivered | 12 | 11 | 1 | 0 | 1.00 (1.00 to 1.00) | 0.92 (" in text
    assert "| rain | 12 | 24 | 22 | 0 |" in text
    assert "| package | 11 | 1 | 0 | 0 | 0 | 1 |" in text
    assert "22 statements" in text
    assert "| clip 11 |  | package_delivered, package_picked_up |  |  |" in text


def test_clips_without_a_condition_stand_beside_those_with_one() -> None:
    clips = [a_clip("wet", *TURNS, conditions=("rain", "small")), a_clip("dry", *TURNS)]
    text = page(a_run(a_result(COMPOSITES_SET, clips, {"wet": good(), "dry": an_analysis()})))
    assert "| rain | 1 | 2 | 2 | 0 | 1.00 |" in text
    assert "| small | 1 | 2 | 2 | 0 | 1.00 |" in text
    assert "| none of these | 1 | 2 | 0 | 0 | 0.00 |" in text


def test_composites_that_are_there_are_used_and_others_are_made_or_missed_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def refuse(argv: list[str], **_: object) -> None:
        asked.append(argv)
        raise subprocess.CalledProcessError(1, argv)

    monkeypatch.setattr(subprocess, "run", refuse)
    (tmp_path / "tune").mkdir()
    (tmp_path / "tune" / "truth.json").write_text("{}")
    assert composites("tune", tmp_path) == tmp_path / "tune"
    assert asked == []
    with pytest.raises(CannotMakeError):
        composites("score", tmp_path)
    assert asked[0][2:6] == ["bench.composites", str(tmp_path / "score"), "--split", "score"]


def test_plainer_ways_stand_beside_ours_on_the_same_clips() -> None:
    clip = a_clip("clip", *TURNS)
    ours = evaluate_clips([clip], lambda _: good())
    other = evaluate_clips([clip], lambda _: an_analysis(events=(event(DELIVERED, 10, 11),)))
    bound = MotionBound({DELIVERED: (1, 2)}, 5.0, 20.0)
    beside = Beside(1, ours, (Rival("plain", "says much.", other),), bound)
    text = page(a_run(a_result(COMPOSITES_SET, [clip], {"clip": good()}, beside)))
    assert "| **doorstep** | 1.00 (0) | 1.00 (0) | 1.00 (0) | 0 |" in text
    assert "| plain | 0.00 (1) | 0.00 (0) | 0.00 (1) | 180 |" in text
    assert "motion in 5 of 20 seconds, and at 1 of 2 true events (package_delivered 1 of 2)" in text


def test_a_run_for_machines_is_plain_json() -> None:
    told = json.loads(json.dumps(plain(a_run(made_up(good(), good())))))
    assert told["sets"]["composites"]["evaluation"]["overall"]["found"] == 4
    assert told["targets"][0]["measured"] == "1.00"


def test_clips_are_drawn_evenly() -> None:
    clips = [a_clip(str(number)) for number in range(10)]
    assert [clip.name for clip in evenly(clips, 4)] == ["0", "2", "5", "7"]
    assert len(evenly(clips, None)) == len(evenly(clips, 20)) == 10
