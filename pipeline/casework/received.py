"""What neighbours sent with reports that were accepted into an incident, as whoever works on it sees it."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.casework.neighbours.accepting import camera_of
from pipeline.casework.neighbours.triage import picture
from pipeline.casework.reach import desks, on_which_case
from pipeline.domain.agents import Matter
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.incidents import Incident
from pipeline.domain.neighbour_reports import MediumKind, NeighbourReport, ReportMedium
from pipeline.errors import ConsentError, RecordNotFoundError
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.sent import public_copy
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class Received:
    """A file of a neighbour in an incident.

    Attributes:
        report: With which it came.
        medium: Which.
        is_shown: Whether a live consent lets whoever looks see it; without, nothing else of it is told.
        is_looked_at: Whether it is a video in which the machine looked for events, so that its page plays it.
        is_public: Whether a masked copy of it is published.
    """

    report: NeighbourReport
    medium: ReportMedium
    is_shown: bool
    is_looked_at: bool
    is_public: bool


def received(services: Services, matter: Matter, incident: Incident) -> tuple[Received, ...]:
    """In the order in which it came; may be empty. That it is listed is written down as a look."""
    found, looks = [], []
    for report, medium in services.catalogue.neighbour_files.of_incident(incident.incident_id):
        grant = _grant(services, matter, incident, report, medium)
        if grant is not None:
            looks.append(Look(medium.digest, camera_of(services, medium).camera_id, grant))
        shown = grant is not None
        is_public = public_copy(services, medium) is not None
        found.append(Received(report, medium, shown, _is_looked_at(services, medium), is_public))
    facts = {"incident": incident.incident_id, "as": "incident", **on_which_case(matter, incident)}
    write_down_looks(services, matter.agent, looks, facts)
    return tuple(found)


def hidden_of(services: Services, matter: Matter, incident: Incident) -> int:
    """How many files of neighbours whoever looks may not see."""
    sent = services.catalogue.neighbour_files.of_incident(incident.incident_id)
    return sum(_grant(services, matter, incident, report, medium) is None for report, medium in sent)


def received_picture(services: Services, matter: Matter, incident: Incident, medium_id: str) -> bytes:
    """A picture of a file, made behind walls (JPEG); the look is written down.

    Raises:
        RecordNotFoundError: It is none of the incident's, or may not be shown.
        EvidenceError: The original is gone, or no longer what it was.
        ReportFileError: It does not open.
    """
    for report, medium in services.catalogue.neighbour_files.of_incident(incident.incident_id):
        if medium.medium_id == medium_id and _grant(services, matter, incident, report, medium) is not None:
            within = {"incident": incident.incident_id, **on_which_case(matter, incident)}
            return picture(services, matter, report.report_id, medium_id, 0, within)
    raise RecordNotFoundError("file", medium_id)


def _grant(
    services: Services, matter: Matter, incident: Incident, report: NeighbourReport, medium: ReportMedium
) -> SignedGrant | None:
    """Under which it may be shown; None where it may not."""
    try:
        first, *_ = _grants(services, matter, incident, report, medium)
    except (ConsentError, RecordNotFoundError):
        return None
    return first


def _grants(
    services: Services, matter: Matter, incident: Incident, report: NeighbourReport, medium: ReportMedium
) -> Iterator[SignedGrant]:
    camera = camera_of(services, medium)
    for desk in desks(services, matter, incident):
        yield desk.require(Use.VIEW, camera, report.happened_at)


def _is_looked_at(services: Services, medium: ReportMedium) -> bool:
    if medium.kind is not MediumKind.VIDEO:
        return False
    return bool(services.catalogue.analyses.keys_of(medium.acquisition_id))
