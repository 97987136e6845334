"""``doorstep incident``: matters, what is attached to them, and reports."""

import getpass
import secrets
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.export import export, packages
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Attachment, AttachmentStatus, Incident, IncidentStatus
from pipeline.domain.plain import to_plain
from pipeline.domain.redaction import Also, RedactionOrder
from pipeline.night.attach import attach_highlights
from pipeline.night.ingest import authority
from pipeline.night.redaction import Redactor
from pipeline.night.services import Services, open_services
from pipeline.night.sharing import ReportSharing, share_report
from pipeline.night.shown import require_for_highlight, visible_attachments

app = typer.Typer(no_args_is_help=True, help="Open incidents, attach highlights, make reports.")
app.command(epilog="Example: doorstep incident export in-0123456789ab --zip --to ~/handed-out")(export)
app.command(epilog="Example: doorstep incident packages --json")(packages)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    epilog="Example: doorstep incident new 'Package taken' --latitude 51.5 --longitude -0.12 --radius 200 "
    "--since 2026-03-10T18:00Z --until 2026-03-11T06:00Z --kind package_picked_up"
)
def new(
    title: Annotated[str, typer.Argument(help="In words.")],
    latitude: Annotated[float, typer.Option(min=-90, max=90, help="Of the place, degrees.")],
    longitude: Annotated[float, typer.Option(min=-180, max=180, help="Likewise.")],
    since: Annotated[str, typer.Option(help="Start of the window, with its zone.")],
    until: Annotated[str, typer.Option(help="End of the window, with its zone.")],
    kind: Annotated[list[EventKind], typer.Option(help="Kinds of event that belong; once for each.")],
    radius: Annotated[float, typer.Option(min=1, help="Metres around the place.")] = 150.0,
    narrative: Annotated[str, typer.Option(help="What was reported.")] = "",
    case: Annotated[str, typer.Option(help="The agency's case number.")] = "",
    purpose: Annotated[str | None, typer.Option(help="Asked of the grants. Default: the night's.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Likewise.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open an incident. What is known already is attached at once, what comes later by the night."""
    settings = load_settings()
    with open_services(settings) as services:
        with refused_in_words():
            incident = Incident(
                incident_id=f"in-{secrets.token_hex(6)}",
                title=title,
                narrative=narrative,
                place=(latitude, longitude),
                radius=radius,
                starts_at=parse_moment(since),
                ends_at=parse_moment(until),
                kinds=tuple(kind),
                purpose=purpose or settings.night.purpose,
                recipient=recipient or settings.night.recipient,
                opened_at=services.now(),
                case_number=case,
            )
        services.catalogue.incidents.save(incident, (_act(services, incident, CustodyAction.INCIDENT_OPENED),))
        made = attach_highlights(services)
        ours = [one for one in made if one.incident_id == incident.incident_id]
        if as_json:
            print_json({"incident": to_plain(incident), "attached": [to_plain(one) for one in ours]})
        else:
            out.print(f"opened {incident.incident_id}; {len(ours)} highlights attached")


@app.command("list")
def list_incidents(
    status: Annotated[IncidentStatus | None, typer.Option(help="Only these.")] = None, as_json: AsJson = False
) -> None:
    """List incidents with what is attached to them, as far as live grants let it be shown."""
    with open_services(load_settings()) as services:
        found = services.catalogue.incidents.list(status)
        attached = {one.incident_id: visible_attachments(services, one) for one in found}
        if as_json:
            plain = [{**to_plain(one), "attached": to_plain(attached[one.incident_id])} for one in found]
            print_json(plain)
            return
        rows = table("incidents", "incident", "title", "status", "window (UTC)", "kinds", "attached")
        for one in found:
            window = f"{one.starts_at:%Y-%m-%d %H:%M} - {one.ends_at:%Y-%m-%d %H:%M}"
            count = str(len(attached[one.incident_id]))
            rows.add_row(one.incident_id, one.title, one.status, window, ", ".join(one.kinds), count)
        out.print(rows if found else "no incidents: open one with `doorstep incident new`.")


@app.command()
def attach(
    incident_id: Annotated[str, typer.Argument(help="Which incident.")],
    highlight_id: Annotated[str, typer.Argument(help="Which highlight.")],
    reason: Annotated[str, typer.Option(help="Why it belongs.")],
    as_json: AsJson = False,
) -> None:
    """Attach a highlight by hand; grants are asked as for the machine."""
    with open_services(load_settings()) as services:
        incident = services.catalogue.incidents.get(incident_id)
        attachment = Attachment(incident_id, highlight_id, reason, services.now())
        desk = services.consent(incident.purpose, incident.recipient)
        grant = authority(require_for_highlight(services, desk, Use.VIEW, highlight_id))
        entry = CustodyEntry(
            at=services.now(),
            agent=getpass.getuser(),
            action=CustodyAction.ATTACHED,
            subject=highlight_id,
            authority=grant,
            detail={"incident": incident_id, "case": incident.case_number},
        )
        is_new = services.catalogue.incidents.attach(attachment, (entry,))
        if as_json:
            print_json({"attached": is_new, **to_plain(attachment)})
        else:
            out.print("attached" if is_new else "it is attached already")


@app.command(epilog="Example: doorstep incident report in-0123456789ab --out ~/report --also plates")
def report(
    incident_id: Annotated[str, typer.Argument(help="Which incident.")],
    out_dir: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder of the report; made if needed.")],
    also: Annotated[list[Also] | None, typer.Option(help="Hide these too; once for each.")] = None,
    show_everyone: Annotated[bool, typer.Option("--show-everyone", help="Hide nobody; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept in the custody log, so name nobody.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write the report as a page, a PDF and JSON. This is an export: it is written into the custody log.

    Everybody who is not part of an attached event is hidden in its videos and pictures.
    """
    with refused_in_words():
        order = RedactionOrder(frozenset(also or ()), show_everyone=show_everyone, reason=reason)
    with open_services(load_settings()) as services:
        sharing = ReportSharing(getpass.getuser(), out_dir, order)
        made, files = share_report(services, incident_id, sharing, Redactor(services))
        paths = {"html": str(files.html), "pdf": str(files.pdf), "json": str(files.json)}
        if as_json:
            print_json({"incident": incident_id, "highlights": len(made.highlights), "report": paths})
            return
        out.print(f"{len(made.highlights)} highlights, {len(made.silent_clips)} clips that show nothing")
        for path in paths.values():
            out.print(path, soft_wrap=True)


@app.command(epilog="Example: doorstep incident judge in-0123456789ab hl-0123456789abcdef0123 --confirm")
def judge(
    incident_id: Annotated[str, typer.Argument(help="Which incident.")],
    highlight_id: Annotated[str, typer.Argument(help="Which of its highlights.")],
    confirm: Annotated[bool, typer.Option("--confirm/--reject", help="Whether it belongs.")],
    note: Annotated[str, typer.Option(help="Why; kept in the custody log, so name nobody.")] = "",
) -> None:
    """Confirm or reject what the machine attached. A rejected highlight is left out of reports."""
    with open_services(load_settings()) as services:
        incident = services.catalogue.incidents.get(incident_id)
        desk = services.consent(incident.purpose, incident.recipient)
        status = AttachmentStatus.CONFIRMED if confirm else AttachmentStatus.REJECTED
        entry = CustodyEntry(
            at=services.now(),
            agent=getpass.getuser(),
            action=CustodyAction.JUDGED,
            subject=highlight_id,
            authority=authority(require_for_highlight(services, desk, Use.VIEW, highlight_id)),
            detail={"incident": incident_id, "case": incident.case_number, "as": status, "note": note},
        )
        services.catalogue.incidents.judge(incident_id, highlight_id, status, (entry,))
        out.print(f"{highlight_id} is {status}")


@app.command()
def close(incident_id: Annotated[str, typer.Argument(help="Which incident.")]) -> None:
    """Close an incident: nights attach nothing more to it."""
    _set_status(incident_id, IncidentStatus.CLOSED, CustodyAction.INCIDENT_CLOSED)


@app.command()
def reopen(incident_id: Annotated[str, typer.Argument(help="Which incident.")]) -> None:
    """Open a closed incident again."""
    _set_status(incident_id, IncidentStatus.OPEN, CustodyAction.INCIDENT_REOPENED)


def _set_status(incident_id: str, status: IncidentStatus, action: CustodyAction) -> None:
    with open_services(load_settings()) as services:
        incident = services.catalogue.incidents.get(incident_id)
        services.catalogue.incidents.set_status(incident_id, status, (_act(services, incident, action),))
        out.print(f"{incident_id} is {status}")


def _act(services: Services, incident: Incident, action: CustodyAction) -> CustodyEntry:
    """What a person did to an incident; its words, which may name people, stay out of the log."""
    detail = {"case": incident.case_number, "purpose": incident.purpose, "recipient": incident.recipient}
    return CustodyEntry(services.now(), getpass.getuser(), action, incident.incident_id, detail=detail)
