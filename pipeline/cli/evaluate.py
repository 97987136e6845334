"""``doorstep evaluate``: how right we are about a folder of clips, or by what people said at the desk."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.analysis import analyse_clip
from pipeline.casework.reviews import reviews_of
from pipeline.cli.looking import Looker
from pipeline.cli.matters import new_matter
from pipeline.cli.screen import load_settings, out, parse_moment
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.plain import to_plain
from pipeline.evaluation.folder import Evaluation, evaluate_folder
from pipeline.evaluation.review_tables import as_table
from pipeline.evaluation.tables import as_tables
from pipeline.evaluation.truth import TrueClip
from pipeline.night.services import open_services

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep evaluate ~/clips-with-truth --json | "
    "doorstep evaluate --from-reviews --since 2026-03-01 --json"
)
def evaluate(
    folder: Annotated[
        Path | None, typer.Argument(exists=True, file_okay=False, help="Clips, with a truth.json beside them.")
    ] = None,
    from_reviews: Annotated[
        bool, typer.Option("--from-reviews", help="Count what people confirmed, rejected and corrected instead.")
    ] = False,
    since: Annotated[str | None, typer.Option(help="Of reviews: made from then on.")] = None,
    until: Annotated[str | None, typer.Option(help="Of reviews: made before.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Score a folder of clips against its truth file, or the machine against what people said; docs/evaluation.md."""
    if from_reviews == (folder is not None):
        raise typer.BadParameter("name a folder, or give --from-reviews")
    if folder is not None and (since or until):
        raise typer.BadParameter("--since and --until are of reviews: give --from-reviews")
    if from_reviews:
        _of_reviews(since, until, as_json=as_json)
    elif folder is not None:
        _of_folder(folder, as_json=as_json)


def _of_reviews(since: str | None, until: str | None, *, as_json: bool) -> None:
    window = [parse_moment(edge) if edge else None for edge in (since, until)]
    with open_services(load_settings()) as services:
        matter = new_matter(services, None, None, "")
        reviews = reviews_of(services, matter, *window)
    if as_json:
        typer.echo(json.dumps(to_plain(reviews), indent=1))
    else:
        out.print(as_table(reviews))


def _of_folder(folder: Path, *, as_json: bool) -> None:
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
