"""Finding events."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, and_, bindparam, func, select

from pipeline.catalogue.appearance import shows_colour
from pipeline.catalogue.at_once import ByList
from pipeline.catalogue.database import Database
from pipeline.catalogue.index.tables import event_index
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
        return tuple(
            _found(
                row,
                names.get(row.camera_id, ""),
                sorted(shown.get(row.event_id, ())),
                noun_from(AcquiredClip, row.clip).clock,
            )
            for row in rows
        )

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


def found_events(connection: Connection, numbers: Sequence[int]) -> dict[int, FoundEvent]:
    """Events by the number of their row in the search index; one that is gone is left out."""
    found: dict[int, FoundEvent] = {}
    clocks: dict[str, CameraClock] = {}
    for row in (row for part in portions(numbers) for row in _BY_NUMBER.of(connection, part)):
        if row.acquisition_id not in clocks:
            clocks[row.acquisition_id] = noun_from(AcquiredClip, row.clip).clock
        shown = sorted(row.highlights.split(_BETWEEN)) if row.highlights else ()
        found[row.number] = _found(row, row.camera_name or "", shown, clocks[row.acquisition_id])
    return found


def _order(found: FoundEvent) -> tuple[datetime, str, str]:
    return found.starts_at, found.event.inferred.kind.value, found.event.event_id


def _all() -> Select[Any]:
    columns = (
        events.c.event_id,
        events.c.camera_id,
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


def _found(row: Row[Any], camera_name: str, shown: Sequence[str], clock: CameraClock) -> FoundEvent:
    return FoundEvent(
        event=noun_from(Event, row.body),
        acquisition_id=row.acquisition_id,
        camera_name=camera_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        clock=clock,
        model=ModelIdentity(row.model_name, row.model_digest),
        settings_digest=row.settings_digest,
        is_superseded=row.is_current is False,
        highlight_ids=tuple(shown),
    )


def _camera_names(connection: Connection) -> Mapping[str, str]:
    """By camera id, as its owner's account calls it when that is linked."""
    return {row.camera_id: row.name for row in connection.execute(_NAMES)}


def _highlights(connection: Connection, event_ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
    shown: dict[str, list[str]] = defaultdict(list)
    for part in portions(event_ids):
        for row in _HIGHLIGHTS.of(connection, part):
            shown[row.event_id].append(row.highlight_id)
    return shown


def _by_number() -> Select[Any]:
    """One statement for all of it: an event, how its camera is called, and which highlights show it."""
    name = select(cameras.c.name).where(cameras.c.camera_id == events.c.camera_id)
    name = name.order_by(cameras.c.is_owned.desc(), cameras.c.account_id).limit(1)
    ids = func.aggregate_strings(highlight_events.c.highlight_id, _BETWEEN)
    shown = select(ids).where(highlight_events.c.event_id == events.c.event_id)
    named = (name.scalar_subquery().label("camera_name"), shown.scalar_subquery().label("highlights"))
    is_it = and_(event_index.c.analysis == events.c.analysis, event_index.c.event_id == events.c.event_id)
    return _all().add_columns(event_index.c.number, *named).join(event_index, is_it).order_by(None)


# Written once: every page of a search asks them, and putting a question into words takes longer than many an answer.
_BETWEEN = ","
_BY_NUMBER = ByList("numbers", event_index.c.number, _by_number())
_HIGHLIGHTS = ByList("event_ids", highlight_events.c.event_id, select(highlight_events))
_NAMES = select(cameras.c.camera_id, cameras.c.name).order_by(cameras.c.is_owned, cameras.c.account_id.desc())
