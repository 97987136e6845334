"""An incident leaves the house: only while its approval stands, as a package or as a report."""

from dataclasses import dataclass, field
from pathlib import Path

from pipeline.casework.approval import require_approved
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.redaction import RedactionOrder
from pipeline.errors import IncidentError, PipelineError
from pipeline.night.redaction import Redactor
from pipeline.night.services import Services
from pipeline.night.sharing import ReportSharing, share_report
from pipeline.night.shown import require_for_highlight
from pipeline.packages.export import Exported, export_incident
from pipeline.packages.progress import Teller, silent
from pipeline.reports import IncidentReport, IncidentReportFiles
from pipeline.retention.reports_on_disk import withdraw_reports


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """How a package is wanted.

    Attributes:
        folder: Where it is to lie.
        zipped: Whether it is one file.
        redacted: Whether redacted copies of the highlights lie beside the originals.
        purpose: Asked of the grants in place of the incident's own.
        recipient: Who receives it, and asked of the grants, likewise.
        case_number: Stands in it likewise.
    """

    folder: Path
    zipped: bool = True
    redacted: bool = False
    purpose: str | None = None
    recipient: str | None = None
    case_number: str | None = None


def export_package(
    services: Services, matter: Matter, incident_id: str, order: ExportOrder, tell: Teller = silent
) -> Exported:
    """Writes a package of what was approved; what is changed while it is written does not leave.

    Raises:
        ApprovalMissingError: Nobody approved what is in the incident now.
        PipelineError: As ``export_incident``.
    """
    approved = require_approved(services, incident_id)

    def still_approved() -> None:
        """The last look before anybody can see the package: what lies in it is what was approved."""
        if require_approved(services, incident_id) != approved:
            raise IncidentError(incident_id, "it was changed while its package was written; export it again")

    return export_incident(
        services,
        incident_id,
        order.folder,
        matter.agent,
        purpose=order.purpose,
        recipient=order.recipient,
        case_number=order.case_number,
        matter_case=matter.case_number,
        zipped=order.zipped,
        redactor=Redactor(services) if order.redacted else None,
        before_visible=still_approved,
        tell=tell,
    )


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """How a report is wanted."""

    folder: Path
    redaction: RedactionOrder = field(default_factory=RedactionOrder)


def make_report(
    services: Services, matter: Matter, incident_id: str, order: ReportOrder
) -> tuple[IncidentReport, IncidentReportFiles]:
    """Writes the report as page, paper and JSON, with whoever is not part of an event hidden.

    A report needs no approval: it says of each attachment whether a person confirmed it, and it is what a supervisor
    reads before approving.

    It takes a while: what was revoked in between finds no report yet that it could remove, so the grants are asked
    again when it lies there, and a report in the store that shows what is not granted any more goes again.

    Raises:
        ConsentError, EvidenceDisposedError: Something that it shows was revoked while it was made.
        PipelineError: As ``share_report``.
    """
    sharing = ReportSharing(matter.agent, order.folder, order.redaction, matter.case_number)
    made, files = share_report(services, incident_id, sharing, Redactor(services))
    shown = frozenset(part.highlight.highlight_id for part in made.highlights)
    desk = services.consent(made.incident.purpose, made.incident.recipient)
    try:
        for highlight_id in sorted(shown):
            require_for_highlight(services, desk, Use.VIEW, highlight_id)
    except PipelineError:
        withdraw_reports(services, shown, ())
        raise
    return made, files
