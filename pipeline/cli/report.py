"""``doorstep report``: what neighbours reported, decided on and published."""

import getpass
from typing import Annotated

import typer

from pipeline.casework.neighbours import accepting, publishing
from pipeline.casework.neighbours.publishing import Publication
from pipeline.casework.neighbours.triage import Line, erase_contact, open_report, read_contact, reports
from pipeline.cli.matters import new_matter
from pipeline.cli.screen import load_settings, out, print_json, table
from pipeline.domain.agents import Matter
from pipeline.domain.neighbour_reports import NeighbourReport, ReportState
from pipeline.domain.plain import to_plain
from pipeline.night.services import Services, open_services

app = typer.Typer(no_args_is_help=True, help="Reports of neighbours: list, show, accept, decline, publish.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="REPORT", help="As `doorstep report list` names it.")]
Reason = Annotated[str, typer.Option(help="Why; it is written down.")]
Case = Annotated[str, typer.Option(help="The agency's number of the case.")]


@app.command("list", epilog="Examples: doorstep report list | doorstep report list --state accepted --json")
def list_reports(
    state: Annotated[
        list[ReportState] | None, typer.Option(help="Once for each. Default: those that wait for a decision.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Id of one area. Default: all.")] = None,
    as_json: AsJson = False,
) -> None:
    """List reports, the newest first."""
    with open_services(load_settings()) as services:
        found = reports(services, state or [ReportState.RECEIVED], area)
    if as_json:
        print_json([_plain(line) for line in found])
        return
    rows = table("reports", "report", "what", "happened", "area", "files", "state")
    for line in found:
        report = line.report
        area_name = line.area + (f", {report.beat}" if report.beat else "")
        files = f"{line.files}" + (f" (+{line.coming} coming)" if line.coming else "")
        when = f"{report.happened_at:%Y-%m-%d %H:%M} UTC"
        rows.add_row(report.report_id, report.category.value, when, area_name, files, report.state.value)
    out.print(rows if found else "no reports.")


@app.command(epilog="Example: doorstep report show nr-0123456789ab --contact")
def show(
    report_id: Name,
    contact: Annotated[bool, typer.Option("--contact", help="Say how to reach the sender; that is logged.")] = False,
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """Show a report with its files. The look is written into the custody log."""
    with open_services(load_settings()) as services:
        matter = _matter(services, case)
        dossier = open_report(services, matter, report_id)
        reach = read_contact(services, matter, report_id) if contact and dossier.has_contact else ""
    if as_json:
        files = [to_plain(one.medium) for one in dossier.files]
        public = None if dossier.published is None else to_plain(dossier.published)
        print_json({**_plain(dossier.line), "files": files, "published": public, "contact": reach})
        return
    report = dossier.line.report
    out.print(f"{report.report_id}: {report.category.value}, {report.happened_at:%Y-%m-%d %H:%M} UTC")
    out.print(f"place {report.place[0]:.5f},{report.place[1]:.5f} in {dossier.line.area} {report.beat}".rstrip())
    out.print(report.words or "no words")
    for one in dossier.files:
        out.print(f"{one.medium.kind.value} {one.medium.medium_id}: {one.medium.name}, {one.medium.size} bytes")
    _say(report)
    if contact:
        out.print(f"contact: {reach or 'none was left'}")


@app.command(epilog="Example: doorstep report accept nr-0123456789ab --reason 'it shows the taking'")
def accept(
    report_id: Name,
    reason: Reason,
    incident: Annotated[str, typer.Option(help="Id of the incident that it belongs to.")] = "",
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """Take a report on: its files become originals under its sender's consent, with their custody."""
    with open_services(load_settings()) as services:
        made = accepting.accept(services, _matter(services, case), report_id, reason, incident)
    _show(made, as_json=as_json)


@app.command("put-into", epilog="Example: doorstep report put-into nr-0123456789ab in-0123456789ab")
def put_into(
    report_id: Name,
    incident_id: Annotated[str, typer.Argument(metavar="INCIDENT", help="Id of the incident.")],
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """Put an accepted report that belongs to no incident yet into one. An approval of that incident is void by it."""
    with open_services(load_settings()) as services:
        made = accepting.put_into(services, _matter(services, case), report_id, incident_id)
    _show(made, as_json=as_json)


@app.command(epilog="Example: doorstep report decline nr-0123456789ab --reason 'reported before'")
def decline(report_id: Name, reason: Reason, case: Case = "", as_json: AsJson = False) -> None:
    """Turn a report down: nothing of it becomes evidence, and it goes after a short time."""
    with open_services(load_settings()) as services:
        made = accepting.decline(services, _matter(services, case), report_id, reason)
    _show(made, as_json=as_json)


@app.command(epilog="Example: doorstep report copies nr-0123456789ab")
def copies(report_id: Name, case: Case = "", as_json: AsJson = False) -> None:
    """Make the masked copies that could be published; look at them before you publish them."""
    with open_services(load_settings()) as services:
        made = publishing.make_copies(services, _matter(services, case), report_id, lambda *_: None)
    if as_json:
        print_json([to_plain(one) for one in made])
        return
    for one in made:
        out.print(f"{one.name}: of {one.medium_id}, {one.masked} people hidden, {one.digest}", soft_wrap=True)
    if not made:
        out.print("it has no files.")


@app.command(
    epilog="Example: doorstep report publish nr-0123456789ab --words 'A box was taken from a step.' "
    "--copy pm-0123456789abcdef0123.jpg"
)
def publish(
    report_id: Name,
    words: Annotated[str, typer.Option(help="What everybody reads.")] = "",
    copy: Annotated[list[str] | None, typer.Option(help="A copy that everybody sees; once for each.")] = None,
    case: Case = "",
    as_json: AsJson = False,
) -> None:
    """Let everybody see a report that another person accepted: its block, the hour, these words and these copies."""
    with open_services(load_settings()) as services:
        publication = Publication(words, tuple(copy or ()))
        made = publishing.publish(services, _matter(services, case), report_id, publication)
    if as_json:
        print_json(to_plain(made))
    else:
        out.print(f"published: block {made.block[0]},{made.block[1]}, {made.happened_at:%Y-%m-%d %H:00} UTC")


@app.command(epilog="Example: doorstep report unpublish nr-0123456789ab")
def unpublish(report_id: Name, as_json: AsJson = False) -> None:
    """Take a report off the public pages."""
    with open_services(load_settings()) as services:
        is_off = publishing.unpublish(services, getpass.getuser(), report_id)
    if as_json:
        print_json({"unpublished": is_off})
    else:
        out.print("taken off the public pages" if is_off else "it was not published")


@app.command("erase-contact", epilog="Example: doorstep report erase-contact nr-0123456789ab")
def erase(report_id: Name, as_json: AsJson = False) -> None:
    """Forget how to reach the sender of a report."""
    with open_services(load_settings()) as services:
        is_gone = erase_contact(services, getpass.getuser(), report_id)
    if as_json:
        print_json({"erased": is_gone})
    else:
        out.print("erased" if is_gone else "nothing was known")


def _matter(services: Services, case: str) -> Matter:
    return new_matter(services, None, None, case)


def _plain(line: Line) -> dict[str, object]:
    return {"report": to_plain(line.report), "area": line.area, "files": line.files, "coming": line.coming}


def _show(report: NeighbourReport, *, as_json: bool) -> None:
    if as_json:
        print_json(to_plain(report))
    else:
        _say(report)


def _say(report: NeighbourReport) -> None:
    decided = f" by {report.decided_by}: {report.reason}" if report.decided_by else ""
    out.print(f"{report.report_id} is {report.state.value}{decided}")
    if report.incident_id:
        out.print(f"in incident {report.incident_id}")
    if report.grant_id:
        out.print(f"kept under the sender's consent {report.grant_id}, until {report.keeps_until:%Y-%m-%d}")
