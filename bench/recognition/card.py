"""Fitted scores as a table that machines read and a card that people read. No figure in them is typed by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bench.document import table
from bench.recognition.fitting import (
    AT_ITS_WORD,
    BORROWED,
    DRAWN,
    FALSE_ALARMS_A_MINUTE,
    LEAST_CHANCE,
    LEAST_PRECISION,
    Judged,
    fit,
)
from pipeline.detection.manifest import read_manifest
from pipeline.detection.weights import MANIFEST, embedded_directory
from pipeline.domain.events import EventKind
from pipeline.events.calibration import KindScores

_FOLDS = 5
_BINS = 5


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted, and on what.

    Attributes:
        kinds: Scores by kind.
        judged: The statements that it was fitted on.
        minutes: Of footage.
        sets: Number of clips by set.
        models: Digest by name of the weights that looked.
    """

    kinds: Mapping[EventKind, KindScores]
    judged: tuple[Judged, ...]
    minutes: float
    sets: Mapping[str, int]
    models: Mapping[str, str]


def toml(fitted: Fitted) -> str:
    """As ``ScoreTable.read`` takes it."""
    lines = ["# Written by `python -m bench.recognition.calibrate`; MODEL_CARD.md says what it was fitted on.", ""]
    for kind, scores in fitted.kinds.items():
        knots = ", ".join(f"[{score}, {chance}]" for score, chance in scores.knots)
        lines += [
            f"[kinds.{kind.value}]",
            f"knots = [{knots}]",
            f"operating_point = {scores.operating_point}",
            f"statements = {scores.statements}",
            f"right = {scores.right}",
            "",
        ]
    return "\n".join(lines)


def card(fitted: Fitted) -> str:
    """The model card."""
    footage = " and ".join(f"{number} {name}" for name, number in fitted.sets.items())
    models = ", ".join(f"{name} ({digest[:12]})" for name, digest in fitted.models.items())
    return "\n".join(
        [
            "# event-scores",
            "",
            "What the scores of the event rules are worth: for each kind a rising curve from a rule's own score to the "
            "chance that the statement is right, and the operating point, below which no statement is made. "
            "`scores.toml` is read by `pipeline.events.calibration`, which applies it after the rules.",
            "",
            f"**Licence:** {_licence()}.",
            "",
            "## Fitted on",
            f"{footage}: {fitted.minutes:.0f} minutes, {len(fitted.judged)} statements that are right or wrong by the "
            f"truth files; statements where finding is optional are neither. Looked with {models}; with other weights "
            "the same table is used, and nothing was measured that says how well it fits them. The clips that "
            "docs/recognition.md scores as unseen are not among them; the sample clips are.",
            "",
            "## How",
            "Isotonic regression by pooling adjacent violators: level in its steps, straight between. Few statements "
            f"are judged of most kinds: a kind's relatives count as {BORROWED:.0f} statements together, and each step "
            f"is drawn towards the family's share of right ones by {DRAWN:.0f} statements. Below the lowest and above "
            f"the highest score that was seen, the rule's score is taken at its word, with {AT_ITS_WORD} statements a "
            "twentieth of the scale. "
            "No random choice is made. The operating point is the lowest score with at most "
            f"{FALSE_ALARMS_A_MINUTE} false alarms a minute of the "
            f"kind and a precision that the statements do not show to be below {LEAST_PRECISION} (Wilson's upper 95 % "
            "end); where no score has that, the lowest with so "
            "few false alarms; where none has, the one with the best F1; and never "
            f"one whose chance of being right is below {LEAST_CHANCE}.",
            "",
            table(
                ("kind", "judged", "right", "lowest to highest chance", "operating point", "stated", "right of these"),
                [_row(kind, scores, fitted.judged) for kind, scores in fitted.kinds.items()],
            ),
            "",
            "Kinds that are not in the table keep their rule's score, which is no probability.",
            "",
            "## Does it hold on clips that it was not fitted on",
            _held_out(fitted),
            "",
            "## Made again with",
            "`python -m bench.recognition.calibrate`, which also writes the digest of the table "
            f"({sha256(toml(fitted).encode()).hexdigest()[:12]}) into the module that reads it. Needed whenever a "
            "rule, a weight or a limit changes that scores depend on.",
            "",
        ]
    )


def _licence() -> str:
    """As the manifest has it, where reports and packages take it from."""
    (ours,) = (one for one in read_manifest(embedded_directory() / MANIFEST).judges if one.name == "event-scores")
    return ours.licence


def _row(kind: EventKind, scores: KindScores, judged: Sequence[Judged]) -> tuple[str, ...]:
    stated = [one for one in judged if one.kind is kind and one.score >= scores.operating_point]
    right = sum(one.is_right for one in stated)
    return (
        kind.value,
        str(scores.statements),
        str(scores.right),
        f"{scores.knots[0][1]:.2f} to {scores.knots[-1][1]:.2f}",
        f"{scores.operating_point:.2f}",
        str(len(stated)),
        f"{right / len(stated):.2f}" if stated else "",
    )


def _held_out(fitted: Fitted) -> str:
    said = held_out(fitted.judged, fitted.minutes)
    if not said:
        return "No statement could be held out."
    before = expected_error([(one.score, one.is_right) for one in fitted.judged])
    return (
        f"Cross-validated in {_FOLDS} parts by clips: expected calibration error {expected_error(said):.3f} over the "
        f"{len(said)} statements at or above the operating points; the rules' own scores have {before:.3f} over all "
        f"{len(fitted.judged)}. docs/recognition.md gives it for clips of another split."
    )


def held_out(judged: Sequence[Judged], minutes: float) -> list[tuple[float, bool]]:
    """Each statement's chance by a table that was fitted without its part of the clips, and whether it is right.

    Statements below the operating point, and of kinds that only their part of the clips has, are not made.
    """
    clips = sorted({one.clip for one in judged})
    part_of = {clip: number % _FOLDS for number, clip in enumerate(clips)}
    said = []
    for part in range(_FOLDS):
        kinds = fit([one for one in judged if part_of[one.clip] != part], minutes * (_FOLDS - 1) / _FOLDS)
        said += [
            (kinds[one.kind].chance(one.score), one.is_right)
            for one in judged
            if part_of[one.clip] == part and one.kind in kinds and one.score >= kinds[one.kind].operating_point
        ]
    return said


def expected_error(said: Sequence[tuple[float, bool]]) -> float:
    """Mean distance of score and share of right ones in even bins, weighted; as ``pipeline.evaluation`` has it."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for score, is_right in said:
        bins.setdefault(min(int(score * _BINS), _BINS - 1), []).append((score, is_right))
    return sum(abs(sum(score - right for score, right in inside)) for inside in bins.values()) / len(said)
