"""A run as docs/recognition.md. No figure in it is typed by hand."""

from collections.abc import Iterator, Sequence

from bench.document import table
from bench.recognition.run import Beside, Result, Run
from bench.recognition.twin import Twin
from bench.recognition.verdicts import verdicts
from pipeline.domain.events import INSTANT_KINDS, PACKAGE_KINDS, EventKind
from pipeline.evaluation.folder import ClipReport
from pipeline.evaluation.scores import FALSE_ALARMS_A_MINUTE, Score, abstentions, instants, score
from pipeline.events.calibration import SCORES_DIGEST

_TURNS = tuple(kind for kind in EventKind if kind in PACKAGE_KINDS & INSTANT_KINDS)
_SHORT = 30
"""Clips of a set that are still shown one by one."""


def page(run: Run, twin: Twin | None = None) -> str:
    """The whole page; ``twin`` is what the same composites came to with a classifier that never saw their parcels."""
    sets = (part for result in run.results for part in _set(result))
    parts = [_head(run), _targets(run), _unseen(twin), *sets, _how(run)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(run: Run) -> str:
    extent = run.extent
    some = "" if extent.at_most is None else f" At most {extent.at_most} clips of each set: rougher figures."
    seconds = sum(result.evaluation.clip_seconds for result in run.results)
    models = {model.name: model.digest for result in run.results for model in result.evaluation.models}
    looked = ", ".join(f"{name} ({digest[:12]})" for name, digest in models.items())
    return "\n".join(
        [
            "# Recognition",
            "",
            f"Written by `make evaluate` on {run.began:%Y-%m-%d} from {run.began:%H:%M} to {run.ended:%H:%M} UTC, at "
            f"commit {run.machine.commit}.{some} What the scores mean stands in [evaluation.md](evaluation.md).",
            "",
            f"- Looked with {looked or 'nothing'}; event scores {SCORES_DIGEST[:12]}; settings as shipped.",
            *(
                f"- **{result.clips.name}**: {len(result.clips.clips)} clips, "
                f"{result.evaluation.clip_seconds / 60:.1f} minutes; {result.clips.about}."
                for result in run.results
            ),
            f"- {seconds / 60:.0f} minutes in all. What the detector said of a picture may be remembered from an "
            "earlier run; everything after it ran now.",
        ]
    )


def _targets(run: Run) -> str:
    rows = [(one.what, one.target, one.measured, "met" if one.is_met else "**missed**") for one in verdicts(run)]
    return "## Targets\n\n" + table(("what", "target", "measured", ""), rows)


def _unseen(twin: Twin | None) -> str:
    if twin is None:
        return ""
    kinds = {kind: one for kind, one in twin.by_kind.items() if kind in PACKAGE_KINDS}
    return "\n\n".join(
        (
            "## Composites, with a parcel classifier that never saw their parcels",
            "The shipped classifier has learnt from pictures out of which most parcels of the composites are cut. Its "
            "twin learnt by the same recipe from the other half of them alone; all else is the same, and so are the "
            "clips. What the shipped one does on parcels new to it lies between these figures and those below.",
            _events(kinds, twin.overall),
        )
    )


def _set(result: Result) -> Iterator[str]:
    name, evaluation = result.clips.name, result.evaluation
    yield f"## {name[0].upper()}{name[1:]}"
    yield _events(evaluation.by_kind, evaluation.overall)
    yield "### Moments\n\n" + _moments(result)
    yield "### Cannot tell\n\n" + _abstentions(result)
    yield "### What scores mean\n\n" + _calibration(result)
    yield "### Presence, in seconds\n\n" + _presence(result)
    yield _conditions(result)
    yield _second_opinions(result)
    yield _beside(result.beside)
    yield _clips(result)


_HEAD = ("", "true", "found", "missed", "false", "precision", "recall", "F1", "Pmiss", "false/h")


def _events(by_kind: dict[EventKind, Score], overall: Score) -> str:
    rows = [_row(kind.value, one) for kind, one in by_kind.items() if _is_asked(one)]
    return table(_HEAD, [*rows, _row("**all**", overall)])


def _row(name: str, one: Score) -> tuple[str, ...]:
    hourly = "" if one.false_alarms_an_hour is None else f"{one.false_alarms_an_hour:.1f}"
    return (
        name,
        str(one.found + one.missed),
        str(one.found),
        str(one.missed),
        str(one.false_alarms),
        _with_interval(one.precision, one.intervals.get("precision")),
        _with_interval(one.recall, one.intervals.get("recall")),
        _with_interval(one.f1, one.intervals.get("f1")),
        _with_interval(one.p_miss, one.intervals.get("p_miss")),
        hourly,
    )


def _with_interval(figure: float | None, interval: tuple[float, float] | None) -> str:
    if figure is None:
        return ""
    return f"{figure:.2f}" if interval is None else f"{figure:.2f} ({interval[0]:.2f} to {interval[1]:.2f})"


def _moments(result: Result) -> str:
    groups = [(kind.value, {kind}) for kind in EventKind if kind in INSTANT_KINDS]
    rows = []
    for name, kinds in [*groups, ("**all**", set(INSTANT_KINDS))]:
        one = instants(result.outcomes, kinds)
        if one.matched:
            inside = _with_interval(one.inside, one.inside_interval)
            rows.append((name, str(one.matched), f"{one.median_width:.1f}", f"{one.widest:.1f}", inside))
    if not rows:
        return "No moment was found."
    return table(("", "found", "interval, median s", "widest s", "true moment inside"), rows)


def _abstentions(result: Result) -> str:
    one = result.evaluation.abstentions
    if not one.number:
        return "Never."
    reasons = ", ".join(f"{reason} {number}" for reason, number in one.reasons.items())
    return (
        f"{one.number} times ({reasons}). {one.covered} of them at true events that were not stated, "
        f"{_share(one.share_of_true)} of all true events. Of the rest, precision {_figure(one.precision_of_rest)} and "
        f"recall {_figure(one.recall_of_rest)}."
    )


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.1%}"


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def _calibration(result: Result) -> str:
    scale = result.evaluation.calibration
    if scale.expected_error is None:
        return f"{scale.statements} statements are too few to say."
    rows = [
        (f"{one.low:.1f} to {one.high:.1f}", str(one.number), f"{one.mean_score:.3f}", f"{one.right:.3f}")
        for one in scale.bins
    ]
    told = table(("score", "statements", "mean score", "right"), rows)
    return f"{told}\n\nExpected calibration error {scale.expected_error:.3f} over {scale.statements} statements."


def _presence(result: Result) -> str:
    rows = [
        (name.value, str(one.right), str(one.missed), str(one.wrong), _figure(one.precision), _figure(one.recall))
        for name, one in result.evaluation.presence.items()
        if one.right + one.missed + one.wrong
    ]
    return table(("", "right", "missed", "wrong", "precision", "recall"), rows) if rows else "Nothing was in view."


def _conditions(result: Result) -> str:
    if not result.conditions:
        return ""
    rows = []
    plain = [one for clip, one in zip(result.clips.clips, result.outcomes, strict=True) if not clip.conditions]
    for name, outcomes in [*result.conditions.items(), *([("none of these", plain)] if plain else [])]:
        turns, whole = score(outcomes, _present(_TURNS, result)), score(outcomes, result.kinds)
        silent = abstentions(outcomes).share_of_true
        numbers = (str(turns.found + turns.missed), str(turns.found), str(turns.false_alarms))
        rows.append(
            (
                name,
                str(len(outcomes)),
                *numbers,
                _with_interval(turns.f1, turns.intervals.get("f1")),
                _with_interval(whole.f1, whole.intervals.get("f1")),
                "" if silent is None else f"{silent:.0%}",
            )
        )
    head = ("", "clips", "package events", "found", "false", "F1 of packages", "F1 of all events", "cannot tell")
    told = "A clip counts under each of its conditions. Package events: delivered, picked up and moved."
    return f"### By condition\n\n{told}\n\n{table(head, rows)}"


def _present(kinds: Sequence[EventKind], result: Result) -> list[EventKind]:
    return [kind for kind in kinds if kind in result.kinds]


def _second_opinions(result: Result) -> str:
    opinions = result.evaluation.second_opinions
    if not opinions:
        return ""
    head = ("", "both", "only the maker", "only we", "neither", "we were right", "the maker was right")
    rows = [
        tuple(map(str, (name, o.both, o.only_vendor, o.only_ours, o.neither, o.we_were_right, o.vendor_was_right)))
        for name, o in opinions.items()
    ]
    return f"### Beside the camera maker's labels, in clips\n\n{table(head, rows)}"


def _beside(beside: Beside | None) -> str:
    if beside is None:
        return ""
    ways = [("**doorstep**", beside.ours), *((one.name, one.evaluation) for one in beside.rivals)]
    shown = [kind for kind in EventKind if any(_is_asked(way.by_kind.get(kind)) for _, way in ways)]
    head = ("", *(f"{kind.value} F1 (false)" for kind in shown), "all F1", "all, false/h")
    rows = []
    for name, way in ways:
        hourly = way.overall.false_alarms_an_hour
        cells = [_short(way.by_kind.get(kind)) for kind in shown]
        rows.append((name, *cells, _short(way.overall), "" if hourly is None else f"{hourly:.0f}"))
    lines = [
        "### Beside plainer ways",
        "",
        f"On {beside.clips} clips of the set, evenly drawn, the same for everybody.",
        "",
        table(head, rows),
        "",
        *(f"- **{one.name}**: {one.about}" for one in beside.rivals),
    ]
    return "\n".join([*lines, _bound(beside)])


def _is_asked(one: Score | None) -> bool:
    return one is not None and one.found + one.missed + one.false_alarms > 0


def _short(one: Score | None) -> str:
    return "" if one is None or one.f1 is None else f"{one.f1:.2f} ({one.false_alarms})"


def _bound(beside: Beside) -> str:
    bound = beside.bound
    if bound is None:
        return "- DVR-Scan could not be installed here."
    at, asked = (sum(column) for column in zip(*bound.by_kind.values(), strict=True)) if bound.by_kind else (0, 0)
    kinds = ", ".join(f"{kind.value} {moved} of {all_}" for kind, (moved, all_) in bound.by_kind.items())
    return (
        f"- **motion alone**: DVR-Scan finds motion in {bound.moving:.0f} of {bound.seconds:.0f} seconds, and at {at} "
        f"of {asked} true events ({kinds}): no way that waits for motion can exceed that. It does not say what moved."
    )


def _clips(result: Result) -> str:
    if len(result.clips.clips) > _SHORT:
        wrong = sum(1 for one in result.evaluation.clips if _is_wrong(one))
        return f"{wrong} of {len(result.clips.clips)} clips have a miss or a false alarm."
    rows = [(report.name, *_clip_cells(report)) for report in result.evaluation.clips]
    return "### Clip by clip\n\n" + table(("", "found", "missed", "false", "cannot tell"), rows)


def _is_wrong(report: ClipReport) -> bool:
    return bool(report.failure) or any(one.missed or one.false_alarms for one in report.outcome.matchings.values())


def _clip_cells(report: ClipReport) -> tuple[str, ...]:
    if report.failure:
        return (f"not read: {report.failure}", "", "", "")
    matchings = report.outcome.matchings.items()
    return (
        _counted([kind.value for kind, one in matchings for _ in one.pairs]),
        _counted([kind.value for kind, one in matchings for _ in one.missed]),
        _counted([kind.value for kind, one in matchings for _ in one.false_alarms]),
        _counted([f"{one.kind.value} ({one.reason})" for one in report.outcome.abstentions]),
    )


def _counted(words: Sequence[str]) -> str:
    return ", ".join(
        word if words.count(word) == 1 else f"{words.count(word)} x {word}" for word in dict.fromkeys(words)
    )


def _how(run: Run) -> str:
    return "\n".join(
        [
            "## How",
            "",
            "- Intervals in brackets are 95 % bootstrap intervals over clips. A set with few events has wide ones: "
            "look at them before the figure. Where nothing went wrong they have no width, which is no promise.",
            f"- Pmiss is the share of misses at the score that keeps false alarms at {FALSE_ALARMS_A_MINUTE} a minute.",
            "- Event scores and operating points were fitted on the other split of composites and on the sample clips "
            "(models/event-scores/MODEL_CARD.md).",
            "- Composites are no doorbell footage: what they do not show, these figures do not say.",
        ]
    )
