"""A consistent copy of the database while others write, and the way back into an empty one.

Source: sqlite.org "SQLite Backup API"; PostgreSQL 15, pg_dump and pg_restore. Both give one state of the database.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url

from pipeline.catalogue.database import Database
from pipeline.catalogue.unfinished import begin_restore, end_restore, is_empty_for_restore, only_restore
from pipeline.errors import BackupError, StorageError
from pipeline.settings import StoreSettings

SQLITE, POSTGRESQL = "catalogue.sqlite", "catalogue.pgdump"
"""What the copy is called, and by that what kind it is."""


def catalogue_url(settings: StoreSettings) -> str:
    """SQLAlchemy URL of the catalogue."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return url or f"sqlite:///{settings.directory / SQLITE}"


def copy_database(settings: StoreSettings, folder: Path) -> Path:
    """Copies the catalogue into a folder that is there, in one consistent state.

    Raises:
        BackupError: pg_dump is not there, or refuses.
        StorageError: The copy cannot be written.
    """
    database = Database.at(catalogue_url(settings), settings.database_wait_seconds)
    try:
        source = database.file
    finally:
        database.close()
    if source is None:
        path = folder / POSTGRESQL
        _run(settings, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
    else:
        path = folder / SQLITE
        _copy_sqlite(source, path)
    _sync(path)
    return path


def restored_kind(settings: StoreSettings) -> str:
    """By what name a copy for these settings must be called."""
    return POSTGRESQL if make_url(catalogue_url(settings)).get_backend_name() == "postgresql" else SQLITE


def require_empty(settings: StoreSettings) -> None:
    """Returns when there is no catalogue yet where the settings say.

    Raises:
        BackupError: There is one.
    """
    database = Database.at(catalogue_url(settings), settings.database_wait_seconds)
    try:
        file = database.file
        is_there = file.exists() if file is not None else not is_empty_for_restore(database)
    finally:
        database.close()
    if is_there:
        raise BackupError("there is a catalogue already where the settings say: a restore never writes over one")


@contextmanager
def only_restore_on_server(settings: StoreSettings) -> Iterator[None]:
    """Nobody else restores into the PostgreSQL database of the settings while the block lasts.

    Raises:
        RestoreRunningError: Somebody does.
    """
    database = Database.at(catalogue_url(settings), settings.database_wait_seconds)
    try:
        with only_restore(database):
            yield
    finally:
        database.close()


def restored_file(settings: StoreSettings) -> Path:
    """Where SQLite's file lies when it is restored; for settings of SQLite alone."""
    return Path(make_url(catalogue_url(settings)).database or "")


@contextmanager
def restored_postgresql(settings: StoreSettings, copy: Path) -> Iterator[None]:
    """Fills an empty PostgreSQL database with a copy; nobody else may open it until the block has ended well.

    Raises:
        BackupError: pg_restore is not there, or refuses.
    """
    name = make_url(catalogue_url(settings)).database or ""
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={name}")
    database = Database.at(catalogue_url(settings), settings.database_wait_seconds)
    try:
        begin_restore(database)
        _run(settings, "pg_restore", *options, str(copy))
        yield
        end_restore(database)
    finally:
        database.close()


def _copy_sqlite(source: Path, path: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(path)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        raise StorageError("copy the catalogue", str(error)) from error


def _run(settings: StoreSettings, program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL's; the password goes by the environment, where other users do not see it."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is not on this machine: install PostgreSQL's client programs")
    url = make_url(catalogue_url(settings))
    named = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": str(url.password or ""),
        "PGDATABASE": url.database or "",
        "PGSSLMODE": str(url.query.get("sslmode", "")),
    }
    environment = {**os.environ, **{name: value for name, value in named.items() if value}}
    ended = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise BackupError(f"{program} refuses: {ended.stderr.strip()[-400:]}")


def _sync(path: Path) -> None:
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
    except OSError as error:
        raise StorageError(f"write {path.name}", error.strerror or type(error).__name__) from error
