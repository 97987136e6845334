"""``doorstep incident ask``, ``approve`` and ``refuse``: a second person looks before an incident leaves the house."""

from typing import Annotated

import typer

from pipeline.casework.approval import ask_approval, decide_approval
from pipeline.cli.matters import matter_for
from pipeline.cli.screen import load_settings, out, print_json
from pipeline.domain.approvals import Approval
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Which incident.")]
Note = Annotated[str, typer.Option(help="Why, in words.")]


def ask(incident_id: Which, as_json: AsJson = False) -> None:
    """Ask for approval of what is in an incident now. Any change afterwards voids it."""
    with open_services(load_settings()) as services:
        _print(ask_approval(services, matter_for(services, incident_id), incident_id), as_json)


def approve(incident_id: Which, note: Note = "", as_json: AsJson = False) -> None:
    """Approve what another person asked you to. Whoever asked cannot."""
    with open_services(load_settings()) as services:
        matter = matter_for(services, incident_id)
        _print(decide_approval(services, matter, incident_id, is_given=True, note=note), as_json)


def refuse(incident_id: Which, note: Note, as_json: AsJson = False) -> None:
    """Refuse what another person asked you to approve, and say why."""
    with open_services(load_settings()) as services:
        matter = matter_for(services, incident_id)
        _print(decide_approval(services, matter, incident_id, is_given=False, note=note), as_json)


def _print(approval: Approval, as_json: bool) -> None:
    if as_json:
        print_json(to_plain(approval))
        return
    word = "asked for" if approval.decided_at is None else "approved" if approval.is_given else "refused"
    out.print(f"{approval.incident_id}: {word}, content {approval.content[:12]}")


def add_to(app: typer.Typer) -> None:
    """Adds these commands to a group."""
    app.command(epilog="Example: doorstep incident ask in-0123456789ab")(ask)
    app.command(epilog="Example: doorstep incident approve in-0123456789ab")(approve)
    app.command(epilog="Example: doorstep incident refuse in-0123456789ab --note 'the second caption is wrong'")(refuse)
