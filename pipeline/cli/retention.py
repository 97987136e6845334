"""``doorstep retention``: what is due goes; what stays of it can be read."""

from dataclasses import replace
from typing import Annotated

import typer

from pipeline.casework.neighbours.ending import sweep_reports
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.plain import to_plain
from pipeline.errors import DisposalLeftError
from pipeline.night.services import open_services
from pipeline.retention.sweep import SweepReport, sweep

app = typer.Typer(no_args_is_help=True, help="How long evidence is kept: sweep what is due, read tombstones.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("sweep", epilog="Examples: doorstep retention sweep --dry-run | doorstep retention sweep --json")
def run_sweep(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete what is due, and finish whatever an earlier deletion left. What a hold names stays."""
    with open_services(load_settings()) as services:
        reported = () if dry_run else sweep_reports(services).left
        report = sweep(services, dry_run=dry_run)
        report = replace(report, failed=(*report.failed, *reported))
    if as_json:
        print_json(to_plain(report))
    else:
        _print(report)
    if report.failed:
        raise DisposalLeftError(report.failed)


@app.command(epilog="Example: doorstep retention tombstone ts-0123456789abcdef0123")
def tombstone(
    tombstone_id: Annotated[str, typer.Argument(metavar="ID", help="As an error or a receipt names it.")],
    as_json: AsJson = False,
) -> None:
    """Show what stays of something that was deleted: its digest, when, why, on what authority, and our signature."""
    with open_services(load_settings()) as services:
        stone = services.catalogue.disposals.get(tombstone_id)
        signed = services.catalogue.disposals.signed(tombstone_id) if stone.disposed_at is not None else None
    if as_json:
        print_json(to_plain(signed or stone))
        return
    when = "not yet" if stone.disposed_at is None else f"{stone.disposed_at:%Y-%m-%d %H:%M:%S} UTC"
    out.print(f"original {stone.digest}", soft_wrap=True)
    out.print(f"acquisition {stone.acquisition_id}, fetched under {stone.grant_id}")
    out.print(f"why: {stone.reason} ({stone.authority})")
    out.print(f"decided {stone.decided_at:%Y-%m-%d %H:%M:%S} UTC, bytes gone {when}")
    if stone.has_shared_bytes:
        out.print("the same bytes came from another acquisition that is in force, and stay with it")
    out.print(f"signed by {signed.key_id}" if signed else "not signed yet: the bytes are still to be deleted")


def _print(report: SweepReport) -> None:
    verb = "would go" if report.is_dry else "gone"
    rows = table(f"retention sweep of {report.at:%Y-%m-%d %H:%M} UTC", "", "acquisition", "why")
    for state, lines in ((verb, report.gone), ("held", report.held), ("in doubt", report.doubtful)):
        for line in lines:
            rows.add_row(state, line.acquisition_id, line.why)
    if report.gone or report.held or report.doubtful:
        out.print(rows)
    counts = f"{len(report.gone)} {verb}, {len(report.held)} held, {len(report.doubtful)} in doubt"
    out.print(f"{report.looked_at} acquisitions looked at: {counts}")
    if report.withdrawn:
        out.print(f"{len(report.withdrawn)} reports and packages in the store removed, since they showed what went")
