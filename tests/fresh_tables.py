"""Fresh databases of tests: the migrations run once a session, and every later fresh database gets what they made.

Nearly every test opens a store of its own, and two dozen migrations take longer than most tests. SQLite's file is
copied where the program would make one, under the program's own lock; to PostgreSQL is said again what the migrations
said to it the first time, in the program's own transaction. A database that is there already is migrated in earnest.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from pipeline.catalogue import schema
from pipeline.catalogue.database import Database

_upgrade = schema._upgrade
_use_write_ahead_log = schema._use_write_ahead_log


class FreshTables:
    """What the migrations made of an empty database, one of each kind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._said: list[str] = []

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """From here on a fresh database gets what was made before."""
        schema._upgrade = self._upgraded
        schema._use_write_ahead_log = self._with_tables
        try:
            yield
        finally:
            schema._upgrade, schema._use_write_ahead_log = _upgrade, _use_write_ahead_log

    def _with_tables(self, database: Database) -> None:
        if database.file is not None and not database.file.exists():
            try:
                shutil.copyfile(self._made(), database.file)
            except OSError:
                database.file.unlink(missing_ok=True)  # the program meets the same disk, and says what is wrong
        _use_write_ahead_log(database)

    def _made(self) -> Path:
        file = self._folder / "fresh.sqlite"
        if not file.exists():
            making = self._folder / "making.sqlite"
            with really(), closing(Database.at(f"sqlite:///{making}", wait_seconds=20)) as database:
                schema.bring_up_to_date(database)
                assert database.forget_old_pages()
            making.rename(file)
        return file

    def _upgraded(self, connection: sa.Connection, found: str | None) -> None:
        if found is not None or connection.dialect.name != "postgresql":
            _upgrade(connection, found)
        elif self._said:
            connection.exec_driver_sql(";".join(self._said))
        else:
            self._listen(connection)

    def _listen(self, connection: sa.Connection) -> None:
        heard: list[str] = []

        def hear(_0: object, _1: object, statement: str, parameters: object, _4: object, _5: object) -> None:
            if not statement.startswith("SELECT"):
                assert not parameters, "what is said with parameters cannot be said again as it stands"
                heard.append(statement)

        sa.event.listen(connection, "before_cursor_execute", hear)
        _upgrade(connection, None)
        sa.event.remove(connection, "before_cursor_execute", hear)
        self._said = heard


@contextmanager
def really() -> Iterator[None]:
    """Within, a fresh database is migrated in earnest."""
    before = schema._upgrade, schema._use_write_ahead_log
    schema._upgrade, schema._use_write_ahead_log = _upgrade, _use_write_ahead_log
    try:
        yield
    finally:
        schema._upgrade, schema._use_write_ahead_log = before
