"""``doorstep grant preview``, ``narrow``, ``pause``, ``resume`` and ``looks``: what follows a grant."""

import getpass
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Annotated

import typer

from pipeline.casework.grants.giving import narrow as narrow_grant
from pipeline.casework.grants.looks import as_table, every_look
from pipeline.casework.grants.preview import MOST_DAYS, CameraPreview, Preview
from pipeline.casework.grants.preview import preview as preview_grant
from pipeline.cli.grant_parts import parse_hours, parse_zone, show_deleted, show_grant
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.domain.amounts import counted
from pipeline.domain.events import EventKind
from pipeline.domain.plain import to_plain
from pipeline.errors import DisposalLeftError
from pipeline.night.services import Services, open_services
from pipeline.retention.changing import pause_grant, resume_grant
from pipeline.retention.revocation import Revocation

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Which grant.")]


def preview(
    grant_id: Which,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How many, today among them.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Show what a grant would have shared over the last days: its source is asked why it recorded, and no more."""
    with open_services(load_settings()) as services:
        grant = services.catalogue.grants.get(grant_id).grant
        seen = preview_grant(services, grant, getpass.getuser(), days)
    if as_json:
        print_json(to_plain(seen))
        return
    if grant.paused_since is not None:
        out.print("it is paused, so nothing is fetched under it now; this is what it covers when it goes on")
    out.print(f"{seen.shared} of {counted(seen.recordings, 'recordings')} would be fetched and looked at")
    for camera in seen.cameras:
        out.print(_rows(camera, seen))
        if camera.trouble:
            out.print(f"{camera.camera.name} could not be asked; only what is held was counted: {camera.trouble}")


def narrow(
    grant_id: Which,
    camera: Annotated[list[str] | None, typer.Option(help="Cameras that stay; once for each.")] = None,
    kind: Annotated[list[EventKind] | None, typer.Option(help="Kinds that stay; once for each.")] = None,
    hours: Annotated[list[str] | None, typer.Option(help="HH:MM-HH:MM, or 'mon-fri HH:MM-HH:MM'.")] = None,
    zone: Annotated[list[str] | None, typer.Option(help="name:x,y;x,y;x,y with 0..1 of the picture.")] = None,
    expires: Annotated[str | None, typer.Option(help="An earlier end: a date, or a moment with its zone.")] = None,
    covers_from: Annotated[str | None, typer.Option(help="A later earliest footage.")] = None,
    no_audio: Annotated[bool, typer.Option("--no-audio", help="Sound may no longer be used.")] = False,
    no_whole: Annotated[
        bool, typer.Option("--no-whole-recordings", help="No longer whole recordings, where kinds or zones are named.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign a next version that allows less; what it no longer covers is deleted at once. What is not named stays."""
    with open_services(load_settings()) as services:
        grant = services.catalogue.grants.get(grant_id).grant
        with refused_in_words():
            words = replace(
                grant,
                camera_ids=tuple(camera or grant.camera_ids),
                event_kinds=tuple(kind or grant.event_kinds),
                hours=tuple(map(parse_hours, hours)) if hours else grant.hours,
                zones=tuple(map(parse_zone, zone)) if zone else grant.zones,
                expires_at=parse_moment(expires) if expires else grant.expires_at,
                covers_from=parse_moment(covers_from) if covers_from else grant.covers_from,
                audio=grant.audio and not no_audio,
                whole_recordings=grant.whole_recordings and not no_whole,
            )
        _print(services, narrow_grant(services, grant_id, words, getpass.getuser()), as_json=as_json)


def pause(grant_id: Which, as_json: AsJson = False) -> None:
    """Stop every use of a grant at once, and delete nothing; `doorstep grant resume` lets it go on."""
    _change(pause_grant, grant_id, as_json=as_json)


def resume(grant_id: Which, as_json: AsJson = False) -> None:
    """Let a paused grant go on; what was recorded during the pause stays outside for good."""
    _change(resume_grant, grant_id, as_json=as_json)


def looks(
    resident: Annotated[str, typer.Option(help="Whose grants.")],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many, the newest first.")] = 50,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show who looked at what a resident's grants cover: searches, views, tags and copies, with purpose and case."""
    with open_services(load_settings()) as services:
        found = tuple(islice(every_look(services, resident), limit))
    if as_json:
        print_json([to_plain(one) for one in found])
        return
    if as_csv:
        for line in as_table(iter(found)):
            typer.echo(line, nl=False)
        return
    rows = table("who looked", "when (UTC)", "what", "who", "purpose", "case", "camera")
    for one in found:
        rows.add_row(f"{one.at:%Y-%m-%d %H:%M}", one.what, one.who, one.purpose, one.case_number, one.camera)
    out.print(rows if found else "nobody looked")


_EXAMPLES: dict[Callable[..., None], str] = {
    preview: "Example: doorstep grant preview gr-0123456789ab --days 14",
    narrow: "Example: doorstep grant narrow gr-0123456789ab --hours 'mon-fri 20:00-06:00' --no-audio",
    pause: "Example: doorstep grant pause gr-0123456789ab",
    resume: "Example: doorstep grant resume gr-0123456789ab",
    looks: "Example: doorstep grant looks --resident ann --csv",
}


def add_to(app: typer.Typer) -> None:
    """Puts the commands into their group."""
    for command, example in _EXAMPLES.items():
        app.command(epilog=example)(command)


def _change(change: Callable[[Services, str, str], Revocation], grant_id: str, *, as_json: bool) -> None:
    with open_services(load_settings()) as services:
        _print(services, change(services, grant_id, getpass.getuser()), as_json=as_json)


def _print(services: Services, made: Revocation, *, as_json: bool) -> None:
    """Raises ``DisposalLeftError`` when something is left to do, after it was printed what was done."""
    if as_json:
        settled = [stone.tombstone_id for stone in made.finished.settled]
        print_json({**to_plain(made.signed), "tombstones": settled, "left_to_do": list(made.finished.failed)})
    else:
        show_grant(services, made.signed)
        show_deleted(made.finished.settled)
    if made.finished.failed:
        raise DisposalLeftError(made.finished.failed)


def _rows(camera: CameraPreview, seen: Preview) -> object:
    kinds = tuple(camera.kinds)
    heads = ("day", "recordings", "would be fetched", *(kind.words for kind in kinds), "events not shown")
    rows = table(f"{camera.camera.name}, {seen.since:%Y-%m-%d} to {seen.until:%Y-%m-%d}", *heads)
    for day in camera.days:
        counts = (f"{day.kinds.get(kind, 0)}" for kind in kinds)
        rows.add_row(f"{day.day:%a %Y-%m-%d}", f"{day.recordings}", f"{day.shared}", *counts, f"{day.hidden}")
    return rows
