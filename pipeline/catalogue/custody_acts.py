"""Records of the custody log that one search wrote: the search itself, and each clip that it showed, right behind it.

All of them have the moment of the search, so that the index over time leads from one to the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, alias, exists, func, select

from pipeline.catalogue.custody_tables import custody
from pipeline.domain.evidence import CustodyAction, CustodyRecord
from pipeline.domain.log_filter import LogFilter

_AS_SEARCH = '"as":"search"'
_HEADS, _CLIPS = CustodyAction.SEARCHED.value, CustodyAction.ACCESSED.value


def may_gather(wanted: LogFilter) -> bool:
    """Whether a filter that finds a clip of a search also finds the search: only then the clip may be left to it."""
    return not wanted.subject and (not wanted.actions or CustodyAction.SEARCHED in wanted.actions)


def is_not_of_search() -> ColumnElement[bool]:
    """The condition that a record is no clip that a search before it showed."""
    head = alias(custody)
    is_behind = (head.c.at == custody.c.at, head.c.position < custody.c.position, head.c.action == _HEADS)
    behind = exists().where(*is_behind, _is_search(head.c.leaf)).correlate(custody)
    return ~((custody.c.action == _CLIPS) & _is_search(custody.c.leaf) & behind)


def clips_by_search(connection: Connection, searches: Sequence[CustodyRecord]) -> Mapping[int, tuple[int, ...]]:
    """By the index of a search, those of the records of the clips that it showed, in order; empty where it showed none.

    Args:
        connection: Reads.
        searches: Their records.
    """
    moments = {record.entry.at for record in searches}
    found: dict[int, list[int]] = {record.index: [] for record in searches}
    for head, position in _in_order(connection, moments):
        if head in found:
            found[head].append(position)
    return {head: tuple(positions) for head, positions in found.items()}


def _in_order(connection: Connection, moments: set[datetime]) -> Iterator[tuple[int, int]]:
    """Each clip of a search of these moments, with the search: the nearest one before it."""
    ours = (custody.c.at.in_(sorted(moments)), custody.c.action.in_((_HEADS, _CLIPS)), _is_search(custody.c.leaf))
    query = select(custody.c.at, custody.c.position, custody.c.action).where(*ours)
    heads: dict[datetime, int] = {}
    for row in connection.execute(query.order_by(custody.c.position)):
        if row.action == _HEADS:
            heads[row.at] = row.position
        elif row.at in heads:
            yield heads[row.at], row.position


def _is_search(leaf: ColumnElement[str]) -> ColumnElement[bool]:
    """The text of a leaf is canonical, and quotation marks within words are escaped."""
    return func.replace(leaf, _AS_SEARCH, "") != leaf
