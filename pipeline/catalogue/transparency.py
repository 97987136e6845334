"""Transparency reports that were published; none of them is changed or taken back."""

from collections.abc import Callable, Sequence

from sqlalchemy import Column, Table, Text, insert, select

from pipeline.catalogue.columns import Moment, Words
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import metadata
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.transparency import Published
from pipeline.errors import RecordNotFoundError

transparency_reports = Table(
    "transparency_reports",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("starts_at", Moment, nullable=False, unique=True),
    Column("ends_at", Moment, nullable=False),
    Column("published_by", Words, nullable=False),
    Column("body", Text, nullable=False),
)


class TransparencyReports:
    """One row a published report."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(
        self,
        made: Published,
        require_free: Callable[[Sequence[Published]], None],
        custody: Sequence[CustodyEntry],
    ) -> None:
        """Publishes a report with its custody.

        Args:
            made: The report.
            require_free: Raises when those that are published already leave no room for it; asked within the
                transaction.
            custody: The entries for it.
        """
        values = {
            "report_id": made.report_id,
            "starts_at": made.report.starts_at(),
            "ends_at": made.report.ends_at(),
            "published_by": made.published_by,
            "body": body_of(made),
        }
        with self._database.write() as connection:
            bodies = connection.execute(select(transparency_reports.c.body)).scalars().all()
            require_free([noun_from(Published, body) for body in bodies])
            connection.execute(insert(transparency_reports).values(**values))
            self._log.append_in(connection, custody)

    def list(self) -> tuple[Published, ...]:
        """All of them, the newest period first; empty when none was published."""
        query = select(transparency_reports.c.body).order_by(transparency_reports.c.starts_at.desc())
        with self._database.read() as connection:
            return tuple(noun_from(Published, body) for body in connection.execute(query).scalars())

    def get(self, report_id: str) -> Published:
        """The report.

        Raises:
            RecordNotFoundError: There is none.
        """
        query = select(transparency_reports.c.body).where(transparency_reports.c.report_id == report_id)
        with self._database.read() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise RecordNotFoundError("transparency report", report_id)
        return noun_from(Published, body)
