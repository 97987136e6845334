"""Brings the tables to the state that this program knows, under a lock, whoever opens the database first."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from pipeline.catalogue.database import Database
from pipeline.errors import CatalogueError, StorageError

REVISION = "0035"
"""The migration that this program's tables are made by."""

_MIGRATIONS = Path(__file__).with_name("migrations")


def bring_up_to_date(database: Database) -> None:
    """Runs the migrations that are missing, in one transaction; two processes at once are safe.

    Raises:
        CatalogueError: A newer Doorstep wrote the database.
    """
    if database.file is not None:
        _prepare_folder(database.file)
        with _alone(database.file):
            _use_write_ahead_log(database)
    with database.read() as connection:
        found = _revision(connection)
    if found == REVISION:
        return
    with database.write() as connection:
        found = _revision(connection)
        if found != REVISION:
            _upgrade(connection, found)


def _revision(connection: Connection) -> str | None:
    """The migration that the database stands at; None before the first."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, found: str | None) -> None:
    """Imports Alembic only when there is something to do: it takes a third of a second."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise CatalogueError(f"the database was written by a newer Doorstep (schema {found}); use that one")
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _prepare_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError("make the catalogue's folder", str(error)) from error


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Only one process of this machine at a time: SQLite does not wait when two want to change the journal mode."""
    try:
        with file.with_name(f"{file.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise StorageError("lock the catalogue", str(error)) from error


def _use_write_ahead_log(database: Database) -> None:
    """The mode stays in the file; asking for it again is free."""
    with database.bare() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
        if mode != "wal":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
