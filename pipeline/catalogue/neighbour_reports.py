"""Reports of neighbours: what was told, who decided what about it, and what of it everybody may see."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.incident_rows import live_successor
from pipeline.catalogue.neighbour_report_rows import columns_of, get_report, is_report, put_report
from pipeline.catalogue.neighbour_tables import (
    neighbour_media,
    neighbour_reports,
    neighbour_tombstones,
    neighbour_uploads,
    published_reports,
)
from pipeline.catalogue.publishing import (
    copies_in,
    forget_copies,
    keep_copies,
    medium_named,
    read_published,
    take_off,
    write_published,
)
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incidents import Incident
from pipeline.domain.neighbour_reports import (
    NeighbourReport,
    PublishedMedium,
    PublishedReport,
    ReportCategory,
    ReportState,
    ReportTombstone,
)
from pipeline.domain.places import Area, Bounds, Circle
from pipeline.errors import RecordNotFoundError


class NeighbourReports:
    """Reports by their ids and by the digests of their receipts."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(
        self, report: NeighbourReport, receipt_digest: str, contact: bytes | None, custody: Sequence[CustodyEntry]
    ) -> None:
        """Writes a report that was sent, with its custody.

        Args:
            report: What was told.
            receipt_digest: Of the code with which its sender comes back.
            contact: How to reach the sender, sealed; None when they did not say.
            custody: The entries for it.
        """
        values = {"report_id": report.report_id, "receipt_digest": receipt_digest, "sent_at": report.sent_at}
        with self._database.write() as connection:
            connection.execute(insert(neighbour_reports).values(**values, contact=contact, **columns_of(report)))
            self._log.append_in(connection, custody)

    def get(self, report_id: str) -> NeighbourReport:
        """The report.

        Raises:
            RecordNotFoundError: There is none, or it went.
        """
        with self._database.read() as connection:
            return get_report(connection, report_id)

    def by_receipt(self, receipt_digest: str) -> NeighbourReport | ReportTombstone:
        """The report of a receipt, or what stays of it.

        Raises:
            RecordNotFoundError: There is no such receipt.
        """
        kept = select(neighbour_reports.c.body).where(neighbour_reports.c.receipt_digest == receipt_digest)
        gone = select(neighbour_tombstones.c.body).where(neighbour_tombstones.c.receipt_digest == receipt_digest)
        with self._database.read() as connection:
            body, stone = connection.execute(kept).scalar(), connection.execute(gone).scalar()
        if body is not None:
            return noun_from(NeighbourReport, body)
        if stone is not None:
            return noun_from(ReportTombstone, stone)
        raise RecordNotFoundError("receipt", "of this code")

    def list(
        self, states: Collection[ReportState], area_id: str | None = None, limit: int = 500
    ) -> tuple[NeighbourReport, ...]:
        """Reports in these states, the newest first; no state lists none.

        Args:
            states: Which.
            area_id: Of one area; None for all.
            limit: At most so many.
        """
        is_one: ColumnElement[bool] = neighbour_reports.c.state.in_([state.value for state in states])
        if area_id is not None:
            is_one &= neighbour_reports.c.area_id == area_id
        query = select(neighbour_reports.c.body).where(is_one).order_by(neighbour_reports.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(NeighbourReport, body) for body in bodies)

    def count(self, state: ReportState) -> int:
        """How many reports are in a state."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(neighbour_reports.c.number).where(neighbour_reports.c.state == state.value)
            )
            return len(rows.all())

    def change(
        self,
        report_id: str,
        judge: Callable[[NeighbourReport], NeighbourReport],
        custody: Callable[[NeighbourReport], Sequence[CustodyEntry]],
    ) -> NeighbourReport:
        """Writes what a report is from now on, with its custody, under the writer's lock.

        Args:
            report_id: Which.
            judge: Gives the report as it becomes; what it raises changes nothing.
            custody: The entries, of the report as it became.

        Raises:
            RecordNotFoundError: There is none, or it went.
        """
        with self._database.write() as connection:
            report = put_report(connection, judge(get_report(connection, report_id)))
            self._log.append_in(connection, custody(report))
            return report

    def change_within(
        self,
        report_id: str,
        incident_id: str,
        judge: Callable[[NeighbourReport, Incident], NeighbourReport],
        custody: Callable[[NeighbourReport, Incident], Sequence[CustodyEntry]],
    ) -> NeighbourReport:
        """As ``change``, told the incident in which the matter of one goes on: whoever merges it comes before or after.

        Raises:
            RecordNotFoundError: There is no such report or incident.
            IncidentError: Nobody works on the incident any more.
        """
        with self._database.write() as connection:
            incident = live_successor(connection, incident_id)
            report = put_report(connection, judge(get_report(connection, report_id), incident))
            self._log.append_in(connection, custody(report, incident))
            return report

    def contact(self, report_id: str) -> bytes | None:
        """How to reach the sender, sealed; None when they did not say, or it was erased.

        Raises:
            RecordNotFoundError: There is no such report, or it went.
        """
        with self._database.read() as connection:
            row = connection.execute(select(neighbour_reports.c.contact).where(is_report(report_id))).first()
        if row is None:
            raise RecordNotFoundError("report", report_id)
        return None if row.contact is None else bytes(row.contact)

    def erase_contact(self, report_id: str, custody: Sequence[CustodyEntry]) -> bool:
        """Deletes how to reach the sender, with the custody of it; says whether there was anything."""
        has_one = is_report(report_id) & neighbour_reports.c.contact.is_not(None)
        with self._database.write() as connection:
            is_gone = connection.execute(update(neighbour_reports).where(has_one).values(contact=None)).rowcount > 0
            if is_gone:
                self._log.append_in(connection, custody)
            return is_gone

    def end(self, stone: ReportTombstone, custody: Sequence[CustodyEntry]) -> tuple[str, ...]:
        """Takes a report away with all rows of it, and writes its tombstone with the custody of it.

        Originals that it brought are acquisitions, and are disposed of as such. Again it changes nothing.

        Returns:
            Digests of copies that went, which nothing may name any more.
        """
        with self._database.write() as connection:
            receipt = connection.execute(
                select(neighbour_reports.c.receipt_digest).where(is_report(stone.report_id))
            ).scalar()
            if receipt is None:
                return ()
            take_off(connection, stone.report_id)
            gone = forget_copies(connection, stone.report_id)
            for table in (neighbour_uploads, neighbour_media, neighbour_reports):
                connection.execute(delete(table).where(table.c.report_id == stone.report_id))
            values = {"report_id": stone.report_id, "receipt_digest": receipt, "at": stone.at, "body": body_of(stone)}
            connection.execute(insert(neighbour_tombstones).values(**values))
            self._log.append_in(connection, custody)
            return gone

    def tombstones(self) -> tuple[ReportTombstone, ...]:
        """Of all reports that went, in order of time; empty when there is none."""
        query = select(neighbour_tombstones.c.body).order_by(
            neighbour_tombstones.c.at, neighbour_tombstones.c.report_id
        )
        with self._database.read() as connection:
            return tuple(noun_from(ReportTombstone, body) for body in connection.execute(query).scalars())

    def keep_copies(
        self, report_id: str, media: Sequence[PublishedMedium], custody: Sequence[CustodyEntry]
    ) -> tuple[str, ...]:
        """Writes masked copies that nobody sees yet, in place of those that nobody sees, with their custody.

        Returns:
            Digests of the copies that went.

        Raises:
            RecordNotFoundError: An original that was copied is gone.
        """
        with self._database.write() as connection:
            gone = keep_copies(connection, report_id, media)
            self._log.append_in(connection, custody)
            return gone

    def copies(self, report_id: str) -> tuple[PublishedMedium, ...]:
        """Every masked copy of a report, seen or not, in the order of its files; may be empty."""
        with self._database.read() as connection:
            return copies_in(connection, report_id)

    def publish(self, published: PublishedReport, custody: Sequence[CustodyEntry]) -> None:
        """Lets everybody see a report, with its custody; what was published of it before is replaced.

        Raises:
            RecordNotFoundError: There is no such report that was accepted, or a copy that it names went.
        """
        with self._database.write() as connection:
            report = get_report(connection, published.report_id)
            if report.state is not ReportState.ACCEPTED:
                raise RecordNotFoundError("accepted report", report.report_id)
            take_off(connection, report.report_id)
            write_published(connection, published, report.grant_id)
            self._log.append_in(connection, custody)

    def unpublish(self, report_id: str, custody: Sequence[CustodyEntry]) -> bool:
        """Takes a report off the public pages, with the custody of it; says whether it was on them."""
        with self._database.write() as connection:
            is_off = take_off(connection, report_id)
            if is_off:
                self._log.append_in(connection, custody)
            return is_off

    def published(
        self,
        within: Circle | Area | Bounds | None = None,
        *,
        since: datetime | None = None,
        published_since: datetime | None = None,
        categories: Collection[ReportCategory] | None = None,
        limit: int = 200,
    ) -> tuple[PublishedReport, ...]:
        """What everybody may see, the newest publication first; empty when nothing is published.

        A place is compared with the middle of the block, so that no asking finds out more than that.

        Args:
            within: Where; None for everywhere.
            since: UTC; what happened from then on; None for ever.
            published_since: UTC; what was published from then on; None for ever.
            categories: Which; None for all, and none for none.
            limit: At most so many.
        """
        with self._database.read() as connection:
            return read_published(connection, within, (since, published_since), categories, limit)

    def published_one(self, report_id: str) -> PublishedReport:
        """What everybody may see of one report.

        Raises:
            RecordNotFoundError: It is not published.
        """
        with self._database.read() as connection:
            found = read_published(connection, None, (None, None), None, 1, published_reports.c.report_id == report_id)
        if not found:
            raise RecordNotFoundError("published report", report_id)
        return found[0]

    def published_medium(self, name: str) -> PublishedMedium:
        """A masked copy by its public name.

        Raises:
            RecordNotFoundError: It is not published.
        """
        with self._database.read() as connection:
            return medium_named(connection, name)
