"""How many events there are, and by what: exact up to a limit, and "at least so many" beyond it.

Beyond it the newest are counted, or whichever come first in the order, and never those that a database happens to find
first: both databases count the same rows.

What is counted of a row is packed into as few numbers as hold it, usually one, and the database hands out all of them
as one text: a row of its own for each costs three times as much.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, literal_column, select
from sqlalchemy.sql.selectable import CompoundSelect

from pipeline.catalogue.index.asked import Asked
from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.plan import Order, Plan, query_of, unsorted_query_of
from pipeline.catalogue.index.shape import Shape
from pipeline.catalogue.index.tables import BY_TIME, event_index
from pipeline.catalogue.index.ways import plan_unsorted
from pipeline.domain.search_page import Count, Facet, FacetName

MOST_COUNTED = 10_000
"""Where counting stops, at the end of the span of time that is read then; nobody looks through more, and nobody waits
for it (docs/adr/0027)."""
MOST_COUNTED_SLOWLY = 2_000
"""Likewise where each row that is found costs several times what another does: of what somebody has watched."""
_SHORTER = 8
"""How many times shorter a span is tried that has far too many rows."""

_COUNTED = (Family.CAMERA, Family.OBJECTS, Family.COLOURS, Family.KIND, Family.OUTCOME, Family.TAG)
_SLOT, _SLOTS, _HOURS = "slot", 168, 24
_WIDER = 16
"""How many times longer the next span of time may be."""
_MOST = 1 << 62
"""What a packed number stays under: whole numbers of both databases reach twice as far."""

_FAMILIES = {
    FacetName.KIND: Family.KIND,
    FacetName.CAMERA: Family.CAMERA,
    FacetName.VERDICT: Family.OUTCOME,
    FacetName.TAG: Family.TAG,
}
_SEVERAL = {FacetName.OBJECT: Family.OBJECTS, FacetName.COLOUR: Family.COLOURS}
"""Their names are several, and each of them is counted."""

Numbers = NDArray[np.int64]
Columns = Mapping[str, Numbers]


def count(
    connection: Connection,
    shape: Shape,
    questions: Iterable[Asked],
    order: Order,
    where: Sequence[ColumnElement[bool]],
    limit: int = MOST_COUNTED,
) -> tuple[Count, Columns]:
    """Counts the rows of questions, one question after the other; with what the facets are made of.

    Args:
        connection: Reads.
        shape: Of the index as the connection sees it.
        questions: Of which no row answers two.
        order: In which the rows of one are counted.
        where: Which of them may be counted.
        limit: Where counting stops.
    """
    counting = _Counting(connection, shape, order, where)
    for asked in questions:
        counting.add(asked, limit)
    return Count(counting.number, is_exact=not counting.is_full), counting.columns()


class _Counting:
    """What was read so far.

    Attributes:
        number: How many rows.
        is_full: Whether there are more than were wanted.
    """

    def __init__(
        self, connection: Connection, shape: Shape, order: Order, where: Sequence[ColumnElement[bool]]
    ) -> None:
        self.number = 0
        self.is_full = False
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"
        self._shape = shape
        self._order = order
        self._where = where
        self._packings = tuple(_packings(shape))
        self._packed = [_packed(packing, place) for place, packing in enumerate(self._packings)]
        self._parts: list[list[Numbers]] = [[np.empty(0, np.int64)] for _ in self._packings]

    def columns(self) -> Columns:
        """Of the rows that were read, column by column."""
        found: dict[str, Numbers] = {}
        for parts, packing in zip(self._parts, self._packings, strict=True):
            found.update(_unpacked(np.concatenate(parts), packing))
        return found

    def add(self, asked: Asked, limit: int) -> None:
        """Reads the rows of a question until there are more than ``limit`` in all."""
        if self.is_full:
            return
        way = plan_unsorted(asked, self._shape, limit + 1 - self.number)
        if way.arms[0].index in ("", BY_TIME.name):
            self._add_in_order(way, limit)
        else:
            self._add_by_spans(way, asked, limit)

    def _add_in_order(self, way: Plan, limit: int) -> None:
        left = limit - self.number
        query = query_of(way, self._packed, self._order, left + 1, self._where, is_sqlite=self._is_sqlite)
        read = self._read(query)
        self.is_full = len(read[0]) > left
        self._keep([part[:left] for part in read])

    def _add_by_spans(self, way: Plan, asked: Asked, limit: int) -> None:
        """Rows of several values are not sorted, which costs most: they are read span by span of time, each to its end.

        A span is as long as it takes to find what is still wanted, were the rows spread as far as is known by then.
        """
        since, until = max(asked.since, self._shape.first), min(asked.until, self._shape.last + 1)
        width = _width(until - since, way.expected, limit + 1 - self.number)
        while since < until and not self.is_full:
            edge = max(since, until - width) if self._order.is_falling else min(until, since + width)
            span = (edge, until) if self._order.is_falling else (since, edge)
            within = (event_index.c.starts_at >= span[0], event_index.c.starts_at < span[1])
            most = 2 * limit + 1 - self.number
            read = self._read(unsorted_query_of(way, self._packed, most, (*within, *self._where)))
            if len(read[0]) == most and width > 1:  # it would take too long to its end
                width = max(1, width // _SHORTER)
                continue
            self._keep(read)
            self.is_full = self.number > limit
            since, until = (since, edge) if self._order.is_falling else (edge, until)
            width = min(_width(width, len(read[0]), limit + 1 - self.number), _WIDER * width)

    def _read(self, query: Select[Any] | CompoundSelect[Any]) -> list[Numbers]:
        """The rows of a query, by packing, each read as one text."""
        rows = query.subquery()
        joined = func.group_concat if self._is_sqlite else func.string_agg
        texts = select(*(joined(cast(rows.c[one.name], Text), ",") for one in self._packed))
        return [np.fromstring(words or "", np.int64, sep=",") for words in self._connection.execute(texts).one()]

    def _keep(self, read: Sequence[Numbers]) -> None:
        for parts, part in zip(self._parts, read, strict=True):
            parts.append(part)
        self.number += len(read[0])


def _width(width: int, holds: float, wanted: int) -> int:
    """How long a span is that holds somewhat more than what is wanted, when one of this width holds so much."""
    return int(width * min(1.1 * max(wanted, 1) / max(holds, 1), _WIDER)) + 1


def facets(found: Columns, shape: Shape) -> tuple[Facet, ...]:
    """What was counted, by each property; empty where nothing was."""
    if not len(found[_SLOT]):
        return ()
    made = [
        Facet(name, _ordered((shape.names[family][code], number) for code, number in _tally(found[family])))
        for name, family in _FAMILIES.items()
    ]
    for name, family in _SEVERAL.items():
        made.append(Facet(name, _ordered(_each_of(found[family], shape.names[family]))))
    made.append(Facet(FacetName.WEEKDAY, _ordered(_spoken(found[_SLOT] // _HOURS))))
    made.append(Facet(FacetName.HOUR, _ordered(_spoken(found[_SLOT] % _HOURS))))
    return tuple(sorted((facet for facet in made if facet.counts), key=lambda facet: list(FacetName).index(facet.name)))


Packing = Mapping[str, int]
"""By column, how many values it can have."""


def _packings(shape: Shape) -> Iterator[Packing]:
    """The columns in as few numbers as hold them."""
    sizes = chain([(_SLOT, _SLOTS)], ((family, max(shape.names[family], default=0) + 1) for family in _COUNTED))
    packing: dict[str, int] = {}
    whole = 1
    for column, size in sizes:
        if whole * size >= _MOST:
            yield packing
            packing, whole = {}, 1
        packing[column] = size
        whole *= size
    yield packing


def _packed(packing: Packing, place: int) -> ColumnElement[int]:
    words = ""
    for column, size in packing.items():
        words = f"({words} * {size} + {column})" if words else f"CAST({column} AS BIGINT)"
    return literal_column(words).label(f"packed_{place}")


def _unpacked(found: Numbers, packing: Packing) -> Iterator[tuple[str, Numbers]]:
    for column, size in reversed(tuple(packing.items())):
        yield column, found % size
        found = found // size


def _tally(column: Numbers) -> Iterator[tuple[int, int]]:
    codes, numbers = np.unique(column, return_counts=True)
    yield from zip(codes.tolist(), numbers.tolist(), strict=True)


def _spoken(column: Numbers) -> Iterator[tuple[str, int]]:
    return ((str(value), number) for value, number in _tally(column))


def _each_of(column: Numbers, names: Mapping[int, str]) -> Iterator[tuple[str, int]]:
    """An event with two objects counts for both."""
    by_name: dict[str, int] = {}
    for code, number in _tally(column):
        for name in filter(None, names[code].split("|")):
            by_name[name] = by_name.get(name, 0) + number
    yield from by_name.items()


def _ordered(counts: Iterator[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts, key=lambda one: (-one[1], one[0])))
