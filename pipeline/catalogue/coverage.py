"""The coverage ledger: what was asked of each camera in each night, and what came of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import noun_from, put
from pipeline.catalogue.tables import acquisitions, coverage, triggers
from pipeline.domain.cameras import CameraTrigger, FetchOutcome
from pipeline.domain.coverage import CameraOutcome, CoverageRow

_FETCHED = {outcome.value: outcome for outcome in FetchOutcome}
_FINAL = tuple(outcome.value for outcome in FetchOutcome if outcome.is_final)


class Coverage:
    """One row a night, camera and recording; an empty trigger id stands for the camera as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, rows: Iterable[CoverageRow]) -> None:
        """Writes what came of asking; a later answer of the same night takes the place of the earlier."""
        with self._database.write() as connection:
            for row in rows:
                record_row(connection, row)

    def of_night(self, night: str) -> tuple[CoverageRow, ...]:
        """All rows of a night, in order of camera, then trigger (the camera as a whole first)."""
        with self._database.read() as connection:
            rows = connection.execute(select(coverage).where(coverage.c.night == night)).all()
        return tuple(sorted(map(_row, rows), key=lambda row: (row.camera_id, row.trigger_id)))

    def last(self, camera_id: str) -> Mapping[str, CoverageRow]:
        """The newest row of each trigger of the camera, by trigger id; the camera's own under the empty id."""
        newest = select(func.max(coverage.c.number)).where(coverage.c.camera_id == camera_id)
        query = select(coverage).where(coverage.c.number.in_(newest.group_by(coverage.c.trigger_id)))
        with self._database.read() as connection:
            return {row.trigger_id: _row(row) for row in connection.execute(query)}

    def to_ask(self, camera_id: str, since: datetime) -> tuple[CameraTrigger, ...]:
        """Known triggers from ``since`` on whose recording was not asked for, or that is worth asking for again.

        What was acquired is not, whatever a later answer said.

        Returns:
            In order of time; empty when there is nothing left to ask for.
        """
        newest = (
            select(func.max(coverage.c.number)).where(coverage.c.camera_id == camera_id).group_by(coverage.c.trigger_id)
        )
        settled = select(coverage.c.trigger_id).where(
            coverage.c.number.in_(newest), coverage.c.outcome.in_(_FINAL), coverage.c.trigger_id != ""
        )
        acquired = select(acquisitions.c.trigger_id).where(acquisitions.c.camera_id == camera_id)
        query = select(triggers.c.body).where(
            triggers.c.camera_id == camera_id,
            triggers.c.at >= since,
            triggers.c.trigger_id.not_in(settled),
            triggers.c.trigger_id.not_in(acquired),
        )
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (noun_from(CameraTrigger, body) for body in bodies)
        return tuple(sorted(found, key=lambda trigger: (trigger.at, trigger.trigger_id)))


def record_row(connection: Connection, row: CoverageRow) -> None:
    """Writes one row within a writing transaction."""
    key = {"night": row.night, "camera_id": row.camera_id, "trigger_id": row.trigger_id}
    values = {"outcome": row.outcome.value, "detail": row.detail, "tries": row.tries, "at": row.at}
    put(connection, coverage, key, values)


def _row(row: Row[Any]) -> CoverageRow:
    outcome = _FETCHED.get(row.outcome) or CameraOutcome(row.outcome)
    return CoverageRow(
        night=row.night,
        camera_id=row.camera_id,
        outcome=outcome,
        at=row.at,
        trigger_id=row.trigger_id,
        detail=row.detail,
        tries=row.tries,
    )
