"""What people saw in clips and the machine did not say; it goes with the clip, or when who wrote it takes it back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import acquisitions
from pipeline.catalogue.tag_tables import misses
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.tags import Miss
from pipeline.errors import RecordNotFoundError


class Misses:
    """Writes and reads them."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, miss: Miss, custody: Sequence[CustodyEntry]) -> None:
        """Writes one, with its custody.

        Raises:
            RecordNotFoundError: The acquisition is gone.
        """
        is_there = select(acquisitions.c.number).where(acquisitions.c.acquisition_id == miss.acquisition_id)
        with self._database.write() as connection:
            if connection.execute(is_there).first() is None:
                raise RecordNotFoundError("acquisition", miss.acquisition_id)
            values = {"miss_id": miss.miss_id, "acquisition_id": miss.acquisition_id, "at": miss.at}
            connection.execute(insert(misses).values(**values, body=body_of(miss)))
            self._log.append_in(connection, custody)

    def take_back(self, miss_id: str, custody: Sequence[CustodyEntry]) -> None:
        """Deletes one, with the custody of it.

        Raises:
            RecordNotFoundError: There is none.
        """
        with self._database.write() as connection:
            if connection.execute(delete(misses).where(misses.c.miss_id == miss_id)).rowcount == 0:
                raise RecordNotFoundError("miss", miss_id)
            self._log.append_in(connection, custody)

    def get(self, miss_id: str) -> Miss:
        """The one of this id.

        Raises:
            RecordNotFoundError: There is none.
        """
        found = self._read(select(misses.c.body).where(misses.c.miss_id == miss_id))
        if not found:
            raise RecordNotFoundError("miss", miss_id)
        return found[0]

    def of_acquisition(self, acquisition_id: str) -> tuple[Miss, ...]:
        """Those of a clip, in the order in which they were written; may be empty."""
        return self._read(select(misses.c.body).where(misses.c.acquisition_id == acquisition_id))

    def list(self, since: datetime | None = None, until: datetime | None = None) -> tuple[Miss, ...]:
        """All, or those that were written from ``since`` to just before ``until``, in order."""
        query = select(misses.c.body)
        if since is not None:
            query = query.where(misses.c.at >= since)
        if until is not None:
            query = query.where(misses.c.at < until)
        return self._read(query)

    def _read(self, query: Select[str]) -> tuple[Miss, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(misses.c.number)).scalars().all()
        return tuple(noun_from(Miss, body) for body in bodies)
