"""Finding events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from pipeline.catalogue.database import Database
from pipeline.catalogue.disposals import require_not_disposed
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.tables import acquisitions, analyses, cameras, comparisons, events, highlight_events
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import Event
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tracks import ModelIdentity
from pipeline.errors import RecordNotFoundError

_MANY = 500
"""Ids in one query; SQLite's own limit lies far above it."""


class Search:
    """Looks through events: of each acquisition's newest result, and between clips that no other clip divides.

    Earlier ones are found when they are wanted too.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, wanted: EventFilter) -> tuple[FoundEvent, ...]:
        """The events that pass the filter, in order of time, then kind; empty when none does.

        The caller asks the grants before it shows one (``require_grant`` with ``Use.VIEW``).
        """
        ids = wanted.acquisition_ids or ()
        if len(ids) > _MANY:
            parts = [replace(wanted, acquisition_ids=ids[at : at + _MANY]) for at in range(0, len(ids), _MANY)]
            return tuple(sorted((one for part in parts for one in self.find(part)), key=_order)[: wanted.limit])
        query = _all().where(*_conditions(wanted)).limit(wanted.limit)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            names = _camera_names(connection)
            shown = _highlights(connection, sorted({row.event_id for row in rows}))
        return tuple(_found(row, names, shown) for row in rows)

    def get(self, event_id: str) -> FoundEvent:
        """The event of this id.

        Raises:
            EvidenceDisposedError: It was disposed of.
            RecordNotFoundError: No newest result holds it.
        """
        found = self.find(EventFilter(event_ids=(event_id,), limit=1))
        if not found:
            with self._database.read() as connection:
                require_not_disposed(connection, event_id)
            raise RecordNotFoundError("event", event_id)
        return found[0]


def _order(found: FoundEvent) -> tuple[datetime, str, str]:
    return found.starts_at, found.event.inferred.kind.value, found.event.event_id


def _all() -> Select[Any]:
    columns = (
        events.c.event_id,
        events.c.body,
        events.c.starts_at,
        events.c.ends_at,
        analyses.c.acquisition_id,
        analyses.c.model_name,
        analyses.c.model_digest,
        analyses.c.settings_digest,
        comparisons.c.is_current,
        acquisitions.c.body.label("clip"),
    )
    joined = events.join(analyses).join(acquisitions, acquisitions.c.acquisition_id == analyses.c.acquisition_id)
    joined = joined.outerjoin(comparisons, comparisons.c.number == events.c.comparison)
    order = (events.c.starts_at, events.c.kind, events.c.event_id, analyses.c.number)
    return select(*columns).select_from(joined).order_by(*order)


def _conditions(wanted: EventFilter) -> Iterator[ColumnElement[bool]]:
    yield events.c.score >= wanted.least_score
    if not wanted.superseded:
        newest = select(func.max(analyses.c.number)).where(analyses.c.is_done).group_by(analyses.c.acquisition_id)
        yield events.c.analysis.in_(newest)
        undivided = select(comparisons.c.number).where(comparisons.c.is_current)
        yield events.c.comparison.is_(None) | events.c.comparison.in_(undivided)
    if wanted.since is not None:
        yield events.c.ends_at >= wanted.since
    if wanted.until is not None:
        yield events.c.starts_at < wanted.until
    if wanted.verdict is not None:
        yield events.c.verdict == wanted.verdict.value
    choices: tuple[tuple[ColumnElement[Any], Sequence[str] | None], ...] = (
        (events.c.kind, wanted.kinds),
        (events.c.camera_id, wanted.camera_ids),
        (events.c.reason, wanted.reasons),
        (events.c.clip, wanted.clips),
        (analyses.c.acquisition_id, wanted.acquisition_ids),
        (events.c.event_id, wanted.event_ids),
    )
    for column, allowed in choices:
        if allowed is not None:
            yield column.in_([str(value) for value in allowed])


def _found(row: Row[Any], names: Mapping[str, str], shown: Mapping[str, Sequence[str]]) -> FoundEvent:
    event = noun_from(Event, row.body)
    return FoundEvent(
        event=event,
        acquisition_id=row.acquisition_id,
        camera_name=names.get(event.camera_id, ""),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        clock=noun_from(AcquiredClip, row.clip).clock,
        model=ModelIdentity(row.model_name, row.model_digest),
        settings_digest=row.settings_digest,
        is_superseded=row.is_current is False,
        highlight_ids=tuple(shown.get(row.event_id, ())),
    )


def _camera_names(connection: Connection) -> Mapping[str, str]:
    """By camera id, as its owner's account calls it when that is linked."""
    query = select(cameras.c.camera_id, cameras.c.name).order_by(cameras.c.is_owned, cameras.c.account_id.desc())
    return {row.camera_id: row.name for row in connection.execute(query)}


def _highlights(connection: Connection, event_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    shown: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(event_ids), _MANY):
        part = event_ids[start : start + _MANY]
        query = select(highlight_events).where(highlight_events.c.event_id.in_(part))
        for row in connection.execute(query):
            shown[row.event_id].append(row.highlight_id)
    return {event_id: sorted(ids) for event_id, ids in shown.items()}
