"""Publishing a report is a decision of its own: rounded in place and time, words that name nobody, masked copies.

Two steps. First the copies are made, and an agent looks at them; then exactly those are published, by another person
than the one who accepted the report.
"""

import math
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.asking.protected import traits_in
from pipeline.bystanders import CloseLookOrder
from pipeline.casework.neighbours.accepting import require_use
from pipeline.casework.neighbours.areas import areas_of
from pipeline.casework.requests.wording import personal_details, possible_names
from pipeline.detection.detector import Detector
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.incidents import EARTH_RADIUS_METRES
from pipeline.domain.jobs import Job
from pipeline.domain.neighbour_reports import (
    LONGEST_WORDS,
    MediumKind,
    NeighbourReport,
    PublishedMedium,
    PublishedReport,
    ReportMedium,
    ReportState,
)
from pipeline.domain.retention import Leftover
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import InputRefusedError, RecordNotFoundError, ReportDecidedError
from pipeline.ffmpeg.picture import open_picture
from pipeline.highlights.public_copy import masked_picture, masked_video
from pipeline.highlights.stills import write_jpeg
from pipeline.night.hiding import everybody_in_clip, everybody_in_picture, faint_detector
from pipeline.night.ingest import authority
from pipeline.night.services import Services
from pipeline.packages.progress import Teller
from pipeline.sampling import probe_clip


@dataclass(frozen=True, slots=True)
class Publication:
    """What an agent lets everybody see.

    Attributes:
        words: As they are published; may be empty.
        copies: Which of the copies that were made, by their names.
    """

    words: str
    copies: tuple[str, ...] = ()


def block_of(place: tuple[float, float], metres: float) -> tuple[float, float]:
    """The middle of the block that holds a place: the same for every place of it, so that no average tells more.

    Blocks are cells of a grid that begins at the equator and at Greenwich, about so many metres each way.
    """
    latitude, longitude = place
    high = math.degrees(metres / EARTH_RADIUS_METRES)
    middle = (math.floor(latitude / high) + 0.5) * high
    wide = high / max(math.cos(math.radians(middle)), 0.01)
    return round(min(90.0, max(-90.0, middle)), 5), round(
        min(180.0, max(-180.0, (math.floor(longitude / wide) + 0.5) * wide)), 5
    )


def hour_of(moment: datetime) -> datetime:
    """The full hour in which a moment lies."""
    return moment - timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)


def require_publishable(words: str) -> str:
    """Returns words that may be published, without spaces around them.

    Raises:
        InputRefusedError: They are too long, hold a detail of a person or what may be a name, or describe people by a
            protected trait.
    """
    plain = words.strip()
    if len(plain) > LONGEST_WORDS:
        raise InputRefusedError("words", f"at most {LONGEST_WORDS} signs are published")
    details, traits = personal_details(plain), traits_in(plain)
    if details:
        raise InputRefusedError("words", f"everybody would read {', '.join(details)}: take it out")
    names = possible_names(plain)
    if names:
        said = f"{', '.join(names)} may be the name of a person: take it out, or put beside it what it is"
        raise InputRefusedError("words", said)
    if traits:
        raise InputRefusedError("words", f"they describe people by {', '.join(traits)}: say what was done or worn")
    return plain


def make_copies(services: Services, matter: Matter, report_id: str, tell: Teller) -> tuple[PublishedMedium, ...]:
    """Masked copies of every file of an accepted report; nobody outside sees them yet. Older ones go.

    Raises:
        RecordNotFoundError, ReportDecidedError: There is no such report, or it may not be published.
        ConsentError: Its sender took it back.
        VideoError, DetectionError, EvidenceError: A copy cannot be made.
    """
    report = require_may_publish(services, report_id)
    media = services.catalogue.neighbour_files.of_report(report_id)
    tell("loading what looks for people", 0, len(media), "steps")
    eye = faint_detector(services.settings)
    made, custody = [], []
    for number, medium in enumerate(media):
        tell("hiding people", number, len(media), "steps")
        grant = require_use(services, report, medium, Use.EXPORT)
        copy = _copy(services, medium, eye)
        facts = {"report": report_id, "medium": medium.medium_id, "output": copy.digest}
        facts["masked_people"] = str(copy.masked)
        act = CustodyEntry(services.now(), matter.agent, CustodyAction.REDACTED, medium.digest, authority(grant), facts)
        made.append(copy)
        custody.append(act)
    forget_objects(services, services.catalogue.neighbour_reports.keep_copies(report_id, made, custody))
    return tuple(made)


def forget_objects(services: Services, digests: Iterable[str]) -> None:
    """Deletes copies that nothing names any more."""
    for digest in digests:
        services.catalogue.stored.remove_unnamed(Leftover.DERIVATIVE, digest, services.derivatives.delete)


def publish(services: Services, matter: Matter, report_id: str, publication: Publication) -> PublishedReport:
    """Lets everybody see a report: its block, the hour, the words and the chosen copies; again it replaces them.

    Raises:
        RecordNotFoundError, ReportDecidedError: There is no such report or copy, it may not be published, or this agent
            accepted it.
        InputRefusedError: The words may not be published, or there is nothing to publish.
        ConsentError: Its sender took it back.
    """
    report = require_may_publish(services, report_id)
    require_second_person(report, matter.agent)
    words = require_publishable(publication.words)
    copies = [one for one in services.catalogue.neighbour_reports.copies(report_id) if one.name in publication.copies]
    if len(copies) != len(set(publication.copies)):
        raise RecordNotFoundError("copy", "that was made of this report: make the copies again")
    if not words and not copies:
        raise InputRefusedError("words", "write what is to be published, or choose a copy")
    grants = set()
    for copy in copies:
        medium = services.catalogue.neighbour_files.get(report_id, copy.medium_id)
        grants.add(authority(require_use(services, report, medium, Use.EXPORT)))
    published = PublishedReport(
        report_id=report_id,
        category=report.category,
        happened_at=hour_of(report.happened_at),
        published_at=services.now(),
        block=block_of(report.place, services.settings.neighbours.block_metres),
        words=words,
        area=areas_of(services.settings).name_of(report.area_id),
        media=tuple(copy.name for copy in copies),
    )
    facts = {"files": str(len(copies)), "purpose": matter.purpose, "case": matter.case_number}
    entry = CustodyEntry(
        services.now(), matter.agent, CustodyAction.REPORT_PUBLISHED, report_id, ", ".join(sorted(grants)), facts
    )
    services.catalogue.neighbour_reports.publish(published, (entry, *_left(services, matter, copies)))
    return published


def unpublish(services: Services, agent: str, report_id: str) -> bool:
    """Takes a report off the public pages; says whether it was on them."""
    entry = CustodyEntry(services.now(), agent, CustodyAction.REPORT_UNPUBLISHED, report_id)
    return services.catalogue.neighbour_reports.unpublish(report_id, (entry,))


def copying(services: Services, job: Job, matter: Matter, tell: Teller) -> Mapping[str, str]:
    """Makes the copies as a job of the desk."""
    return {"copies": str(len(make_copies(services, matter, job.incident_id, tell)))}


def copy_bytes(services: Services, matter: Matter, report_id: str, name: str) -> tuple[PublishedMedium, bytes]:
    """A copy for the agent who decides whether it is published; the look is written down.

    Raises:
        RecordNotFoundError: There is none of this name.
        ConsentError: Its sender took it back.
        EvidenceError: It is gone.
    """
    report = services.catalogue.neighbour_reports.get(report_id)
    for copy in services.catalogue.neighbour_reports.copies(report_id):
        if copy.name == name:
            medium = services.catalogue.neighbour_files.get(report_id, copy.medium_id)
            grant = authority(require_use(services, report, medium, Use.VIEW))
            facts = {"as": "masked copy", "medium": medium.medium_id, "purpose": matter.purpose}
            entry = CustodyEntry(
                services.now(), matter.agent, CustodyAction.ACCESSED, medium.digest, grant, facts,
                once=f"masked copy {name} {matter.agent} {services.now():%Y%m%d%H}",
            )  # fmt: skip
            services.catalogue.custody.append((entry,))
            return copy, services.derivatives.read(copy.digest)
    raise RecordNotFoundError("copy", name)


def public_copy(services: Services, name: str) -> tuple[PublishedMedium, bytes]:
    """A masked copy that everybody may see now, with its bytes.

    Raises:
        RecordNotFoundError: None of this name is published.
        ConsentError: Its sender took it back, or the consent has ended.
        EvidenceError: It is gone.
    """
    copy = services.catalogue.neighbour_reports.published_medium(name)
    report = services.catalogue.neighbour_reports.get(copy.report_id)
    medium = services.catalogue.neighbour_files.get(copy.report_id, copy.medium_id)
    require_use(services, report, medium, Use.EXPORT)
    return copy, services.derivatives.read(copy.digest)


def require_may_publish(services: Services, report_id: str) -> NeighbourReport:
    """Returns a report that was accepted, and that its sender lets be published.

    Raises:
        RecordNotFoundError: There is none, or it went.
        ReportDecidedError: It was not accepted, or may not be published.
    """
    report = services.catalogue.neighbour_reports.get(report_id)
    if report.state is not ReportState.ACCEPTED:
        raise ReportDecidedError(report_id, f"it is {report.state.value}; only what was accepted is published")
    if not report.may_publish:
        raise ReportDecidedError(report_id, "its sender does not let it be published")
    if services.now() >= report.keeps_until:
        raise ReportDecidedError(report_id, "its sender's consent has ended")
    return report


def is_second_person(report: NeighbourReport, agent: str) -> bool:
    """Whether an agent is another than the one who accepted the report."""
    return report.decided_by.casefold() != agent.casefold()


def require_second_person(report: NeighbourReport, agent: str) -> None:
    """Returns where an agent may publish what somebody else accepted.

    Raises:
        ReportDecidedError: They accepted it themselves.
    """
    if not is_second_person(report, agent):
        raise ReportDecidedError(report.report_id, "you accepted it, and another person looks at it and publishes it")


def _copy(services: Services, medium: ReportMedium, eye: Detector) -> PublishedMedium:
    settings = services.settings
    with (
        services.originals.path_of(medium.digest) as source,
        tempfile.TemporaryDirectory(prefix="doorstep-public-") as scratch,
    ):
        folder = Path(scratch)
        if medium.kind is MediumKind.PHOTO:
            picture, made = open_picture(source.read_bytes()), folder / "public.jpg"
            people, boxes = everybody_in_picture(picture, eye, settings.redaction)
            write_jpeg(masked_picture(picture, boxes, settings.redaction.margin), made)
        else:
            probe = probe_clip(source, settings.sampling)
            base = probe.first.time_base
            last = Timestamp(probe.first.pts + round(settings.neighbours.published_seconds / base), base)
            order = CloseLookOrder(source, probe, ClipSpan(probe.first, last), settings.sampling, settings.redaction)
            masks, people, span = everybody_in_clip(order, eye)
            made = masked_video(source, probe, span, masks, folder, settings.highlights)
        digest = services.derivatives.put_file(made).digest
    name = new_id("pm", 20) + made.suffix
    return PublishedMedium(name, medium.report_id, medium.medium_id, medium.acquisition_id, digest, people)


def _left(services: Services, matter: Matter, copies: Sequence[PublishedMedium]) -> tuple[CustodyEntry, ...]:
    """That a copy of an original left the house, so that it stands on its tombstone one day."""
    return tuple(
        CustodyEntry(
            at=services.now(),
            agent=matter.agent,
            action=CustodyAction.DISSEMINATED,
            subject=services.catalogue.clips.get(copy.acquisition_id).item.digest,
            detail={"as": "masked copy on the public pages", "output": copy.digest, "masked_people": str(copy.masked)},
        )
        for copy in copies
    )
