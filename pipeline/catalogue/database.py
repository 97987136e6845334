"""The engine: one writer at a time, everything that a writer did is on disk before it returns, no vendor error leaves.

SQLite runs in WAL mode with ``synchronous=FULL``; a writer begins with ``BEGIN IMMEDIATE``. On PostgreSQL a writer
takes one advisory lock before its first statement, so that both databases behave alike: writes are serial, reads never
wait, and no two writers can deadlock. Source: docs/adr/0012; SQLite "Write-Ahead Logging", PostgreSQL 13.3.5.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pipeline.catalogue.engines import Aim, aimed, engine_for
from pipeline.errors import CatalogueError, CatalogueLockedError, PipelineError, SettingsError, StorageError

_DISK_WORDS = ("disk is full", "disk i/o error", "readonly database", "unable to open database file")
_DISK_STATES = ("53100", "58030", "25006")
"""PostgreSQL: disk_full, io_error, read_only_sql_transaction. Source: PostgreSQL 15, appendix A."""


class Database:
    """Connections to one database."""

    def __init__(self, engine: Engine, wait_seconds: float) -> None:
        self._engine = engine
        self._searching = aimed(engine, Aim.SEARCH)
        self._writer = aimed(engine, Aim.WRITE)
        self._bare = aimed(engine, Aim.BARE)
        self._wait_seconds = wait_seconds
        self._process = os.getpid()
        self._turn = threading.Lock()
        self._within = threading.local()

    @classmethod
    def at(cls, url: str, wait_seconds: float) -> "Database":
        """A database by SQLAlchemy URL; nothing is opened yet.

        Args:
            url: ``sqlite:///path`` or ``postgresql://...``; a bare ``postgresql`` scheme uses psycopg 3.
            wait_seconds: Patience with another writer.

        Raises:
            SettingsError: The URL names no database that we can use.
        """
        try:
            parsed = make_url(url)
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            engine = engine_for(parsed, wait_seconds)
        except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as error:
            raise SettingsError(
                "DOORSTEP_STORE__DATABASE_URL names no database that can be used: sqlite:///PATH or "
                f"postgresql://USER@HOST/DATABASE ({type(error).__name__})"
            ) from error
        return cls(engine, wait_seconds)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of ours."""
        return self._engine.dialect.name == "sqlite"

    @property
    def wait_seconds(self) -> float:
        """Patience with another writer."""
        return self._wait_seconds

    @property
    def file(self) -> Path | None:
        """SQLite's file; None for a server."""
        return Path(self._engine.url.database or "") if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A reading transaction; it never waits for a writer.

        On SQLite all of it sees one state of the database, on PostgreSQL each statement does. Within a search it is the
        search's own: whoever held one connection and waited for another could wait for one who does likewise.
        """
        within: Connection | None = getattr(self._within, "searching", None)
        if within is not None:
            yield within
            return
        with translated():
            self._own()
            with self._engine.connect() as connection, connection.begin():
                yield connection

    @contextmanager
    def search(self) -> Iterator[Connection]:
        """A reading transaction for the search index: all of it sees one state of the database, on PostgreSQL too.

        There, plans that read a whole table, gather rows before they are sorted, or begin other processes, are not
        chosen: the queries say which index they follow, and stop when they have enough, often before another process
        has begun.
        """
        with translated():
            self._own()
            with self._searching.connect() as connection, connection.begin():
                self._within.searching = connection
                try:
                    yield connection
                finally:
                    self._within.searching = None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The only writing transaction there is; committed to disk when the block ends, undone when it raises.

        Raises:
            CatalogueLockedError: Another process writes for longer than we wait, or the server is away.
            StorageError: The disk is full or may not be written.
        """
        self._own()
        with self._our_turn(), translated(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def bare(self) -> Iterator[Connection]:
        """A connection outside any transaction: for what a database does only there, and for locks that outlive one.

        Raises:
            CatalogueLockedError: The server is away, or another holds a lock for longer than we wait.
        """
        with translated():
            self._own()
            with self._bare.connect() as connection:
                yield connection

    def forget_old_pages(self, *, rewritten: bool = False) -> bool:
        """Empties SQLite's log of changes, in which pages stand as they were before something was deleted.

        A deleted row is overwritten where it stands (``secure_delete``), but where SQLite once moved it to another page
        a copy stays behind in the first one, in space that no row uses: only a file that is written anew has none. And
        the log beside it holds old pages until it is emptied. PostgreSQL keeps old rows until its own vacuum, which is
        the operator's (docs/consent.md).

        Args:
            rewritten: Whether the file is written anew: needs as much room again, and the writers' lock meanwhile.

        Returns:
            False while a reader still needs an old page: a later call does it.

        Raises:
            CatalogueLockedError: Another process writes for longer than we wait.
            StorageError: There is no room to write the file anew.
        """
        if not self.is_sqlite:
            return True
        with self._our_turn(), self.bare() as connection:
            if rewritten:
                connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        return not busy

    def close(self) -> None:
        """Closes every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def _our_turn(self) -> Iterator[None]:
        """Threads of one process take turns in order, where the database's own lock would have them try by chance."""
        if not self._turn.acquire(timeout=self._wait_seconds):
            raise CatalogueLockedError("another thread of this process is writing")
        try:
            yield
        finally:
            self._turn.release()

    def _own(self) -> None:
        """A forked child must not use its parent's connections, nor wait for a thread that it does not have."""
        if os.getpid() != self._process:
            self._engine.dispose(close=False)
            self._turn = threading.Lock()
            self._process = os.getpid()


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the database's driver raises into our errors."""
    try:
        yield
    except DBAPIError as error:
        raise _ours(error) from error
    except PoolTimeoutError as error:
        raise CatalogueLockedError("all connections are in use") from error


def _ours(error: DBAPIError) -> PipelineError:
    words = str(error.orig).strip()
    state = getattr(error.orig, "sqlstate", None)
    if state in _DISK_STATES or any(word in words.lower() for word in _DISK_WORDS):
        return StorageError("write the catalogue", words)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return CatalogueLockedError(words)
    return CatalogueError(f"the database refuses: {words}")
