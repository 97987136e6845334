"""What analyses said of clips, and those that failed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from pipeline.catalogue.appearance import write_appearance
from pipeline.catalogue.at_once import ByList
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.event_rows import write_events
from pipeline.catalogue.index.writing import index_acquisitions
from pipeline.catalogue.portions import portions
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.stills import write_stills
from pipeline.catalogue.tables import acquisitions, analyses, analysis_settings, events
from pipeline.domain.appearance import ThingVector
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.doorstep import KeptStill
from pipeline.domain.events import ClipAnalysis, Event
from pipeline.domain.evidence import CustodyEntry
from pipeline.errors import PipelineError, RecordNotFoundError


@dataclass(frozen=True, slots=True)
class AnalysisKey:
    """What makes one analysis another: the acquisition, the weights and the settings."""

    acquisition_id: str
    model_digest: str
    settings_digest: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What is kept beside an analysis, made of the same looks.

    Attributes:
        stills: The pictures at its ends, whose bytes lie in the store already.
        vectors: Of things; those are kept that an event rests on.
        settings: The text whose SHA-256 names the settings of the analysis; empty where it is not told.
    """

    stills: tuple[KeptStill, ...] = ()
    vectors: tuple[ThingVector, ...] = ()
    settings: bytes = b""


_NOTHING = Beside()

_RESULTS = ByList("acquisition_ids", analyses.c.acquisition_id, select(analyses).where(analyses.c.is_done))


@dataclass(frozen=True, slots=True)
class FailedAnalysis:
    """An analysis that came to no result.

    Attributes:
        error: Name of the error's class.
        detail: Its message.
        retryable: Whether the same call may succeed later.
        tries: How often it was tried.
        failed_at: UTC, our clock, of the last try.
    """

    error: str
    detail: str
    retryable: bool
    tries: int
    failed_at: datetime


class Analyses:
    """The first result under a key stays; a failure is followed by a result, never the other way round."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def settings_of(self, digest: str) -> bytes:
        """The text of settings by its SHA-256; empty where it was not kept."""
        query = select(analysis_settings.c.body).where(analysis_settings.c.digest == digest)
        with self._database.read() as connection:
            return bytes(connection.execute(query).scalar() or b"")

    def save(
        self,
        acquisition_id: str,
        analysis: ClipAnalysis,
        found: Sequence[Event],
        custody: Sequence[CustodyEntry],
        now: datetime,
        beside: Beside = _NOTHING,
    ) -> bool:
        """Writes an analysis, its events and its custody in one transaction; again it changes nothing.

        Args:
            acquisition_id: Of which acquisition.
            analysis: All that was said.
            found: Its events with their ids, in order.
            custody: Appended when the analysis is new, and only then.
            now: UTC, our clock.
            beside: Stills and vectors.

        Returns:
            Whether it is new.

        Raises:
            RecordNotFoundError: There is no such acquisition.
        """
        key = AnalysisKey(acquisition_id, analysis.model.digest, analysis.settings_digest)
        with self._database.write() as connection:
            row = find_analysis(connection, key)
            if row is not None and row.is_done:
                return False
            values = {
                "is_done": True,
                "is_retryable": False,
                "saved_at": now,
                "model_name": analysis.model.name,
                "body": body_of(analysis),
            }
            clip = _clip(connection, acquisition_id)
            number = _write(connection, key, row, values)
            write_events(connection, number, analysis, found, clip)
            write_appearance(connection, number, analysis, found, clip, beside.vectors)
            index_acquisitions(connection, (acquisition_id,))
            write_stills(connection, beside.stills)
            if beside.settings:
                insert_new(connection, analysis_settings, {"digest": key.settings_digest}, {"body": beside.settings})
            self._log.append_in(connection, custody)
            return True

    def fail(self, key: AnalysisKey, error: PipelineError, now: datetime) -> None:
        """Writes that an analysis failed, and counts the tries; a result that is there stays.

        Raises:
            RecordNotFoundError: There is no such acquisition.
        """
        with self._database.write() as connection:
            row = find_analysis(connection, key)
            if row is not None and row.is_done:
                return
            _clip(connection, key.acquisition_id)
            tries = 1 if row is None else row.tries + 1
            failed = FailedAnalysis(type(error).__name__, str(error), error.retryable, tries, now)
            values = {
                "is_done": False,
                "is_retryable": error.retryable,
                "saved_at": now,
                "model_name": "",
                "body": body_of(failed),
            }
            _write(connection, key, row, values)

    def get(self, key: AnalysisKey) -> ClipAnalysis:
        """The result under this key.

        Raises:
            RecordNotFoundError: There is none.
        """
        found = self.some([key])
        if key not in found:
            raise RecordNotFoundError("analysis of acquisition", key.acquisition_id)
        return found[key]

    def some(self, keys: Collection[AnalysisKey]) -> Mapping[AnalysisKey, ClipAnalysis]:
        """The results under these keys; one that is not there is left out."""
        found: dict[AnalysisKey, ClipAnalysis] = {}
        for part in portions(sorted({key.acquisition_id for key in keys})):
            with self._database.read() as connection:
                rows = _RESULTS.of(connection, part)
            named = ((AnalysisKey(row.acquisition_id, row.model_digest, row.settings_digest), row.body) for row in rows)
            found.update((key, noun_from(ClipAnalysis, body)) for key, body in named if key in keys)
        return found

    def newest(self, acquisition_id: str) -> ClipAnalysis:
        """The result that was written last for this acquisition, whatever the weights.

        Raises:
            RecordNotFoundError: There is none.
        """
        query = select(analyses.c.body).where(analyses.c.acquisition_id == acquisition_id, analyses.c.is_done)
        with self._database.read() as connection:
            body = connection.execute(query.order_by(analyses.c.number.desc())).scalar()
        if body is None:
            raise RecordNotFoundError("analysis of acquisition", acquisition_id)
        return noun_from(ClipAnalysis, body)

    def keys_of(self, acquisition_id: str) -> tuple[AnalysisKey, ...]:
        """The keys of an acquisition's results in the order in which they were written; empty when it has none."""
        query = select(analyses).where(analyses.c.acquisition_id == acquisition_id, analyses.c.is_done)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(analyses.c.number)).all()
        return tuple(AnalysisKey(row.acquisition_id, row.model_digest, row.settings_digest) for row in rows)

    def done(self, acquisition_ids: Sequence[str]) -> frozenset[str]:
        """Those of these acquisitions that have a result."""
        found: set[str] = set()
        for part in portions(acquisition_ids):
            query = select(analyses.c.acquisition_id).where(analyses.c.acquisition_id.in_(part), analyses.c.is_done)
            with self._database.read() as connection:
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def events_of(self, key: AnalysisKey) -> tuple[Event, ...]:
        """The events within the clip of a result, in their order; empty when it found none.

        Raises:
            RecordNotFoundError: There is no such result.
        """
        with self._database.read() as connection:
            row = find_analysis(connection, key)
            if row is None or not row.is_done:
                raise RecordNotFoundError("analysis of acquisition", key.acquisition_id)
            query = (
                select(events.c.body)
                .where(events.c.analysis == row.number, events.c.comparison.is_(None))
                .order_by(events.c.position)
            )
            return tuple(noun_from(Event, body) for body in connection.execute(query).scalars())

    def failures(self, model_digest: str, settings_digest: str) -> Mapping[str, FailedAnalysis]:
        """The analyses with this model and these settings that failed, by acquisition id; empty when none did."""
        query = select(analyses.c.acquisition_id, analyses.c.body).where(
            analyses.c.model_digest == model_digest, analyses.c.settings_digest == settings_digest, ~analyses.c.is_done
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(analyses.c.acquisition_id)).all()
        return {row.acquisition_id: noun_from(FailedAnalysis, row.body) for row in rows}


def find_analysis(connection: Connection, key: AnalysisKey) -> Row[Any] | None:
    """The row of an analysis, also of one that failed; None when there is none."""
    asked = {"acquisition": key.acquisition_id, "model": key.model_digest, "settings": key.settings_digest}
    return connection.execute(_UNDER_KEY, asked).first()


_UNDER_KEY = select(analyses).where(
    analyses.c.acquisition_id == bindparam("acquisition"),
    analyses.c.model_digest == bindparam("model"),
    analyses.c.settings_digest == bindparam("settings"),
)


def _clip(connection: Connection, acquisition_id: str) -> AcquiredClip:
    query = select(acquisitions.c.body).where(acquisitions.c.acquisition_id == acquisition_id)
    body = connection.execute(query).scalar()
    if body is None:
        raise RecordNotFoundError("acquisition", acquisition_id)
    return noun_from(AcquiredClip, body)


def _write(connection: Connection, key: AnalysisKey, row: Row[Any] | None, values: dict[str, Any]) -> int:
    """Writes the row of an analysis in place of an earlier failure, as the newest of all, and returns its number."""
    tries = 1
    if row is not None:
        tries = row.tries + 1
        connection.execute(delete(analyses).where(analyses.c.number == row.number))
    columns = {
        "acquisition_id": key.acquisition_id,
        "model_digest": key.model_digest,
        "settings_digest": key.settings_digest,
        "tries": tries,
    }
    written = insert(analyses).values(**columns, **values).returning(analyses.c.number)
    return int(connection.execute(written).scalar_one())
