"""Finding events."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Integer, Row, Select, bindparam, func, select

from pipeline.catalogue.appearance import shows_colour
from pipeline.catalogue.database import Database
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.tables import acquisitions, analyses, cameras, comparisons, events, highlight_events
from pipeline.catalogue.tombstone_rows import require_not_disposed
from pipeline.domain.appearance import ColourWanted
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import Event
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import CameraClock
from pipeline.errors import RecordNotFoundError


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
        some = tuple(portions(ids))
        if len(some) > 1:
            parts = [replace(wanted, acquisition_ids=tuple(part)) for part in some]
            return tuple(sorted((one for part in parts for one in self.find(part)), key=_order)[: wanted.limit])
        values = _values(wanted)
        query = _statement(frozenset(values), wanted.colours, superseded=wanted.superseded)
        with self._database.read() as connection:
            rows = connection.execute(query, values).all()
            names = _camera_names(connection)
            shown = _highlights(connection, sorted({row.event_id for row in rows}))
        return tuple(_found(row, names, shown, noun_from(AcquiredClip, row.clip).clock) for row in rows)

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


def found_events(connection: Connection, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], FoundEvent]:
    """Events by the number of their analysis and their id; one that is gone is left out."""
    wanted = set(keys)
    rows: list[Row[Any]] = []
    for part in portions([event_id for _, event_id in keys]):
        rows += [row for row in connection.execute(_BY_ID, {"event_ids": part}) if _key(row) in wanted]
    names = _camera_names(connection, {row.camera_id for row in rows})
    shown = _highlights(connection, sorted({row.event_id for row in rows}))
    clocks: dict[str, CameraClock] = {}
    for row in rows:
        if row.acquisition_id not in clocks:
            clocks[row.acquisition_id] = noun_from(AcquiredClip, row.clip).clock
    return {_key(row): _found(row, names, shown, clocks[row.acquisition_id]) for row in rows}


def _key(row: Row[Any]) -> tuple[int, str]:
    return row.analysis, row.event_id


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


_LISTS: Mapping[str, ColumnElement[Any]] = {
    "kinds": events.c.kind,
    "camera_ids": events.c.camera_id,
    "reasons": events.c.reason,
    "clips": events.c.clip,
    "acquisition_ids": analyses.c.acquisition_id,
    "event_ids": events.c.event_id,
}
"""What a filter may name several of, each an attribute of it."""


def _values(wanted: EventFilter) -> dict[str, Any]:
    """What a filter asks, by the name that its statement has for it."""
    given = {name: getattr(wanted, name) for name in _LISTS}
    values: dict[str, Any] = {name: [str(one) for one in some] for name, some in given.items() if some is not None}
    verdict = None if wanted.verdict is None else wanted.verdict.value
    others = {"since": wanted.since, "until": wanted.until, "verdict": verdict, "limit": wanted.limit}
    values |= {name: value for name, value in others.items() if value is not None}
    return {**values, "least_score": wanted.least_score}


@lru_cache(maxsize=512)
def _statement(names: frozenset[str], colours: tuple[ColourWanted, ...], *, superseded: bool) -> Select[Any]:
    """The statement for filters that ask of these properties.

    Written once for each set of them: putting the question into words takes longer than the answer.
    """
    query = _all().where(events.c.score >= bindparam("least_score"), *map(shows_colour, colours))
    if not superseded:
        newest = select(func.max(analyses.c.number)).where(analyses.c.is_done).group_by(analyses.c.acquisition_id)
        undivided = select(comparisons.c.number).where(comparisons.c.is_current)
        query = query.where(events.c.analysis.in_(newest))
        query = query.where(events.c.comparison.is_(None) | events.c.comparison.in_(undivided))
    others: Mapping[str, ColumnElement[bool]] = {
        "since": events.c.ends_at >= bindparam("since"),
        "until": events.c.starts_at < bindparam("until"),
        "verdict": events.c.verdict == bindparam("verdict"),
    }
    query = query.where(*(condition for name, condition in others.items() if name in names))
    lists = (column.in_(bindparam(name, expanding=True)) for name, column in _LISTS.items() if name in names)
    query = query.where(*lists)
    return query.limit(bindparam("limit", type_=Integer)) if "limit" in names else query


def _found(
    row: Row[Any], names: Mapping[str, str], shown: Mapping[str, Sequence[str]], clock: CameraClock
) -> FoundEvent:
    event = noun_from(Event, row.body)
    return FoundEvent(
        event=event,
        acquisition_id=row.acquisition_id,
        camera_name=names.get(event.camera_id, ""),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        clock=clock,
        model=ModelIdentity(row.model_name, row.model_digest),
        settings_digest=row.settings_digest,
        is_superseded=row.is_current is False,
        highlight_ids=tuple(shown.get(row.event_id, ())),
    )


def _camera_names(connection: Connection, camera_ids: Collection[str] | None = None) -> Mapping[str, str]:
    """By camera id, as its owner's account calls it when that is linked; of all cameras when none is named."""
    asked = {} if camera_ids is None else {"camera_ids": sorted(camera_ids)}
    query = _NAMES if camera_ids is None else _NAMES_OF
    return {row.camera_id: row.name for row in connection.execute(query, asked)}


def _highlights(connection: Connection, event_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    shown: dict[str, list[str]] = defaultdict(list)
    for part in portions(event_ids):
        for row in connection.execute(_HIGHLIGHTS, {"event_ids": part}):
            shown[row.event_id].append(row.highlight_id)
    return {event_id: sorted(ids) for event_id, ids in shown.items()}


# Written once: every page of a search asks them, and putting a question into words takes longer than many an answer.
_IS_ONE_OF: BindParameter[Any] = bindparam("event_ids", expanding=True)
_BY_ID = (
    _all().add_columns(events.c.analysis, events.c.camera_id).order_by(None).where(events.c.event_id.in_(_IS_ONE_OF))
)
_HIGHLIGHTS = select(highlight_events).where(highlight_events.c.event_id.in_(_IS_ONE_OF))
_NAMES = select(cameras.c.camera_id, cameras.c.name).order_by(cameras.c.is_owned, cameras.c.account_id.desc())
_NAMES_OF = _NAMES.where(cameras.c.camera_id.in_(bindparam("camera_ids", expanding=True)))
