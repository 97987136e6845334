"""What was made of an incident is fetched: while the grants of all that lies in it live, and each time written down.

A package holds originals, and a report pictures; whoever fetches one looks at them as much as whoever plays a clip.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.casework.media import PERIOD_SECONDS, seat_on
from pipeline.casework.reach import act, followed, require_highlight
from pipeline.casework.works import package_path, report_path
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import Incident
from pipeline.domain.jobs import Job
from pipeline.errors import RecordNotFoundError
from pipeline.night.ingest import authority
from pipeline.night.services import Services


def fetch_package(services: Services, matter: Matter, seat: str, job: Job) -> Path:
    """Where the package of a job lies, for whoever may see all of it now.

    Args:
        services: The installation.
        matter: Who fetches, and why.
        seat: Id of the session that fetches; no secret.
        job: That made it.

    Raises:
        RecordNotFoundError: There is none, or it was removed since.
        ConsentError: Of something inside no live grant lets it be shown any more, for its incident or for this matter.
    """
    path = package_path(services, job)
    inside = services.catalogue.disclosures.get(job.result["package"])
    subjects = (inside.package_id, *inside.originals, *inside.highlight_ids)
    _hand_out(services, matter, seat, job, what="package", subjects=subjects, highlight_ids=inside.highlight_ids)
    return path


def fetch_report(services: Services, matter: Matter, seat: str, job: Job) -> Path:
    """Where the report of a job lies on paper, for whoever may see all that it shows now; otherwise as above.

    Raises:
        RecordNotFoundError, ConsentError: As ``fetch_package``.
    """
    path = report_path(services, job)
    record = path.with_suffix(".json")
    if not record.is_file():  # the last that is removed of a report
        raise RecordNotFoundError("report", job.job_id)
    shown = [part["highlight"]["highlight_id"] for part in json.loads(record.read_bytes())["highlights"]]
    _hand_out(services, matter, seat, job, what="report", subjects=shown, highlight_ids=shown)
    return path


def _hand_out(  # noqa: PLR0913 - what a custody record says
    services: Services,
    matter: Matter,
    seat: str,
    job: Job,
    *,
    what: str,
    subjects: Sequence[str],
    highlight_ids: Sequence[str],
) -> None:
    """Asks the grants of each highlight, then writes down that all of it is fetched: once a seat, matter and period."""
    incident: Incident = followed(services, job.incident_id)
    grants = [require_highlight(services, matter, incident, Use.VIEW, one) for one in highlight_ids]
    named = ", ".join(dict.fromkeys(map(authority, grants)))
    now = services.now()
    period = int(now.timestamp()) // PERIOD_SECONDS
    services.catalogue.custody.append(
        tuple(
            act(
                services,
                matter,
                incident,
                CustodyAction.ACCESSED,
                {"as": f"fetched {what}"},
                subject=subject,
                authority=named,
                once=f"fetched {job.job_id} {subject} {seat_on(services, matter, seat)} {period}",
            )
            for subject in subjects
        )
    )
