"""Numbers from matchings: counts, rates, intervals of confidence, calibration."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

import numpy as np

from pipeline.domain.events import INSTANT_KINDS, EventKind
from pipeline.evaluation.matching import FoundEvent, Matching, agreement
from pipeline.evaluation.truth import TrueEvent

FALSE_ALARMS_A_MINUTE = 0.1
"""The rate at which the share of misses is stated. Source: NIST ActEV states Pmiss at rates of false alarms."""
_RESAMPLES = 1000
_SEED = 20260310
_BINS = 5
_ENOUGH_FOR_CALIBRATION = 20


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """One clip's matchings.

    Attributes:
        name: The truth file's.
        minutes: Length of what could be looked at; zero for a clip that cannot be read.
        matchings: By kind, for every scored kind.
        abstentions: What was not stated, and why.
    """

    name: str
    minutes: float
    matchings: Mapping[EventKind, Matching]
    abstentions: tuple[FoundEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """What one kind, or all together, are worth.

    Attributes:
        found: True positives.
        missed: Required and not found.
        false_alarms: Found and not there.
        repeats: False alarms inside a true event that was already found; counted as false alarms all the same.
        precision: 0 to 1; None when nothing was stated.
        recall: 0 to 1; None when nothing was required.
        f1: 0 to 1; None when nothing was stated and nothing required.
        p_miss: Share of misses at the threshold that keeps false alarms below ``FALSE_ALARMS_A_MINUTE``.
        false_alarms_an_hour: Of camera time.
        intervals: 95 % bootstrap intervals over clips of precision, recall and f1, where there are any.
    """

    found: int
    missed: int
    false_alarms: int
    repeats: int
    precision: float | None
    recall: float | None
    f1: float | None
    p_miss: float | None
    false_alarms_an_hour: float | None
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def score(outcomes: Sequence[ClipOutcome], kinds: Sequence[EventKind]) -> Score:
    """The score of some kinds, taken together, over all clips."""
    rows = np.array([_counts(outcome, kinds) for outcome in outcomes], dtype=float).reshape(-1, 3)
    found, missed, false_alarms = (int(number) for number in rows.sum(axis=0))
    minutes = sum(outcome.minutes for outcome in outcomes)
    precision, recall, f1 = _rates(found, missed, false_alarms)
    return Score(
        found,
        missed,
        false_alarms,
        sum(outcome.matchings[kind].repeats for outcome in outcomes for kind in kinds),
        precision,
        recall,
        f1,
        _p_miss(outcomes, kinds, minutes),
        false_alarms / minutes * 60 if minutes else None,
        _bootstrap(rows),
    )


def _counts(outcome: ClipOutcome, kinds: Sequence[EventKind]) -> tuple[int, int, int]:
    chosen = [outcome.matchings[kind] for kind in kinds]
    return (
        sum(len(one.pairs) for one in chosen),
        sum(len(one.missed) for one in chosen),
        sum(len(one.false_alarms) for one in chosen),
    )


def _rates(found: float, missed: float, false_alarms: float) -> tuple[float | None, float | None, float | None]:
    precision = found / (found + false_alarms) if found + false_alarms else None
    recall = found / (found + missed) if found + missed else None
    f1 = 2 * found / (2 * found + missed + false_alarms) if found + missed + false_alarms else None
    return precision, recall, f1


def _p_miss(outcomes: Sequence[ClipOutcome], kinds: Sequence[EventKind], minutes: float) -> float | None:
    matchings = [outcome.matchings[kind] for outcome in outcomes for kind in kinds]
    hits = [found.score for one in matchings for _, found in one.pairs]
    wrong = sorted((one.score for matching in matchings for one in matching.false_alarms), reverse=True)
    required = len(hits) + sum(len(one.missed) for one in matchings)
    if not required:
        return None
    allowed = int(FALSE_ALARMS_A_MINUTE * minutes)
    threshold = wrong[allowed] if allowed < len(wrong) else -1.0  # the first false alarm too many must fall below it
    return 1 - sum(1 for hit in hits if hit > threshold) / required


def _bootstrap(rows: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> dict[str, tuple[float, float]]:
    """Resamples clips, not events: events of one clip stand or fall together."""
    if len(rows) < 2:  # noqa: PLR2004 - one clip has no spread
        return {}
    picks = np.random.default_rng(_SEED).integers(0, len(rows), size=(_RESAMPLES, len(rows)))
    drawn: dict[str, list[float]] = {"precision": [], "recall": [], "f1": []}
    for found, missed, false_alarms in rows[picks].sum(axis=1):
        for name, rate in zip(drawn, _rates(found, missed, false_alarms), strict=True):
            if rate is not None:
                drawn[name].append(rate)
    return {
        name: (float(np.percentile(rates, 2.5)), float(np.percentile(rates, 97.5)))
        for name, rates in drawn.items()
        if rates
    }


@dataclass(frozen=True, slots=True)
class InstantScore:
    """How well the moment of what was left or taken is known.

    Attributes:
        matched: Instant events that were found.
        median_width: Of their intervals, seconds; None when there are none.
        widest: Likewise.
        inside: Share of true moments inside the interval, without tolerance; None when there are none.
    """

    matched: int
    median_width: float | None
    widest: float | None
    inside: float | None


def instants(outcomes: Sequence[ClipOutcome]) -> InstantScore:
    """Over all instant kinds and clips."""
    pairs = [
        pair
        for outcome in outcomes
        for kind, matching in outcome.matchings.items()
        if kind in INSTANT_KINDS
        for pair in matching.pairs
    ]
    if not pairs:
        return InstantScore(0, None, None, None)
    widths = [found.end - found.start for _, found in pairs]
    inside = [found.start <= (true.start + true.end) / 2 <= found.end for true, found in pairs]
    return InstantScore(len(pairs), median(widths), max(widths), sum(inside) / len(inside))


@dataclass(frozen=True, slots=True)
class AbstentionScore:
    """How often nothing was stated, why, and what the rest is worth.

    Attributes:
        number: Of "cannot tell".
        share: Of all that was said, statements and abstentions.
        reasons: How often each was given.
        covered: Missed events at which we said that we cannot tell.
        recall_of_rest: Recall over required events at which we did not abstain; None when there are none.
        precision_of_rest: Precision of the statements; None when there are none.
    """

    number: int
    share: float | None
    reasons: Mapping[str, int]
    covered: int
    recall_of_rest: float | None
    precision_of_rest: float | None


def abstentions(outcomes: Sequence[ClipOutcome]) -> AbstentionScore:
    """Over all scored kinds and clips."""
    given = [one for outcome in outcomes for one in outcome.abstentions]
    matchings = [matching for outcome in outcomes for matching in outcome.matchings.values()]
    found = sum(len(one.pairs) for one in matchings)
    wrong = sum(len(one.false_alarms) for one in matchings)
    missed = sum(len(one.missed) for one in matchings)
    covered = sum(
        1
        for outcome in outcomes
        for kind, matching in outcome.matchings.items()
        for one in matching.missed
        if _abstained(kind, one, outcome.abstentions)
    )
    said = found + wrong + sum(len(one.excused) for one in matchings) + len(given)
    precision, recall, _ = _rates(found, missed - covered, wrong)
    reasons = dict(sorted(Counter(str(one.reason) for one in given).items()))
    return AbstentionScore(len(given), len(given) / said if said else None, reasons, covered, recall, precision)


def _abstained(kind: EventKind, true: TrueEvent, given: Sequence[FoundEvent]) -> bool:
    return any(one.kind is kind and agreement(kind, true, one) is not None for one in given)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Statements of similar score.

    Attributes:
        low: Scores from here.
        high: To here.
        number: Of statements.
        mean_score: Of them.
        right: Share that is true.
    """

    low: float
    high: float
    number: int
    mean_score: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Whether scores mean what they say.

    Attributes:
        statements: How many could be judged.
        bins: Those that hold statements; empty when there are too few to say anything.
        expected_error: Mean distance of score and share of right ones, weighted; None when there are too few.
    """

    statements: int
    bins: tuple[CalibrationBin, ...]
    expected_error: float | None


def calibration(outcomes: Sequence[ClipOutcome]) -> Calibration:
    """Over all statements that are right or wrong; excused ones are neither."""
    matchings = [matching for outcome in outcomes for matching in outcome.matchings.values()]
    judged = [(found.score, True) for one in matchings for _, found in one.pairs]
    judged += [(found.score, False) for one in matchings for found in one.false_alarms]
    if len(judged) < _ENOUGH_FOR_CALIBRATION:
        return Calibration(len(judged), (), None)
    bins = []
    for index in range(_BINS):
        inside = [one for one in judged if min(int(one[0] * _BINS), _BINS - 1) == index]
        if inside:
            mean, right = fmean(value for value, _ in inside), fmean(is_right for _, is_right in inside)
            bins.append(CalibrationBin(index / _BINS, (index + 1) / _BINS, len(inside), mean, right))
    error = sum(one.number * abs(one.mean_score - one.right) for one in bins) / len(judged)
    return Calibration(len(judged), tuple(bins), error)
