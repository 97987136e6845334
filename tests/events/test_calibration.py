import hashlib
from typing import Any

import pytest

from pipeline.analysis import embedded_scores
from pipeline.detection.weights import embedded_directory
from pipeline.domain.events import CannotTell, EventKind, InferredEvent, Verdict
from pipeline.events import infer_events
from pipeline.events.calibration import SCORES_DIGEST, KindScores, ScoreTable, calibrated
from pipeline.settings import EventSettings
from tests.events.views import a_view, told
from tests.scenes import Mover, span

TABLE = b"""
[kinds.package_delivered]
knots = [[0.2, 0.1], [0.6, 0.7], [0.8, 0.9]]
operating_point = 0.5
statements = 12
right = 9

[kinds.person_visit]
knots = [[0.4, 0.5], [0.9, 0.95]]
operating_point = 0.6
statements = 30
right = 29
"""


def table() -> ScoreTable:
    return ScoreTable.read(TABLE)


def an_event(score: float, kind: EventKind = EventKind.PACKAGE_DELIVERED, **values: Any) -> InferredEvent:
    return InferredEvent(kind, span(3, 4), score, "A sentence.", **values)


@pytest.mark.parametrize(
    ("score", "chance"), [(0.0, 0.1), (0.2, 0.1), (0.4, 0.4), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (1.0, 0.9)]
)
def test_the_chance_goes_straight_between_knots_and_level_outside(score: float, chance: float) -> None:
    assert table().kinds[EventKind.PACKAGE_DELIVERED].chance(score) == pytest.approx(chance)


def test_a_statement_gets_its_chance_and_the_ground_for_it() -> None:
    (event,) = calibrated([an_event(0.7)], table(), 0.35)
    assert (event.score, event.verdict, event.sentence) == (0.8, Verdict.SEEN, "A sentence.")
    (ground,) = event.grounds
    assert (ground.measured, ground.needed, ground.holds) == (0.7, 0.5, True)
    assert "80%" in ground.sentence


def test_grounds_of_the_rule_stand_before_the_score() -> None:
    (first,) = calibrated([an_event(0.7)], table(), 0.35)
    (again,) = calibrated([an_event(0.75, grounds=first.grounds)], table(), 0.35)
    assert again.grounds[0] == first.grounds[0]
    assert [ground.measured for ground in again.grounds] == [0.7, 0.75]


def test_below_its_operating_point_a_thing_is_a_cannot_tell_that_keeps_its_place() -> None:
    (event,) = calibrated([an_event(0.45, track_ids=(3,))], table(), 0.35)
    assert (event.reason, event.score, event.track_ids) == (CannotTell.UNCLEAR_OBJECT, 0.475, (3,))
    assert event.sentence == "A package may have been left; the pictures are not clear enough to say."
    assert [ground.holds for ground in event.grounds] == [False]


def test_below_its_operating_point_a_visit_is_not_spoken_of() -> None:
    assert calibrated([an_event(0.55, EventKind.PERSON_VISIT)], table(), 0.35) == ()


def test_what_is_right_less_often_than_the_least_score_is_not_written() -> None:
    assert calibrated([an_event(0.3)], table(), 0.35) == ()
    assert len(calibrated([an_event(0.3)], table(), 0.2)) == 1


def test_cannot_tell_and_kinds_without_an_entry_stay_as_they_are() -> None:
    events = (an_event(0.7, reason=CannotTell.TOO_DARK), an_event(0.4, EventKind.CAMERA_OBSCURED))
    assert calibrated(events, table(), 0.35) == events


def test_rules_are_calibrated_after_they_were_asked() -> None:
    view = a_view(Mover(2, 12, ((200, 950), (1500, 950))))
    (raw,) = infer_events(view, EventSettings())
    (event,) = infer_events(view, EventSettings(), scores=table())
    assert told([event]) == [("person_visit", None)]
    assert raw.grounds == event.grounds[:-1]
    assert (event.score, event.grounds[-1].measured) == (0.95, raw.score)


@pytest.mark.parametrize(
    "knots", [(), ((0.5, 0.5), (0.5, 0.6)), ((0.6, 0.5), (0.5, 0.6)), ((0.5, 0.6), (0.7, 0.5)), ((0.5, 1.2),)]
)
def test_scores_that_do_not_rise_or_leave_the_scale_cannot_be_built(knots: Any) -> None:
    with pytest.raises(ValueError, match=r"rise|0\.\.1"):
        KindScores(knots, 0.5, 1, 1)


@pytest.mark.parametrize("content", [b"", b"kinds = 3", b"[kinds.sneeze]\nknots = []", b"[kinds.loitering]\n", b"\xff"])
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        ScoreTable.read(content)


def test_the_embedded_table_is_the_one_that_this_version_names() -> None:
    content = (embedded_directory() / "event-scores" / "scores.toml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == SCORES_DIGEST
    assert embedded_scores() == ScoreTable.read(content)
    assert {EventKind.PERSON_VISIT, EventKind.PACKAGE_DELIVERED} <= set(embedded_scores().kinds)
