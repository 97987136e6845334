"""``doorstep transparency-report``: what the agency did, told to everybody, with small numbers hidden."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from pipeline.casework.transparency import figures, make_report, publish_report, span_between
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.periods import Length
from pipeline.domain.plain import to_plain
from pipeline.domain.transparency import TransparencyReport
from pipeline.night.morning import agency
from pipeline.night.services import open_services
from pipeline.reports import transparency_view, write_transparency

app = typer.Typer()


@app.command(
    epilog="Examples: doorstep transparency-report | "
    "doorstep transparency-report --since 2026-01 --until 2026-03 --json | "
    "doorstep transparency-report --since 2026-Q1 --out ~/report | "
    "doorstep transparency-report --since 2026-Q1 --publish"
)
def transparency_report(
    since: Annotated[str, typer.Option(help="First month or quarter: 2026-01, 2026-Q1. Default: the last over.")] = "",
    until: Annotated[str, typer.Option(help="Last one, likewise. Default: the last that is over.")] = "",
    by: Annotated[Length, typer.Option(help="How long a period is where none is named.")] = Length.MONTH,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder for page, paper and JSON.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Publish it for good, under your name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count grants, requests, looks, disclosures and deletions by month or quarter, and hide what is small.

    Without --publish nothing is written down and nobody else sees it. What is published stands on /transparency, is
    not changed any more, and each period is published once.
    """
    with open_services(load_settings()) as services:
        span = span_between(services, since, until, by)
        report_id = ""
        if publish:
            made = publish_report(services, getpass.getuser(), span)
            report, report_id = made.report, made.report_id
        else:
            report = make_report(services, span)
        files = write_transparency(report, agency(services), out_dir) if out_dir is not None else None
    if as_json:
        print_json(to_plain(report))
        return
    _print(report)
    if files is not None:
        for path in (files.html, files.pdf, files.json):
            out.print(f"written: {path}", soft_wrap=True)
    if report_id:
        out.print(f"published: {report_id}, on /transparency/{report_id}", soft_wrap=True)


def _print(report: TransparencyReport) -> None:
    view = transparency_view(report)
    for section in view["sections"]:
        rows = table(section["title"], "", *view["periods"], "together")
        for line in section["lines"]:
            rows.add_row(line["words"], *line["numbers"], line["total"])
        out.print(rows)
    for rate in view["rates"]:
        out.print(f"{rate['what']}: {rate['value']} ({rate['source']})", soft_wrap=True)
    told = figures(report)
    out.print(f"{told['shown']} numbers shown, {told['hidden']} hidden. {view['hiding']}", soft_wrap=True)
