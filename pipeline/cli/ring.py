"""``doorstep ring``: linked Ring accounts and their cameras."""

import asyncio
import getpass
import json
from typing import Annotated

import typer

from pipeline.acquire.ring_auth import Login
from pipeline.cli import ring_partner
from pipeline.cli.grant_parts import parse_zone
from pipeline.cli.screen import err, load_settings, out, print_json, table
from pipeline.domain.cameras import Account, Camera
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.errors import TwoFactorNeededError
from pipeline.night.looks import write_down_looks
from pipeline.night.services import Services, open_services
from pipeline.night.stops import propose_zone

app = typer.Typer(no_args_is_help=True, help="Link a Ring account and see its cameras. Nothing is ever written to it.")
app.add_typer(ring_partner.app, name="partner")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(epilog="Example: doorstep ring link --resident ann --user ann@example.org")
def link(
    resident: Annotated[str, typer.Option(help="Whose account it is; your own name for the resident.")],
    user: Annotated[str, typer.Option(help="User name at Ring; not kept.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, envvar="DOORSTEP_RING_PASSWORD", help="Asked for; not kept.")
    ],
    code: Annotated[str | None, typer.Option(help="Two-factor code; asked for when Ring wants one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Link a Ring account. Only the rotating token is kept, sealed with a key outside the database."""
    with open_services(load_settings()) as services:
        account = _linked(services, resident, Login(user, password, code))
        cameras = asyncio.run(services.accounts.refresh_cameras(account))
        if as_json:
            print_json({"account": to_plain(account), "cameras": [to_plain(camera) for camera in cameras]})
            return
        out.print(f"linked as {account.account_id}")
        _print_cameras(cameras)
        out.print("None of them is fetched from yet: add a grant with `doorstep grant add`.")


def _linked(services: Services, resident: str, login: Login) -> Account:
    """Asks for the code when Ring wants one and somebody is there to type it."""
    try:
        return asyncio.run(services.accounts.link_ring(resident, login, getpass.getuser()))
    except TwoFactorNeededError:
        if login.code is not None or not err.is_terminal:
            raise
        code = typer.prompt("Ring has sent a code", err=True)
        again = Login(login.user_name, login.password, code)
        return asyncio.run(services.accounts.link_ring(resident, again, getpass.getuser()))


@app.command()
def accounts(as_json: AsJson = False) -> None:
    """List the linked accounts, folders too."""
    with open_services(load_settings()) as services:
        found = services.catalogue.accounts.list()
        if as_json:
            print_json([to_plain(account) for account in found])
            return
        rows = table("accounts", "account", "resident", "source", "cameras")
        for account in found:
            count = len(services.catalogue.cameras.list(account.account_id))
            rows.add_row(account.account_id, account.resident_id, account.source, str(count))
        out.print(rows if found else "no account is linked: `doorstep ring link` or `doorstep folder add`.")


@app.command()
def cameras(
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask the sources first.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the cameras that linked accounts reach."""
    with open_services(load_settings()) as services:
        if refresh:
            for account in services.catalogue.accounts.list():
                if services.catalogue.accounts.token(account.account_id):  # not one whose resident unlinked it
                    asyncio.run(services.accounts.refresh_cameras(account))
        found = services.catalogue.cameras.list()
        if as_json:
            print_json([to_plain(camera) for camera in found])
        else:
            _print_cameras(found)


@app.command(
    epilog="Examples: doorstep ring zones ring:1001 --zone 'door:0.3,0.5;0.7,0.5;0.7,1;0.3,1' | "
    "doorstep ring zones ring:1001 --propose"
)
def zones(
    camera_id: Annotated[str, typer.Argument(help="Which camera; folder cameras too.")],
    zone: Annotated[list[str] | None, typer.Option(help="name:x,y;x,y;x,y with 0..1; in place of those drawn.")] = None,
    propose: Annotated[
        bool, typer.Option("--propose", help="Find where people stopped, and say how to draw it; nothing is drawn.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a camera's zones, or draw them anew. A zone named door says where a person is at the door."""
    if propose and zone:
        raise typer.BadParameter("--propose and --zone exclude each other")
    settings = load_settings()
    with open_services(settings) as services:
        services.catalogue.cameras.get(camera_id)
        if propose:
            _propose(services, camera_id, settings.night.purpose, settings.night.recipient, as_json=as_json)
            return
        if zone:
            drawn_anew = [parse_zone(text) for text in zone]
            corners = {one.name: " ".join(f"{x:g},{y:g}" for x, y in one.polygon) for one in drawn_anew}
            detail = {"zones": json.dumps(corners, sort_keys=True)}
            entry = CustodyEntry(services.now(), getpass.getuser(), CustodyAction.ZONES_DRAWN, camera_id, detail=detail)
            services.catalogue.cameras.draw_zones(camera_id, drawn_anew, (entry,))
        drawn = services.catalogue.cameras.zones(camera_id)
        if as_json:
            print_json(to_plain(drawn))
            return
        rows = table(f"zones of {camera_id}", "zone", "corners (0 to 1 of the picture)")
        for one in drawn:
            rows.add_row(one.name, " ".join(f"({x:g}, {y:g})" for x, y in one.polygon))
        out.print(rows if drawn else "no zones are drawn.")


@app.command(
    epilog="Examples: doorstep ring address ring:1001 'Oak Street' | doorstep ring address folder:front --none"
)
def address(
    camera_id: Annotated[str, typer.Argument(help="Which camera; folder cameras too.")],
    words: Annotated[str, typer.Argument(help="The street; a number of a house is nobody's business.")] = "",
    none: Annotated[bool, typer.Option("--none", help="Take the address away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say in words where a camera stands, so that a search finds it by its street. Without words: show it."""
    words = " ".join(words.split())
    if words and none:
        raise typer.BadParameter("give an address, or --none")
    with open_services(load_settings()) as services:
        if words or none:
            detail = {"address": words}
            now, agent = services.now(), getpass.getuser()
            entry = CustodyEntry(now, agent, CustodyAction.ADDRESS_WRITTEN, camera_id, detail=detail)
            services.catalogue.cameras.write_address(camera_id, words, (entry,))
        camera = services.catalogue.cameras.get(camera_id)
        if as_json:
            print_json(to_plain(camera))
        else:
            out.print(f"{camera.name} ({camera_id}): {camera.address or 'no address is known'}", markup=False)


def _propose(services: Services, camera_id: str, purpose: str, recipient: str, *, as_json: bool) -> None:
    """Says where people stopped; the look at each clip's kept tracks is written down first."""
    found = propose_zone(services, services.consent(purpose, recipient), camera_id)
    write_down_looks(services, getpass.getuser(), found.looks, {"purpose": purpose, "case": "", "as": "zone proposed"})
    corners = "" if found.zone is None else ";".join(f"{x:g},{y:g}" for x, y in found.zone.polygon)
    draw = f"doorstep ring zones {camera_id} --zone 'door:{corners}'" if corners else ""
    if as_json:
        print_json({"zone": to_plain(found.zone) if found.zone else None, "clips": len(found.looks), "draw": draw})
    elif draw:
        out.print(f"in {len(found.looks)} clips people stopped most often there. Nothing is drawn yet; to draw it:")
        out.print(draw, soft_wrap=True, markup=False)
        out.print("It counts from the next look on; `doorstep reanalyse` shows what it changes in earlier ones.")
    else:
        out.print(f"in {len(found.looks)} clips people stopped at no place in three or more: nothing to propose.")


def _print_cameras(found: tuple[Camera, ...]) -> None:
    rows = table("cameras", "camera", "name", "account", "owner", "plan", "time zone")
    for camera in found:
        owner = camera.owner_id or "somebody else (only shared)"
        plan = "yes" if camera.has_plan else "no"
        rows.add_row(camera.camera_id, camera.name, camera.account_id, owner, plan, camera.time_zone)
    out.print(rows if found else "no cameras are known.")
