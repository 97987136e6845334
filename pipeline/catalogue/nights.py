"""Nights: one runs at a time, under a lease; each clip's progress is a row, so that a killed night goes on.

The lease counts as alive while its holder may be running: never when the holder is known to have ended, otherwise while
``now`` lies within the lease's length of the last renewal, *on either side*. A clock that jumps backwards therefore
neither keeps a dead lease alive for the length of the jump nor ends a live one by less than its own length. Should a
jump end a live lease all the same, the new holder gets a higher term, and the old one is refused at its next step
(``NightAlreadyRunningError``); all steps can be repeated, so nothing is lost or done twice.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from pipeline.catalogue.database import Database
from pipeline.catalogue.holders import is_gone, this_process
from pipeline.catalogue.rows import put
from pipeline.catalogue.tables import lease as lease_table
from pipeline.catalogue.tables import nights
from pipeline.domain.nights import NightLease, NightRecord, NightState
from pipeline.errors import NightAlreadyRunningError, NightError, RecordNotFoundError


class Nights:
    """The nights of this catalogue, and the one lease under which one of them runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, night: str, now: datetime, lease_seconds: float, holder: str = "") -> NightLease:
        """Takes the lease and opens the night, or goes on with it where it stood.

        Args:
            night: Its key, for example ``2026-03-10``.
            now: UTC, our clock.
            lease_seconds: After which silence counts as death.
            holder: Who runs it; this process when empty.

        Raises:
            NightAlreadyRunningError: A night runs, this or another, and its lease is alive.
        """
        holder = holder or this_process()
        with self._database.write() as connection:
            held = connection.execute(select(lease_table)).first()
            term = 1 if held is None else held.term + 1
            if held is not None:
                _require_dead(held, now)
            values = {"term": term, "night": night, "holder": holder, "renewed_at": now, "seconds": lease_seconds}
            put(connection, lease_table, {"only": 1}, values)
            _open(connection, night, now)
        return NightLease(night, holder, term)

    def renew(self, lease: NightLease, now: datetime) -> None:
        """Says that the holder is alive.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            connection.execute(update(lease_table).values(renewed_at=now))

    def release(self, lease: NightLease, now: datetime) -> None:
        """Gives the lease back without finishing the night; a lease that is lost already stays lost."""
        with self._database.write() as connection:
            is_ours = (lease_table.c.term == lease.term) & (lease_table.c.holder == lease.holder)
            connection.execute(update(lease_table).where(is_ours).values(holder="", renewed_at=now))

    def finish(self, lease: NightLease, summary: str, now: datetime) -> None:
        """Finishes the night with its summary (JSON) and gives the lease back.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        values = {"state": NightState.FINISHED.value, "summary": summary, "finished_at": now}
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            connection.execute(update(nights).where(nights.c.night == lease.night).values(**values))
            connection.execute(update(lease_table).values(holder="", renewed_at=now))

    def get(self, night: str) -> NightRecord:
        """What is known of a night.

        Raises:
            RecordNotFoundError: It was never opened.
        """
        with self._database.read() as connection:
            row = connection.execute(select(nights).where(nights.c.night == night)).first()
        if row is None:
            raise RecordNotFoundError("night", night)
        return _record(row)

    def list(self, state: NightState | None = None) -> tuple[NightRecord, ...]:
        """Nights in order of their keys; in every state when none is named."""
        query = select(nights)
        if state is not None:
            query = query.where(nights.c.state == state.value)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(sorted(map(_record, rows), key=lambda record: record.night))

    def merge_unfinished(self, lease: NightLease, now: datetime) -> tuple[str, ...]:
        """Marks every other night that was never finished as merged into this one.

        Their clips are found again by what they lack: an analysis (``clips.without_analysis``), the end of the work
        (``work.left_behind``), or the recording itself (``coverage.to_ask``).

        Returns:
            Their keys in order; empty when there is none.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        is_left = (nights.c.state == NightState.OPEN.value) & (nights.c.night != lease.night)
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            left = connection.execute(select(nights.c.night).where(is_left)).scalars().all()
            values = {"state": NightState.MERGED.value, "merged_into": lease.night}
            connection.execute(update(nights).where(is_left).values(**values))
        return tuple(sorted(left))

    def withdraw_summaries(self, subjects: Iterable[str]) -> int:
        """Empties the summary of every night that names one of these digests or ids; says how many did."""
        wanted = tuple(subjects)
        with self._database.write() as connection:
            rows = connection.execute(select(nights.c.night, nights.c.summary).where(nights.c.summary != "")).all()
            naming = [row.night for row in rows if any(subject in row.summary for subject in wanted)]
            for night in naming:
                connection.execute(update(nights).where(nights.c.night == night).values(summary=""))
        return len(naming)


def require_lease(connection: Connection, lease: NightLease, now: datetime) -> None:
    """Returns while nobody else took the lease; asked within each writing transaction of the night.

    Raises:
        NightAlreadyRunningError: Somebody did.
        NightError: The lease was given back.
    """
    row = connection.execute(select(lease_table)).first()
    if row is None or (row.term == lease.term and row.holder != lease.holder):
        raise NightError(f"the lease of night {lease.night} was given back")
    if row.term != lease.term:
        raise NightAlreadyRunningError(row.night, row.holder, max(_left(row, now), timedelta(0)))


def _require_dead(row: Row[Any], now: datetime) -> None:
    left = _left(row, now)
    if row.holder and left > timedelta(0) and not is_gone(row.holder):
        raise NightAlreadyRunningError(row.night, row.holder, left)


def _left(row: Row[Any], now: datetime) -> timedelta:
    silent: timedelta = abs(now - row.renewed_at)
    return timedelta(seconds=row.seconds) - silent


def _open(connection: Connection, night: str, now: datetime) -> None:
    known: Mapping[str, Any] = {"state": NightState.OPEN.value, "merged_into": "", "finished_at": None}
    changed = connection.execute(update(nights).where(nights.c.night == night).values(**known))
    if changed.rowcount == 0:
        connection.execute(insert(nights).values(night=night, opened_at=now, summary="", **known))


def _record(row: Row[Any]) -> NightRecord:
    return NightRecord(
        night=row.night,
        state=NightState(row.state),
        opened_at=row.opened_at,
        finished_at=row.finished_at,
        merged_into=row.merged_into,
        summary=row.summary,
    )
