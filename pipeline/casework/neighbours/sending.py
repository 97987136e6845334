"""A neighbour sends a report: without an account, with a receipt, and for the area that holds the place alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.casework.neighbours.areas import require_area
from pipeline.casework.neighbours.receipts import new_code, receipt_digest
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.neighbour_reports import (
    LONGEST_CONTACT,
    LONGEST_WORDS,
    NeighbourReport,
    ReportCategory,
    ReportTombstone,
)
from pipeline.errors import InputRefusedError
from pipeline.night.services import AGENT, Services

_EARLY = timedelta(minutes=10)
"""A sender's clock may be ahead by so much."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a neighbour filled in.

    Attributes:
        category: What it is about.
        happened_at: When; with its zone.
        place: Latitude and longitude in degrees.
        words: May be empty where a file will say it.
        contact: How to reach the sender; empty where they do not say.
        may_publish: Whether a blurred and masked copy may be published.
    """

    category: ReportCategory
    happened_at: datetime
    place: tuple[float, float]
    words: str
    contact: str = ""
    may_publish: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets.

    Attributes:
        code: With which they come back; told now and never again.
        report: What is kept.
    """

    code: str
    report: NeighbourReport


def send_report(services: Services, told: Told) -> Receipt:
    """Keeps a report for the area that holds its place, with its custody. No address and no name stands in that.

    Raises:
        InputRefusedError: Something that was filled in cannot be taken; nothing was kept.
        AreasError: No reports are taken here.
        OutsideAreasError: No area holds the place; nothing was kept, and it says whom to turn to.
    """
    now = services.now()
    _require_moment(services, told.happened_at, now)
    if len(told.words) > LONGEST_WORDS:
        raise InputRefusedError("words", f"at most {LONGEST_WORDS} signs are taken")
    contact = " ".join(told.contact.split())
    if len(contact) > LONGEST_CONTACT:
        raise InputRefusedError("contact", f"at most {LONGEST_CONTACT} signs are taken")
    found = require_area(services.settings, told.place)
    report = NeighbourReport(
        report_id=new_id("nr"),
        category=told.category,
        happened_at=told.happened_at,
        place=told.place,
        words=told.words.strip(),
        area_id=found.area.area_id,
        beat=found.beat,
        sent_at=now,
        keeps_until=now + timedelta(days=services.settings.neighbours.consent_days),
        may_publish=told.may_publish,
    )
    code = new_code()
    sealed = services.box.seal(contact_use(report.report_id), contact.encode()) if contact else None
    facts = {"area": report.area_id, "category": report.category.value}
    entry = CustodyEntry(now, AGENT, CustodyAction.REPORT_RECEIVED, report.report_id, detail=facts)
    services.catalogue.neighbour_reports.add(report, receipt_digest(code), sealed, (entry,))
    return Receipt(code, report)


def by_code(services: Services, code: str) -> NeighbourReport | ReportTombstone:
    """The report of a receipt, or what stays of it.

    Raises:
        RecordNotFoundError: There is none of this code.
    """
    return services.catalogue.neighbour_reports.by_receipt(receipt_digest(code))


def contact_use(report_id: str) -> str:
    """For what a sender's contact is sealed, so that it opens for nothing else."""
    return f"contact of {report_id}"


def _require_moment(services: Services, happened_at: datetime, now: datetime) -> None:
    oldest = timedelta(days=services.settings.neighbours.oldest_days)
    if happened_at > now + _EARLY:
        raise InputRefusedError("happened_at", "this lies in the future: say when it happened")
    if happened_at < now - oldest:
        raise InputRefusedError("happened_at", f"what happened more than {oldest.days} days ago is not taken here")
