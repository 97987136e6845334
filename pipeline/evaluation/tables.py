"""An evaluation as tables for people."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.evaluation.folder import ClipReport, Evaluation
from pipeline.evaluation.scores import FALSE_ALARMS_A_MINUTE, Score


def as_tables(evaluation: Evaluation, *, with_clips: bool = True) -> Group:
    """Everything that an evaluation says, the clips first and the scores last."""
    return Group(
        *([_clips(evaluation)] if with_clips else []),
        _scores(evaluation),
        *([_conditions(evaluation)] if evaluation.by_condition else []),
        _presence(evaluation),
        *([_second_opinions(evaluation)] if evaluation.second_opinions else []),
        *(Text(line) for line in _lines(evaluation)),
    )


def _clips(evaluation: Evaluation) -> Table:
    table = Table(title="Clips", title_justify="left")
    for name in ("clip", "found", "missed", "false alarms", "cannot tell"):
        table.add_column(name, overflow="fold")
    for report in evaluation.clips:
        if report.failure:
            table.add_row(report.name, Text(f"not read: {report.failure}", style="red"))
        else:
            table.add_row(report.name, *_clip_cells(report))
    return table


def _clip_cells(report: ClipReport) -> Iterator[RenderableType]:
    matchings = report.outcome.matchings.items()
    yield _counted(kind.value for kind, one in matchings for _ in one.pairs)
    yield Text(_counted(kind.value for kind, one in matchings for _ in one.missed), style="yellow")
    yield Text(_counted(kind.value for kind, one in matchings for _ in one.false_alarms), style="red")
    yield _counted(f"{one.kind.value} ({one.reason})" for one in report.outcome.abstentions)


def _counted(words: Iterable[str]) -> str:
    """Each word once, in order, with how often it came."""
    return "\n".join(word if number == 1 else f"{number} x {word}" for word, number in Counter(words).items())


def _scores(evaluation: Evaluation) -> Table:
    table = Table(title="Events", title_justify="left", caption=_caption(), caption_justify="left")
    for name in ("kind", "found", "missed", "false", "precision", "recall", "F1", "95 %", "Pmiss", "false/h"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for kind, score in evaluation.by_kind.items():
        table.add_row(kind.value, *_score_cells(score))
    table.add_section()
    table.add_row("all", *_score_cells(evaluation.overall), style="bold")
    return table


def _conditions(evaluation: Evaluation) -> Table:
    table = Table(title="All events by condition", title_justify="left")
    for name in ("condition", "found", "missed", "false", "precision", "recall", "F1", "95 %", "Pmiss", "false/h"):
        table.add_column(name, justify="left" if name == "condition" else "right")
    for condition, score in evaluation.by_condition.items():
        table.add_row(condition, *_score_cells(score))
    return table


def _caption() -> str:
    return f"95 %: bootstrap of F1 over clips. Pmiss: misses at {FALSE_ALARMS_A_MINUTE} false alarms a minute."


def _score_cells(score: Score) -> Iterator[str]:
    repeats = f" ({score.repeats} repeats)" if score.repeats else ""
    yield from (str(score.found), str(score.missed), f"{score.false_alarms}{repeats}")
    yield from (_rate(score.precision), _rate(score.recall), _rate(score.f1))
    low, high = score.intervals.get("f1", (None, None))
    yield "" if low is None else f"{_rate(low)} to {_rate(high)}"
    yield _rate(score.p_miss)
    yield "" if score.false_alarms_an_hour is None else f"{score.false_alarms_an_hour:.1f}"


def _presence(evaluation: Evaluation) -> Table:
    table = Table(title="Presence, in seconds", title_justify="left")
    for name in ("class", "right", "missed", "wrong", "precision", "recall"):
        table.add_column(name, justify="left" if name == "class" else "right")
    for object_class, one in evaluation.presence.items():
        cells = (str(one.right), str(one.missed), str(one.wrong), _rate(one.precision), _rate(one.recall))
        table.add_row(object_class.value, *cells)
    return table


def _second_opinions(evaluation: Evaluation) -> Table:
    table = Table(title="Beside the camera maker's labels, in clips", title_justify="left")
    for name in ("subject", "both", "only the maker", "only we", "neither", "we were right", "the maker was right"):
        table.add_column(name, justify="left" if name == "subject" else "right")
    for subject, one in evaluation.second_opinions.items():
        numbers = (one.both, one.only_vendor, one.only_ours, one.neither, one.we_were_right, one.vendor_was_right)
        table.add_row(subject, *map(str, numbers))
    return table


def _lines(evaluation: Evaluation) -> Iterator[str]:
    moments, withheld, scale = evaluation.instants, evaluation.abstentions, evaluation.calibration
    if moments.matched:
        yield (
            f"Moments of {moments.matched} events: interval {moments.median_width:.1f} s in the median, "
            f"{moments.widest:.1f} s at most; {_rate(moments.inside)} of the true moments lie inside."
        )
    reasons = ", ".join(f"{reason} {number}" for reason, number in withheld.reasons.items())
    yield (
        f"Cannot tell: {withheld.number} ({reasons or 'never'}), covers {withheld.covered} misses, "
        f"{_rate(withheld.share_of_true) or 'none'} of what was asked for; the rest has "
        f"precision {_rate(withheld.precision_of_rest)}, recall {_rate(withheld.recall_of_rest)}."
    )
    if scale.expected_error is None:
        yield f"Calibration: {scale.statements} statements are too few to say."
    else:
        bins = "; ".join(f"{one.mean_score:.2f} is right in {one.right:.2f} of {one.number}" for one in scale.bins)
        yield f"Calibration: expected error {scale.expected_error:.2f} ({bins})."
    models = ", ".join(f"{model.name} {model.digest[:12]}" for model in evaluation.models) or "none"
    yield f"Looked with {models}; {evaluation.cpu_seconds:.1f} CPU s for {evaluation.clip_seconds:.1f} s of clips."


def _rate(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
