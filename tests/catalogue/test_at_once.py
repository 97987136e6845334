"""Many rows and many ids in one statement: the same rows come back from both databases."""

from datetime import UTC, datetime

import sqlalchemy as sa

from pipeline.catalogue import Catalogue
from pipeline.catalogue.at_once import ByList, insert_all
from pipeline.catalogue.columns import Moment, Number, Words
from pipeline.catalogue.database import Database
from pipeline.settings import StoreSettings

_TABLE = sa.Table(
    "odd_things",
    sa.MetaData(),
    sa.Column("number", Number, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("name", Words),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)
_AT = datetime(2026, 3, 29, 1, 30, 0, 123456, UTC)
_ROWS = [
    {"number": 1, "at": _AT, "name": "plain, \"quoted\", {braced}, NULL, \\ and 'single'", "digest": b"\x00\xff"},
    {"number": 2, "at": _AT, "name": None, "digest": b""},
    {"number": 1 << 40, "at": _AT, "name": "", "digest": b"{}"},
]


def test_rows_come_back_as_they_were_written_whatever_is_in_them(catalogue: Catalogue, settings: StoreSettings) -> None:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    database = Database.at(url or f"sqlite:///{settings.directory / 'catalogue.sqlite'}", 5)
    with database.write() as connection:
        _TABLE.create(connection)
        insert_all(connection, _TABLE, [])
        insert_all(connection, _TABLE, _ROWS)
    asked = ByList("numbers", _TABLE.c.number, sa.select(_TABLE).order_by(_TABLE.c.number))
    names = ByList("names", _TABLE.c.name, sa.select(_TABLE.c.number).order_by(_TABLE.c.number))
    with database.read() as connection:
        assert [dict(row._mapping) for row in asked.of(connection, [1, 2, 1 << 40, 7])] == _ROWS
        assert [row.number for row in asked.of(connection, [2])] == [2]
        assert asked.of(connection, []) == []
        assert [row.number for row in names.of(connection, ["", _ROWS[0]["name"]])] == [1, 1 << 40]
    database.close()
