"""Which index leads to the rows: as planned for ten million events, and as the databases then do it."""

import random
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bench.search.questions import QUESTIONS
from bench.search.town import BEGIN, ZONES
from pipeline.catalogue.index.asked import Asked, Reach, resolve
from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.plan import BEST, NEWEST, OLDEST, Order, query_of
from pipeline.catalogue.index.shape import Shape, read_shape
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.index.ways import plan
from pipeline.domain.appearance import Colour, ColourWanted, Part
from pipeline.domain.events import CannotTell, EventKind
from pipeline.domain.search import DayTime, TagState, Wanted
from pipeline.night.services import Services

TIMES = 500
"""As many events as a small town has, counted as if there were so many times more."""

EVENING = DayTime(18 * 60, 22 * 60)
MONTH = (BEGIN + timedelta(days=100), BEGIN + timedelta(days=130))


def many_times(shape: Shape) -> Shape:
    events = {family: {code: TIMES * count for code, count in ours.items()} for family, ours in shape.events.items()}
    return replace(shape, events=events, rows=TIMES * shape.rows)


def steps(connection: sa.Connection, wanted: Wanted, order: Order) -> str:
    """What the database says that it does for the first page of a question."""
    shape = many_times(read_shape(connection))
    asked: Asked = resolve(connection, wanted, shape, Reach(frozenset(shape.codes[Family.CAMERA].values())))
    is_sqlite = _is_sqlite(connection)
    query = query_of(plan(asked, shape, order, 250), [event_index.c.camera], order, 100, is_sqlite=is_sqlite)
    words = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + words.replace("%%", "%")))


@pytest.mark.parametrize(
    ("wanted", "order", "index"),
    [
        (Wanted(), NEWEST, "time"),
        (Wanted(kinds=(EventKind.PACKAGE_PICKED_UP,)), NEWEST, "kind"),
        (Wanted(camera_ids=("ring:400",)), NEWEST, "camera"),
        (Wanted(camera_ids=("ring:400", "ring:500"), kinds=(EventKind.LOITERING,)), NEWEST, "camera"),
        (Wanted(weekdays=(1,), times=(EVENING,), kinds=(EventKind.OBJECT_LEFT,), least_score=0.9), NEWEST, "kind"),
        (Wanted(weekdays=(1,), times=(DayTime(180, 240),)), NEWEST, "slot"),
        (Wanted(reasons=(CannotTell.CAMERA_MOVED,)), NEWEST, "outcome"),
        (Wanted(tags=(TagState.CONFIRMED,)), NEWEST, "tag"),
        (Wanted(zones=(ZONES[3],)), NEWEST, "zone"),
        (Wanted(objects=("bicycle",)), NEWEST, "objects"),
        (Wanted(words="moved garden"), NEWEST, "words"),
        (Wanted(colours=(ColourWanted(Colour.WHITE, Part.VEHICLE),)), NEWEST, "colours"),
        (Wanted(), BEST, "kind_score"),
        (Wanted(kinds=(EventKind.LOITERING,)), BEST, "kind_score"),
        (Wanted(camera_ids=("ring:400",)), BEST, "camera"),
        (Wanted(since=MONTH[0], until=MONTH[1]), NEWEST, "time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_question_follows_its_index(services: Services, wanted: Wanted, order: Order, index: str) -> None:
    with services.catalogue.index._database.search() as connection:
        said = steps(connection, wanted, order)

    followed = set(re.findall(r"ix_event_index_by_(\w+)", said))
    assert len(followed) == 1, said
    assert followed.pop().startswith(index), said  # one of two columns leads there too
    assert "Seq Scan" not in said
    assert "COVERING INDEX" in said or "Index Only Scan" in said, said


@pytest.mark.parametrize(
    "wanted",
    [Wanted(), Wanted(kinds=(EventKind.PERSON_VISIT, EventKind.LOITERING)), Wanted(weekdays=(1,), times=(EVENING,))],
    ids=["time", "two kinds side by side", "four hours of the week side by side"],
)
def test_a_page_of_frequent_events_sorts_nothing(services: Services, wanted: Wanted) -> None:
    with services.catalogue.index._database.search() as connection:
        said = steps(connection, wanted, NEWEST)

    assert "TEMP B-TREE" not in said, said
    assert "Sort  (" not in said, said


@pytest.mark.parametrize("order", [NEWEST, OLDEST, BEST], ids=lambda order: order.column)
def test_a_kind_whose_events_are_gone_is_not_answered_with_others(services: Services, order: Order) -> None:
    with services.catalogue.index._database.search() as connection:
        shape = read_shape(connection)
        gone = max(shape.events[Family.KIND]) + 1
        counts = {**shape.events, Family.KIND: {**shape.events[Family.KIND], gone: 0}}
        left = replace(shape, events=counts)
        everybody = Reach(frozenset(shape.codes[Family.CAMERA].values()))
        asked = replace(resolve(connection, Wanted(), left, everybody), values={"kind": frozenset({gone})})
        query = query_of(
            plan(asked, left, order, 250), [event_index.c.kind], order, 100, is_sqlite=_is_sqlite(connection)
        )

        assert not connection.execute(query).all()


def test_sqlite_follows_the_index_that_was_planned(services: Services) -> None:
    """It keeps no statistics of its own, and takes others in their stead where it is not told."""
    chance = random.Random(7)
    with services.catalogue.index._database.search() as connection:
        if not _is_sqlite(connection):
            pytest.skip("PostgreSQL cannot be told an index; the tests above say which it takes")
        shape = many_times(read_shape(connection))
        everybody = Reach(frozenset(shape.codes[Family.CAMERA].values()))
        for kind in QUESTIONS:
            asked = resolve(connection, kind.make(chance), shape, everybody)
            if asked.is_empty:
                continue
            way = plan(asked, shape, NEWEST, 250)
            query = query_of(way, [event_index.c.camera], NEWEST, 100, is_sqlite=True)
            words = str(query.compile(connection.engine, compile_kwargs={"literal_binds": True}))
            said = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}"))
            planned = {arm.index for arm in way.arms if arm.index}
            assert set(re.findall(r"ix_event_index_by_\w+", said)) == planned, kind.name
            assert all(f"INDEXED BY {index}" in words for index in planned), kind.name


def _is_sqlite(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"
