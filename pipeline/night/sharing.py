"""What leaves the house by itself: a redacted copy of a highlight, and a report with such copies in it (P8)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.redaction import RedactionOrder
from pipeline.domain.video import ClipSpan
from pipeline.errors import EvidenceNotFoundError
from pipeline.highlights.evidence_pictures import TakenPicture, wanted_moments
from pipeline.night.explanation import Explanation, write_pictures
from pipeline.night.incident_reports import report_on
from pipeline.night.ingest import authority
from pipeline.night.redaction import Redactor, SharedCopy, Sharing
from pipeline.night.services import Services
from pipeline.reports import IncidentReport, IncidentReportFiles, ReportedHighlight, write_incident_report


@dataclass(frozen=True, slots=True)
class ReportSharing:
    """How a report leaves.

    Attributes:
        agent: Who asks for it.
        folder: Made when it is not there.
        order: What is hidden; with ``show_everyone`` the highlights go out as they are kept.
        matter_case: On which case whoever asks looks; said in the custody log where it is not the incident's.
    """

    agent: str
    folder: Path
    order: RedactionOrder
    matter_case: str = ""


def share_highlight(services: Services, highlight_id: str, sharing: Sharing, redactor: Redactor) -> SharedCopy:
    """Makes a copy that leaves by itself, and writes down that it left.

    Raises:
        PipelineError: As ``Redactor.redact``.
    """
    copy = redactor.redact(highlight_id, sharing)
    entry = CustodyEntry(
        at=services.now(),
        agent=sharing.agent,
        action=CustodyAction.DISSEMINATED,
        subject=highlight_id,
        authority=authority(copy.grant),
        detail={"as": "redacted copy", "output": copy.highlight.digest, "case": sharing.case},
    )
    services.catalogue.custody.append((entry,))
    return copy


def share_pictures(
    services: Services, explanation: Explanation, sharing: ReportSharing, redactor: Redactor
) -> tuple[TakenPicture, ...]:
    """Writes an event's evidence pictures into a folder; whom the event does not name is hidden, or the reason logged.

    Raises:
        VideoError, DetectionError, EvidenceError: They cannot be made; none is shared in their place.
    """
    event = explanation.found.event
    if sharing.order.show_everyone:
        facts = {"event": event.event_id, "as": "evidence pictures", "reason": sharing.order.reason}
        grant = authority(explanation.grant)
        entry = CustodyEntry(services.now(), sharing.agent, CustodyAction.UNMASKED, event.clip, grant, facts)
        services.catalogue.custody.append((entry,))
        return write_pictures(services, explanation, sharing.folder)
    moments = wanted_moments((event,))
    span = ClipSpan(moments[0], moments[-1])
    masks = redactor.masks_at(event.clip, explanation.analysis, (event,), span)
    return write_pictures(services, explanation, sharing.folder, masks)


def share_report(
    services: Services, incident_id: str, sharing: ReportSharing, redactor: Redactor
) -> tuple[IncidentReport, IncidentReportFiles]:
    """Writes an incident's report as page, paper and JSON, and what left of every original into the custody log.

    Raises:
        RecordNotFoundError: There is no such incident.
        VideoError, DetectionError: A copy cannot be made; nothing is shared in its place.
        ReportError, StorageError: It cannot be made or written.
    """
    report = report_on(services, incident_id)
    with TemporaryDirectory(prefix="doorstep-shared-") as scratch:
        copies = () if sharing.order.show_everyone else _copies(report, sharing, redactor, Path(scratch))
        shared = replace(report, highlights=tuple(map(_with_copy, report.highlights, copies))) if copies else report
        files = write_incident_report(shared, _reader(copies, services.derivatives.read), sharing.folder)
    services.catalogue.custody.append(tuple(_custody(shared, sharing, services.now())))
    return shared, files


def _copies(
    report: IncidentReport, sharing: ReportSharing, redactor: Redactor, scratch: Path
) -> tuple[SharedCopy, ...]:
    incident = report.incident
    one = Sharing(
        purpose=incident.purpose,
        recipient=incident.recipient,
        agent=sharing.agent,
        folder=scratch,
        order=sharing.order,
        case=incident.case_number,
        incident=incident.incident_id,
    )
    return tuple(redactor.redact(part.highlight.highlight_id, one) for part in report.highlights)


def _with_copy(part: ReportedHighlight, copy: SharedCopy) -> ReportedHighlight:
    return replace(part, highlight=copy.highlight, redaction=copy.redaction)


def _reader(copies: tuple[SharedCopy, ...], kept: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Of the copies first; of what is kept only pictures between two clips are read."""

    def read(digest: str) -> bytes:
        for copy in copies:
            try:
                return copy.read(digest)
            except EvidenceNotFoundError:
                continue
        return kept(digest)

    return read


def _custody(report: IncidentReport, sharing: ReportSharing, left_at: datetime) -> list[CustodyEntry]:
    incident = report.incident
    why = {"incident": incident.incident_id, "case": incident.case_number or sharing.matter_case}
    if sharing.matter_case not in ("", why["case"]):
        why["matter_case"] = sharing.matter_case
    entries = []
    for part in report.highlights:
        facts = {**why, "purpose": incident.purpose, "as": "incident report"}
        grant = f"{part.grant_id} v{part.grant_version}"
        subject = part.highlight.highlight_id
        if sharing.order.show_everyone:
            facts = {**facts, "reason": sharing.order.reason}
            entries.append(CustodyEntry(left_at, sharing.agent, CustodyAction.UNMASKED, subject, grant, facts))
        facts = {**facts, "output": part.highlight.digest, "redacted": str(part.redaction is not None).lower()}
        entries.append(CustodyEntry(left_at, sharing.agent, CustodyAction.DISSEMINATED, subject, grant, facts))
    for one in report.received:
        facts = {
            **why,
            "purpose": incident.purpose,
            "as": "incident report",
            "shows": "that it was sent, and no picture",
        }
        entries.append(CustodyEntry(left_at, sharing.agent, CustodyAction.DISSEMINATED, one.digest, one.consent, facts))
    return entries
