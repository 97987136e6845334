"""``doorstep near``: what everybody may see around a place, as the public page has it."""

from typing import Annotated

import typer

from pipeline.casework.near.around import read_neighbourhood, reports_around
from pipeline.casework.near.town import open_town
from pipeline.cli.screen import err, load_settings, out, print_json
from pipeline.domain.neighbour_reports import ReportCategory
from pipeline.domain.plain import to_plain
from pipeline.errors import InputRefusedError
from pipeline.night.services import open_services
from pipeline.reports.near_words import (
    CATEGORY_WORDS,
    days_words,
    distance_words,
    hour_words,
    place_words,
    reports_words,
)

app = typer.Typer()


@app.command(
    epilog='Examples: doorstep near | doorstep near "12 Elm Street" --metres 1600 --days 7 | '
    "doorstep near 51.501,-0.121 --category crime --json"
)
def near(
    place: Annotated[str, typer.Argument(help="A street, a postal code or coordinates. Default: everywhere.")] = "",
    metres: Annotated[int | None, typer.Option(min=100, max=20_000, help="Around it.")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=366, help="How far back.")] = None,
    category: Annotated[list[ReportCategory] | None, typer.Option(help="Only these; may be given again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List published reports around a place, as everybody sees them. Nobody's question is written down."""
    settings = load_settings()
    with open_services(settings) as services:
        found = open_town(settings).finder.find(place) if place else None
        if found is not None and not found.places:
            raise InputRefusedError("place", f"nobody here knows {place!r}. {found.said}".strip())
        first = found.places[0] if found else None
        at = f"{first.latitude},{first.longitude}" if first else ""
        where = read_neighbourhood(services, at, metres, [one.value for one in category or ()])
        span = days or settings.near.days
        reports = reports_around(services, where, span)
    if as_json:
        print_json(
            {"place": to_plain(first) if first else None, "where": to_plain(where), "reports": to_plain(reports)}
        )
        return
    if first:
        err.print(f"{first.name}, by {first.source.value}" + (f". {first.credit}" if first.credit else ""))
    out.print(f"{reports_words(len(reports))} {place_words(where, settings.agency.name)}, in {days_words(span)}")
    for one in reports:
        far = f", {distance_words(one.metres)}" if where.place else ""
        when = hour_words(one.report.happened_at, settings.night.time_zone)
        out.print(f"{when}  {CATEGORY_WORDS[one.report.category]}, {one.report.area}{far}  {one.report.report_id}")
        if one.report.words:
            out.print(f"    {one.report.words}")
