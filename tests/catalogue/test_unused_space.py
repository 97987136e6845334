"""What SQLite leaves behind in its file of rows that are gone."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipeline.catalogue.database import Database
from pipeline.errors import CatalogueLockedError

ROWS = 400


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with closing(Database.at(f"sqlite:///{tmp_path / 'catalogue.sqlite'}", wait_seconds=1)) as made:
        with made.bare() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        with made.write() as connection:
            connection.exec_driver_sql("CREATE TABLE notes (number INTEGER PRIMARY KEY, words TEXT)")
        yield made


def words_in(file: Path) -> set[int]:
    """Numbers of the notes whose words stand anywhere in the file or in the log beside it."""
    content = b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    return {number for number in range(ROWS) if _words(number).encode() in content}


def _words(number: int) -> str:
    return f"<<note {number} says what was seen>>"


def test_no_byte_of_a_row_that_was_moved_between_pages_is_left(database: Database) -> None:
    file = database.file
    assert file is not None
    into = sa.text("INSERT INTO notes (number, words) VALUES (:number, :words)")
    for number in (*range(0, ROWS, 2), *range(1, ROWS, 2)):  # the second half comes between the first: pages are split
        with database.write() as connection:
            connection.execute(into, {"number": number, "words": _words(number) + "." * (number % 90)})
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM notes WHERE number % 5 <> 0")

    assert database.forget_old_pages(rewritten=True)

    assert words_in(file) == set(range(0, ROWS, 5))
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == ROWS // 5


def test_a_file_is_written_anew_while_others_read_and_not_while_they_write(database: Database, tmp_path: Path) -> None:
    with closing(Database.at(f"sqlite:///{tmp_path / 'catalogue.sqlite'}", wait_seconds=0.2)) as other:
        with other.read() as connection:
            connection.exec_driver_sql("SELECT * FROM notes").all()
            assert not database.forget_old_pages(rewritten=True)  # written anew; the log is still read
            assert connection.exec_driver_sql("SELECT count(*) FROM notes").scalar() == 0
        assert database.forget_old_pages(rewritten=True)

        writes, may_end = threading.Event(), threading.Event()

        def write() -> None:
            with database.write() as connection:
                connection.exec_driver_sql("INSERT INTO notes VALUES (1, 'one')")
                writes.set()
                may_end.wait(20)

        writer = threading.Thread(target=write)
        writer.start()
        assert writes.wait(20)
        try:
            with pytest.raises(CatalogueLockedError):
                other.forget_old_pages(rewritten=True)
        finally:
            may_end.set()
            writer.join()
