"""What waits for a decision at the desk, and the looks at it, each of which is written down."""

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from pipeline.casework.incidents import Words
from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.accepting import require_use
from pipeline.casework.neighbours.areas import areas_of
from pipeline.casework.neighbours.opening import pictures_of
from pipeline.casework.neighbours.sending import contact_use
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.jobs import Job
from pipeline.domain.neighbour_reports import (
    MediumKind,
    NeighbourReport,
    PublishedReport,
    ReportMedium,
    ReportState,
)
from pipeline.errors import AreasError, ConsentError, RecordNotFoundError
from pipeline.highlights.stills import write_jpeg
from pipeline.night.ingest import authority
from pipeline.night.services import Services

_RADIUS = 100.0
"""Metres around the place of a report within which cameras may have seen the same."""
_AROUND = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A report in a list.

    Attributes:
        report: What was told.
        area: Name of its area.
        files: How many photos and videos are here.
        coming: How many are on their way.
    """

    report: NeighbourReport
    area: str
    files: int
    coming: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the triage shows it.

    Attributes:
        medium: Which.
        pictures: How many pictures of it can be shown; 0 where nothing may be shown any more.
        plays: Whether it is a video that was looked at and may be shown, so that the page of its clip plays it.
        is_filmed: Whether a copy of it can be watched while nobody has decided.
    """

    medium: ReportMedium
    pictures: int
    plays: bool
    is_filmed: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """A report with all that an agent decides by.

    Attributes:
        line: The report.
        files: In the order in which they came.
        has_contact: Whether its sender can be reached.
        published: What everybody sees of it; None when it is not published.
        jobs: What was made of it beside, the newest first.
    """

    line: Line
    files: tuple[Shown, ...]
    has_contact: bool
    published: PublishedReport | None
    jobs: tuple[Job, ...]


def reports(services: Services, states: Iterable[ReportState], area_id: str | None = None) -> tuple[Line, ...]:
    """Reports in these states, the newest first."""
    return tuple(_line(services, one) for one in services.catalogue.neighbour_reports.list(tuple(states), area_id))


def open_report(services: Services, matter: Matter, report_id: str) -> Dossier:
    """A report for a decision, or after one; the look is written down.

    Raises:
        RecordNotFoundError: There is none, or it went.
    """
    catalogue = services.catalogue
    report = catalogue.neighbour_reports.get(report_id)
    media = catalogue.neighbour_files.of_report(report_id)
    facts = {"as": "report of a neighbour", "purpose": matter.purpose, "case": matter.case_number}
    entry = CustodyEntry(services.now(), matter.agent, CustodyAction.ACCESSED, report_id, detail=facts)
    catalogue.custody.append((entry,))
    try:
        published = catalogue.neighbour_reports.published_one(report_id)
    except RecordNotFoundError:
        published = None
    return Dossier(
        _line(services, report),
        tuple(_shown(services, report, one) for one in media),
        catalogue.neighbour_reports.contact(report_id) is not None,
        published,
        catalogue.jobs.of_incident(report_id),
    )


def picture(  # whose look, at what, and within what
    services: Services,
    matter: Matter,
    report_id: str,
    medium_id: str,
    number: int,
    within: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """A picture of a file, made behind walls (JPEG); of an accepted report's file the look is written down.

    Args:
        services: The installation.
        matter: Who looks, and on what matter.
        report_id: With which the file came.
        medium_id: Which.
        number: Of the picture, from 0.
        within: What the record of the look says besides, for example in which incident.

    Raises:
        RecordNotFoundError: There is no such report, file or picture.
        ConsentError: The sender's consent does not let it be shown any more.
        EvidenceError: The original is gone, or no longer what it was.
        ReportFileError: It does not open.
    """
    report = services.catalogue.neighbour_reports.get(report_id)
    medium = services.catalogue.neighbour_files.get(report_id, medium_id)
    if medium.acquisition_id:
        return _of_original(services, matter, report, medium, number, within)
    path = shelf.picture_path(services, medium_id, number)
    if not 0 <= number < shelf.MOST_PICTURES or not path.is_file():
        raise RecordNotFoundError("picture", f"{number} of {medium_id}")
    return path.read_bytes()


def incident_words(report: NeighbourReport) -> Words:
    """What an incident of a report's place and time says; it attaches nothing by itself."""
    return Words(
        title=f"Report of a neighbour: {report.category.value}",
        place=report.place,
        radius=_RADIUS,
        starts_at=report.happened_at - _AROUND,
        ends_at=report.happened_at + _AROUND,
        kinds=tuple(EventKind),
        narrative=report.words,
    )


def read_contact(services: Services, matter: Matter, report_id: str) -> str:
    """How to reach the sender; that it was read is written down first.

    Raises:
        RecordNotFoundError: There is no such report, or its sender left no contact.
    """
    sealed = services.catalogue.neighbour_reports.contact(report_id)
    if sealed is None:
        raise RecordNotFoundError("contact", report_id)
    facts = {"purpose": matter.purpose, "case": matter.case_number}
    entry = CustodyEntry(services.now(), matter.agent, CustodyAction.CONTACT_READ, report_id, detail=facts)
    services.catalogue.custody.append((entry,))
    return services.box.open(contact_use(report_id), sealed).decode()


def erase_contact(services: Services, agent: str, report_id: str) -> bool:
    """Forgets how to reach the sender; says whether that was known."""
    entry = CustodyEntry(services.now(), agent, CustodyAction.CONTACT_ERASED, report_id)
    return services.catalogue.neighbour_reports.erase_contact(report_id, (entry,))


def _line(services: Services, report: NeighbourReport) -> Line:
    files = services.catalogue.neighbour_files
    try:
        area = areas_of(services.settings).name_of(report.area_id)
    except AreasError:
        area = report.area_id
    here = len(files.of_report(report.report_id))
    return Line(report, area, here, len(files.under_way(report.report_id)))


def _shown(services: Services, report: NeighbourReport, medium: ReportMedium) -> Shown:
    pictures = _count(services, report, medium)
    is_film = medium.kind is MediumKind.VIDEO and bool(medium.acquisition_id and pictures)
    plays = is_film and bool(services.catalogue.analyses.keys_of(medium.acquisition_id))
    is_filmed = report.is_waiting and shelf.film_path(services, medium.medium_id).is_file()
    return Shown(medium, pictures, plays, is_filmed)


def _count(services: Services, report: NeighbourReport, medium: ReportMedium) -> int:
    if not medium.acquisition_id:
        return sum(
            shelf.picture_path(services, medium.medium_id, number).is_file() for number in range(shelf.MOST_PICTURES)
        )
    try:
        require_use(services, report, medium, Use.VIEW)
    except (ConsentError, RecordNotFoundError):
        return 0
    return 1 if services.originals.has(medium.digest) else 0


def _of_original(  # as `picture`
    services: Services,
    matter: Matter,
    report: NeighbourReport,
    medium: ReportMedium,
    number: int,
    within: Mapping[str, str],
) -> bytes:
    """Made anew at each look, so that a withdrawal leaves none behind."""
    grant = require_use(services, report, medium, Use.VIEW)
    if number != 0:
        raise RecordNotFoundError("picture", f"{number} of {medium.medium_id}")
    facts = {"as": "picture", "medium": medium.medium_id, "purpose": matter.purpose, "case": matter.case_number}
    facts |= within
    entry = CustodyEntry(
        services.now(), matter.agent, CustodyAction.ACCESSED, medium.digest, authority(grant), detail=facts
    )
    services.catalogue.custody.append((entry,))
    with (
        services.originals.path_of(medium.digest) as path,
        tempfile.TemporaryDirectory(prefix="doorstep-picture-") as scratch,
    ):
        made = Path(scratch, "picture.jpg")
        write_jpeg(pictures_of(path, medium.kind, medium.name, 1, services.settings.sampling)[0], made)
        return made.read_bytes()
