"""``doorstep user``: who may sign in at the desk."""

import getpass
import sys
from typing import Annotated

import typer

from pipeline.casework.agents import accounts
from pipeline.casework.agents.tokens import end_token, make_token
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.agents import AgentAccount, Role
from pipeline.domain.plain import to_plain
from pipeline.errors import InputRefusedError, RecordNotFoundError
from pipeline.night.services import Services, open_services

app = typer.Typer(no_args_is_help=True, help="Who may sign in at the desk, and what they may do.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Typed = Annotated[
    bool, typer.Option("--password", help="Type the password, or pipe it in. Default: one is made and printed once.")
]
_DAYS = 30
_HANDED_ON = "it is shown now and never again; at the first sign-in another has to be chosen"


@app.command(
    epilog="Examples: doorstep user add ann --role investigator | doorstep user add bo --role auditor --password < file"
)
def add(
    name: Annotated[str, typer.Argument(help="With which the agent signs in; it stands in the custody log.")],
    role: Annotated[Role, typer.Option(help="What the agent may do.")],
    password: Typed = False,
    as_json: AsJson = False,
) -> None:
    """Add an agent."""
    with open_services(load_settings()) as services:
        typed = _typed_password() if password else ""
        account, made = accounts.add_agent(services, getpass.getuser(), name, role, typed)
        _show(account, made, as_json=as_json)


@app.command("list", epilog="Example: doorstep user list --json")
def list_agents(as_json: AsJson = False) -> None:
    """List every agent."""
    with open_services(load_settings()) as services:
        everyone = services.catalogue.agents.list()
    if as_json:
        print_json([to_plain(account) for account in everyone])
        return
    rows = table("agents", "name", "role", "state", "second factor", "since")
    for one in everyone:
        state = "disabled" if not one.is_enabled else "must choose a password" if one.must_renew else "may sign in"
        factor = "one-time codes" if one.has_second_factor else "none yet"
        rows.add_row(one.name, one.role.words, state, factor, f"{one.created_at:%Y-%m-%d}")
    out.print(rows if everyone else "no agents: add the first with `doorstep user add NAME --role administrator`")


@app.command(epilog="Example: doorstep user disable ann")
def disable(name: str, as_json: AsJson = False) -> None:
    """Forbid an agent to sign in; their sessions and tokens end at once."""
    with open_services(load_settings()) as services:
        accounts.set_enabled(services, getpass.getuser(), services.catalogue.agents.named(name), enabled=False)
        _show(services.catalogue.agents.named(name), as_json=as_json)


@app.command(epilog="Example: doorstep user enable ann")
def enable(name: str, as_json: AsJson = False) -> None:
    """Let an agent sign in again."""
    with open_services(load_settings()) as services:
        accounts.set_enabled(services, getpass.getuser(), services.catalogue.agents.named(name), enabled=True)
        _show(services.catalogue.agents.named(name), as_json=as_json)


@app.command(epilog="Example: doorstep user role ann supervisor")
def role(
    name: str,
    new: Annotated[Role, typer.Argument(metavar="ROLE", help="What the agent may do.")],
    as_json: AsJson = False,
) -> None:
    """Give an agent another role; their sessions end."""
    with open_services(load_settings()) as services:
        accounts.change_role(services, getpass.getuser(), services.catalogue.agents.named(name), new)
        _show(services.catalogue.agents.named(name), as_json=as_json)


@app.command(epilog="Example: doorstep user reset ann")
def reset(name: str, password: Typed = False, as_json: AsJson = False) -> None:
    """Give an agent a new password and take the second factor, sessions and tokens away; pauses after failures end."""
    with open_services(load_settings()) as services:
        account = services.catalogue.agents.named(name)
        typed = _typed_password() if password else ""
        given = accounts.reset(services, getpass.getuser(), account, password=typed)
        _show(services.catalogue.agents.named(name), "" if password else given, as_json=as_json)


@app.command(
    epilog="Examples: doorstep user token ann --label 'nightly export' | doorstep user token ann --end to-0123456789ab"
)
def token(
    name: str,
    label: Annotated[str | None, typer.Option(help="Make a token, and say what it is for.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="How long it lives. Default: 30.")] = None,
    end: Annotated[str | None, typer.Option(help="End the token of this id instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make, end or list tokens with which a program acts for an agent at the API."""
    if end is not None and label is not None:
        raise typer.BadParameter("--label makes a token and --end ends one: give one of them")
    if days is not None and label is None:
        raise typer.BadParameter("--days says how long a new token lives: give --label too")
    with open_services(load_settings()) as services:
        account = services.catalogue.agents.named(name)
        if end is not None:
            if not end_token(services, getpass.getuser(), account, end):
                raise RecordNotFoundError("token", end)
        elif label is not None:
            _make_token(services, account, label, days or _DAYS, as_json=as_json)
            return
        kept = services.catalogue.sessions.tokens_of(account.agent_id)
    if as_json:
        print_json([to_plain(one) for one in kept])
        return
    rows = table(f"tokens of {account.name}", "token", "for", "until")
    for one in kept:
        rows.add_row(one.token_id, one.label, f"{one.ends_at:%Y-%m-%d %H:%M} UTC")
    out.print(rows if kept else f"{account.name} has no token; make one with --label")


def _make_token(services: Services, account: AgentAccount, label: str, days: int, *, as_json: bool) -> None:
    made, secret = make_token(services, getpass.getuser(), account, label, days)
    if as_json:
        print_json({**dict(to_plain(made)), "secret": secret})
        return
    typer.echo(secret)
    typer.echo(f"{made.token_id}, until {made.ends_at:%Y-%m-%d}; it is shown now and never again", err=True)


def _typed_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("password: ")
    if getpass.getpass("again: ") != first:
        raise InputRefusedError("password", "the two are not the same")
    return first


def _show(account: AgentAccount, made: str = "", *, as_json: bool) -> None:
    if as_json:
        print_json({**dict(to_plain(account)), **({"password": made} if made else {})})
        return
    state = "may sign in" if account.is_enabled else "is disabled"
    out.print(f"{account.name} ({account.role.words}) {state}")
    if made:
        out.print(f"password: {made}")
        out.print(_HANDED_ON)
