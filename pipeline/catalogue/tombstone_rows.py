"""Rows of tombstones: how one is written with its work list, and which one is asked for in vain."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from pipeline.catalogue.retention_tables import disposal_tasks, disposed, tombstones
from pipeline.catalogue.rows import body_of
from pipeline.catalogue.tables import analyses, events
from pipeline.catalogue.taking import Taken
from pipeline.domain.retention import Leftover, Tombstone
from pipeline.errors import EvidenceDisposedError, RecordNotFoundError


def tombstone_of(connection: Connection, subject: str) -> str:
    """Id of the newest tombstone of a digest or id; empty when it was never disposed of."""
    joined = disposed.join(tombstones, tombstones.c.tombstone_id == disposed.c.tombstone_id)
    query = select(disposed.c.tombstone_id).select_from(joined).where(disposed.c.subject == subject)
    return connection.execute(query.order_by(tombstones.c.decided_at.desc()).limit(1)).scalar() or ""


def require_not_disposed(connection: Connection, subject: str) -> None:
    """Returns when something that is not there was never disposed of.

    Raises:
        EvidenceDisposedError: It was.
    """
    found = tombstone_of(connection, subject)
    if found:
        raise EvidenceDisposedError(subject, found)


def require_event(connection: Connection, acquisition_id: str, event_id: str) -> None:
    """Returns when an event of an acquisition is there: what shows one that went must not be kept after it.

    Raises:
        EvidenceDisposedError: It was shed, while something was made of it.
        RecordNotFoundError: There is no such event.
    """
    of_it = (analyses.c.number == events.c.analysis) & (analyses.c.acquisition_id == acquisition_id)
    query = select(events.c.event_id).join(analyses, of_it).where(events.c.event_id == event_id)
    if connection.execute(query.limit(1)).first() is None:
        require_not_disposed(connection, event_id)
        raise RecordNotFoundError("event", event_id)


def tombstone_name(what: str, now: datetime) -> str:
    """The id of a tombstone, of what went and the moment of the decision."""
    return f"ts-{hashlib.sha256(f'{what} {now.isoformat()}'.encode()).hexdigest()[:20]}"


def write_tombstone(connection: Connection, stone: Tombstone, taken: Taken) -> None:
    """Writes a tombstone that is not signed yet, what it is about, and what is still to be done."""
    values: Mapping[str, Any] = {
        "tombstone_id": stone.tombstone_id,
        "digest": stone.digest,
        "acquisition_id": stone.acquisition_id,
        "grant_id": stone.grant_id,
        "is_settled": False,
        "decided_at": stone.decided_at,
        "body": body_of(stone),
    }
    connection.execute(insert(tombstones).values(**values))
    name = stone.tombstone_id
    about = [{"subject": subject, "tombstone_id": name} for subject in sorted(taken.subjects)]
    if about:
        connection.execute(insert(disposed), about)
    tasks = [
        *((Leftover.DERIVATIVE, digest) for digest in sorted(taken.derivatives)),
        *(() if stone.reason.keeps_original else ((Leftover.ORIGINAL, stone.digest),)),
        (Leftover.REPORTS, ""),
        (Leftover.SECOND_PLACE, ""),
        (Leftover.UNUSED_SPACE, ""),
    ]
    connection.execute(
        insert(disposal_tasks), [{"tombstone_id": name, "kind": kind.value, "name": what} for kind, what in tasks]
    )
