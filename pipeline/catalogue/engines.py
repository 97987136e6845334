"""How connections to either database are opened, and how their transactions begin.

Neither driver begins one by itself: what begins it is said once here, by what the transaction is for. So a question
costs PostgreSQL one round trip, where the driver's own way of it costs three: to begin, to ask, to end.
"""

import select
import time
from enum import StrEnum

from sqlalchemy import URL, Connection, Engine, FromClause, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

_WRITER = 0x446F6F72
"""Key of the advisory lock; any number that nobody else in the database uses ("Door")."""


class _WithHints(SQLiteCompiler):
    """Writes which index a query names (``INDEXED BY``): SQLAlchemy takes the hint for SQLite, and leaves it out."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        """The hint as it stands."""
        return text


class Aim(StrEnum):
    """What a transaction is for; READ where nothing is said."""

    READ = "read"
    SEARCH = "search"
    WRITE = "write"
    BARE = "bare"


_POSTGRESQL = {
    Aim.SEARCH: (
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off; "
        "SET LOCAL max_parallel_workers_per_gather = 0"
    ),
    Aim.WRITE: f"BEGIN; SELECT pg_advisory_xact_lock({_WRITER})",
}
"""All others: none. Each statement sees a state of its own in any case, and alone it is a transaction."""

_IDLE_SECONDS = 30.0
"""After which a connection is asked whether the server still answers: what lies between may have forgotten it."""


def engine_for(url: URL, wait_seconds: float) -> Engine:
    """An engine for one of the two databases; nothing is opened yet.

    Raises:
        ValueError: It is another database.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": wait_seconds, "isolation_level": None})
        engine.dialect.statement_compiler = _WithHints
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.get_backend_name() == "postgresql":
        milliseconds = max(1, round(wait_seconds * 1000))
        options = f"-c lock_timeout={milliseconds} -c timezone=UTC -c synchronous_commit=on"
        patience = {"options": options, "connect_timeout": max(2, round(wait_seconds))}
        engine = create_engine(url, connect_args=patience, isolation_level="AUTOCOMMIT")
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "checkin", _put_back)
        event.listen(engine, "checkout", _Alive(engine))
        return engine
    raise ValueError(url.get_backend_name())


def aimed(engine: Engine, aim: Aim) -> Engine:
    """The same connections, for transactions of this aim."""
    return engine.execution_options(aim=aim)


def _aim(connection: Connection) -> Aim:
    aim: Aim = connection.get_execution_options().get("aim", Aim.READ)
    return aim


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA recursive_triggers=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    aim = _aim(connection)
    if aim is Aim.WRITE:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif aim is not Aim.BARE:  # to the driver itself: it cannot fail, and there is one before every question
        connection.connection.cursor().execute("BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    words = _POSTGRESQL.get(_aim(connection), "")
    if words:
        connection.exec_driver_sql(words)


def _put_back(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["used"] = time.monotonic()


class _Alive:
    """Looks at a connection before it is used again, in most cases without a round trip.

    A server that ended it, or was ended, has closed it: then there is something to read where nothing was asked. Only
    then, or after long idleness, the server is asked.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        """Returns when it can be used.

        Raises:
            InvalidatePoolError: It is dead, and those beside it likely too; the pool opens others.
        """
        used = entry.info.get("used")
        if used is None:
            return
        dialect = self._engine.dialect
        try:
            if time.monotonic() - used > _IDLE_SECONDS or _has_news(connection):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _has_news(connection: DBAPIConnection) -> bool:
    looking = select.poll()
    looking.register(connection.fileno(), select.POLLIN)
    return bool(looking.poll(0))
