"""``doorstep analyze``: what happened in clips, without any account."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.analysis import analyse_clip
from pipeline.cli.grounds import NO_GROUNDS, grounds_table
from pipeline.cli.looking import Looker
from pipeline.cli.screen import load_settings
from pipeline.cli.screen import out as screen
from pipeline.domain.events import ClipAnalysis, InferredEvent
from pipeline.domain.plain import to_plain
from pipeline.errors import PipelineError

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One file: its analysis, or why there is none."""

    path: Path
    analysis: ClipAnalysis | None
    error: PipelineError | None = None


@app.command(epilog="Examples: doorstep analyze clip.mp4 --explain | doorstep analyze *.mp4 --json --out results")
def analyze(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Clips; they are only read.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write <clip>.analysis.json, tracks and all, into this folder.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print below each clip what each of its events rests on.")
    ] = False,
) -> None:
    """Look at clips: what happened, when, how sure, and what was not looked at."""
    looker = Looker(load_settings())
    errors = Console(stderr=True)
    outcomes = []
    for number, path in enumerate(files, start=1):
        errors.print(f"{number} of {len(files)}: {path.name}", highlight=False)
        outcomes.append(_looked_at(path, looker))
    if out is not None:
        _write(out, outcomes)
    if as_json:
        typer.echo(json.dumps({"clips": [_plain(outcome) for outcome in outcomes]}, indent=1))
    else:
        for outcome in outcomes:
            Console().print(_table(outcome))
            if explain and outcome.analysis is not None:
                _explain(outcome.analysis)
    _tell_failures(errors, outcomes)


def _looked_at(path: Path, looker: Looker) -> _Outcome:
    try:
        return _Outcome(path, analyse_clip(path, looker.request(path), looker.detector))
    except PipelineError as error:
        return _Outcome(path, None, error)


def _tell_failures(errors: Console, outcomes: list[_Outcome]) -> None:
    failed = [outcome.error for outcome in outcomes if outcome.error is not None]
    for error in failed:
        errors.print(Text(f"error: {error}", style="red"))
        if error.remedy:
            errors.print(f"what to do: {error.remedy}", highlight=False)
    if failed:
        raise typer.Exit(1)


def _write(folder: Path, outcomes: list[_Outcome]) -> None:
    """One file a clip; clips of the same name are told apart by their digest."""
    folder.mkdir(parents=True, exist_ok=True)
    written: set[str] = set()
    for outcome in outcomes:
        if outcome.analysis is None:
            continue
        name = f"{outcome.path.name}.analysis.json"
        if name in written:
            name = f"{outcome.path.name}.{outcome.analysis.clip[:12]}.analysis.json"
        written.add(name)
        whole = {"file": outcome.path.name, **to_plain(outcome.analysis)}
        (folder / name).write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def _plain(outcome: _Outcome) -> dict[str, Any]:
    """Without tracks: they are in the file that ``--out`` writes."""
    analysis = outcome.analysis
    if analysis is None:
        return {"file": str(outcome.path), "outcome": "failed", "error": str(outcome.error)}
    kept = {name: value for name, value in to_plain(analysis).items() if name not in ("tracks", "events")}
    events = [_plain_event(analysis, event) for event in analysis.events]
    return {"file": str(outcome.path), "outcome": "analysed", **kept, "tracks": len(analysis.tracks), "events": events}


def _plain_event(analysis: ClipAnalysis, event: InferredEvent) -> dict[str, Any]:
    start, end = _seconds(analysis, event)
    return {**to_plain(event), "verdict": event.verdict.value, "start_s": start, "end_s": end}


def _seconds(analysis: ClipAnalysis, event: InferredEvent) -> tuple[float, float]:
    """Start and end, counted from the clip's first frame."""
    first = analysis.probe.first.seconds
    return float(event.span.start.seconds - first), float(event.span.end.seconds - first)


def _table(outcome: _Outcome) -> Table | Text:
    analysis = outcome.analysis
    if analysis is None:
        return Text(f"{outcome.path.name}: not analysed", style="red")
    table = Table(title=outcome.path.name, title_justify="left", caption=_caption(analysis), caption_justify="left")
    for name in ("from", "to", "event", "score", "what was seen"):
        table.add_column(name, justify="right" if name in ("from", "to", "score") else "left")
    for event in analysis.events:
        start, end = _seconds(analysis, event)
        kind = event.kind.value if event.reason is None else f"{event.kind.value}: cannot tell"
        table.add_row(f"{start:.1f}", f"{end:.1f}", kind, f"{event.score:.2f}", event.sentence)
    if not analysis.events:
        table.add_row("", "", "nothing", "", "")
    return table


def _explain(analysis: ClipAnalysis) -> None:
    """The JSON has the grounds of each event in any case."""
    for event in analysis.events:
        start, end = _seconds(analysis, event)
        name = event.kind.value if event.reason is None else f"{event.kind.value}: cannot tell, {event.reason.value}"
        title = f"{name}, {start:.1f} to {end:.1f} s: grounds"
        screen.print()
        if event.grounds:
            screen.print(grounds_table(event.grounds, title))
        else:
            screen.print(Text(title, style="bold"))
            screen.print(NO_GROUNDS)


def _caption(analysis: ClipAnalysis) -> str:
    sampling = analysis.sampling
    return (
        f"{analysis.model.name} {analysis.model.digest[:12]} looked at {len(sampling.sampled)} of "
        f"{sampling.frames_decoded} frames; {sampling.decode_errors} did not decode; a visit shorter than "
        f"{float(sampling.shortest_missable):.1f} s can be missed."
    )
