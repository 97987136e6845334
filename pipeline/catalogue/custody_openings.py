"""The words behind the salted digests of the custody log: written with their record, and deleted to be forgotten."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, delete, select, true

from pipeline.catalogue.at_once import insert_all
from pipeline.catalogue.custody_tables import WORDS_BEGIN, custody, custody_openings
from pipeline.catalogue.portions import portions
from pipeline.domain.evidence import CustodyRecord
from pipeline.domain.sealed import Opening

T = TypeVar("T")

_BEGIN = 80
"""Characters by which ``WORDS_BEGIN`` finds words."""

_AT_ONCE = 500
"""Far below the number of values that every database takes in one statement."""


def save_openings(connection: Connection, records: Iterable[CustodyRecord]) -> None:
    """Writes the openings of new records."""
    rows = [
        {"position": record.index, "name": one.name, "salt": one.salt, "words": one.words}
        for record in records
        for one in record.openings
    ]
    insert_all(connection, custody_openings, rows)


def openings_of(connection: Connection, positions: Sequence[int]) -> Mapping[int, tuple[Opening, ...]]:
    """Openings by the index of their record, in order of name; a record without any is left out."""
    found: dict[int, list[Opening]] = defaultdict(list)
    for some in portions(positions, _AT_ONCE):
        query = select(custody_openings).where(custody_openings.c.position.in_(some))
        for row in connection.execute(query.order_by(custody_openings.c.position, custody_openings.c.name)):
            found[row.position].append(Opening(row.name, row.salt, row.words))
    return {position: tuple(openings) for position, openings in found.items()}


def erase_openings(
    connection: Connection, words: Collection[str], subjects: Collection[str], names: Collection[str] = ()
) -> Mapping[str, Collection[int]]:
    """Deletes openings with these words, and those of records about these subjects.

    Args:
        connection: Of a writing transaction.
        words: Exactly these.
        subjects: Digests and ids.
        names: Of the subjects' openings only those of these names; empty for all.

    Returns:
        Indices of their records by name of the opening; empty when there were none.
    """
    erased: dict[str, set[int]] = defaultdict(set)
    named = custody_openings.c.name.in_(sorted(names)) if names else true()
    for condition in (*_with_words(words), *(about & named for about in _about(subjects))):
        gone = delete(custody_openings).where(condition)
        for row in connection.execute(gone.returning(custody_openings.c.position, custody_openings.c.name)):
            erased[row.name].add(row.position)
    return erased


def _with_words(words: Collection[str]) -> Iterator[ColumnElement[bool]]:
    for some in portions(sorted(words), _AT_ONCE):
        yield WORDS_BEGIN.in_([one[:_BEGIN] for one in some]) & custody_openings.c.words.in_(some)


def _about(subjects: Collection[str]) -> Iterator[ColumnElement[bool]]:
    for some in portions(sorted(subjects), _AT_ONCE):
        yield custody_openings.c.position.in_(select(custody.c.position).where(custody.c.subject.in_(some)))
