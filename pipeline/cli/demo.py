"""``doorstep demo``: a whole night on the sample clips, through the Ring simulator."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.found import plain
from pipeline.cli.night import morning_page, print_morning, run_night, summary_of
from pipeline.cli.screen import err, load_settings, out, print_json, table
from pipeline.demo.desk import AGENTS, add_demo_agents, add_demo_residents, write_desk_file
from pipeline.demo.neighbours import tell_as_neighbours
from pipeline.demo.requests import ask_residents
from pipeline.demo.stage import Asked, demo_settings, fresh_folder, sample_clips, set_stage
from pipeline.demo.story import evening_before, world_of
from pipeline.domain.agents import Role
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.events import Verdict
from pipeline.domain.plain import to_plain
from pipeline.domain.search import EventFilter
from pipeline.night.services import Services, open_services, utc_now
from pipeline.reports import MorningReport
from pipeline.ring_simulator.server import running_simulator
from pipeline.settings import Settings

app = typer.Typer()
_DEMO_SECTIONS = ("store", "ring", "night", "agency", "mail")


@app.command(epilog="Examples: doorstep demo | doorstep demo --json --out build/demo")
def demo(
    folder: Annotated[Path, typer.Option("--out", file_okay=False, help="Made anew by each demo.")] = Path(
        "build/demo"
    ),
    clips: Annotated[Path | None, typer.Option(help="Folder of the sample clips. Default: the checkout's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Run a whole night: two households, four cameras, faults and all, and one incident."""
    evening = evening_before(utc_now())
    world = world_of(evening, clips or sample_clips())
    folder = fresh_folder(folder.resolve())
    with running_simulator(world) as simulator:
        settings = demo_settings(folder, simulator, load_settings())
        with open_services(settings) as services:
            err.print("linking two simulated households and signing their grants")
            set_stage(services, evening)
            password = add_demo_agents(services)
            add_demo_residents(services)
            tell_as_neighbours(services, AGENTS[Role.INVESTIGATOR], AGENTS[Role.SUPERVISOR])
        desk_file = write_desk_file(folder, settings)
        settings_for_flow(settings)
        report = run_night(settings, again="doorstep demo")
        asked = Asked.of(simulator)
    with open_services(settings) as services:
        ask_residents(services, evening, AGENTS[Role.INVESTIGATOR], AGENTS[Role.SUPERVISOR])
        if as_json:
            desk = {"agents": {role.value: name for role, name in AGENTS.items()}, "password": password}
            print_json({**everything(services, report, asked), "desk": {**desk, "settings": str(desk_file)}})
        else:
            _print(services, report, asked)
            _print_desk(desk_file, password)


def settings_for_flow(settings: Settings) -> None:
    """Puts the demo's settings where the flow reads its own: into this process's environment.

    What the operator set in these sections is taken away first: a demo never writes into a real store or database.
    """
    sections = tuple(f"DOORSTEP_{section.upper()}" for section in _DEMO_SECTIONS)
    for name in [name for name in os.environ if name.upper().startswith(tuple(f"{part}__" for part in sections))]:
        del os.environ[name]
    for section in _DEMO_SECTIONS:
        for name, value in getattr(settings, section).model_dump(mode="json", exclude_none=True).items():
            text = value if isinstance(value, str) else json_text(value)
            os.environ[f"DOORSTEP_{section.upper()}__{name.upper()}"] = text


def json_text(value: object) -> str:
    """A setting's value as its variable holds it."""
    import json

    return json.dumps(value)


def everything(services: Services, report: MorningReport, asked: Asked) -> dict[str, Any]:
    """All that the demo made, for machines."""
    folder = morning_page(services.settings, report.night).parent
    catalogue = services.catalogue
    found = catalogue.search.find(EventFilter())
    return {
        "night": report.night,
        "clips": [_clip(services, row) for row in catalogue.coverage.of_night(report.night) if row.trigger_id],
        "events": [{**plain(event), "model_digest": event.model.digest} for event in found],
        "highlights": [
            {
                "highlight_id": part.highlight.highlight_id,
                "path": str(folder / "media" / f"{part.highlight.highlight_id}.mp4"),
                "sha256": part.highlight.digest,
                "event_ids": list(part.highlight.event_ids),
                "recipe": to_plain(part.highlight.recipe),
            }
            for part in report.highlights
        ],
        "incidents": [
            {
                "id": incident.incident_id,
                "title": incident.title,
                "attached": to_plain(catalogue.incidents.attachments(incident.incident_id)),
            }
            for incident in catalogue.incidents.list()
        ],
        "coverage": summary_of(report),
        "requests": to_plain(asked),
        "report": {
            "page": str(folder / "morning.html"),
            "json": str(folder / "morning.json"),
            "markdown": str(folder / "morning.md"),
            "incidents": [str(folder / part.report) for part in report.incidents if part.report],
        },
    }


def _clip(services: Services, row: CoverageRow) -> dict[str, Any]:
    acquired = services.catalogue.clips.of_trigger(row.camera_id, row.trigger_id)
    return {
        "source": acquired[0].acquisition.method if acquired else row.camera_id.partition(":")[0],
        "camera": row.camera_id,
        "trigger": row.trigger_id,
        "sha256": acquired[0].item.digest if acquired else None,
        "outcome": str(row.outcome),
        "tries": row.tries,
        "detail": row.detail,
    }


def _print_desk(desk_file: Path, password: str) -> None:
    """The next command, so that it can be pasted, and who may sign in."""
    out.print()
    out.print("see it at the desk; this line opens it, on this machine alone:", style="bold")
    out.print(f"  . {shlex.quote(str(desk_file))} && {command_name()} serve --open", soft_wrap=True)
    out.print(f"sign in as {AGENTS[Role.INVESTIGATOR]} with {password} (a demo password; it is shown only here)")
    others = ", ".join(f"{name} ({role.words})" for role, name in AGENTS.items() if role is not Role.INVESTIGATOR)
    out.print(f"the same password opens the other roles: {others}")
    out.print("what neighbours told is there for everybody, without signing in: the same address with /near behind it")
    out.print("so is what the police asked of residents, and what the rules refused: /requests/log")
    out.print("as a resident, while it is served: this line prints a link that signs ann in")
    out.print(f"  . {shlex.quote(str(desk_file))} && {command_name()} resident link ann", soft_wrap=True)


def command_name() -> str:
    """What a person types to run this program again: its path where it is not found by name."""
    program = Path(sys.argv[0])
    found = shutil.which("doorstep")
    if program.name == "doorstep":
        is_found = found is not None and Path(found).resolve() == program.resolve()
        return "doorstep" if is_found else shlex.quote(str(program.resolve()))
    return f"{shlex.quote(sys.executable)} -m pipeline.cli.app"


def _print(services: Services, report: MorningReport, asked: Asked) -> None:
    rows = table("events", "when (UTC)", "camera", "kind", "score", "what")
    for found in services.catalogue.search.find(EventFilter(verdict=Verdict.SEEN)):
        inferred = found.event.inferred
        when = f"{found.starts_at:%H:%M:%S}"
        rows.add_row(when, found.camera_name, inferred.kind, f"{inferred.score:.2f}", inferred.sentence)
    out.print(rows)
    out.print()
    page = morning_page(services.settings, report.night)
    print_morning(report, page)
    for incident in report.incidents:
        if incident.report:
            out.print(f"incident report: {page.parent / incident.report}", soft_wrap=True)
    heard = f"the simulator heard {asked.requests} requests, {asked.writes} writes"
    out.print(f"{heard}, at most {asked.busiest_minute} in a minute")
    out.print(f"recordings were asked of devices {', '.join(map(str, asked.recordings))} only")
    store = services.settings.store.directory
    out.print()
    out.print("look further (in the same folder):")
    out.print(f"  export DOORSTEP_STORE__DIRECTORY={store}", soft_wrap=True)
    out.print(f"  export DOORSTEP_NIGHT__PURPOSE='{services.settings.night.purpose}'")
    out.print(f"  export DOORSTEP_NIGHT__RECIPIENT='{services.settings.night.recipient}'")
    out.print("  doorstep search --kind package_picked_up")
    out.print("  doorstep custody verify")
    out.print("  doorstep incident list")
    for incident in report.incidents[:1]:
        out.print(f"  doorstep incident show {incident.incident_id}")
        out.print("  export DOORSTEP_INCIDENTS__EXPORT_NEEDS_APPROVAL=false  # nobody else is here to approve")
        out.print(f"  doorstep incident export {incident.incident_id} --zip")
