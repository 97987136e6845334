"""Mails that were to leave the house, and whether they did: what failed is tried again in a later morning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Integer, Row, Table, Text, select, update

from pipeline.catalogue.columns import Moment, Words
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import insert_new
from pipeline.catalogue.tables import metadata
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import RecordNotFoundError

mailings = Table(
    "mailings",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("night", Text, primary_key=True),
    Column("is_sent", Boolean, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("detail", Words, nullable=False),
)


class MailKind(StrEnum):
    """What a mail tells."""

    MORNING = "morning"


@dataclass(frozen=True, slots=True)
class Mailing:
    """One mail that was to leave.

    Attributes:
        kind: What it tells.
        night: Of which night.
        is_sent: Whether it left.
        tries: How often it was tried.
        at: UTC, our clock: of the last try, or of the plan.
        detail: What came of the last try, in words without an address; empty before the first.
    """

    kind: MailKind
    night: str
    is_sent: bool
    tries: int
    at: datetime
    detail: str


class Mailings:
    """One row a kind and night. A process that dies while it sends leaves the row open, and the next sends again."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def plan(self, kind: MailKind, night: str, now: datetime) -> bool:
        """Puts a mail on the list; says whether it is new there."""
        values = {"is_sent": False, "tries": 0, "at": now, "detail": ""}
        with self._database.write() as connection:
            return insert_new(connection, mailings, {"kind": kind.value, "night": night}, values)

    def open(self, since: str) -> tuple[Mailing, ...]:
        """What has not left yet of the nights from ``since`` on, in order of night; empty when nothing waits."""
        query = select(mailings).where(~mailings.c.is_sent, mailings.c.night >= since)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(mailings.c.night, mailings.c.kind)).all()
        return tuple(map(_mailing, rows))

    def get(self, kind: MailKind, night: str) -> Mailing:
        """The mail.

        Raises:
            RecordNotFoundError: None was planned.
        """
        with self._database.read() as connection:
            row = connection.execute(select(mailings).where(_is(kind, night))).first()
        if row is None:
            raise RecordNotFoundError("mail", f"{kind} of {night}")
        return _mailing(row)

    def tried(self, mailing: Mailing, detail: str, now: datetime) -> Mailing:
        """Writes that a try failed, and why; one that left before stays as it is."""
        return self._write(replace(mailing, tries=mailing.tries + 1, at=now, detail=detail), ())

    def sent(self, mailing: Mailing, detail: str, now: datetime, custody: Sequence[CustodyEntry]) -> Mailing:
        """Writes that the mail left, with the custody of it."""
        after = replace(mailing, is_sent=True, tries=mailing.tries + 1, at=now, detail=detail)
        return self._write(after, custody)

    def _write(self, after: Mailing, custody: Sequence[CustodyEntry]) -> Mailing:
        values = {"is_sent": after.is_sent, "tries": after.tries, "at": after.at, "detail": after.detail}
        with self._database.write() as connection:
            connection.execute(update(mailings).where(_is(after.kind, after.night)).values(**values))
            self._log.append_in(connection, custody)
        return after


def _is(kind: MailKind, night: str) -> ColumnElement[bool]:
    return (mailings.c.kind == kind.value) & (mailings.c.night == night)


def _mailing(row: Row[Any]) -> Mailing:
    return Mailing(MailKind(row.kind), row.night, row.is_sent, row.tries, row.at, row.detail)
