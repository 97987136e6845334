"""``doorstep areas``: for which places reports of neighbours are taken."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.casework.neighbours.areas import areas_of, read_areas
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.agency_areas import Elsewhere, Found
from pipeline.domain.plain import to_plain

app = typer.Typer(no_args_is_help=True, help="The agency's areas and beats, a GeoJSON file: check it, ask it.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def _group() -> None:
    """Keeps ``check`` a command of its own; a group of one would swallow its name."""


@app.command(epilog="Examples: doorstep areas check | doorstep areas check areas.geojson --at 51.5001,-0.1201")
def check(
    file: Annotated[Path | None, typer.Argument(help="Default: DOORSTEP_AGENCY__AREAS.")] = None,
    at: Annotated[str, typer.Option(help="LATITUDE,LONGITUDE: say to whom a report from there goes.")] = "",
    as_json: AsJson = False,
) -> None:
    """Read the file, and say what is in it or what is wrong with it."""
    areas = read_areas(file) if file is not None else areas_of(load_settings())
    if at:
        found = areas.find(*_place(at))
        if as_json:
            print_json({"found": None if found is None else to_plain(found)})
        elif isinstance(found, Found):
            out.print(f"{found.area.name} ({found.area.area_id})" + (f", beat {found.beat}" if found.beat else ""))
        elif isinstance(found, Elsewhere):
            out.print(f"elsewhere: {found.agency} {found.number}".rstrip())
        else:
            out.print("in no area: no report from there is taken")
        return
    if as_json:
        named = [
            {"id": one.area_id, "name": one.name, "beats": [beat.name for beat in one.beats]} for one in areas.areas
        ]
        print_json({"areas": named, "elsewhere": [one.agency for one in areas.elsewhere]})
        return
    rows = table("areas", "area", "name", "beats")
    for area in areas.areas:
        rows.add_row(area.area_id, area.name, ", ".join(beat.name for beat in area.beats))
    out.print(rows)
    for other in areas.elsewhere:
        out.print(f"elsewhere: {other.agency} {other.number}".rstrip())


def _place(words: str) -> tuple[float, float]:
    """Raises typer.BadParameter where it is none."""
    wrong = "--at is written LATITUDE,LONGITUDE, for example 51.5001,-0.1201"
    try:
        latitude, longitude = (float(part) for part in words.split(","))
    except ValueError as error:
        raise typer.BadParameter(wrong) from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - of the earth
        raise typer.BadParameter(wrong)
    return latitude, longitude
