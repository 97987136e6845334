"""``doorstep catalogue``: what the database needs once in a while."""

from typing import Annotated

import typer

from pipeline.cli.screen import load_settings, out, print_json
from pipeline.night.services import open_services

app = typer.Typer(no_args_is_help=True, help="What the database needs once in a while.")


@app.callback()
def _group() -> None:
    """What the database needs once in a while."""


@app.command(epilog="Examples: doorstep catalogue reindex | doorstep catalogue reindex --json")
def reindex(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Make the search index anew. Every change keeps it, so that it needs this only if it was damaged.

    Everything is read once more, in one transaction: others can search meanwhile, and nobody can write.
    """
    settings = load_settings()
    with open_services(settings) as services:
        count = services.catalogue.index.rebuild(settings.night.time_zone)
    if as_json:
        print_json({"events": count, "time_zone": settings.night.time_zone})
        return
    out.print(f"the search index holds {count} events, with local times of {settings.night.time_zone}")
