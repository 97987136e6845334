"""Numbers from matchings: counts, rates, intervals of confidence, calibration."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.events import INSTANT_KINDS, EventKind
from pipeline.evaluation.matching import FoundEvent, Matching, agreement
from pipeline.evaluation.resampling import Counts, interval
from pipeline.evaluation.truth import TrueEvent

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

FALSE_ALARMS_A_MINUTE = 0.1
"""The rate at which the share of misses is stated. Source: NIST ActEV states Pmiss at rates of false alarms."""
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
        intervals: 95 % bootstrap intervals over clips of precision, recall, f1 and p_miss, where there are any.
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
    ranked = _Ranked.of(outcomes, kinds)
    return Score(
        found,
        missed,
        false_alarms,
        sum(outcome.matchings[kind].repeats for outcome in outcomes for kind in kinds),
        precision,
        recall,
        f1,
        ranked.p_miss(np.ones(len(outcomes), dtype=np.int64)),
        false_alarms / minutes * 60 if minutes else None,
        _intervals(rows, ranked),
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


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Scores of right and wrong statements, each with the number of its clip, and what each clip required."""

    hits: Floats
    hits_from: Whole
    wrong: Floats
    """Falling."""
    wrong_from: Whole
    required: Floats
    minutes: Floats

    @classmethod
    def of(cls, outcomes: Sequence[ClipOutcome], kinds: Sequence[EventKind]) -> "_Ranked":
        per_clip = [[outcome.matchings[kind] for kind in kinds] for outcome in outcomes]
        hits = [(f.score, number) for number, ms in enumerate(per_clip) for m in ms for _, f in m.pairs]
        wrong = [(f.score, number) for number, ms in enumerate(per_clip) for m in ms for f in m.false_alarms]
        wrong.sort(reverse=True)
        return cls(
            hits=np.array([score for score, _ in hits], dtype=float),
            hits_from=np.array([number for _, number in hits], dtype=np.int64),
            wrong=np.array([score for score, _ in wrong], dtype=float),
            wrong_from=np.array([number for _, number in wrong], dtype=np.int64),
            required=np.array([sum(len(m.pairs) + len(m.missed) for m in ms) for ms in per_clip], dtype=float),
            minutes=np.array([outcome.minutes for outcome in outcomes], dtype=float),
        )

    def p_miss(self, drawn: Counts) -> float | None:
        """With each clip as often as it was drawn; None when nothing is required."""
        required = float(self.required @ drawn)
        if not required:
            return None
        allowed = int(FALSE_ALARMS_A_MINUTE * float(self.minutes @ drawn))
        too_many = np.flatnonzero(np.cumsum(drawn[self.wrong_from]) > allowed)
        # The first false alarm too many must fall below the threshold.
        threshold = self.wrong[too_many[0]] if len(too_many) else -1.0
        return 1 - float(drawn[self.hits_from[self.hits > threshold]].sum()) / required


def _intervals(rows: Floats, ranked: _Ranked) -> dict[str, tuple[float, float]]:
    figures: dict[str, Callable[[Counts], float | None]] = {
        "precision": lambda drawn: _rates(*(drawn @ rows))[0],
        "recall": lambda drawn: _rates(*(drawn @ rows))[1],
        "f1": lambda drawn: _rates(*(drawn @ rows))[2],
        "p_miss": ranked.p_miss,
    }
    found = {name: interval(len(rows), figure) for name, figure in figures.items()}
    return {name: one for name, one in found.items() if one is not None}


@dataclass(frozen=True, slots=True)
class InstantScore:
    """How well the moment of what was left or taken is known.

    Attributes:
        matched: Instant events that were found.
        median_width: Of their intervals, seconds; None when there are none.
        widest: Likewise.
        inside: Share of true moments inside the interval, without tolerance; None when there are none.
        inside_interval: 95 % bootstrap interval over clips of ``inside``; None when there is none.
    """

    matched: int
    median_width: float | None
    widest: float | None
    inside: float | None
    inside_interval: tuple[float, float] | None = None


def instants(outcomes: Sequence[ClipOutcome], kinds: Collection[EventKind] = INSTANT_KINDS) -> InstantScore:
    """Over some instant kinds, and all clips."""
    pairs = [
        (number, true, found)
        for number, outcome in enumerate(outcomes)
        for kind, matching in outcome.matchings.items()
        if kind in kinds
        for true, found in matching.pairs
    ]
    if not pairs:
        return InstantScore(0, None, None, None)
    widths = [found.end - found.start for _, _, found in pairs]
    inside = np.zeros((len(outcomes), 2))
    for number, true, found in pairs:
        inside[number] += (found.start <= (true.start + true.end) / 2 <= found.end, 1)

    def share(drawn: Counts) -> float | None:
        right, matched = drawn @ inside
        return float(right / matched) if matched else None

    whole = np.ones(len(outcomes), dtype=np.int64)
    return InstantScore(len(pairs), median(widths), max(widths), share(whole), interval(len(outcomes), share))


@dataclass(frozen=True, slots=True)
class AbstentionScore:
    """How often nothing was stated, why, and what the rest is worth.

    Attributes:
        number: Of "cannot tell".
        share: Of all that was said, statements and abstentions.
        reasons: How often each was given.
        covered: Missed events at which we said that we cannot tell.
        share_of_true: Of all that was required, the share that is covered; None when nothing was required.
        recall_of_rest: Recall over required events at which we did not abstain; None when there are none.
        precision_of_rest: Precision of the statements; None when there are none.
    """

    number: int
    share: float | None
    reasons: Mapping[str, int]
    covered: int
    share_of_true: float | None
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
    required = found + missed
    share, share_of_true = len(given) / said if said else None, covered / required if required else None
    return AbstentionScore(len(given), share, reasons, covered, share_of_true, recall, precision)


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
