"""``doorstep night``: one night, from the grants to the morning report."""

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pipeline.catalogue.mailings import MailKind
from pipeline.cli.screen import load_settings, out, print_json, shown_progress, table
from pipeline.cli.stopping import ends_at_once
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.coverage import CameraOutcome
from pipeline.domain.plain import to_plain
from pipeline.errors import NightDeadlineError, NightUnansweredError
from pipeline.night.progress import watched_by
from pipeline.night.services import open_services
from pipeline.reports import MorningReport
from pipeline.settings import Settings

_NOTHING_LINKED = "no camera is known: link one with `doorstep ring link` or `doorstep folder add`, and add a grant."

app = typer.Typer()


@app.command(epilog="Examples: doorstep night | doorstep night --date 2026-03-10 --json")
def night(
    key: Annotated[
        str | None, typer.Option("--date", help="The night by the date of its evening. Default: the one it is now.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the morning report as JSON.")] = False,
) -> None:
    """Run a night: fetch what grants cover, analyse, cut highlights, attach, report.

    A night that was stopped goes on where it stood when it is run again. Missed nights are taken along.
    """
    settings = load_settings()
    report = run_night(settings, checked_night(key))
    if as_json:
        print_json(to_plain(report))
    else:
        print_morning(report, morning_page(settings, report.night))
        _print_mail(settings, report.night)
    if not report.is_complete:
        raise NightDeadlineError(report.night, report.left_over)
    _require_an_answer(settings, report.night)


def run_night(settings: Settings, key: str | None = None, again: str = "doorstep night") -> MorningReport:
    """Runs a night under Prefect in this process, and shows how far it is; Ctrl-C ends the process with 130.

    Args:
        settings: The operator's.
        key: The night; None for the one that it is now.
        again: What somebody runs who pressed Ctrl-C, to go on.

    Raises:
        PipelineError: As the flow.
    """
    from flows.prefect_home import prefect_server, settle_prefect

    home = settings.store.directory / "prefect"
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")  # errors come back to us, and are told in our words
    settle_prefect(home)
    with open_services(settings):  # what cannot be opened is told now, and not after a server was waited for
        pass
    with ends_at_once(again), prefect_server(home):
        from flows.overnight import overnight

        with shown_progress() as progress, watched_by(progress):
            report = overnight(key)
    if not isinstance(report, MorningReport):
        raise TypeError(f"the flow gave {type(report).__name__}")
    return report


def morning_page(settings: Settings, key: str) -> Path:
    """Where a night's morning report lies as a page."""
    return settings.store.directory / "reports" / key / "morning.html"


def print_morning(report: MorningReport, page: Path) -> None:
    """The night in a table for people."""
    rows = table(f"night of {report.night}", "camera", "grant", "asked", "fetched", "events", "highlights", "not had")
    for camera in report.cameras:
        seen = [f"{part.kind} {part.count}" for part in camera.events]
        unsure = sum(part.count for part in camera.cannot_tell)
        seen += [f"cannot tell {unsure}"] if unsure else []
        missing = [f"{part.outcome} {part.count}" for part in camera.outcomes if part.outcome is not FetchOutcome.READY]
        rows.add_row(
            f"{camera.name} ({camera.camera_id})",
            Text("yes", style="green") if camera.granted else Text("no", style="yellow"),
            str(camera.triggers),
            str(camera.came_to(FetchOutcome.READY)),
            ", ".join(seen) or "nothing",
            str(camera.highlights),
            ", ".join(missing) or "-",
        )
    out.print(rows if report.cameras else _NOTHING_LINKED)
    for camera in report.cameras:
        if not camera.granted:
            asked = "is not asked any more" if camera.triggers else "was not asked"
            out.print(f"{camera.name} {asked}: {camera.grant}")
    for incident in report.incidents:
        out.print(f'incident {incident.incident_id} "{incident.title}": {len(incident.highlight_ids)} attached tonight')
    if report.attention:
        out.print(f"{len(report.attention)} things need a person; they are listed in the report", style="yellow")
    models = ", ".join(model.name for model in report.models) or "nothing"
    out.print(f"looked with {models}; {len(report.highlights)} highlights")
    out.print(f"morning report: {page}", soft_wrap=True)


def _require_an_answer(settings: Settings, night: str) -> None:
    """Returns when one camera at least could be asked, or none was to be; a schedule must notice the rest.

    Raises:
        NightUnansweredError: Every camera that was to be asked could not be.
    """
    with open_services(settings) as services:
        rows = [row for row in services.catalogue.coverage.of_night(night) if not row.trigger_id]
    asked = [row for row in rows if isinstance(row.outcome, CameraOutcome)]
    if asked and all(row.outcome is CameraOutcome.FAILED for row in asked):
        raise NightUnansweredError(night, asked[0].detail)


def _print_mail(settings: Settings, night: str) -> None:
    """Whether the morning left as a mail, where it was to."""
    if not settings.mail.has_mornings:
        return
    with open_services(settings) as services:
        mailing = services.catalogue.mailings.get(MailKind.MORNING, night)
    words = f"mail of the morning: {mailing.detail}"
    out.print(
        words if mailing.is_sent else f"{words}; the next night tries again", style="" if mailing.is_sent else "yellow"
    )


def checked_night(key: str | None, option: str = "--date") -> str | None:
    """The key of a night, as somebody typed it; None stays None.

    Raises:
        typer.BadParameter: It is no date.
    """
    if key is None:
        return None
    try:
        return date.fromisoformat(key).isoformat()
    except ValueError as error:
        raise typer.BadParameter(f"{key!r} is no date, for example 2026-03-10", param_hint=option) from error


def summary_of(report: MorningReport) -> dict[str, Any]:
    """Coverage by camera, as the demo prints it."""
    return {
        camera.camera_id: {
            "name": camera.name,
            "granted": camera.granted,
            "why": camera.grant,
            "asked": camera.triggers,
            "outcomes": {str(part.outcome): part.count for part in camera.outcomes},
        }
        for camera in report.cameras
    }
