"""Writes a town into a catalogue as quickly as its database takes rows: indexes are made when the rows are there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import psycopg
from sqlalchemy import Engine, Index, create_engine, make_url, text, update

from bench.search.rows import Rows
from pipeline.catalogue.index.tables import event_index, index_state
from pipeline.catalogue.tables import acquisitions, analyses, events, items, triggers

TABLES = (items, triggers, acquisitions, analyses, events, event_index)
_KEPT_INDEX = "ix_events_event_id"
"""Of the table of events; the others lead to what is not searched here."""


def load(url: str, clips: int, cameras: int, *, whole: bool) -> None:
    """Fills an empty catalogue that was opened once.

    Args:
        url: SQLAlchemy URL.
        clips: How many.
        cameras: How many.
        whole: Also what the index is made of: clips, analyses and the events themselves.
    """
    engine = create_engine(url)
    _drop(engine)
    engine.dispose()  # SQLite's file is wanted alone
    rows = Rows(clips, cameras, whole=whole)
    if engine.dialect.name == "sqlite":
        _into_sqlite(str(engine.url.database), rows)
    else:
        _into_postgresql(url, rows)
    _make(engine)
    with engine.begin() as connection:
        connection.execute(update(index_state).values(version=1, longest=rows.longest, is_built=1))
    engine.dispose()


def _indexes() -> Iterator[Index]:
    for table in TABLES:
        for index in table.indexes:
            if table is not events or index.name == _KEPT_INDEX:
                yield index


def _drop(engine: Engine) -> None:
    with engine.begin() as connection:
        for table in TABLES:
            for index in table.indexes:
                index.drop(connection)


def _make(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET maintenance_work_mem = '1GB'"))
        for index in _indexes():
            index.create(connection)
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
        if engine.dialect.name == "postgresql":
            connection.execute(text("CHECKPOINT"))  # otherwise what was loaded is still written while it is asked


def _into_sqlite(path: str, rows: Rows) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for words in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {words}")
        connection.execute("BEGIN")
        for table, columns, values in rows.all():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)  # noqa: S608 - our own names
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _into_postgresql(url: str, rows: Rows) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, columns, values in rows.all():
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for value in values:
                    copy.write_row(value)
