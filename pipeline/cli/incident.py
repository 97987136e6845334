"""``doorstep incident``: matters, what is attached to them, approvals, people, and how they leave the house."""

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.casework import incidents as casework
from pipeline.casework.approval import approval_state
from pipeline.casework.exports import ReportOrder, make_report
from pipeline.casework.incidents import Words, words_of
from pipeline.casework.reach import followed
from pipeline.cli import incident_approval, incident_attached, incident_cuts, incident_people
from pipeline.cli.export import export, packages
from pipeline.cli.matters import matter_for, new_matter
from pipeline.cli.screen import load_settings, out, parse_moment, print_json, refused_in_words, table
from pipeline.domain.events import EventKind
from pipeline.domain.incidents import Incident, IncidentStatus
from pipeline.domain.plain import to_plain
from pipeline.domain.redaction import Also, RedactionOrder
from pipeline.night.attach import attach_highlights
from pipeline.night.sent import received_files
from pipeline.night.services import Services, open_services
from pipeline.night.shown import visible_attachments

app = typer.Typer(no_args_is_help=True, help="Open incidents, attach highlights, make reports.")
app.command(epilog="Example: doorstep incident export in-0123456789ab --zip --to ~/handed-out")(export)
app.command(epilog="Example: doorstep incident packages --json")(packages)
incident_attached.add_to(app)
incident_cuts.add_to(app)
incident_approval.add_to(app)
app.add_typer(incident_people.app, name="people")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Which incident.")]


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
    attaches: Annotated[
        bool, typer.Option("--attach/--suggest", help="Whether what belongs is attached by itself, or only suggested.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Open an incident. What belongs to it is attached, now and by each night; with --suggest it is only suggested."""
    with open_services(load_settings()) as services:
        with refused_in_words():
            words = Words(
                title=title,
                narrative=narrative,
                place=(latitude, longitude),
                radius=radius,
                starts_at=parse_moment(since),
                ends_at=parse_moment(until),
                kinds=tuple(kind),
                case_number=case,
                attaches_by_itself=attaches,
            )
            incident = casework.open_incident(services, new_matter(services, purpose, recipient, case), words)
        made = attach_highlights(services)
        ours = [one for one in made if one.incident_id == incident.incident_id]
        if as_json:
            print_json({"incident": to_plain(incident), "attached": [to_plain(one) for one in ours]})
        else:
            _warn(incident)
            out.print(f"{incident.incident_id}: {len(ours)} highlights attached")


def _warn(incident: Incident) -> None:
    traits = casework.described_traits(incident)
    if traits:
        said = f"it describes people by {', '.join(traits)}: say what they wore, carried and did instead"
        out.print(said, style="yellow")


@app.command("list")
def list_incidents(
    status: Annotated[IncidentStatus | None, typer.Option(help="Only these.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those that you opened or are assigned to.")] = False,
    as_json: AsJson = False,
) -> None:
    """List incidents and what is attached to them, as far as live grants show it."""
    with open_services(load_settings()) as services:
        catalogue = services.catalogue.incidents
        known = catalogue.of_agent(getpass.getuser()) if mine else catalogue.list()
        found = [one for one in known if status is None or one.status is status]
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


@app.command(epilog="Example: doorstep incident show in-0123456789ab --json")
def show(incident_id: Which, as_json: AsJson = False) -> None:
    """Show where an incident stands: its words and what they were, who works on it, what is attached, its approval."""
    with open_services(load_settings()) as services:
        incident = followed(services, incident_id)
        story = _story(services, incident)
    if as_json:
        print_json(story)
        return
    if incident.incident_id != incident_id:
        out.print(f"{incident_id} goes on as {incident.incident_id}", style="yellow")
    out.print(f"{incident.incident_id}  {incident.title}", style="bold", soft_wrap=True)
    rule = "attaches by itself" if incident.attaches_by_itself else "suggestions only"
    out.print(f"{incident.status}; approval {story['approval']}; {rule}")
    out.print(f"works on it: {', '.join(sorted(incident.agents)) or 'nobody is named'}")
    out.print(incident.narrative or "no narrative", soft_wrap=True)
    rows = table("attached", "place", "highlight", "shown", "status", "caption", "why")
    for number, one in enumerate(story["attached"], start=1):
        shown = one["version"] or "-"
        rows.add_row(str(number), one["highlight_id"], shown, one["status"], one["caption"], one["reason"])
    out.print(rows if story["attached"] else "nothing is attached that a live grant shows.")
    if story["received"]:
        sent = table("what neighbours sent", "kind", "happened (UTC)", "report", "consent", "SHA-256")
        for one in story["received"]:
            when = f"{datetime.fromisoformat(one['happened_at']):%Y-%m-%d %H:%M}"
            sent.add_row(one["kind"], when, one["report_id"], one["consent"], one["digest"])
        out.print(sent)
    if story["received_hidden"]:
        out.print(f"{story['received_hidden']} more that neighbours sent, which no live consent shows.")
    for version in story["versions"]:
        out.print(f"until {version['until']}, by {version['changed_by']}: {version['said']['title']}", soft_wrap=True)


def _story(services: Services, incident: Incident) -> dict[str, Any]:
    state, approval = approval_state(services, incident.incident_id)
    received = received_files(services, incident)
    sent = services.catalogue.neighbour_files.of_incident(incident.incident_id)
    return {
        **to_plain(incident),
        "attached": to_plain(visible_attachments(services, incident)),
        "received": to_plain(received),
        "received_hidden": len(sent) - len(received),
        "versions": to_plain(services.catalogue.incidents.versions(incident.incident_id)),
        "merged_from": [one.incident_id for one in services.catalogue.incidents.merged_into(incident.incident_id)],
        "approval": state.value,
        "approval_record": to_plain(approval),
        "packages": to_plain(services.catalogue.disclosures.of_incident(incident.incident_id)),
    }


@app.command(epilog="Example: doorstep incident edit in-0123456789ab --narrative 'A carton is missing.' --suggest")
def edit(
    incident_id: Which,
    title: Annotated[str | None, typer.Option(help="In words.")] = None,
    narrative: Annotated[str | None, typer.Option(help="What was reported.")] = None,
    case: Annotated[str | None, typer.Option(help="The agency's case number.")] = None,
    latitude: Annotated[float | None, typer.Option(min=-90, max=90, help="Of the place, degrees.")] = None,
    longitude: Annotated[float | None, typer.Option(min=-180, max=180, help="Likewise.")] = None,
    radius: Annotated[float | None, typer.Option(min=1, help="Metres around the place.")] = None,
    since: Annotated[str | None, typer.Option(help="Start of the window, with its zone.")] = None,
    until: Annotated[str | None, typer.Option(help="End of the window, with its zone.")] = None,
    kind: Annotated[list[EventKind] | None, typer.Option(help="Kinds of event that belong; once for each.")] = None,
    attaches: Annotated[bool | None, typer.Option("--attach/--suggest", help="See `incident new`.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change what an incident says. What it said before is kept, and an approval of it is void."""
    with open_services(load_settings()) as services:
        old = words_of(services.catalogue.incidents.get(incident_id))
        with refused_in_words():
            words = Words(
                title=old.title if title is None else title,
                narrative=old.narrative if narrative is None else narrative,
                case_number=old.case_number if case is None else case,
                place=(
                    old.place[0] if latitude is None else latitude,
                    old.place[1] if longitude is None else longitude,
                ),
                radius=radius or old.radius,
                starts_at=parse_moment(since) if since else old.starts_at,
                ends_at=parse_moment(until) if until else old.ends_at,
                kinds=tuple(kind) if kind else old.kinds,
                attaches_by_itself=old.attaches_by_itself if attaches is None else attaches,
            )
            made = casework.edit_incident(services, matter_for(services, incident_id), incident_id, words)
    if as_json:
        print_json(to_plain(made))
    else:
        _warn(made)
        out.print(f"{incident_id} is {made.status}")


@app.command(epilog="Example: doorstep incident assign in-0123456789ab kim lee")
def assign(
    incident_id: Which,
    agents: Annotated[list[str] | None, typer.Argument(help="Who works on it; nobody takes all away.")] = None,
) -> None:
    """Say who works on an incident, besides who opened it."""
    with open_services(load_settings()) as services:
        made = casework.assign(services, matter_for(services, incident_id), incident_id, agents or ())
        out.print(f"{incident_id}: {', '.join(sorted(made.agents)) or 'nobody'}")


@app.command(epilog="Example: doorstep incident merge in-0123456789ab --into in-ba9876543210")
def merge(
    incident_id: Which, into: Annotated[str, typer.Option(help="The incident that goes on.")], as_json: AsJson = False
) -> None:
    """Let an incident go on in another: nothing is lost, and the old id leads to the other one."""
    with open_services(load_settings()) as services:
        made = casework.merge_incidents(services, matter_for(services, incident_id), incident_id, into)
    if as_json:
        print_json(to_plain(made))
    else:
        out.print(f"{incident_id} goes on as {into}")


@app.command(epilog="Example: doorstep incident report in-0123456789ab --out ~/report --also plates")
def report(
    incident_id: Which,
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
        matter = matter_for(services, incident_id)
        made, files = make_report(services, matter, incident_id, ReportOrder(out_dir, order))
        paths = {"html": str(files.html), "pdf": str(files.pdf), "json": str(files.json)}
        if as_json:
            print_json({"incident": incident_id, "highlights": len(made.highlights), "report": paths})
            return
        out.print(f"{len(made.highlights)} highlights, {len(made.silent_clips)} clips that show nothing")
        for path in paths.values():
            out.print(path, soft_wrap=True)


@app.command()
def close(incident_id: Which) -> None:
    """Close an incident: nights attach nothing more to it."""
    with open_services(load_settings()) as services:
        casework.close_incident(services, matter_for(services, incident_id), incident_id)
        out.print(f"{incident_id} is {IncidentStatus.CLOSED}")


@app.command()
def reopen(incident_id: Which) -> None:
    """Open a closed incident again."""
    with open_services(load_settings()) as services:
        casework.reopen_incident(services, matter_for(services, incident_id), incident_id)
        out.print(f"{incident_id} is {IncidentStatus.OPEN}")
