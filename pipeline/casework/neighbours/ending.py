"""Reports end: taken back by their senders at once, or when their time is over. A tombstone stays, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from pipeline.casework.neighbours import shelf
from pipeline.casework.neighbours.accepting import grant_id_of, ingest_files
from pipeline.casework.neighbours.publishing import forget_objects, unpublish
from pipeline.casework.neighbours.uploads import end_upload
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.neighbour_reports import NeighbourReport, ReportEnd, ReportState, ReportTombstone
from pipeline.errors import PipelineError, RecordNotFoundError
from pipeline.evidence.files import writing
from pipeline.night.services import AGENT, Services
from pipeline.retention.revocation import revoke_grant

SENDER = "sender of the report"
"""Who acts in custody records when a neighbour does; nothing more is known of them."""
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep of reports did.

    Attributes:
        ended: Tombstones that were made.
        uploads: Partial uploads that were forgotten.
        unpublished: Reports that were taken off the public pages.
        left: What could not be finished, in words; the next sweep tries again.
    """

    ended: tuple[ReportTombstone, ...]
    uploads: int
    unpublished: int
    left: tuple[str, ...]


def withdraw(services: Services, report: NeighbourReport) -> ReportTombstone:
    """The sender takes a report back: off every page, out of all evidence, and deleted, at once.

    What a hold keeps stays until the hold is lifted, and nothing shows or uses it. Again it finishes what was left.

    Raises:
        CatalogueError, StorageError: It could not even be written that it was taken back.
    """
    return _end(services, report, ReportEnd.WITHDRAWN, SENDER)


def sweep_reports(services: Services) -> Swept:
    """Ends what is due, forgets uploads that stopped, finishes what was accepted, and clears what was left behind."""
    now, left = services.now(), []
    uploads = services.catalogue.neighbour_files.ended(now)
    for upload in uploads:
        end_upload(services, upload)
    ended = []
    for report, why in _due(services):
        try:
            ended.append(_end(services, report, why, AGENT))
        except PipelineError as error:
            left.append(f"report {report.report_id}: {error}")
    for report in services.catalogue.neighbour_reports.list((ReportState.ACCEPTED,), limit=_MOST):
        try:
            ingest_files(services, report, AGENT)
        except PipelineError as error:
            left.append(f"report {report.report_id}: {error}")
    _clear(services)
    return Swept(tuple(ended), len(uploads), _unpublish_old(services), tuple(left))


def _due(services: Services) -> Iterator[tuple[NeighbourReport, ReportEnd]]:
    now, kept = services.now(), services.settings.retention
    for report in services.catalogue.neighbour_reports.list(tuple(ReportState), limit=_MOST):
        if report.state is ReportState.DECLINED:
            since = report.decided_at or report.sent_at
            if now >= since + timedelta(days=kept.declined_report_days):
                yield report, ReportEnd.DECLINED
        elif report.is_waiting and now >= report.sent_at + timedelta(days=kept.undecided_report_days):
            yield report, ReportEnd.UNDECIDED
        elif now >= report.keeps_until:
            yield report, ReportEnd.CONSENT_ENDED


def _end(services: Services, report: NeighbourReport, why: ReportEnd, agent: str) -> ReportTombstone:
    """First nothing may be used any more, then the rows go, then the bytes; a crash leaves what the sweep finishes."""
    files = services.catalogue.neighbour_files
    media, coming = files.of_report(report.report_id), files.under_way(report.report_id)
    was_accepted = report.state is ReportState.ACCEPTED
    try:
        revoke_grant(services, grant_id_of(report.report_id), agent)
    except RecordNotFoundError:
        was_accepted = was_accepted and not media  # no file ever became evidence
    stone = ReportTombstone(report.report_id, why, services.now(), len(media), was_accepted)
    facts = {"end": why.name.lower(), "files": str(len(media))}
    entry = CustodyEntry(
        stone.at, agent, CustodyAction.REPORT_ENDED, stone.report_id, detail=facts, once=f"ended {stone.report_id}"
    )
    forget_objects(services, services.catalogue.neighbour_reports.end(stone, (entry,)))
    for name in (*(one.medium_id for one in media), *(one.upload_id for one in coming)):
        shelf.remove(services, name)
    return stone


def _unpublish_old(services: Services) -> int:
    """What has been public for as long as it may be is taken off; the report itself stays."""
    oldest = services.now() - timedelta(days=services.settings.neighbours.published_days)
    old = [one for one in services.catalogue.neighbour_reports.published(limit=_MOST) if one.published_at <= oldest]
    return sum(unpublish(services, AGENT, one.report_id) for one in old)


def _clear(services: Services) -> None:
    """Files that no row names: what a killed process left between the row and the file."""
    known = services.catalogue.neighbour_files.known()
    with writing("clear the folder of what neighbours sent"):
        for path in shelf.folder_of(services).iterdir():
            name = path.name.partition(".")[0]
            if name not in known and f"nu-{name[3:]}" not in known:
                path.unlink(missing_ok=True)
