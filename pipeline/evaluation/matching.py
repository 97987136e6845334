"""Which found event is which true one: one to one, by kind, the best overlap over all."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.agreement import best_pairs, fit
from pipeline.domain.events import EventKind
from pipeline.evaluation.truth import TrueEvent
from pipeline.evaluation.words import ANSWERS


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event of ours, in seconds from the clip's first frame."""

    kind: EventKind
    start: float
    end: float
    score: float
    reason: str | None = None

    @property
    def is_statement(self) -> bool:
        """Whether it says that something happened, and not that it cannot tell."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome for one kind in one clip.

    Attributes:
        pairs: True and found, one to one.
        missed: Required and not found.
        false_alarms: Found, and neither required, optional nor accepted.
        repeats: How many of the false alarms lie inside a true event of their kind that was already found.
        excused: Found where finding is neither required nor wrong.
    """

    pairs: tuple[tuple[TrueEvent, FoundEvent], ...]
    missed: tuple[TrueEvent, ...]
    false_alarms: tuple[FoundEvent, ...]
    repeats: int
    excused: tuple[FoundEvent, ...]


def agreement(kind: EventKind, true: TrueEvent, found: FoundEvent) -> float | None:
    """How well the two fit, more is better; None when they are not the same by the rules of docs/evaluation.md."""
    return fit(kind, (true.start, true.end), (found.start, found.end))


def match(kind: EventKind, true: Sequence[TrueEvent], found: Sequence[FoundEvent]) -> Matching:
    """Matches the statements of one kind in one clip.

    Args:
        kind: Ours.
        true: All true events of the clip; those of other words are left aside.
        found: Statements of this kind.
    """
    answer = ANSWERS[kind]
    required = [one for one in true if one.word in answer.required and not one.optional]
    excusing = [one for one in true if one.word in answer.accepted or (one.word in answer.required and one.optional)]
    pairs = _assign(kind, required, found)
    matched_true, matched_found = {row for row, _ in pairs}, {column for _, column in pairs}
    rest = [one for index, one in enumerate(found) if index not in matched_found]
    excused = [one for one in rest if any(agreement(kind, other, one) is not None for other in excusing)]
    false_alarms = [one for one in rest if one not in excused]
    done = [required[row] for row, _ in pairs]
    return Matching(
        pairs=tuple((required[row], found[column]) for row, column in pairs),
        missed=tuple(one for index, one in enumerate(required) if index not in matched_true),
        false_alarms=tuple(false_alarms),
        repeats=sum(1 for one in false_alarms if any(_inside(one, other) for other in done)),
        excused=tuple(excused),
    )


def _assign(kind: EventKind, true: Sequence[TrueEvent], found: Sequence[FoundEvent]) -> list[tuple[int, int]]:
    return best_pairs([[agreement(kind, one, other) for other in found] for one in true])


def _inside(found: FoundEvent, true: TrueEvent) -> bool:
    shared = min(true.end, found.end) - max(true.start, found.start)
    return shared >= (found.end - found.start) / 2 and shared >= 0
