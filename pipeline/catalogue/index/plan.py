"""How rows are reached and in which order, as a query; which of the plans it is, ``ways`` decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, select, tuple_, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from pipeline.catalogue.index.tables import event_index

Key = tuple[float, int]


@dataclass(frozen=True, slots=True)
class Order:
    """In which order rows come; the number of the row decides between equals.

    Attributes:
        column: ``starts_at`` or ``score``.
        is_falling: The greatest first.
    """

    column: str
    is_falling: bool = True

    def by(self) -> tuple[ColumnElement[Any], ...]:
        """What a query is sorted by."""
        columns = (event_index.c[self.column], event_index.c.number)
        return tuple(column.desc() if self.is_falling else column.asc() for column in columns)

    def after(self, key: Key, *, itself: bool = False) -> ColumnElement[bool]:
        """The condition that a row comes after the one with this key, or is that one."""
        column = event_index.c[self.column]
        both = tuple_(column, event_index.c.number)
        if self.is_falling:
            return and_(column <= key[0], both <= key if itself else both < key)
        return and_(column >= key[0], both >= key if itself else both > key)


NEWEST, OLDEST, BEST = Order("starts_at"), Order("starts_at", is_falling=False), Order("score")


@dataclass(frozen=True, slots=True)
class Arm:
    """Rows that one range of one index holds.

    Attributes:
        index: Its name; empty for the table by number.
        where: What leads there; nothing where the whole index is followed.
    """

    index: str
    where: tuple[ColumnElement[bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """How to reach the rows: every row lies in exactly one arm.

    Attributes:
        arms: At least one.
        cost: In rows to be read, about.
        rest: Conditions that the arms do not imply.
        expected: How many rows it may lead to in all, about.
    """

    arms: tuple[Arm, ...]
    cost: float
    rest: tuple[ColumnElement[bool], ...]
    expected: float = 0.0


def query_of(
    way: Plan,
    columns: Sequence[ColumnElement[Any]],
    order: Order,
    limit: int,
    more: Iterable[ColumnElement[bool]] = (),
    *,
    is_sqlite: bool,
) -> Select[Any] | CompoundSelect[Any]:
    """The rows of a plan, in order, the first ``limit`` of them.

    Both databases merge arms that come in order, so that no more is read than is wanted. SQLite sees by itself that
    they do, and takes no order within an arm; PostgreSQL must be told it there.

    Args:
        way: The plan.
        columns: What is read; the columns of the order are read besides.
        order: In which order.
        limit: How many at most.
        more: Further conditions.
        is_sqlite: Whether it is for SQLite.
    """
    extra = tuple(more)
    sorting = [event_index.c[order.column].label("sorted_by"), event_index.c.number.label("row_number")]
    parts = [_part(arm, [*columns, *sorting], (*way.rest, *extra)) for arm in way.arms]
    if len(parts) == 1:
        return parts[0].order_by(*order.by()).limit(limit)
    if not is_sqlite:
        parts = [part.order_by(*order.by()) for part in parts]
    both = union_all(*parts)
    by: list[ColumnElement[Any]] = [literal_column("sorted_by"), literal_column("row_number")]
    return both.order_by(*(one.desc() if order.is_falling else one.asc() for one in by)).limit(limit)


def unsorted_query_of(
    way: Plan, columns: Sequence[ColumnElement[Any]], limit: int, more: Iterable[ColumnElement[bool]]
) -> Select[Any] | CompoundSelect[Any]:
    """Any ``limit`` rows of a plan, in no order: that costs a third where there are several arms.

    Args:
        way: The plan.
        columns: What is read.
        limit: How many at most.
        more: Further conditions.
    """
    extra = tuple(more)
    parts = [_part(arm, columns, (*way.rest, *extra)) for arm in way.arms]
    return parts[0].limit(limit) if len(parts) == 1 else union_all(*parts).limit(limit)


def _part(arm: Arm, columns: Sequence[ColumnElement[Any]], rest: Iterable[ColumnElement[bool]]) -> Select[Any]:
    part = select(*columns).where(*arm.where, *rest)
    return part.with_hint(event_index, f"INDEXED BY {arm.index}", "sqlite") if arm.index else part
