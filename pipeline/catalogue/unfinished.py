"""A restore into PostgreSQL that is not finished says so in the database, and nobody works with it until it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import inspect, text

from pipeline.catalogue.database import Database
from pipeline.errors import BackupError, RestoreRunningError, RestoreUnfinishedError

_MARK = "restore_begun"
"""A table that stands from before the first restored row until the restore is finished."""

_RESTORES = 0x446F5265
"""Key of the advisory lock of a restore ("DoRe")."""

_MAY_EMPTY = "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = current_schema()"


def require_no_restore(database: Database) -> None:
    """Returns when no restore was begun here and left.

    Raises:
        RestoreUnfinishedError: One was.
    """
    if not database.is_sqlite and _has_mark(database):
        raise RestoreUnfinishedError


def is_empty_for_restore(database: Database) -> bool:
    """Whether a server's database has no table, or only what a killed restore left, which is begun anew."""
    with database.read() as connection:
        names = inspect(connection).get_table_names()
    return not names or _MARK in names


@contextmanager
def only_restore(database: Database) -> Iterator[None]:
    """Nobody else restores into a server's database while the block lasts; who is killed lets go.

    Raises:
        RestoreRunningError: Somebody does.
    """
    keys = {"key": _RESTORES}
    with database.bare() as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), keys).scalar_one():
            raise RestoreRunningError("the database")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), keys)


def begin_restore(database: Database) -> None:
    """Leaves a server's database empty but for the mark; what a killed restore left in its schema goes.

    Raises:
        BackupError: Its user may not do so.
    """
    with database.write() as connection:
        if inspect(connection).has_table(_MARK):
            schema = str(connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one())
            if not connection.execute(text(_MAY_EMPTY)).scalar_one():
                raise BackupError(
                    "a restore was killed here, and its database user may not empty it: empty it yourself"
                )
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        connection.execute(text(f"CREATE TABLE {_MARK} (at timestamptz NOT NULL DEFAULT now())"))


def end_restore(database: Database) -> None:
    """Takes the mark away: the restored database may be worked with."""
    with database.write() as connection:
        connection.execute(text(f"DROP TABLE {_MARK}"))


def _has_mark(database: Database) -> bool:
    with database.read() as connection:
        return bool(connection.execute(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": _MARK}).scalar_one())
