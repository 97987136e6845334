"""``doorstep grant``: what residents allow."""

import getpass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from pipeline.casework.grants.giving import versions
from pipeline.cli import grant_changes
from pipeline.cli.grant_parts import parse_hours, parse_zone, show_deleted, show_grant
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.consent.grants import sign_grant
from pipeline.domain.consent import ConsentGrant, SignedGrant
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.ids import new_id
from pipeline.domain.plain import to_plain
from pipeline.errors import CameraUnknownError, ConsentOutOfScopeError, DisposalLeftError, RecordNotFoundError
from pipeline.night.services import Services, open_services
from pipeline.reports import receipt_words, write_receipt
from pipeline.retention import revocation
from pipeline.retention.receipt import make_receipt

app = typer.Typer(
    no_args_is_help=True, help="What residents allow. Nothing is fetched, indexed, shown or exported without."
)
_EXAMPLE = (
    "Example: doorstep grant add --resident ann --camera ring:1001 --purpose 'package theft' "
    "--recipient 'Oak Street police' --hours 18:00-08:00 --time-zone America/New_York --expires 2027-03-31"
)
grant_changes.add_to(app)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(epilog=_EXAMPLE)
def add(
    resident: Annotated[str, typer.Option(help="Who grants.")],
    camera: Annotated[list[str], typer.Option(help="Camera id; once for each camera.")],
    expires: Annotated[str, typer.Option(help="Until when: a date, or a moment with its zone.")],
    purpose: Annotated[
        str | None, typer.Option(help="For what; whoever asks must name the same. Default: the night's.")
    ] = None,
    recipient: Annotated[str | None, typer.Option(help="Who may see it; likewise. Default: the night's.")] = None,
    kind: Annotated[
        list[EventKind] | None, typer.Option(help="Event kind; once for each. Default: every kind.")
    ] = None,
    hours: Annotated[
        list[str] | None, typer.Option(help="HH:MM-HH:MM, or 'mon-fri HH:MM-HH:MM'. Default: the whole day.")
    ] = None,
    time_zone: Annotated[str, typer.Option(help="IANA name in which hours are read.")] = "UTC",
    zone: Annotated[list[str] | None, typer.Option(help="name:x,y;x,y;x,y with 0..1 of the picture.")] = None,
    covers_from: Annotated[str | None, typer.Option(help="Earliest footage. Default: from now on.")] = None,
    audio: Annotated[bool, typer.Option("--audio", help="Sound may be used. Default: it may not.")] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole-recordings",
            help="Where kinds or zones are named: the whole recording of such an event. Default: its moments alone.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Sign a new grant of a resident."""
    settings = load_settings()
    with open_services(settings) as services:
        _require_owner(services, resident, camera)
        with refused_in_words():
            grant = ConsentGrant(
                grant_id=new_id("gr"),
                version=1,
                resident_id=resident,
                camera_ids=tuple(camera),
                event_kinds=tuple(kind or EventKind),
                hours=tuple(parse_hours(text) for text in hours or ["00:00-00:00"]),
                time_zone=time_zone,
                purpose=purpose or settings.night.purpose,
                recipient=recipient or settings.night.recipient,
                granted_at=services.now(),
                expires_at=parse_moment(expires),
                zones=tuple(parse_zone(text) for text in zone or ()),
                audio=audio,
                covers_from=parse_moment(covers_from) if covers_from else None,
                whole_recordings=whole,
            )
        signed = sign_grant(grant, services.key)
        save_grant(services, signed, CustodyAction.GRANT_SIGNED)
        if as_json:
            print_json(to_plain(signed))
        else:
            show_grant(services, signed)


@app.command("list")
def list_grants(as_json: AsJson = False) -> None:
    """List the newest version of every grant."""
    with open_services(load_settings()) as services:
        grants = services.catalogue.grants.latest()
        if as_json:
            print_json([to_plain(signed) for signed in grants])
            return
        rows = table("grants", "grant", "resident", "cameras", "purpose", "recipient", "until", "state")
        for signed in grants:
            grant = signed.grant
            until = f"{grant.expires_at:%Y-%m-%d %H:%M} UTC"
            cameras = ", ".join(grant.camera_ids)
            state = state_of(grant, services.now())
            name = f"{grant.grant_id} v{grant.version}"
            rows.add_row(name, grant.resident_id, cameras, grant.purpose, grant.recipient, until, state)
        out.print(rows if grants else "no grants: nothing is fetched. Add one with `doorstep grant add`.")


@app.command(epilog="Example: doorstep grant show gr-0123456789ab")
def show(grant_id: str, as_json: AsJson = False) -> None:
    """Show every version of a grant, each checked against its signature, with what changed."""
    with open_services(load_settings()) as services:
        found = versions(services, grant_id)
    if as_json:
        print_json([to_plain(one.signed) for one in found])
        return
    for one in found:
        out.print(f"{grant_id} version {one.signed.grant.version}, {one.at:%Y-%m-%d %H:%M} UTC: {one.words}")
        for change in one.changes:
            out.print(f"  {change}")


@app.command("revoke", epilog="Example: doorstep grant revoke gr-0123456789ab")
def revoke_grant(grant_id: str, as_json: AsJson = False) -> None:
    """Revoke a grant: nothing is used under it from now on, and what it alone covered is deleted.

    Run again, it finishes what was left. `doorstep grant receipt` says what was deleted, and what stays and why.
    """
    with open_services(load_settings()) as services:
        made = revocation.revoke_grant(services, grant_id, getpass.getuser())
        if as_json:
            settled = [stone.tombstone_id for stone in made.finished.settled]
            print_json({**to_plain(made.signed), "tombstones": settled, "left_to_do": list(made.finished.failed)})
        else:
            show_grant(services, made.signed)
            show_deleted(made.finished.settled)
            out.print(f"receipt: doorstep grant receipt {grant_id}")
    if made.finished.failed:
        raise DisposalLeftError(made.finished.failed)


@app.command(epilog="Example: doorstep grant receipt gr-0123456789ab --out ~/receipt")
def receipt(
    grant_id: str,
    out_dir: Annotated[
        Path | None, typer.Option("--out", file_okay=False, help="Write JSON, text and PDF into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The resident's receipt: what was deleted, what is kept and why, and what had been handed out before."""
    with open_services(load_settings()) as services:
        signed = make_receipt(services, grant_id)
    paths = write_receipt(signed, out_dir) if out_dir is not None else ()
    if as_json:
        print_json(to_plain(signed))
    elif paths:
        for path in paths:
            out.print(str(path), soft_wrap=True)
    else:
        typer.echo(receipt_words(signed), nl=False)


def save_grant(services: Services, signed: SignedGrant, action: CustodyAction) -> None:
    """Writes a grant version with its custody record: the resident decides, and whoever enters it is named beside."""
    revocation.save_grant(services, signed, action, getpass.getuser())


def state_of(grant: ConsentGrant, now: datetime) -> str:
    """Where a grant stands, in a word or two."""
    if grant.revoked_at is not None:
        return "revoked"
    if grant.paused_since is not None and now < grant.expires_at:
        return "paused"
    if now >= grant.expires_at:
        return "expired"
    if now < grant.granted_at:
        return "not yet in force"
    soon = grant.expires_at - now < timedelta(days=7)
    return "in force, ends soon" if soon else "in force"


def _require_owner(services: Services, resident: str, camera_ids: list[str]) -> None:
    """A grant for somebody else's camera would never cover anything: better to say so now.

    Raises:
        CameraUnknownError: No linked account reaches the camera.
        ConsentOutOfScopeError: The resident does not own it.
    """
    for camera_id in camera_ids:
        try:
            camera = services.catalogue.cameras.get(camera_id)
        except RecordNotFoundError as error:
            raise CameraUnknownError(camera_id) from error
        if camera.owner_id != resident:
            raise ConsentOutOfScopeError(camera_id, "(new)", f"{resident} does not own this camera")
