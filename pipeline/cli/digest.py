"""``doorstep digest``: the news of neighbourhoods by mail."""

from typing import Annotated

import typer

from pipeline.casework.near.digests import end_digest, key_of
from pipeline.casework.near.mailing import send_digests
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.plain import to_plain
from pipeline.night.services import open_services
from pipeline.reports.near_words import place_words
from pipeline.reports.words import count_words

app = typer.Typer(
    no_args_is_help=True,
    help="Mail the news of neighbourhoods to those who asked for them. No address is ever shown.",
    epilog="Examples: doorstep digest list | doorstep digest send --json | doorstep digest end ds-0123456789ab",
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list", epilog="Examples: doorstep digest list | doorstep digest list --json")
def list_digests(as_json: Json = False) -> None:
    """List the subscriptions that were confirmed, by their ids; whose they are is sealed."""
    settings = load_settings()
    with open_services(settings) as services:
        found = services.catalogue.digests.confirmed()
        waiting = services.catalogue.digests.waiting()
    if as_json:
        print_json({"confirmed": to_plain(found), "waiting": waiting})
        return
    rows = table("subscriptions", "id", "of what", "since (UTC)", "told until (UTC)")
    for one in found:
        since = f"{one.confirmed_at:%Y-%m-%d %H:%M}" if one.confirmed_at else "-"
        where = place_words(one.where, settings.agency.name)
        rows.add_row(one.subscription_id, where, since, f"{one.told_until:%Y-%m-%d %H:%M}")
    out.print(rows if found else "nobody gets the news of a neighbourhood by mail")
    if waiting:
        out.print(f"{waiting} asked for and not confirmed")


@app.command("send", epilog="Examples: doorstep digest send | doorstep digest send --json")
def send(as_json: Json = False) -> None:
    """Mail what was published since each subscription was told last; every night does so by itself."""
    with open_services(load_settings()) as services:
        sent = send_digests(services)
    if as_json:
        print_json(to_plain(sent))
        return
    out.print(f"{count_words(sent.letters, 'letter')} left; for {sent.quiet} subscriptions there was no news")
    if sent.failed:
        out.print(f"{sent.failed} did not leave, and will be tried again: {sent.said}", style="yellow")


@app.command("end", epilog="Examples: doorstep digest end ds-0123456789ab")
def end(subscription_id: Annotated[str, typer.Argument(help="As `doorstep digest list` has it.")]) -> None:
    """End a subscription and erase its address."""
    with open_services(load_settings()) as services:
        services.catalogue.digests.address(subscription_id)  # says so when there is none
        end_digest(services, subscription_id, key_of(services, subscription_id))
    out.print(f"{subscription_id} is over, its address is erased")
