"""Reads parts of the custody log, however long it is: by index, a page at a time, the newest first.

A page goes on from the index of its last record, so that the hundredth costs what the first does. Words that are sealed
are looked for among the openings; what was erased is found by nothing but its action, its subject and its time.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, alias, func, literal_column, select

from pipeline.catalogue.custody_acts import clips_by_search, is_not_of_search, may_gather
from pipeline.catalogue.custody_grants import records_of_grants
from pipeline.catalogue.custody_openings import openings_of
from pipeline.catalogue.custody_rows import record_from
from pipeline.catalogue.custody_tables import PLAYS, READ_BY, custody, custody_openings
from pipeline.catalogue.database import Database
from pipeline.catalogue.portions import portions
from pipeline.domain.evidence import CustodyAction, CustodyRecord
from pipeline.domain.log_filter import LogFilter
from pipeline.domain.sealed import is_open

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some records.

    Attributes:
        records: The newest first.
        goes_on: Whether there are older ones that fit.
        clips: Of a gathered page: by the index of a search that showed clips, the indices of their records, in order.
    """

    records: tuple[CustodyRecord, ...]
    goes_on: bool
    clips: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


class CustodyReading:
    """The custody log in part."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, wanted: LogFilter, before: int | None, count: int, *, gathered: bool = False) -> LogPage:
        """Records that fit, the newest first.

        Args:
            wanted: Which.
            before: Only those of a smaller index; None begins at the newest.
            count: At most so many.
            gathered: Clips that a search showed are left to its record, where the filter finds that too.

        Raises:
            CustodyChainError: A record is found by other words than its leaf has.
        """
        clips: Mapping[int, tuple[int, ...]] = {}
        with self._database.read() as connection:
            query, position = _narrowed(connection, wanted)
            if before is not None:
                query = query.where(position < before)
            if gathered and may_gather(wanted):
                query = query.where(is_not_of_search())
            found = _records(connection, query.order_by(position.desc()).limit(count + 1))
            if gathered:
                searches = [one for one in found[:count] if one.entry.action is CustodyAction.SEARCHED]
                clips = {head: ours for head, ours in clips_by_search(connection, searches).items() if ours}
        return LogPage(found[:count], len(found) > count, clips)

    def at(self, indices: Collection[int]) -> tuple[CustodyRecord, ...]:
        """The records of these indices, in order; one that there is not is left out.

        Raises:
            CustodyChainError: As ``page``.
        """
        found: list[CustodyRecord] = []
        for some in portions(sorted(indices)):
            query = select(custody.c.position).where(custody.c.position.in_(some)).order_by(custody.c.position)
            with self._database.read() as connection:
                found += _records(connection, query)
        return tuple(found)

    def page_of_grants(
        self, grant_ids: Collection[str], actions: Sequence[CustodyAction], before: int | None, count: int
    ) -> LogPage:
        """Records that stand under any of these grants, the newest first.

        Args:
            grant_ids: Of one resident; empty finds nothing.
            actions: What was done, one of these.
            before: Only those of a smaller index; None begins at the newest.
            count: At most so many.

        Raises:
            CustodyChainError: A record is found under a grant that its leaf does not name.
        """
        with self._database.read() as connection:
            found = records_of_grants(connection, grant_ids, actions, before, count + 1)
        return LogPage(found[:count], len(found) > count)

    def plays(self, agent: str, clips: Collection[str]) -> tuple[CustodyRecord, ...]:
        """What somebody watched of these clips, whatever the matter, in order.

        Args:
            agent: Who.
            clips: SHA-256 of originals.

        Raises:
            CustodyChainError: As ``page``.
        """
        found: list[CustodyRecord] = []
        is_theirs = (custody_openings.c.name == "agent") & (custody_openings.c.words == agent)
        query = select(custody.c.position).join(custody_openings, custody_openings.c.position == custody.c.position)
        with self._database.read() as connection:
            for some in portions(sorted(clips)):
                found += _records(connection, query.where(PLAYS, is_theirs, custody.c.subject.in_(some)))
        return tuple(sorted(found, key=lambda record: record.index))

    def walk(self, wanted: LogFilter, size: int) -> Iterator[CustodyRecord]:
        """Every record that fits, in order, read in portions.

        Args:
            wanted: Which.
            size: Records of this index and later are left out.

        Raises:
            CustodyChainError: As ``page``.
        """
        first = 0
        while True:
            with self._database.read() as connection:
                query, position = _narrowed(connection, wanted)
                query = query.where(position >= first, position < size)
                found = _records(connection, query.order_by(position).limit(_CHUNK))
            yield from found
            if len(found) < _CHUNK:
                return
            first = found[-1].index + 1


def _narrowed(connection: Connection, wanted: LogFilter) -> tuple[Select[int], ColumnElement[int]]:
    """The indices that fit, and the column by which they are in order: that of the narrowest part.

    Of a program's acts the leaf itself says whose they are; a program acts so often that a page of them is soon full.
    """
    position: ColumnElement[int] = custody.c.position
    sealed = (("agent", wanted.agent), ("detail.case", wanted.case), ("detail.purpose", wanted.purpose))
    parts: list[ColumnElement[bool]] = []
    query = select(custody.c.position)
    for name, words in sealed:
        if words and is_open(name, words):
            parts.append(custody.c.leaf.contains(f'"{name}":{json.dumps(words)}', autoescape=True))
        elif words:
            opening = alias(custody_openings)
            one = opening.c.position
            query = query.join(opening, one == position)
            read_by = opening.c.name.in_(
                [literal_column(f"'{one}'") for one in READ_BY]
            )  # the partial index's own words
            parts += [read_by, opening.c.name == literal_column(f"'{name}'"), opening.c.words == words]
            position = one
    parts += _plain_parts(wanted)
    if wanted.since is not None or wanted.until is not None:
        first, last = _span(connection, wanted)
        parts += [position >= first, position <= last]
    return query.where(*parts), position


def _plain_parts(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.subject:
        yield custody.c.subject == wanted.subject
    if wanted.actions:
        yield custody.c.action.in_([action.value for action in wanted.actions])
    if wanted.since is not None:
        yield custody.c.at >= wanted.since
    if wanted.until is not None:
        yield custody.c.at < wanted.until


def _span(connection: Connection, wanted: LogFilter) -> tuple[int, int]:
    """First and last index of a period; the index over time and place answers it. (0, -1) when it is empty."""
    query = select(func.min(custody.c.position), func.max(custody.c.position))
    query = query.where(*_plain_parts(LogFilter(since=wanted.since, until=wanted.until)))
    first, last = connection.execute(query).one()
    return (0, -1) if first is None else (first, last)


def _records(connection: Connection, query: Select[int]) -> tuple[CustodyRecord, ...]:
    positions: Sequence[int] = connection.execute(query).scalars().all()
    rows: dict[int, Row[Any]] = {}
    for start in range(0, len(positions), _CHUNK):
        some = positions[start : start + _CHUNK]
        rows |= {row.position: row for row in connection.execute(select(custody).where(custody.c.position.in_(some)))}
    openings = openings_of(connection, positions)
    return tuple(record_from(rows[place], openings.get(place, ())) for place in positions)
