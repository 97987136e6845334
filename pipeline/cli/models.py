"""``doorstep models``: which weights look at footage, where they come from, and whether they are the right ones."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.analysis import embedded_scores
from pipeline.cli.screen import load_settings
from pipeline.detection.loading import can_run, choose
from pipeline.detection.manifest import ModelEntry
from pipeline.detection.pulling import download, pull
from pipeline.detection.weights import Shelf, digest_of, open_shelf
from pipeline.domain.events import EventKind
from pipeline.domain.plain import to_plain
from pipeline.errors import DetectionError
from pipeline.events.calibration import SCORES_DIGEST, KindScores
from pipeline.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Which weights look: list, pull, verify.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def shelf_of(settings: Settings) -> Shelf:
    """The shelf that the settings name.

    Raises:
        SettingsError: A manifest cannot be read.
    """
    return open_shelf(settings.models.directory or settings.store.directory / "models")


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Every model of the manifest, best first; the one marked with * looks."""
    settings = load_settings()
    shelf = shelf_of(settings)
    looks = choose(shelf, settings.detection.model)
    rows = [_row(shelf, entry, looks) for entry in shelf.manifest.models]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        mark = "*" if row["looks"] else " "
        typer.echo(f"{mark} {row['name']:<24} {row['state']:<28} {row['input_side']:>4} px  {row['licence']}")
    typer.echo(f"pulled models lie in {shelf.operators}")
    typer.echo(f"operating points of events, by the table {SCORES_DIGEST[:12]}; `doorstep models scores` says more")


@app.command("scores")
def list_scores(as_json: AsJson = False) -> None:
    """What the scores of events are worth, and from where on a statement is made, kind by kind."""
    kinds = embedded_scores().kinds
    if as_json:
        typer.echo(json.dumps({"digest": SCORES_DIGEST, "kinds": to_plain(kinds)}, indent=2))
        return
    for kind in EventKind:
        typer.echo(f"{kind.value:<20} {_worth(kinds.get(kind))}")
    typer.echo(f"table {SCORES_DIGEST}")


def _worth(scores: KindScores | None) -> str:
    if scores is None:
        return "not fitted: the rule's own score, stated from the setting least_score on"
    return (
        f"stated from {scores.operating_point:.2f} on, where {scores.chance(scores.operating_point):.0%} are right; "
        f"fitted on {scores.statements} statements, {scores.right} of them right"
    )


@app.command("pull")
def pull_model(
    name: Annotated[str, typer.Argument(help="Of the model, as `doorstep models list` shows it.")],
    bring_from: Annotated[
        Path | None, typer.Option("--from", help="Folder that holds the files, instead of fetching them.")
    ] = None,
) -> None:
    """Fetch a model, or bring it from a folder, and check its digest."""
    shelf = shelf_of(load_settings())
    entry = shelf.entry(name)
    first_time = len(shelf.expected(entry)) < len(entry.files)
    weights = pull(shelf, entry, bring_from, download)
    typer.echo(f"{name} {weights.identity.digest}")
    typer.echo(f"licence of these weights: {entry.licence}; source: {entry.source}")
    if first_time:
        typer.echo("unpinned: its publisher states no digest; this one is written down and held to from now on")


@app.command("verify")
def verify_models(
    names: Annotated[list[str] | None, typer.Argument(help="Models to check; default: all that are here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Read weights again and compare their digests; exit code 1 when one is not right."""
    shelf = shelf_of(load_settings())
    chosen = (
        [shelf.entry(name) for name in names] if names else [one for one in shelf.manifest.models if shelf.has(one)]
    )
    results = [_verified(shelf, entry) for entry in chosen]
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        for result in results:
            typer.echo(f"{result['name']:<24} {result['problem'] or 'as expected: ' + result['digest']}")
    if any(result["problem"] for result in results):
        raise typer.Exit(1)


def _row(shelf: Shelf, entry: ModelEntry, looks: ModelEntry) -> dict[str, object]:
    expected = shelf.expected(entry)
    return {
        "name": entry.name,
        "looks": entry == looks,
        "state": _state(shelf, entry),
        "digest": digest_of(expected) if len(expected) == len(entry.files) else "unpinned",
        "input_side": entry.input_side,
        "runtime": entry.runtime.value,
        "licence": entry.licence,
        "source": entry.source,
    }


def _state(shelf: Shelf, entry: ModelEntry) -> str:
    if not shelf.has(entry):
        return "not here"
    if not can_run(entry):
        return "here, needs ultralytics"
    return "comes with doorstep" if entry.embedded else "pulled"


def _verified(shelf: Shelf, entry: ModelEntry) -> dict[str, str]:
    try:
        return {"name": entry.name, "digest": shelf.read(entry).identity.digest, "problem": ""}
    except DetectionError as error:
        return {"name": entry.name, "digest": "", "problem": str(error)}
