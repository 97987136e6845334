"""A video of a report that nobody decided about yet, as an agent watches it: encoded anew behind walls, not as it came.

The copy lies on the shelf beside what was sent. It goes when the report is accepted or declined, taken back or over.
Nothing of it is evidence.
"""

from collections.abc import Mapping
from pathlib import Path

from pipeline.casework.media import PERIOD_SECONDS, seat_on
from pipeline.casework.neighbours import shelf
from pipeline.domain.agents import Matter
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.jobs import Job
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, ReportMedium
from pipeline.errors import RecordNotFoundError, ReportDecidedError
from pipeline.evidence.files import writing
from pipeline.evidence.workshop import workshop
from pipeline.highlights.preview import encoded
from pipeline.night.services import Services
from pipeline.packages.progress import Teller
from pipeline.sampling.clip import probe_clip


def require_waiting(services: Services, report_id: str) -> NeighbourReport:
    """Returns a report that nobody decided about yet.

    Raises:
        RecordNotFoundError: There is none, or it went.
        ReportDecidedError: It was decided on.
    """
    report = services.catalogue.neighbour_reports.get(report_id)
    if not report.is_waiting:
        raise ReportDecidedError(report_id, f"it was {report.state.value}")
    return report


def filming(services: Services, job: Job, _: Matter, tell: Teller) -> Mapping[str, str]:
    """The work of a job: a copy of each video of a report that is here and has none yet."""
    require_waiting(services, job.incident_id)
    videos = [one for one in services.catalogue.neighbour_files.of_report(job.incident_id) if _is_wanted(services, one)]
    for number, medium in enumerate(videos):
        tell("making videos playable", number, len(videos), "videos")
        _make(services, medium)
    return {"films": str(len(videos))}


def film(services: Services, matter: Matter, seat: str, report_id: str, medium_id: str) -> Path:
    """The copy of a video, for a browser; the look is written down before, once a seat, matter and hour.

    Raises:
        RecordNotFoundError: There is no such report or file, it was decided on, or no copy was made.
    """
    report = services.catalogue.neighbour_reports.get(report_id)
    medium = services.catalogue.neighbour_files.get(report_id, medium_id)
    path = shelf.film_path(services, medium_id)
    if not report.is_waiting or not path.is_file():
        raise RecordNotFoundError("film", medium_id)
    now = services.now()
    once = f"film {seat_on(services, matter, seat)} {medium_id} {int(now.timestamp()) // PERIOD_SECONDS}"
    facts = {
        "as": "video of a report",
        "report": report_id,
        "medium": medium_id,
        "purpose": matter.purpose,
        "case": matter.case_number,
    }
    if not services.catalogue.custody.has(once):
        entry = CustodyEntry(now, matter.agent, CustodyAction.ACCESSED, medium.digest, detail=facts, once=once)
        services.catalogue.custody.append((entry,))
    return path


def _is_wanted(services: Services, medium: ReportMedium) -> bool:
    is_here = not medium.acquisition_id and shelf.path_of(services, medium.medium_id).is_file()
    return medium.kind is MediumKind.VIDEO and is_here and not shelf.film_path(services, medium.medium_id).is_file()


def _make(services: Services, medium: ReportMedium) -> None:
    source, settings = shelf.path_of(services, medium.medium_id), services.settings
    with workshop(settings.store.directory / "previews") as folder:
        made, _ = encoded(source, probe_clip(source, settings.sampling), folder, settings.highlights, with_sound=True)
        with writing("keep a copy of what a neighbour sent"):
            made.replace(shelf.film_path(services, medium.medium_id))
    if not _still_waits(services, medium):
        shelf.remove_film(services, medium.medium_id)


def _still_waits(services: Services, medium: ReportMedium) -> bool:
    """Of what was decided on meanwhile no copy stays."""
    try:
        return services.catalogue.neighbour_reports.get(medium.report_id).is_waiting
    except RecordNotFoundError:
        return False
