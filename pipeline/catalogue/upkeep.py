"""What was done for the store as a whole: fixity runs and backups."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.retention_tables import backups, fixity_runs
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.domain.evidence import CustodyEntry


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup that came to its end.

    Attributes:
        at: UTC, our clock, when it began: what it holds is of that moment.
        objects: How many stored objects it holds.
        has_keys: Whether the keys are in it.
    """

    at: datetime
    objects: int
    has_keys: bool


@dataclass(frozen=True, slots=True)
class FixityRun:
    """One run of the fixity schedule.

    Attributes:
        at: UTC, our clock.
        day: Days since 1970-01-01 in UTC: which slices were due.
        slices: How many slices there were.
        looked_at: How many objects were looked for.
        has_sizes: Whether sizes were compared.
        hashed: How many objects were hashed again.
        wrong: What is wrong, in words, one an object; empty when nothing is.
    """

    at: datetime
    day: int
    slices: int
    looked_at: int
    has_sizes: bool
    hashed: int
    wrong: tuple[str, ...]


class Backups:
    """Backups that were made, so that a receipt can name them."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, made: BackupMade, custody: tuple[CustodyEntry, ...]) -> None:
        """Writes that a backup was made, with its custody."""
        with self._database.write() as connection:
            connection.execute(insert(backups).values(at=made.at, body=body_of(made)))
            self._log.append_in(connection, custody)

    def list(self, since: datetime) -> tuple[BackupMade, ...]:
        """Backups made since a moment (UTC), in order; empty when there is none."""
        query = select(backups.c.body).where(backups.c.at >= since).order_by(backups.c.number)
        with self._database.read() as connection:
            return tuple(noun_from(BackupMade, body) for body in connection.execute(query).scalars())


class FixityRuns:
    """When stored objects were checked, and what was found."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, run: FixityRun, custody: tuple[CustodyEntry, ...]) -> None:
        """Writes a run with its custody."""
        values = {"at": run.at, "day": run.day, "has_sizes": run.has_sizes, "wrong": len(run.wrong)}
        with self._database.write() as connection:
            connection.execute(insert(fixity_runs).values(**values, body=body_of(run)))
            self._log.append_in(connection, custody)

    def list(self) -> tuple[FixityRun, ...]:
        """All runs in order; empty when there was none."""
        query = select(fixity_runs.c.body).order_by(fixity_runs.c.number)
        with self._database.read() as connection:
            return tuple(noun_from(FixityRun, body) for body in connection.execute(query).scalars())
