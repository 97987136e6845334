"""``doorstep evaluate``: how right we are about a folder of clips."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.analysis import analyse_clip
from pipeline.cli.looking import Looker
from pipeline.cli.screen import load_settings
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.plain import to_plain
from pipeline.evaluation.folder import Evaluation, evaluate_folder
from pipeline.evaluation.tables import as_tables
from pipeline.evaluation.truth import TrueClip

app = typer.Typer()


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Clips, with a truth.json beside them.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Score a folder of clips against its truth file; docs/evaluation.md says how."""
    looker = Looker(load_settings())
    errors = Console(stderr=True)

    def analyse(clip: TrueClip) -> ClipAnalysis:
        request = looker.request(clip.path, clip.trigger, clip.zones)
        return analyse_clip(clip.path, request, looker.detector)

    def tell(done: int, number: int, name: str) -> None:
        errors.print(f"{done + 1} of {number}: {name}", highlight=False)

    evaluation = evaluate_folder(folder, analyse, tell)
    if as_json:
        typer.echo(json.dumps(to_plain(evaluation), indent=1))
    else:
        Console().print(as_tables(evaluation))
    if not _anything_read(evaluation):
        errors.print("no clip of this folder could be read", style="red")
        raise typer.Exit(1)


def _anything_read(evaluation: Evaluation) -> bool:
    return any(not report.failure for report in evaluation.clips)
