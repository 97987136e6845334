import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.recognition.calibrate import judged, write
from bench.recognition.card import Fitted, card, expected_error, held_out, toml
from bench.recognition.fitting import FEWEST, Judged, Step, fit, pooled
from pipeline.domain.events import EventKind
from pipeline.evaluation.matching import FoundEvent, match
from pipeline.evaluation.scores import ClipOutcome
from pipeline.evaluation.truth import TrueEvent
from pipeline.events.calibration import ScoreTable

KIND = EventKind.PACKAGE_DELIVERED


def statements(*scored: tuple[float, bool], kind: EventKind = KIND) -> list[Judged]:
    return [Judged(f"clip {number}", kind, score, right) for number, (score, right) in enumerate(scored)]


def drawn(number: int, seed: int = 1) -> list[Judged]:
    """Statements whose chance of being right is the square of their score: the rule is too sure of itself."""
    chance = random.Random(seed)
    scores = [chance.uniform(0.4, 1.0) for _ in range(number)]
    return statements(*((score, chance.random() < score**2) for score in scores))


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.4, 0.6, 0.8]), st.booleans()), min_size=1, max_size=30))
def test_pooled_steps_rise_and_lose_nothing(points: list[tuple[float, bool]]) -> None:
    steps = pooled(Step.at(score, float(right), 1.0) for score, right in points)
    assert all(low.high < high.low and low.chance < high.chance for low, high in pairwise(steps))
    assert sum(step.weight for step in steps) == pytest.approx(len(points))
    assert sum(step.right for step in steps) == pytest.approx(sum(right for _, right in points))


def test_a_kind_of_which_little_was_judged_keeps_its_rules_score() -> None:
    kin = statements(*[(0.9, False)] * 40, kind=EventKind.PACKAGE_PICKED_UP)
    assert KIND not in fit(statements(*[(0.9, False)] * (FEWEST - 1)) + kin, minutes=100)


def test_pooling_does_not_depend_on_the_order_of_equal_scores() -> None:
    mixed = [Step.at(0.5, 1.0, 1.0), Step.at(0.8, 0.0, 1.0), Step.at(0.8, 1.0, 1.0)]
    assert pooled(mixed) == pooled(mixed[::-1]) == [Step(0.5, 0.8, 2.0, 3.0)]


def test_a_rule_that_is_too_sure_of_itself_is_put_right() -> None:
    (scores,) = fit(drawn(2000), minutes=1e6).values()
    for score in (0.5, 0.6, 0.7, 0.8, 0.9):
        assert scores.chance(score) == pytest.approx(score**2, abs=0.08)


def test_chances_hold_for_statements_that_it_was_not_fitted_on() -> None:
    seen = held_out(drawn(1000), minutes=1e6)
    raw = [(one.score, one.is_right) for one in drawn(1000)]
    assert expected_error(seen) < 0.05 < expected_error(raw)


def test_where_nothing_was_stated_the_score_is_taken_at_its_word() -> None:
    (scores,) = fit(statements(*[(0.95, True)] * 40), minutes=100).values()
    assert scores.chance(0.6) == pytest.approx(0.6)
    assert scores.chance(0.95) > 0.96


def test_a_few_false_alarms_do_not_silence_scores_far_above_them() -> None:
    (scores,) = fit(statements(*[(0.5, False)] * FEWEST), minutes=100).values()
    assert scores.chance(0.5) < 0.2
    assert scores.chance(0.9) == pytest.approx(0.9)
    assert scores.operating_point < 0.6


def test_a_kind_with_few_statements_borrows_from_its_family_and_from_nobody_else() -> None:
    few = statements(*[(0.9, True)] * FEWEST)
    kin = statements(*[(0.9, False)] * 40, kind=EventKind.PACKAGE_PICKED_UP)
    others = statements(*[(0.9, False)] * 40, kind=EventKind.VEHICLE_PASSING)
    alone, with_kin, with_others = (fit(few + more, 1e6)[KIND].chance(0.9) for more in ([], kin, others))
    assert with_kin < alone - 0.1
    assert with_others == alone


def test_the_operating_point_allows_few_false_alarms() -> None:
    scored = [(0.9, True)] * 20 + [(0.7, False)] * 5 + [(0.6, True)] * 5
    (strict,) = fit(statements(*scored), minutes=10).values()
    assert strict.operating_point == pytest.approx(0.8)
    (lenient,) = fit(statements(*scored[:-5], *[(0.6, True)] * 50), minutes=1000).values()
    assert lenient.operating_point == pytest.approx(0.5)


def test_the_operating_point_asks_for_precision_where_there_is_any() -> None:
    scored = [(0.95, True)] * 10 + [(0.8, True), (0.8, False)] * 5
    (precise,) = fit(statements(*scored * 4), minutes=1e6).values()
    assert precise.operating_point == pytest.approx((0.95 + 0.8) / 2)
    (doubtful,) = fit(statements(*[(0.95, True)] * 18, *[(0.8, True), (0.8, False)]), minutes=1e6).values()
    assert doubtful.operating_point <= 0.8


def test_nothing_is_stated_that_is_as_likely_wrong() -> None:
    (scores,) = fit(statements(*[(0.7, False)] * 40, *[(0.9, True)] * 2), minutes=1e6).values()
    assert scores.chance(scores.operating_point) >= 0.49


def test_statements_that_are_excused_are_not_judged() -> None:
    optional = TrueEvent("package_delivered", 30, 30, optional=True)
    found = [FoundEvent(KIND, 9, 10, 0.8), FoundEvent(KIND, 29, 31, 0.7), FoundEvent(KIND, 50, 51, 0.6)]
    matching = match(KIND, [TrueEvent("package_delivered", 10, 10), optional], found)
    assert judged([ClipOutcome("door", 1.0, {KIND: matching})]) == [
        Judged("door", KIND, 0.8, True),
        Judged("door", KIND, 0.6, False),
    ]


def a_fit() -> Fitted:
    scored = drawn(100)
    return Fitted(fit(scored, 60.0), tuple(scored), 60.0, {"clips": 100}, {"eyes": "ab" * 32})


def test_the_table_comes_back_as_it_was_fitted() -> None:
    assert ScoreTable.read(toml(a_fit()).encode()).kinds == a_fit().kinds


def test_table_card_and_digest_are_written_together(tmp_path: Path) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text('A = 1\nSCORES_DIGEST = "old"\nB = 2\n')
    write(a_fit(), tmp_path / "scores", reader)
    assert (tmp_path / "scores" / "MODEL_CARD.md").read_text() == card(a_fit())
    lines = reader.read_text().splitlines()
    assert (lines[0], lines[2]) == ("A = 1", "B = 2")
    assert lines[1].startswith('SCORES_DIGEST = "')
    assert lines[1] != 'SCORES_DIGEST = "old"'


def test_a_reader_without_a_line_for_the_digest_is_left_alone(tmp_path: Path) -> None:
    reader = tmp_path / "reader.py"
    reader.write_text("A = 1\n")
    with pytest.raises(ValueError, match="0 lines"):
        write(a_fit(), tmp_path / "scores", reader)
    assert reader.read_text() == "A = 1\n"
