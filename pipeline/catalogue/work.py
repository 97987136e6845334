"""The work ledger: how far each clip has come in a night."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from pipeline.catalogue.database import Database
from pipeline.catalogue.nights import require_lease
from pipeline.catalogue.rows import insert_new
from pipeline.catalogue.tables import acquisitions, analyses, work
from pipeline.domain.nights import NightLease, WorkItem, WorkState
from pipeline.errors import (
    ConsentMissingError,
    ConsentOutOfScopeError,
    ConsentPausedError,
    ConsentRevokedError,
    GrantSignatureError,
    PipelineError,
)

EXHAUSTED = "AttemptsExhausted"
"""What stands in ``error`` of a clip whose every attempt ended with the process."""

MOST_DEATHS = 50
"""Far above what a night of restarts needs, since every clip of a batch counts a death and one at most causes it."""

MOST_FAILURES = 3
"""After so many failures that may pass, a clip is left for the next night."""

MOST_NIGHTS = 3
"""After so many nights that failed on it, a clip that has its analysis is not carried over any more."""

_LACKING = (
    ConsentMissingError,
    ConsentOutOfScopeError,
    ConsentPausedError,
    ConsentRevokedError,
    GrantSignatureError,
)
_UNGRANTED = tuple(kind.__name__ for kind in _LACKING)


class Work:
    """Every step asks whether the lease is still ours, in the transaction of the step."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, lease: NightLease, acquisition_ids: Iterable[str], now: datetime) -> int:
        """Puts clips on the night's list; those on it already stay as far as they have come.

        Returns:
            How many are new.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        values = {
            "state": WorkState.TODO.value,
            "attempts": 0,
            "failures": 0,
            "term": lease.term,
            "error": "",
            "detail": "",
            "retryable": False,
        }
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            keys = ({"night": lease.night, "acquisition_id": acquisition_id} for acquisition_id in acquisition_ids)
            return sum(insert_new(connection, work, key, values) for key in keys)

    def left_behind(self, night: str) -> tuple[str, ...]:
        """Clips that have an analysis and that another night did not take to the end: it ended before the highlights.

        Clips without an analysis are found by what they lack (``clips.without_analysis``). A failure that may pass
        counts, until ``MOST_NIGHTS`` nights failed on the clip, and so does a grant that was lacking; a clip that a
        later night took to the end does not.

        Returns:
            Acquisition ids in order; empty when nothing was left.
        """
        is_done, is_failed = work.c.state == WorkState.DONE.value, work.c.state == WorkState.FAILED.value
        ends = select(work.c.acquisition_id, func.max(work.c.night).label("night")).where(is_done)
        ended = ends.group_by(work.c.acquisition_id).subquery()
        counts = select(work.c.acquisition_id, func.count().label("nights")).where(is_failed)
        failed = counts.group_by(work.c.acquisition_id).subquery()
        may_pass = is_failed & (work.c.retryable | work.c.error.in_(_UNGRANTED))
        is_open = work.c.state.in_((WorkState.TODO.value, WorkState.DOING.value)) | may_pass
        has_analysis = work.c.acquisition_id.in_(select(analyses.c.acquisition_id).where(analyses.c.is_done))
        query = (
            select(work.c.acquisition_id)
            .outerjoin(ended, ended.c.acquisition_id == work.c.acquisition_id)
            .outerjoin(failed, failed.c.acquisition_id == work.c.acquisition_id)
            .where(work.c.night != night, is_open, has_analysis)
            .where(ended.c.night.is_(None) | (ended.c.night < work.c.night))
            .where(func.coalesce(failed.c.nights, 0) < MOST_NIGHTS)
        )
        with self._database.read() as connection:
            return tuple(sorted(set(connection.execute(query).scalars())))

    def again(self, lease: NightLease, acquisition_ids: Iterable[str], now: datetime) -> int:
        """Puts clips back that came to an end tonight: there are other weights, other settings or a new grant since.

        Failures that may pass stay what they are, and so do clips that came to no end in ``MOST_DEATHS`` attempts.

        Returns:
            How many were put back.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        is_settled = (work.c.state == WorkState.FAILED.value) & ~work.c.retryable & (work.c.error != EXHAUSTED)
        values = {"state": WorkState.TODO.value, "attempts": 0, "failures": 0, "error": "", "detail": ""}
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            back = (
                connection.execute(
                    update(work)
                    .where(_is(lease.night, acquisition_id), (work.c.state == WorkState.DONE.value) | is_settled)
                    .values(**values)
                )
                for acquisition_id in acquisition_ids
            )
            return sum(changed.rowcount for changed in back)

    def claim(
        self, lease: NightLease, limit: int, now: datetime, most_failures: int = MOST_FAILURES
    ) -> tuple[str, ...]:
        """Takes up clips: those not begun, those that a dead holder began, and failures that may pass.

        A clip that was begun ``MOST_DEATHS`` times and never came to an end becomes a failure
        (``AttemptsExhausted``): it may be what kills the night.

        Args:
            lease: Ours.
            limit: At most so many.
            now: UTC, our clock.
            most_failures: After which a failure that may pass is left for the next night.

        Returns:
            Acquisition ids, the earliest clip first and after them those that failed; empty when nothing is left.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            _give_up(connection, lease)
            taken = tuple(connection.execute(_open(lease, most_failures).limit(limit)).scalars())
            for acquisition_id in taken:
                begun = {"state": WorkState.DOING.value, "attempts": work.c.attempts + 1, "term": lease.term}
                connection.execute(update(work).where(_is(lease.night, acquisition_id)).values(**begun))
        return taken

    def done(self, lease: NightLease, acquisition_id: str, now: datetime) -> None:
        """Writes that a clip went through all stages.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        values = {"state": WorkState.DONE.value, "error": "", "detail": "", "retryable": False}
        self._end(lease, acquisition_id, now, values)

    def failed(self, lease: NightLease, acquisition_id: str, error: PipelineError, now: datetime) -> None:
        """Writes that a clip failed; ``claim`` takes it up again when the error says that it may pass.

        Raises:
            NightAlreadyRunningError: Another process took the lease.
        """
        values = {
            "state": WorkState.FAILED.value,
            "failures": work.c.failures + 1,
            "error": type(error).__name__,
            "detail": str(error),
            "retryable": error.retryable,
        }
        self._end(lease, acquisition_id, now, values)

    def of_night(self, night: str) -> tuple[WorkItem, ...]:
        """The night's list in order of acquisition id; empty when nothing was planned."""
        with self._database.read() as connection:
            rows = connection.execute(select(work).where(work.c.night == night)).all()
        return tuple(sorted(map(_item, rows), key=lambda item: item.acquisition_id))

    def counts(self, night: str) -> Mapping[WorkState, int]:
        """How many clips are in each state; every state is named."""
        found = Counter(item.state for item in self.of_night(night))
        return {state: found[state] for state in WorkState}

    def _end(self, lease: NightLease, acquisition_id: str, now: datetime, values: Mapping[str, Any]) -> None:
        with self._database.write() as connection:
            require_lease(connection, lease, now)
            connection.execute(update(work).where(_is(lease.night, acquisition_id)).values(**values))


def _is(night: str, acquisition_id: str) -> Any:  # noqa: ANN401
    return (work.c.night == night) & (work.c.acquisition_id == acquisition_id)


def _open(lease: NightLease, most_failures: int) -> Any:  # noqa: ANN401
    is_new = work.c.state == WorkState.TODO.value
    is_orphan = (work.c.state == WorkState.DOING.value) & (work.c.term != lease.term)
    may_pass = (work.c.state == WorkState.FAILED.value) & work.c.retryable & (work.c.failures < most_failures)
    joined = work.join(acquisitions)
    query = select(work.c.acquisition_id).select_from(joined).where(work.c.night == lease.night)
    return query.where(is_new | is_orphan | may_pass).order_by(
        work.c.failures, acquisitions.c.starts_at, acquisitions.c.number
    )


def _give_up(connection: Connection, lease: NightLease) -> None:
    is_orphan = (work.c.state == WorkState.DOING.value) & (work.c.term != lease.term)
    is_over = (work.c.night == lease.night) & is_orphan & (work.c.attempts - work.c.failures >= MOST_DEATHS)
    values = {
        "state": WorkState.FAILED.value,
        "error": EXHAUSTED,
        "detail": f"the process ended {MOST_DEATHS} times while it worked on this clip",
        "retryable": False,
    }
    connection.execute(update(work).where(is_over).values(**values))


def _item(row: Row[Any]) -> WorkItem:
    return WorkItem(
        night=row.night,
        acquisition_id=row.acquisition_id,
        state=WorkState(row.state),
        attempts=row.attempts,
        failures=row.failures,
        error=row.error,
        detail=row.detail,
        retryable=row.retryable,
    )
