"""``doorstep incident people``: words about people beside an incident, for those who work on it."""

from typing import Annotated

import typer

from pipeline.casework.people import note_person, read_people, strike_person
from pipeline.cli.matters import matter_for
from pipeline.cli.screen import load_settings, out, print_json, refused_in_words, table
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services

app = typer.Typer(no_args_is_help=True, help="Words about people beside an incident: sealed, never searched.")
Which = Annotated[str, typer.Argument(help="Which incident.")]


@app.command(epilog="Example: doorstep incident people add in-0123456789ab 'The witness of statement 14'")
def add(incident_id: Which, words: Annotated[str, typer.Argument(help="Free text.")]) -> None:
    """Write words about a person; only those who work on the incident, or oversee it, read them."""
    with open_services(load_settings()) as services, refused_in_words():
        out.print(note_person(services, matter_for(services, incident_id), incident_id, words).note_id)


@app.command("list", epilog="Example: doorstep incident people list in-0123456789ab")
def list_people(
    incident_id: Which, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Read the words; that you did is written into the custody log."""
    with open_services(load_settings()) as services:
        found = read_people(services, matter_for(services, incident_id), incident_id)
    if as_json:
        print_json([to_plain(one) for one in found])
        return
    rows = table("people", "note", "when (UTC)", "by", "words")
    for one in found:
        words = f"(struck by {one.struck_by})" if one.struck_by else one.words
        rows.add_row(one.note_id, f"{one.noted_at:%Y-%m-%d %H:%M}", one.noted_by, words)
    out.print(rows if found else "nothing is written about anybody.")


@app.command(epilog="Example: doorstep incident people strike in-0123456789ab pn-0123456789ab")
def strike(incident_id: Which, note_id: Annotated[str, typer.Argument(help="Which note.")]) -> None:
    """Delete the words of a note; that there was one stays."""
    with open_services(load_settings()) as services:
        strike_person(services, matter_for(services, incident_id), incident_id, note_id)
        out.print(f"{note_id} is struck")
