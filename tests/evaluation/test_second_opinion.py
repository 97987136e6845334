from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.events import CannotTell, ClipAnalysis, EventKind
from pipeline.evaluation.folder import evaluate_folder
from pipeline.evaluation.second_opinion import second_opinions
from pipeline.evaluation.truth import TrueClip, TrueEvent, TrueObject
from tests.evaluation.test_folder import a_folder, an_analysis, event

VISIT = event(EventKind.PERSON_VISIT, 2, 9)


def a_clip(labels: tuple[str, ...] | None, *true: TrueEvent, objects: tuple[TrueObject, ...] = ()) -> TrueClip:
    return TrueClip("clip", Path("clip.mp4"), 20, true, objects, vendor_labels=labels)


def opinion(clip: TrueClip, analysis: ClipAnalysis | None, subject: str = "person") -> Any:
    return second_opinions([(clip, analysis)])[subject]


SEEN, NOTHING = an_analysis(events=(VISIT,)), an_analysis()


@pytest.mark.parametrize(
    ("labels", "analysis", "expected"),
    [
        (("human",), SEEN, (1, 0, 0, 0)),
        (("human", "motion"), NOTHING, (0, 1, 0, 0)),
        (("motion",), SEEN, (0, 0, 1, 0)),
        ((), NOTHING, (0, 0, 0, 1)),
        (("person_detected",), an_analysis(events=(event(EventKind.PERSON_VISIT, 2, 9, reason=CannotTell.TOO_DARK),)),
         (0, 1, 0, 0)),
    ],
)  # fmt: skip
def test_clips_are_counted_by_who_says_so(labels: tuple[str, ...], analysis: ClipAnalysis, expected: Any) -> None:
    one = opinion(a_clip(labels), analysis)
    assert (one.both, one.only_vendor, one.only_ours, one.neither) == expected


def test_the_truth_decides_a_disagreement_by_events_and_by_objects() -> None:
    visit = TrueEvent("person_present", 2, 9)
    walker = TrueObject("person", ((2.0, 9.0),))
    ours = [opinion(a_clip((), visit), SEEN), opinion(a_clip((), objects=(walker,)), SEEN)]
    assert [(one.we_were_right, one.vendor_was_right) for one in ours] == [(1, 0), (1, 0)]
    theirs = opinion(a_clip(("human",), visit), NOTHING)
    assert (theirs.we_were_right, theirs.vendor_was_right) == (0, 1)
    false_word = opinion(a_clip(("human",)), NOTHING)
    assert (false_word.we_were_right, false_word.vendor_was_right) == (1, 0)


def test_what_is_optional_decides_for_nobody() -> None:
    one = opinion(a_clip(("human",), TrueEvent("person_visit", 2, 9, optional=True)), NOTHING)
    assert (one.only_vendor, one.we_were_right, one.vendor_was_right) == (1, 0, 0)


def test_a_package_of_theirs_is_any_word_of_ours_about_packages() -> None:
    ours = an_analysis(events=(event(EventKind.PACKAGE_WAITING, 2, 9),))
    assert opinion(a_clip(("package",)), ours, "package").both == 1


def test_clips_without_labels_or_without_analysis_are_not_compared() -> None:
    assert second_opinions([(a_clip(None), SEEN), (a_clip(("human",)), None)]) == {}


def test_an_evaluation_holds_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, a={"vendor_labels": ["human"]}, b={})
    opinions = evaluate_folder(folder, lambda _: SEEN).second_opinions
    assert opinions["person"].both == 1
    assert opinions["vehicle"].neither == 1
