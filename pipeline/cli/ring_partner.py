"""``doorstep ring partner``: Ring's official partner interface, as the operator sees it."""

import getpass
from typing import Annotated

import typer

from pipeline.casework.partner.linking import linked_accounts
from pipeline.casework.partner.webhooks import end_link, work_off
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.partner import SOURCE
from pipeline.errors import AccountUnknownError, RecordNotFoundError
from pipeline.night.services import Services, open_services

app = typer.Typer(
    no_args_is_help=True,
    help="Ring's official partner interface: what is set up, who is linked, what Ring told.",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_ADDRESSES = {
    "Token Exchange URL": "/partner/token-exchange",
    "Account Link URL": "/home/partner/link",
    "Webhook URL": "/partner/webhooks",
    "App Homepage URL": "/home/partner",
}
"""What the app is told in Ring's developer console, by the console's own names."""


@app.command(epilog="Examples: doorstep ring partner status | doorstep ring partner status --json")
def status(as_json: AsJson = False) -> None:
    """Say whether the interface is on, which addresses Ring needs, who is linked, and what Ring told."""
    settings = load_settings()
    with open_services(settings) as services:
        base = settings.web.public_url or ""
        linked, counts = _linked(services), services.catalogue.partner.counts()
        facts: dict[str, object] = {
            "is_on": settings.partner.is_on,
            "addresses": {name: f"{base}{path}" for name, path in _ADDRESSES.items()},
            "linked": linked,
            "webhooks": counts,
        }
    if as_json:
        print_json(facts)
        return
    if not settings.partner.is_on:
        out.print("Ring's partner interface is off. It is on once these are set, from Ring's developer console:")
        for name in ("CLIENT_ID", "CLIENT_SECRET", "SIGNING_KEY"):
            out.print(f"  DOORSTEP_PARTNER__{name}", markup=False)
        return
    out.print("Ring's partner interface is on. It was built from public documents, and not tried against the real one.")
    if not base:
        out.print("Ring needs https: set DOORSTEP_WEB__PUBLIC_URL; these addresses follow it.")
    for name, path in _ADDRESSES.items():
        out.print(f"  {name}: {base}{path}", markup=False)
    out.print(f"linked accounts: {', '.join(linked) or 'none'}", markup=False)
    rows = table("what Ring told", "kind and state", "how many")
    for kind, count in counts.items():
        rows.add_row(kind, str(count))
    out.print(rows if counts else "Ring told nothing yet.")


@app.command(epilog="Example: doorstep ring partner work")
def work(as_json: AsJson = False) -> None:
    """Work off webhooks that wait; the server and the night do it by themselves."""
    with open_services(load_settings()) as services:
        came = work_off(services)
    if as_json:
        print_json(came)
        return
    for request_id, outcome in came.items():
        out.print(f"{request_id}: {outcome}", markup=False)
    if not came:
        out.print("no webhook waits.")


@app.command(epilog="Example: doorstep ring partner unlink partner-1a2b3c4d5e6f")
def unlink(
    account_id: Annotated[str, typer.Argument(help="As `doorstep ring partner status` names it.")],
    as_json: AsJson = False,
) -> None:
    """End a link: its grants end, what they alone covered is deleted, and its token is erased."""
    with open_services(load_settings()) as services:
        try:
            account = services.catalogue.accounts.get(account_id)
        except RecordNotFoundError as error:
            raise AccountUnknownError(account_id) from error
        if account.source != SOURCE:
            raise AccountUnknownError(account_id)
        changed = end_link(services, account, getpass.getuser())
    if as_json:
        print_json({"account": account_id, "grants": list(changed)})
        return
    out.print(
        f"{account_id} is not linked any more; grants that ended or were narrowed: {', '.join(changed) or 'none'}"
    )
    out.print("Its owner removes the app in Ring's own app too: nobody else can.")


def _linked(services: Services) -> list[str]:
    residents = {account.resident_id for account in services.catalogue.accounts.list() if account.source == SOURCE}
    return sorted(account.account_id for one in residents for account in linked_accounts(services, one))
