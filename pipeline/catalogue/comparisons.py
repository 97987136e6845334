"""Which clips were compared with the one before them, and the events between clips that this found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from pipeline.catalogue.analyses import AnalysisKey, find_analysis
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.event_rows import write_event
from pipeline.catalogue.index.writing import index_acquisitions
from pipeline.catalogue.rows import noun_from
from pipeline.catalogue.tables import acquisitions, comparisons, events
from pipeline.domain.events import Event
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import RecordNotFoundError


@dataclass(frozen=True, slots=True)
class Gap:
    """The time between two clips of one camera, each named by its acquisition, looked at in one way."""

    earlier: str
    later: str
    model_digest: str
    settings_digest: str


class Comparisons:
    """The first result of a gap stays. One that another clip has since divided is superseded, and not deleted."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(
        self, gap: Gap, found: Sequence[Event], ends_at: datetime, custody: Sequence[CustodyEntry], now: datetime
    ) -> bool:
        """Writes a comparison, its events and its custody in one transaction; again it changes nothing.

        Args:
            gap: Which two clips.
            found: Events with their ids and where their interval begins, in order; they belong to the later clip.
            ends_at: UTC: the first look of the later clip.
            custody: Appended when the comparison is new, and only then.
            now: UTC, our clock.

        Returns:
            Whether it is new.

        Raises:
            RecordNotFoundError: The later clip has no such analysis.
        """
        with self._database.write() as connection:
            if connection.execute(select(comparisons.c.number).where(_is(gap))).first() is not None:
                return False
            number = _insert(connection, gap, now)
            for position, event in enumerate(found):
                if event.since is None:
                    raise ValueError(f"event {event.event_id} has no earlier look")
                interval = (event.since.moment, ends_at)
                write_event(connection, _analysis(connection, gap), position, event, interval, number)
            if found:
                index_acquisitions(connection, (gap.later,))
            self._log.append_in(connection, custody)
            return True

    def settle(self, gaps: Sequence[Gap], among: Sequence[str], model_digest: str, settings_digest: str) -> int:
        """Makes the given gaps the current ones among some clips; the others among them are superseded.

        Args:
            gaps: Those that no clip divides.
            among: Acquisitions; a comparison with a clip outside of them is left as it is.
            model_digest: Looked at with these weights.
            settings_digest: And these settings.

        Returns:
            How many changed.
        """
        wanted = {(gap.earlier, gap.later) for gap in gaps}
        clips = set(among)
        query = select(comparisons).where(
            comparisons.c.model_digest == model_digest,
            comparisons.c.settings_digest == settings_digest,
        )
        with self._database.write() as connection:
            changed: list[str] = []
            for row in connection.execute(query).all():
                if row.earlier not in clips or row.later not in clips:
                    continue
                is_current = (row.earlier, row.later) in wanted
                if is_current != row.is_current:
                    of_row = comparisons.c.number == row.number
                    connection.execute(update(comparisons).where(of_row).values(is_current=is_current))
                    changed.append(row.later)
            if changed:
                index_acquisitions(connection, changed)
            return len(changed)

    def of_camera(self, camera_id: str, model_digest: str, settings_digest: str) -> Mapping[Gap, tuple[Event, ...]]:
        """Every gap of a camera that was compared in this way, the superseded ones too, with its events in order."""
        later = acquisitions.c.acquisition_id == comparisons.c.later
        joined = comparisons.join(acquisitions, later).outerjoin(events, events.c.comparison == comparisons.c.number)
        query = (
            select(comparisons.c.earlier, comparisons.c.later, events.c.body)
            .select_from(joined)
            .where(
                acquisitions.c.camera_id == camera_id,
                comparisons.c.model_digest == model_digest,
                comparisons.c.settings_digest == settings_digest,
            )
            .order_by(comparisons.c.number, events.c.position)
        )
        found: dict[Gap, tuple[Event, ...]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                gap = Gap(row.earlier, row.later, model_digest, settings_digest)
                body = () if row.body is None else (noun_from(Event, row.body),)
                found[gap] = found.get(gap, ()) + body
        return found

    def of_acquisition(self, acquisition_id: str) -> tuple[Event, ...]:
        """The events of every gap that a clip begins or ends, in order of time: what goes when the clip goes."""
        return self._events((comparisons.c.earlier == acquisition_id) | (comparisons.c.later == acquisition_id))

    def pictures(self) -> tuple[str, ...]:
        """Digest of every picture that shows two clips side by side, each once, sorted: for a fixity sweep."""
        found = self._events(events.c.comparison.is_not(None))
        return tuple(sorted({event.since.picture for event in found if event.since}))

    def _events(self, where: ColumnElement[bool]) -> tuple[Event, ...]:
        joined = events.join(comparisons, events.c.comparison == comparisons.c.number)
        query = select(events.c.body).select_from(joined).where(where)
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(events.c.starts_at, events.c.event_id)).scalars().all()
        return tuple(noun_from(Event, body) for body in bodies)


def _insert(connection: Connection, gap: Gap, now: datetime) -> int:
    columns = {
        "earlier": gap.earlier,
        "later": gap.later,
        "model_digest": gap.model_digest,
        "settings_digest": gap.settings_digest,
    }
    written = insert(comparisons).values(**columns, is_current=True, compared_at=now).returning(comparisons.c.number)
    return int(connection.execute(written).scalar_one())


def _analysis(connection: Connection, gap: Gap) -> int:
    row = find_analysis(connection, AnalysisKey(gap.later, gap.model_digest, gap.settings_digest))
    if row is None or not row.is_done:
        raise RecordNotFoundError("analysis of acquisition", gap.later)
    return int(row.number)


def _is(gap: Gap) -> ColumnElement[bool]:
    return and_(
        comparisons.c.earlier == gap.earlier,
        comparisons.c.later == gap.later,
        comparisons.c.model_digest == gap.model_digest,
        comparisons.c.settings_digest == gap.settings_digest,
    )
