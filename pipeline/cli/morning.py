"""``doorstep morning``: what a night did, and what waits for a person; on the terminal, as JSON, as a mail."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from pipeline.casework.morning import Morning, read_morning
from pipeline.casework.morning_mail import mail_morning
from pipeline.casework.morning_parts import Reader
from pipeline.casework.morning_view import morning_view
from pipeline.cli.matters import new_matter
from pipeline.cli.night import checked_night
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.agents import Role
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep morning | doorstep morning --night 2026-03-10 --json | "
    "doorstep morning --mail | doorstep morning --role auditor"
)
def morning(
    night: Annotated[str | None, typer.Option(help="By the date of its evening. Default: the newest.")] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Mail it to those whom the settings name, again if need be.")
    ] = False,
    role: Annotated[
        Role | None, typer.Option(help="Whose morning: who sees no footage is told of no event. Default: supervisor.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="Why you look. Default: the night's.")] = None,
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a night did: fetched, empty, failed and why, events, what was not seen, what waits for a person.

    Only what live grants let you be told is counted, and that you read it is written into the custody log.
    """
    if mail and (role is not None or purpose is not None or case):
        raise typer.BadParameter("a mail is the settings' own: --role, --purpose and --case say nothing beside it")
    settings = load_settings()
    key = checked_night(night, "--night") or ""
    with open_services(settings) as services:
        if mail:
            sent = mail_morning(services, key)
            if as_json:
                print_json(to_plain(sent))
            else:
                out.print(f"morning of {sent.night}: {sent.detail}")
            return
        matter = new_matter(services, purpose, None, case)
        found = read_morning(services, Reader.at_the_desk(matter, role or Role.SUPERVISOR), key)
    if as_json:
        print_json(to_plain(found))
    else:
        _print(found, morning_view(found, settings.night.time_zone))


def _print(found: Morning, view: dict[str, Any]) -> None:
    out.print(view["title"], style="bold")
    out.print(f"{view['ran']}. {view['state']}".strip())
    out.print(", ".join(f"{figure['count']} {figure['label']}" for figure in view["figures"]))
    out.print()
    _print_waiting(view["waiting"])
    out.print()
    _print_cameras(view["cameras"])
    out.print("not seen:", style="bold")
    for one in view["unseen"] or ({"what": "nothing is known to be missing", "why": ()},):
        out.print(f"  {one['what']}" + (f" ({'; '.join(one['why'])})" if one["why"] else ""))
    if found.merged:
        out.print(f"missed nights that this one took along: {', '.join(found.merged)}")
    for one in view["worth"]:
        said = f"; people: {one['said']}" if one["said"] else ""
        out.print(f"{one['local']}, {one['camera']}: {one['name']} ({one['score']:.2f}{said})  {one['event']}")


def _print_waiting(waiting: Sequence[dict[str, Any]]) -> None:
    for one in waiting:
        out.print(f"  {one['what']}" + (f": {one['action']}" if one["action"] else ""), style="yellow")
        for detail in one["detail"]:
            out.print(f"      {detail}")
    if not waiting:
        out.print("nothing waits for a person")


def _print_cameras(cameras: Sequence[dict[str, Any]]) -> None:
    rows = table("cameras", "camera", "listed", "fetched", "empty", "failed", "looked at", "found", "cannot tell")
    for camera in cameras:
        kinds = ", ".join(f"{one['name'].lower()} {one['count']}" for one in camera["kinds"]) or "-"
        numbers = (str(camera[name]) for name in ("listed", "fetched", "nothing", "failed", "looked_at"))
        unsure = ", ".join(camera["cannot_tell"]) or "-"
        rows.add_row(f"{camera['name']} ({camera['id']})", *numbers, kinds, unsure)
    out.print(rows if cameras else "no camera has a live grant for this purpose")
