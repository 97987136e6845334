"""Fits what the scores of rules are worth, from statements whose truth is known: level steps that rise.

Few statements are judged of most kinds. So a kind borrows from its family; every step is drawn towards the family's
share of right ones, as if a few more statements of that share had been judged there; and below the lowest and above the
highest score that was seen, the rule's own score is taken at its word.

Source: isotonic regression by pooling adjacent violators; Zadrozny and Elkan, "Transforming classifier scores into
accurate multiclass probability estimates", KDD 2002.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

from pipeline.domain.events import PACKAGE_KINDS, EventKind
from pipeline.events.calibration import KindScores
from pipeline.events.view import MOST_SURE

BORROWED = 5.0
"""Statements that a family's other kinds count for, all together."""
DRAWN = 2.0
"""Statements of the family's share that are added to every step."""
AT_ITS_WORD = 0.25
"""Statements, right in the share that the score names, at every twentieth of the scale outside all that were seen."""
LEAST_CHANCE = 0.5
"""Of being right, at the operating point: nothing is stated that is as likely wrong."""
FALSE_ALARMS_A_MINUTE = 0.1
"""Of one kind, at most, at its operating point."""
LEAST_PRECISION = 0.9
"""Of one kind at its operating point, unless the statements show that it is lower: a few cannot."""
_DIGITS = 4

FAMILIES: tuple[frozenset[EventKind], ...] = (
    PACKAGE_KINDS,
    frozenset({EventKind.OBJECT_LEFT, EventKind.OBJECT_REMOVED}),
    frozenset({EventKind.PERSON_VISIT, EventKind.PERSON_AT_DOOR, EventKind.LOITERING}),
    frozenset({EventKind.VEHICLE_PASSING, EventKind.VEHICLE_STOPPED}),
)
"""Kinds whose scores are made in the same way; others stand alone."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A statement of which it is known whether it is right.

    Attributes:
        clip: Where it was made; statements of one clip stand or fall together.
        score: The rule's own.
    """

    clip: str
    kind: EventKind
    score: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Neighbouring scores with one chance, from ``low`` to ``high``; the weights may be sums of many."""

    low: float
    high: float
    right: float
    weight: float

    @classmethod
    def at(cls, score: float, right: float, weight: float) -> "Step":
        """A single score."""
        return cls(score, score, right, weight)

    @property
    def chance(self) -> float:
        """Share of the weight that is right."""
        return self.right / self.weight


FEWEST = 20
"""Statements of its own below which a kind keeps its rule's score: a handful of false ones on composites, which show
few things but parcels and know no door, would silence it everywhere."""


def fit(judged: Sequence[Judged], minutes: float) -> dict[EventKind, KindScores]:
    """What every judged kind's scores are worth.

    Args:
        judged: At least ``FEWEST`` statements of a kind make an entry for it; with fewer, its family would speak.
        minutes: Of all footage, also of what nothing was said about.
    """
    kinds = [kind for kind in EventKind if sum(one.kind is kind for one in judged) >= FEWEST]
    return {kind: _fit_kind(kind, judged, minutes) for kind in kinds}


def _fit_kind(kind: EventKind, judged: Sequence[Judged], minutes: float) -> KindScores:
    own = [one for one in judged if one.kind is kind]
    family = next((family for family in FAMILIES if kind in family), frozenset({kind}))
    kin = [one for one in judged if one.kind in family and one.kind is not kind]
    weight = min(1.0, BORROWED / len(kin)) if kin else 0.0
    prior = (sum(one.is_right for one in own) + weight * sum(one.is_right for one in kin) + 1) / (
        len(own) + weight * len(kin) + 2
    )  # Laplace's rule: nothing is certain
    points = [Step.at(one.score, float(one.is_right), 1.0) for one in own]
    points += [Step.at(one.score, weight * one.is_right, weight) for one in kin]
    drawn = [_drawn(step, prior) for step in pooled(points)]
    knots = _knots(pooled([*drawn, *_at_their_word(drawn[0].low, drawn[-1].high)]))
    return KindScores(
        knots=knots,
        operating_point=max(_operating_point(own, minutes), _reaching(LEAST_CHANCE, knots)),
        statements=len(own),
        right=sum(one.is_right for one in own),
    )


def pooled(points: Iterable[Step]) -> list[Step]:
    """The fewest joins of neighbours after which chances rise with scores."""
    by_score: dict[tuple[float, float], Step] = {}
    for point in points:  # equal scores cannot have different chances
        place = (point.low, point.high)
        by_score[place] = _joined(by_score[place], point) if place in by_score else point
    steps: list[Step] = []
    for _, point in sorted(by_score.items()):
        steps.append(point)
        while len(steps) > 1 and steps[-2].chance >= steps[-1].chance:
            steps[-2:] = [_joined(steps[-2], steps[-1])]
    return steps


def _joined(one: Step, other: Step) -> Step:
    return Step(min(one.low, other.low), max(one.high, other.high), one.right + other.right, one.weight + other.weight)


def _drawn(step: Step, prior: float) -> Step:
    return Step(step.low, step.high, step.right + DRAWN * prior, step.weight + DRAWN)


def _at_their_word(low: float, high: float) -> list[Step]:
    scores = [number / 20 for number in range(21) if not low <= number / 20 <= high]
    return [Step.at(score, AT_ITS_WORD * score, AT_ITS_WORD) for score in scores]


def _knots(steps: Sequence[Step]) -> tuple[tuple[float, float], ...]:
    """Level in each step, straight to the next."""
    ends = [(edge, step.chance) for step in steps for edge in (step.low, step.high)]
    return tuple(
        sorted({round(score, _DIGITS): round(min(chance, MOST_SURE), _DIGITS) for score, chance in ends}.items())
    )


def _reaching(chance: float, knots: Sequence[tuple[float, float]]) -> float:
    """The lowest score with that chance; 1 where none has it."""
    for (low, before), (high, after) in pairwise(((0.0, 0.0), *knots, (1.0, 1.0))):
        if before < chance <= after:
            return round(low + (high - low) * (chance - before) / (after - before), _DIGITS)
    return 0.0


def _operating_point(own: Sequence[Judged], minutes: float) -> float:
    """The lowest score with few false alarms and, where any has that, a precision not shown to be low.

    Where no score keeps false alarms few enough, the one with the best F1: then the chance itself has to say it. The
    point lies midway to the next statement below, and at 0 where there is none: none is known against fainter ones.
    """
    scores = sorted({one.score for one in own})
    points = [_Point.at(score, own, minutes) for score in scores]
    few = [one for one in points if one.false_alarms_a_minute <= FALSE_ALARMS_A_MINUTE]
    good = [one for one in few if one.best_precision >= LEAST_PRECISION]
    chosen = (good or few or [max(points, key=lambda one: one.f1)])[0].score
    below = [score for score in scores if score < chosen]
    return round((below[-1] + chosen) / 2, _DIGITS) if below else 0.0


@dataclass(frozen=True, slots=True)
class _Point:
    score: float
    false_alarms_a_minute: float
    best_precision: float
    """Upper end of Wilson's 95 % interval: what the precision may be, by so many statements."""
    f1: float

    @classmethod
    def at(cls, score: float, own: Sequence[Judged], minutes: float) -> "_Point":
        stated = [one for one in own if one.score >= score]
        right, lost = sum(one.is_right for one in stated), sum(one.is_right and one.score < score for one in own)
        wrong = len(stated) - right
        return cls(score, wrong / minutes, _wilson_upper(right, len(stated)), 2 * right / (2 * right + wrong + lost))


def _wilson_upper(right: int, number: int) -> float:
    share, z = right / number, 1.96
    middle = share + z * z / (2 * number)
    half = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return (middle + half) / (1 + z * z / number)
