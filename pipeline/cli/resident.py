"""``doorstep resident``: who may sign in at home."""

import getpass
from typing import Annotated

import typer

from pipeline.casework.residents import accounts
from pipeline.casework.residents.links import address_of, make_link
from pipeline.casework.residents.own import reset_resident
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.plain import to_plain
from pipeline.domain.residents import ResidentAccount
from pipeline.night.services import Services, open_services

app = typer.Typer(no_args_is_help=True, help="Residents who sign in at home: add, list, link, disable, enable, reset.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Named = Annotated[str, typer.Argument(metavar="NAME", help="The resident's id, as grants have it.")]


@app.command(epilog="Examples: doorstep resident add ann --mail ann@example.org | doorstep resident add --mail b@x.org")
def add(
    name: Annotated[str, typer.Argument(help="Who grants; an id that has grants is tied to this account.")] = "",
    mail: Annotated[str, typer.Option(help="Where links to sign in go; kept sealed.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open a resident's account. Without NAME it gets an id of its own."""
    with open_services(load_settings()) as services:
        account = accounts.add_resident(services, getpass.getuser(), name, mail)
        _show(account, as_json=as_json)


@app.command("list", epilog="Example: doorstep resident list --json")
def list_residents(as_json: AsJson = False) -> None:
    """List the accounts; addresses are sealed and not shown."""
    with open_services(load_settings()) as services:
        everyone = services.catalogue.residents.list()
    if as_json:
        print_json([to_plain(account) for account in everyone])
        return
    rows = table("residents", "resident", "state", "signs in by", "since")
    for one in everyone:
        rows.add_row(one.resident_id, _state(one), _ways(one), f"{one.created_at:%Y-%m-%d}")
    out.print(rows if everyone else "no resident has an account: add one with `doorstep resident add`")


@app.command(epilog="Example: doorstep resident link ann")
def link(name: Named, as_json: AsJson = False) -> None:
    """Make a link that signs a resident in once, to hand on where no mail leaves the house."""
    settings = load_settings()
    with open_services(settings) as services:
        secret = make_link(services, getpass.getuser(), services.catalogue.residents.get(name))
    address = address_of(settings.web.public_url or f"http://{settings.web.host}:{settings.web.port}", secret)
    if as_json:
        print_json({"resident": name, "link": address, "minutes": settings.home.link_minutes})
        return
    typer.echo(address)
    typer.echo(f"good for {settings.home.link_minutes} minutes, and once; it is shown now and never again", err=True)


@app.command(epilog="Example: doorstep resident disable ann")
def disable(name: Named, as_json: AsJson = False) -> None:
    """Forbid a resident to sign in; sessions and links end at once, what they granted stays granted."""
    with open_services(load_settings()) as services:
        accounts.set_enabled(services, getpass.getuser(), services.catalogue.residents.get(name), enabled=False)
        _show_anew(services, name, as_json=as_json)


@app.command(epilog="Example: doorstep resident enable ann")
def enable(name: Named, as_json: AsJson = False) -> None:
    """Let a resident sign in again."""
    with open_services(load_settings()) as services:
        accounts.set_enabled(services, getpass.getuser(), services.catalogue.residents.get(name), enabled=True)
        _show_anew(services, name, as_json=as_json)


@app.command(epilog="Examples: doorstep resident reset ann | doorstep resident reset ann --keep-linked")
def reset(
    name: Named,
    keep_linked: Annotated[
        bool, typer.Option("--keep-linked", help="Nobody else signed in: linked accounts stay linked.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take away what opens an account, for whoever lost telephone and recovery codes.

    Password, one-time codes, sessions and links to sign in end, and linked accounts are unlinked, since somebody else
    may have linked one of theirs. What was granted stays granted; nothing new is fetched until they link again.
    """
    with open_services(load_settings()) as services:
        account = services.catalogue.residents.get(name)
        unlinked = reset_resident(services, getpass.getuser(), account, keep_linked=keep_linked)
        if as_json:
            print_json({**to_plain(services.catalogue.residents.get(name)), "unlinked": list(unlinked)})
            return
        _show_anew(services, name, as_json=False)
        for account_id in unlinked:
            out.print(f"{account_id} is unlinked: nothing new is fetched from it until it is linked again")


def _show_anew(services: Services, name: str, *, as_json: bool) -> None:
    _show(services.catalogue.residents.get(name), as_json=as_json)


def _show(account: ResidentAccount, *, as_json: bool) -> None:
    if as_json:
        print_json(to_plain(account))
        return
    out.print(f"{account.resident_id} {_state(account)}, by {_ways(account)}")
    if not account.has_mail:
        out.print(f"no mail address: `doorstep resident link {account.resident_id}` makes a link to sign in")


def _state(account: ResidentAccount) -> str:
    return "may sign in" if account.is_enabled else "is disabled"


def _ways(account: ResidentAccount) -> str:
    ways = ["a link by mail" if account.has_mail else "a link of the operator's"]
    ways += ["a password"] if account.has_password else []
    return " or ".join(ways) + (", and a one-time code" if account.has_second_factor else "")
