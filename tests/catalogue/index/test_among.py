"""Thousands of numbers in one value mean the same on both databases as each by itself."""

import random
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from pipeline.catalogue.index.among import among, marked, marks_of
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    url = request.getfixturevalue("empty_database") if request.param == "postgresql" else "sqlite://"
    engine = sa.create_engine(url)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.mark.parametrize("numbers", [(), (1,), (7, 300), tuple(random.Random(1).sample(range(1, 400), 90))])
def test_what_is_one_of_many_is_found_and_nothing_else(connection: sa.Connection, numbers: tuple[int, ...]) -> None:
    table = sa.table("numbered", sa.column("number", sa.BigInteger))
    connection.execute(sa.text("CREATE TEMP TABLE numbered (number BIGINT)"))
    connection.execute(sa.insert(table), [{"number": one} for one in range(1, 501)])
    column = table.c.number
    for is_one in (among(column, numbers), marked(column, marks_of(numbers))):
        found = connection.execute(sa.select(column).where(is_one)).scalars().all()
        others = connection.execute(sa.select(column).where(~is_one)).scalars().all()
        assert sorted(found) == sorted(numbers)
        assert sorted([*found, *others]) == list(range(1, 501))
