"""What neighbours sent with reports that were accepted into an incident, as far as a consent lets it leave."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.consent import Use
from pipeline.domain.incidents import Incident
from pipeline.domain.neighbour_reports import NeighbourReport, PublishedMedium, ReportMedium
from pipeline.errors import ConsentError, RecordNotFoundError
from pipeline.night.ingest import authority
from pipeline.night.services import Services
from pipeline.reports import ReceivedFile


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a neighbour in an incident.

    Attributes:
        report: With which it came.
        medium: Which.
        authority: The sender's consent under which it leaves, as custody records name it; empty where none lets it.
        refusal: The kind of error that says why not; empty where it may leave.
    """

    report: NeighbourReport
    medium: ReportMedium
    authority: str
    refusal: str = ""


def sent_to(services: Services, incident: Incident) -> Iterator[Sent]:
    """Every file that was accepted into an incident, in order, asked about for its purpose and recipient."""
    desk = services.consent(incident.purpose, incident.recipient)
    for report, medium in services.catalogue.neighbour_files.of_incident(incident.incident_id):
        try:
            clip = services.catalogue.clips.get(medium.acquisition_id)
            camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
            grant = desk.require(Use.EXPORT, camera, clip.clock.starts_at)
        except (ConsentError, RecordNotFoundError) as error:
            yield Sent(report, medium, "", type(error).__name__)
            continue
        yield Sent(report, medium, authority(grant))


def public_copy(services: Services, medium: ReportMedium) -> PublishedMedium | None:
    """The masked copy of a file that everybody sees at the moment; None where none is published."""
    reports = services.catalogue.neighbour_reports
    try:
        shown = reports.published_one(medium.report_id).media
    except RecordNotFoundError:
        return None
    ours = (one for one in reports.copies(medium.report_id) if one.name in shown)
    return next((one for one in ours if one.medium_id == medium.medium_id), None)


def received_files(services: Services, incident: Incident) -> tuple[ReceivedFile, ...]:
    """What a report says of the files that may leave, in order; the sender's names for them stay here."""
    return tuple(
        ReceivedFile(
            digest=one.medium.digest,
            kind=one.medium.kind,
            size=one.medium.size,
            report_id=one.report.report_id,
            happened_at=one.report.happened_at,
            arrived_at=one.medium.arrived_at,
            consent=one.authority,
            is_public=public_copy(services, one.medium) is not None,
        )
        for one in sent_to(services, incident)
        if one.authority
    )
