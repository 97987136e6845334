from collections.abc import Sequence

import pytest

from pipeline.domain.events import EventKind
from pipeline.evaluation.matching import FoundEvent, match
from pipeline.evaluation.scores import ClipOutcome, abstentions, calibration, instants, score
from pipeline.evaluation.truth import TrueEvent

KIND = EventKind.PACKAGE_DELIVERED


def clip(
    true: Sequence[float] = (),
    found: Sequence[tuple[float, float]] = (),
    minutes: float = 1.0,
    withheld: Sequence[tuple[float, str]] = (),
) -> ClipOutcome:
    """A clip with deliveries at ``true`` seconds; found are (middle, score) with a width of a second."""
    truths = [TrueEvent("package_delivered", moment, moment) for moment in true]
    ours = [FoundEvent(KIND, middle - 0.5, middle + 0.5, value) for middle, value in found]
    silent = tuple(FoundEvent(KIND, middle - 0.5, middle + 0.5, 0.3, reason) for middle, reason in withheld)
    return ClipOutcome("clip", minutes, {KIND: match(KIND, truths, ours)}, silent)


def test_counts_and_rates() -> None:
    result = score([clip([10, 30], [(10, 0.9), (50, 0.4)]), clip([10], [(10, 0.8)], minutes=2.0)], [KIND])
    assert (result.found, result.missed, result.false_alarms) == (2, 1, 1)
    assert result.precision == pytest.approx(2 / 3)
    assert result.recall == pytest.approx(2 / 3)
    assert result.f1 == pytest.approx(2 / 3)
    assert result.false_alarms_an_hour == pytest.approx(20)


def test_nothing_said_and_nothing_there_has_no_rates() -> None:
    result = score([clip(minutes=0.0)], [KIND])
    assert (result.precision, result.recall, result.f1, result.p_miss) == (None, None, None, None)
    assert result.false_alarms_an_hour is None


def test_p_miss_keeps_the_threshold_above_the_false_alarms_that_are_too_many() -> None:
    # Ten minutes allow one false alarm; the second has 0.6, so that the hit at 0.5 is lost.
    outcome = clip([10, 20, 30], [(10, 0.9), (20, 0.7), (30, 0.5), (40, 0.65), (50, 0.6)], minutes=10.0)
    assert score([outcome], [KIND]).p_miss == pytest.approx(1 / 3)
    longer = clip([10, 20, 30], [(10, 0.9), (20, 0.7), (30, 0.5), (40, 0.65), (50, 0.6)], minutes=20.0)
    assert score([longer], [KIND]).p_miss == 0.0


def test_bootstrap_intervals_hold_the_rate_and_are_the_same_each_time() -> None:
    outcomes = [clip([10], [(10, 0.9)])] * 6 + [clip([10], [(30, 0.9)])] * 2
    first, second = score(outcomes, [KIND]), score(outcomes, [KIND])
    assert first == second
    low, high = first.intervals["recall"]
    assert 0.3 < low < (first.recall or 0) < high <= 1.0
    assert score(outcomes[:1], [KIND]).intervals == {}


def test_width_and_truth_of_intervals() -> None:
    result = instants([clip([10, 20.9], [(10, 0.9), (20, 0.9)])])
    assert (result.matched, result.median_width, result.widest, result.inside) == (2, 1.0, 1.0, 0.5)
    assert instants([clip([10])]).matched == 0


def test_abstentions_take_their_events_out_of_the_rest() -> None:
    result = abstentions([clip([10, 20], [(10, 0.9)], withheld=[(20, "too_dark"), (50, "clip_ends")])])
    assert (result.number, result.covered) == (2, 1)
    assert dict(result.reasons) == {"clip_ends": 1, "too_dark": 1}
    assert result.share == pytest.approx(2 / 3)
    assert result.share_of_true == 0.5
    assert (result.recall_of_rest, result.precision_of_rest) == (1.0, 1.0)


def test_calibration_needs_enough_statements() -> None:
    right = [clip([10], [(10, 0.9)])]
    assert calibration(right * 19).expected_error is None
    result = calibration(right * 18 + [clip([], [(10, 0.9)])] * 2)
    assert result.statements == 20
    (only,) = result.bins
    assert (only.number, only.right) == (20, 0.9)
    assert result.expected_error == pytest.approx(0.0)
    overconfident = calibration(right * 10 + [clip([], [(10, 0.9)])] * 10)
    assert overconfident.expected_error == pytest.approx(0.4)


def test_the_interval_of_p_miss_holds_it_and_widens_with_fewer_clips() -> None:
    good, bad = clip([10], [(10, 0.9)]), clip([10], [(10, 0.5), (30, 0.8)])
    few, many = score([good, good, bad] * 2, [KIND]), score([good, good, bad] * 30, [KIND])
    for result in (few, many):
        low, high = result.intervals["p_miss"]
        assert low <= (result.p_miss or 0) <= high
    wide, narrow = (one.intervals["p_miss"][1] - one.intervals["p_miss"][0] for one in (few, many))
    assert narrow < wide


def test_moments_may_be_asked_of_some_kinds_and_have_an_interval() -> None:
    outcomes = [clip([10], [(10, 0.9)]), clip([20.9], [(20, 0.9)])] * 10
    result = instants(outcomes, {KIND})
    low, high = result.inside_interval or (None, None)
    assert low is not None
    assert high is not None
    assert low < 0.5 < high
    assert instants(outcomes, {EventKind.PACKAGE_PICKED_UP}).matched == 0
