"""The rates that transparency reports print, out of the run that wrote the page.

Kept by the run and not by hand: a page that was measured anew and a report that still told the older figures would be
two truths.
"""

import json
from pathlib import Path

from bench.measuring import ROOT
from bench.recognition.run import COMPOSITES_SET, Result, Run
from pipeline.casework.transparency import measured_rates
from pipeline.domain.events import EventKind
from pipeline.domain.plain import to_plain
from pipeline.domain.transparency import Rate
from pipeline.evaluation.reviews import wilson
from pipeline.evaluation.scores import Score

RATES = ROOT / "pipeline" / "casework" / "measured_rates.json"
_PAGE = "docs/recognition.md"
_MISSED = {
    EventKind.PACKAGE_DELIVERED: "packages delivered that are missed",
    EventKind.PACKAGE_PICKED_UP: "packages picked up that are missed",
}
"""What is told apart: the two kinds that say most about a person's doings."""


def rewrite_rates(run: Run, path: Path = RATES) -> bool:
    """Puts the run's rates in the place of the former run's; rates of other pages stay.

    Returns:
        Whether there was anything to write: False for a run without composites, whose truth alone is exact.
    """
    result = next((one for one in run.results if one.clips.name == COMPOSITES_SET), None)
    if result is None:
        return False
    rates = (*_rates(result), *(rate for rate in measured_rates() if _PAGE not in rate.source))
    lines = ",\n".join(f"  {json.dumps(to_plain(rate))}" for rate in rates)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return True


def _rates(result: Result) -> tuple[Rate, ...]:
    overall, by_kind = result.evaluation.overall, result.evaluation.by_kind
    weights = ", ".join(model.name for model in result.evaluation.models)
    seen = "composite clips with exact truth, most parcels of which the classifier had seen in training"
    first = f"{_PAGE}: {len(result.clips.clips)} {seen}, weights {weights}, all kinds"
    same = f"{_PAGE}: the same clips"
    wrong = _part(overall.false_alarms, overall.found + overall.false_alarms, overall, "precision")
    return (
        Rate(f"events that are there and are missed (recall {_figure(overall.recall)})", _missed(overall), first),
        Rate(f"statements that are wrong (precision {_figure(overall.precision)})", wrong, same),
        *(Rate(what, _missed(by_kind[kind]), same) for kind, what in _MISSED.items() if kind in by_kind),
    )


def _missed(score: Score) -> str:
    return _part(score.missed, score.found + score.missed, score, "recall")


def _part(part: int, whole: int, score: Score, complement: str) -> str:
    if not whole:
        return "none of none"
    low, high = _interval(part, whole, score.intervals.get(complement))
    return f"{part} of {whole}, {part / whole:.0%} ({low:.0%} to {high:.0%})"


def _interval(part: int, whole: int, complement: tuple[float, float] | None) -> tuple[float, float]:
    """By drawing clips anew; Wilson's where that says nothing, since no drawing shows what never happened."""
    if complement is None or complement[0] == complement[1]:
        return wilson(part, whole) or (0.0, 1.0)
    return 1 - complement[1], 1 - complement[0]


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
