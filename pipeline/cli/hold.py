"""``doorstep hold``: orders not to delete."""

import getpass
from typing import Annotated

import typer

from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import Hold, HoldScope, Instrument
from pipeline.night.services import open_services
from pipeline.retention.holding import lift_hold, place_hold

app = typer.Typer(no_args_is_help=True, help="Orders not to delete: place, lift, list. Each names its instrument.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    epilog="Examples: doorstep hold place --instrument 'court order' --id 26-CV-1234 --incident in-0123456789ab | "
    "doorstep hold place --instrument 'preservation letter' --id PL-7 --camera ring:1001 "
    "--since 2026-03-10T18:00Z --until 2026-03-11T06:00Z"
)
def place(
    instrument: Annotated[Instrument, typer.Option(help="What orders it.")],
    instrument_id: Annotated[str, typer.Option("--id", help="Its number or mark, as on the paper.")],
    incident: Annotated[str, typer.Option(help="Hold all that belongs to this incident.")] = "",
    original: Annotated[str, typer.Option(help="Hold this original, by its SHA-256.")] = "",
    camera: Annotated[str, typer.Option(help="Hold this camera's footage between --since and --until.")] = "",
    since: Annotated[str, typer.Option(help="With --camera: start, with its zone.")] = "",
    until: Annotated[str, typer.Option(help="With --camera: end, with its zone.")] = "",
    sealed: Annotated[bool, typer.Option("--sealed", help="The resident may not be told of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Place a hold: nothing that it names is deleted until it is lifted, whatever else would delete it."""
    with refused_in_words():
        scope = HoldScope(
            incident_id=incident,
            digest=original.lower(),
            camera_id=camera,
            since=parse_moment(since) if since else None,
            until=parse_moment(until) if until else None,
        )
    with open_services(load_settings()) as services:
        hold = place_hold(services, instrument, instrument_id, scope, getpass.getuser(), sealed=sealed)
    _say(hold, "placed", as_json=as_json)


@app.command(epilog="Example: doorstep hold lift ho-0123456789ab --id 26-CV-1234/7")
def lift(
    hold_id: Annotated[str, typer.Argument(help="Which hold.")],
    lifting_id: Annotated[str, typer.Option("--id", help="Number or mark of what lifts it.")],
    as_json: AsJson = False,
) -> None:
    """Lift a hold: what it kept goes with the next retention sweep, if nothing else keeps it."""
    with open_services(load_settings()) as services:
        hold = lift_hold(services, hold_id, lifting_id, getpass.getuser())
    _say(hold, "lifted", as_json=as_json)


@app.command("list")
def list_holds(
    lifted_too: Annotated[bool, typer.Option("--all", help="Those that were lifted too.")] = False,
    for_resident: Annotated[bool, typer.Option("--for-resident", help="Leave out what is sealed.")] = False,
    as_json: AsJson = False,
) -> None:
    """List holds. What is printed with --for-resident may be shown to a resident."""
    with open_services(load_settings()) as services:
        found = services.catalogue.holds.list(lifted_too=lifted_too)
    shown = [hold for hold in found if not (for_resident and hold.is_sealed)]
    if as_json:
        print_json([to_plain(hold) for hold in shown])
        return
    rows = table("holds", "hold", "instrument", "about", "placed", "state")
    for hold in shown:
        state = "in force" if hold.lifted_at is None else f"lifted {hold.lifted_at:%Y-%m-%d} ({hold.lifting_id})"
        sealed = ", sealed" if hold.is_sealed else ""
        placed = f"{hold.placed_at:%Y-%m-%d %H:%M} UTC by {hold.placed_by}"
        rows.add_row(hold.hold_id, f"{hold.instrument} {hold.instrument_id}", hold.scope.words, placed, state + sealed)
    out.print(rows if shown else "no holds.")


def _say(hold: Hold, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json(to_plain(hold))
    else:
        out.print(f"{what} {hold.hold_id}: {hold.scope.words}, {hold.instrument} {hold.instrument_id}")
