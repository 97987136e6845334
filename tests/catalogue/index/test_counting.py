"""What is counted where there is more than is counted: the same rows on every database, those that come first."""

import random
from collections import Counter

import pytest
import sqlalchemy as sa

from bench.search.questions import QUESTIONS, Kind
from pipeline.catalogue.index.asked import Asked, Reach, resolve
from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.counting import count
from pipeline.catalogue.index.plan import NEWEST, OLDEST, Order, query_of
from pipeline.catalogue.index.shape import Shape, read_shape
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.index.ways import plan
from pipeline.night.services import Services

LIMIT = 100
EVERY = 1_000_000


def rows_in_order(connection: sa.Connection, asked: Asked, shape: Shape, order: Order) -> list[tuple[int, int, int]]:
    """Start, kind and camera of every row of a question, as the reader of pages has them."""
    columns = [event_index.c[name] for name in ("starts_at", "kind", "camera")]
    way = plan(asked, shape, order, EVERY)
    query = query_of(way, columns, order, EVERY, is_sqlite=connection.dialect.name == "sqlite")
    return [(row.starts_at, row.kind, row.camera) for row in connection.execute(query)]


@pytest.mark.parametrize("order", [NEWEST, OLDEST], ids=["newest", "oldest"])
@pytest.mark.parametrize("kind", QUESTIONS, ids=lambda kind: kind.name)
def test_what_is_counted_comes_first_in_the_order(services: Services, kind: Kind, order: Order) -> None:
    chance = random.Random(1)
    with services.catalogue.index._database.search() as connection:
        shape = read_shape(connection)
        everybody = Reach(frozenset(shape.codes[Family.CAMERA].values()))
        for _ in range(3):
            asked = resolve(connection, kind.make(chance), shape, everybody)
            if asked.is_empty:
                continue
            expected = rows_in_order(connection, asked, shape, order)

            total, columns = count(connection, shape, [asked], order, (), limit=LIMIT)

            assert total.is_exact == (len(expected) <= LIMIT)
            assert total.number == len(expected) if total.is_exact else LIMIT <= total.number <= 2 * LIMIT
            first = expected[: total.number]
            assert Counter(columns["kind"].tolist()) == Counter(row[1] for row in first)
            assert Counter(columns["camera"].tolist()) == Counter(row[2] for row in first)
