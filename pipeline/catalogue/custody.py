"""The custody log's table: append-only, and written in the same transaction as the thing that it records."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row, func, insert, select, update

from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import custody, custody_head
from pipeline.domain.evidence import CustodyEntry, CustodyHead, CustodyRecord
from pipeline.errors import CatalogueError

NO_RECORD = "0" * 64
"""What the first record names as the one before it."""

_CHUNK = 1000


class Chain(Protocol):
    """Knows how records are chained and signed; the evidence service has one."""

    def link(self, index: int, previous: str, entry: CustodyEntry) -> CustodyRecord:
        """The entry in its place of the chain."""
        ...

    def sign_head(self, size: int, digest: str) -> CustodyHead:
        """The signed state of a log of ``size`` records whose last has this digest."""
        ...


class CustodyLog:
    """Appends to the custody log and reads it; nothing changes or removes a record."""

    def __init__(self, database: Database, chain: Chain) -> None:
        self._database = database
        self._chain = chain

    def append(self, entries: Sequence[CustodyEntry]) -> tuple[CustodyRecord, ...]:
        """Appends entries and signs the new head, in one transaction.

        Returns:
            The new records in order; an entry whose ``once`` key is known already gives none.
        """
        with self._database.write() as connection:
            return self.append_in(connection, entries)

    def append_in(self, connection: Connection, entries: Sequence[CustodyEntry]) -> tuple[CustodyRecord, ...]:
        """As ``append``, within a writing transaction of the catalogue."""
        if not entries:
            return ()
        head = _head(connection)
        size, previous = head.size, head.digest
        records = []
        for entry in entries:
            if entry.once and _is_known(connection, entry.once):
                continue
            record = self._chain.link(size, previous, entry)
            connection.execute(insert(custody).values(**_columns(record)))
            records.append(record)
            size, previous = size + 1, record.digest
        if records:
            connection.execute(update(custody_head).values(**_head_columns(self._chain.sign_head(size, previous))))
        return tuple(records)

    def begin(self) -> None:
        """Signs the head of an empty log, once in the life of a catalogue."""
        with self._database.read() as connection:
            if connection.execute(select(custody_head.c.size)).first() is not None:
                return
        with self._database.write() as connection:
            is_new = connection.execute(select(custody_head.c.size)).first() is None
            if is_new:
                head = self._chain.sign_head(0, NO_RECORD)
                connection.execute(insert(custody_head).values(only=1, **_head_columns(head)))

    def head(self) -> CustodyHead:
        """The signed state of the log; of size zero when nothing happened yet."""
        with self._database.read() as connection:
            return _head(connection)

    def records(self, first: int = 0, size: int | None = None, subject: str | None = None) -> Iterator[CustodyRecord]:
        """The records in order, read in portions; empty when there are none.

        Args:
            first: Index of the first record wanted.
            size: Records of this index and later are left out; None reads to the end.
            subject: Only what was done to this digest or id.
        """
        query = select(custody.c.position, custody.c.body).order_by(custody.c.position).limit(_CHUNK)
        if size is not None:
            query = query.where(custody.c.position < size)
        if subject is not None:
            query = query.where(custody.c.subject == subject)
        while True:
            with self._database.read() as connection:
                rows = connection.execute(query.where(custody.c.position >= first)).all()
            yield from (noun_from(CustodyRecord, row.body) for row in rows)
            if len(rows) < _CHUNK:
                return
            first = rows[-1].position + 1

    def count(self) -> int:
        """How many records there are, counted and not taken from the head."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(custody)).scalar_one()


def _is_known(connection: Connection, once: str) -> bool:
    return connection.execute(select(custody.c.position).where(custody.c.once == once)).first() is not None


def _columns(record: CustodyRecord) -> dict[str, Any]:
    return {
        "position": record.index,
        "at": record.entry.at,
        "action": record.entry.action.value,
        "subject": record.entry.subject,
        "once": record.entry.once or None,
        "previous": record.previous,
        "digest": record.digest,
        "body": body_of(record),
    }


def _head_columns(head: CustodyHead) -> dict[str, Any]:
    return {"size": head.size, "digest": head.digest, "signature": head.signature, "key_id": head.key_id}


def _head(connection: Connection) -> CustodyHead:
    row: Row[Any] | None = connection.execute(select(custody_head)).first()
    if row is None:
        raise CatalogueError("the custody log has lost its signed head: restore the catalogue from a backup")
    return CustodyHead(row.size, row.digest, bytes(row.signature), row.key_id)
