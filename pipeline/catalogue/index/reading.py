"""Rows of the index in order, without those that may not be shown, and the events that they stand for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal_column

from pipeline.catalogue.index.plan import Key, Order, Plan, query_of
from pipeline.catalogue.index.tables import event_index
from pipeline.catalogue.search import found_events
from pipeline.domain.search import FoundEvent
from pipeline.domain.visits import Sighted

MayShow = Callable[[Sequence[FoundEvent]], Collection[str]]
"""Asks the grants for events, their places in the picture included; the ids of those that may be shown."""

_FIRST_PORTION = 120
_LARGEST_PORTION = 4_000

_COLUMNS = tuple(
    event_index.c[name] for name in ("number", "camera", "starts_at", "ends_at", "slack", "is_between", "score")
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the index: its place in the order, and what grouping needs."""

    key: Key
    sighted: Sighted


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the rows of one plan in order.

    Attributes:
        connection: Sees one state of the database throughout.
        way: The plan.
        order: Of the rows.
        certain: SQL of the rows that may be shown whatever their place in the picture; empty for all.
        may_show: Asked about the others.
        worth: What visits are sorted by besides time; their score where nothing else is asked for.
        conditions: Further ones.
    """

    connection: Connection
    way: Plan
    order: Order
    certain: str
    may_show: MayShow
    worth: ColumnElement[Any] = event_index.c.score
    conditions: tuple[ColumnElement[bool], ...] = ()

    def lines(self, since: Key | None = None, *, itself: bool = True, portion: int = _FIRST_PORTION) -> Iterator[Line]:
        """The rows from a key on, in portions that grow."""
        size = portion
        more = [] if since is None else [self.order.after(since, itself=itself)]
        while True:
            rows = self._portion(size, more)
            yield from self._shown(rows)
            if len(rows) < size:
                return
            more = [self.order.after(_key(rows[-1]))]
            size = min(2 * size, _LARGEST_PORTION)

    def _portion(self, size: int, more: Iterable[ColumnElement[bool]]) -> Sequence[Row[Any]]:
        certain: ColumnElement[int] = literal_column(
            f"CASE WHEN {self.certain} THEN 1 ELSE 0 END" if self.certain else "1"
        )
        columns = [*_COLUMNS, self.worth.label("worth"), certain.label("is_certain")]
        is_sqlite = self.connection.dialect.name == "sqlite"
        query = query_of(self.way, columns, self.order, size, (*self.conditions, *more), is_sqlite=is_sqlite)
        return self.connection.execute(query).all()

    def _shown(self, rows: Sequence[Row[Any]]) -> Iterator[Line]:
        found = found_events(self.connection, [row.number for row in rows if not row.is_certain])
        allowed = self.may_show(tuple(found.values())) if found else ()
        for row in rows:
            if row.is_certain or (row.number in found and found[row.number].event.event_id in allowed):
                sighted = Sighted(
                    row.number, row.camera, row.starts_at, row.ends_at, row.slack, bool(row.is_between), row.worth
                )
                yield Line(_key(row), sighted)


def _key(row: Row[Any]) -> Key:
    return row.sorted_by, row.row_number
