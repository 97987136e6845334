"""Under which grants something was done: kept beside the custody log, and read by the residents who gave them.

A row more or less would show a resident a look that was none, or hide one. So a row counts only where the leaf names
the grant, the database refuses to change or delete one, and who checks the log compares every row with its leaf.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from pipeline.catalogue.at_once import insert_all
from pipeline.catalogue.custody_openings import openings_of
from pipeline.catalogue.custody_rows import record_from
from pipeline.catalogue.custody_tables import custody, custody_grants
from pipeline.domain.evidence import CustodyAction, CustodyRecord
from pipeline.domain.sealed import grants_named
from pipeline.errors import CustodyChainError


def save_grants(connection: Connection, records: Iterable[CustodyRecord]) -> None:
    """Writes which grants new records name."""
    rows = [
        {"grant_id": one, "position": record.index}
        for record in records
        for one in grants_named(record.entry.authority)
    ]
    insert_all(connection, custody_grants, rows)


def grants_at(connection: Connection, first: int, size: int) -> Mapping[int, frozenset[str]]:
    """By position, from ``first`` to just before ``size``, the grants under which records are kept; may be empty."""
    place = custody_grants.c.position
    found: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(custody_grants).where(place >= first, place < size)):
        found[row.position].add(row.grant_id)
    return {position: frozenset(grants) for position, grants in found.items()}


def records_of_grants(
    connection: Connection, grant_ids: Collection[str], actions: Sequence[CustodyAction], before: int | None, count: int
) -> tuple[CustodyRecord, ...]:
    """Records under any of these grants, the newest first; see ``CustodyReading.page_of_grants``.

    Raises:
        CustodyChainError: A record is found under a grant that its leaf does not name.
    """
    wanted = sorted(grant_ids)
    position = custody_grants.c.position
    query = (
        select(position)
        .join(custody, custody.c.position == position)
        .where(custody_grants.c.grant_id.in_(wanted), custody.c.action.in_([one.value for one in actions]))
        .distinct()
        .order_by(position.desc())
    )
    if before is not None:
        query = query.where(position < before)
    positions = connection.execute(query.limit(count)).scalars().all()
    rows = connection.execute(select(custody).where(custody.c.position.in_(positions)))
    by_position = {row.position: row for row in rows}
    openings = openings_of(connection, positions)
    found = tuple(record_from(by_position[place], openings.get(place, ())) for place in positions)
    for record in found:
        if not set(grants_named(record.entry.authority)) & set(wanted):
            raise CustodyChainError(record.index, f"one of {', '.join(wanted)}", record.entry.authority)
    return found
