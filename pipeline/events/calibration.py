"""From a rule's own score to the chance that its statement is right, and to silence where that chance is too small.

The table was fitted on footage whose truth is known (models/event-scores/MODEL_CARD.md); this module only reads it.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from pipeline.domain.events import CannotTell, EventKind, Ground, InferredEvent, Verdict

SCORES_DIGEST = "8eef92c2c54c44472bd9b41db9cb03a03fe8ff70dbb27d929fb8496b1c0fcccc"
"""SHA-256 of the table that comes with this program; written by ``python -m bench.recognition.calibrate``."""
_DIGITS = 4
_MAYBE = {
    EventKind.PACKAGE_DELIVERED: "A package may have been left",
    EventKind.PACKAGE_PICKED_UP: "A package may have been taken away",
    EventKind.PACKAGE_MOVED: "A package may have been moved",
    EventKind.PACKAGE_WAITING: "A package may have lain here",
    EventKind.OBJECT_LEFT: "Something may have been left",
    EventKind.OBJECT_REMOVED: "Something may have been taken away",
}
"""Kinds whose faint statements are told as "cannot tell". Of others nothing is said: a faint person or car is noise far
more often than somebody whom a reader would miss."""


@dataclass(frozen=True, slots=True)
class KindScores:
    """What the scores of one kind are worth.

    Attributes:
        knots: (score of the rule, chance of being right), both 0 to 1 and rising; straight between them, level outside.
        operating_point: Score of the rule below which no statement is made.
        statements: How many were judged for this kind when it was fitted.
        right: How many of them were right.
    """

    knots: tuple[tuple[float, float], ...]
    operating_point: float
    statements: int
    right: int

    def __post_init__(self) -> None:
        scores, chances = [score for score, _ in self.knots], [chance for _, chance in self.knots]
        if not self.knots or scores != sorted(set(scores)) or chances != sorted(chances):
            raise ValueError(f"knots must rise, got {self.knots}")
        if not all(0 <= value <= 1 for value in (*scores, *chances, self.operating_point)):
            raise ValueError(f"scores and chances lie in 0..1, got {self.knots} and {self.operating_point}")

    def chance(self, score: float) -> float:
        """How probable it is that a statement with this score is right, 0 to 1."""
        place = bisect_right([knot for knot, _ in self.knots], score)
        if place == 0:
            return self.knots[0][1]
        if place == len(self.knots):
            return self.knots[-1][1]
        (low, from_chance), (high, to_chance) = self.knots[place - 1], self.knots[place]
        return from_chance + (to_chance - from_chance) * (score - low) / (high - low)


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The scores of all kinds; of a kind that is not in it, the rule's own score stays as it is."""

    kinds: Mapping[EventKind, KindScores] = field(default_factory=dict)

    @classmethod
    def read(cls, content: bytes) -> Self:
        """The table of a scores.toml.

        Raises:
            ValueError: It is none.
        """
        try:
            entries = tomllib.loads(content.decode("utf-8"))["kinds"]
            return cls({EventKind(kind): _scores(entry) for kind, entry in entries.items()})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"no table of scores: {error!r}") from error


def _scores(entry: Mapping[str, Any]) -> KindScores:
    return KindScores(
        knots=tuple((float(score), float(chance)) for score, chance in entry["knots"]),
        operating_point=float(entry["operating_point"]),
        statements=int(entry["statements"]),
        right=int(entry["right"]),
    )


def calibrated(events: Iterable[InferredEvent], table: ScoreTable, least_score: float) -> tuple[InferredEvent, ...]:
    """Each statement with the chance that it is right as its score; the faint ones are not made.

    Args:
        events: What the rules inferred. "Cannot tell" keeps the rule's score: it says nothing that could be right.
        table: Kinds that it does not hold stay as they are.
        least_score: Chance below which nothing is written at all.

    Returns:
        In the order of ``events``. A thing that may have been left or taken becomes a "cannot tell" below its kind's
        operating point; other kinds are left out there.
    """
    judged = (_judged(event, table.kinds.get(event.kind), least_score) for event in events)
    return tuple(event for event in judged if event is not None)


def _judged(event: InferredEvent, scores: KindScores | None, least_score: float) -> InferredEvent | None:
    if scores is None or event.verdict is Verdict.CANNOT_TELL:
        return event
    chance = round(scores.chance(event.score), _DIGITS)
    if chance < least_score:
        return None
    holds = event.score >= scores.operating_point
    told = replace(event, score=chance, grounds=(*event.grounds, _ground(event, scores, chance, holds=holds)))
    if holds:
        return told
    if event.kind not in _MAYBE:
        return None
    sentence = f"{_MAYBE[event.kind]}; the pictures are not clear enough to say."
    return replace(told, reason=CannotTell.UNCLEAR_OBJECT, sentence=sentence)


def _ground(event: InferredEvent, scores: KindScores, chance: float, *, holds: bool) -> Ground:
    measured, needed = round(event.score, _DIGITS), round(scores.operating_point, _DIGITS)
    sentence = (
        f"The rule gives {measured:.2f}; where the truth was known, such statements were right in {chance:.0%} of the "
        f"cases. Statements are made from {needed:.2f} on."
    )
    return Ground("score", measured, needed, holds, sentence)
