"""Jobs of the desk: asked for, taken up by one process, and mended when that process is gone."""

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from pipeline.catalogue.database import Database
from pipeline.catalogue.incident_tables import desk_jobs
from pipeline.catalogue.neighbour_tables import neighbour_reports
from pipeline.catalogue.retention_tables import disposed
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.tables import incidents
from pipeline.domain.jobs import Job, JobState
from pipeline.errors import RecordNotFoundError

_NAMES = re.compile(r"(?:hl|ev|aq)-[0-9a-f]{20}|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
"""How ids and digests of evidence look in a job's order and result."""
_WHY = ("purpose", "recipient", "case")
_GONE = "the evidence that it is about was disposed of"
_OPEN = (JobState.WAITING.value, JobState.RUNNING.value)


class Jobs:
    """A row a job; what a job does has custody of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Job) -> None:
        """Writes a job that waits.

        Raises:
            RecordNotFoundError: There is no such incident, or report of a neighbour.
        """
        with self._database.write() as connection:
            _require_subject(connection, job.incident_id)
            values = {"job_id": job.job_id, "incident_id": job.incident_id, "state": job.state.value}
            connection.execute(insert(desk_jobs).values(**values, body=body_of(job)))

    def get(self, job_id: str) -> Job:
        """The job.

        Raises:
            RecordNotFoundError: There is none.
        """
        with self._database.read() as connection:
            return _get(connection, job_id)

    def of_incident(self, incident_id: str) -> tuple[Job, ...]:
        """Those of an incident, the newest first; empty when there is none."""
        query = select(desk_jobs.c.body).where(desk_jobs.c.incident_id == incident_id)
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(desk_jobs.c.number.desc())).scalars().all()
        return tuple(noun_from(Job, body) for body in bodies)

    def unfinished(self) -> tuple[Job, ...]:
        """Those that wait or run, the oldest first; empty when there is none."""
        query = select(desk_jobs.c.body).where(desk_jobs.c.state.in_(_OPEN)).order_by(desk_jobs.c.number)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return tuple(noun_from(Job, body) for body in bodies)

    def take(self, job_id: str, holder: str) -> Job | None:
        """Takes up a job that waits; None when another process was quicker, or it is over."""
        with self._database.write() as connection:
            job = _get(connection, job_id)
            if job.state is not JobState.WAITING:
                return None
            taken = replace(job, state=JobState.RUNNING, holder=holder, attempts=job.attempts + 1)
            _put(connection, taken)
            return taken

    def tell(self, job_id: str, stage: str, done: int, total: int, unit: str) -> None:
        """Writes how far a running job is."""
        with self._database.write() as connection:
            job = _get(connection, job_id)
            if job.state is JobState.RUNNING:
                _put(connection, replace(job, stage=stage, done=done, total=total, unit=unit))

    def end(self, job: Job, at: datetime) -> None:
        """Writes what came of a job: its result, or its error.

        Of a job about evidence that was disposed of while it ran no name and no word of its order stays.
        """
        ended = replace(job, ended_at=at, holder="")
        with self._database.write() as connection:
            if _disposed(connection, _named(body_of(ended))):
                why = {name: ended.order[name] for name in _WHY if name in ended.order}
                ended = replace(ended, state=JobState.FAILED, order=why, result={}, error=_GONE, remedy="")
            _put(connection, ended)

    def mend(self, is_gone: Callable[[str], bool], most_attempts: int, ended: Callable[[Job], Job]) -> tuple[Job, ...]:
        """Lets what a killed process had in hand wait again, or end where it was tried too often.

        Args:
            is_gone: Says of a holder that it runs no more.
            most_attempts: A job that was begun as often is given up.
            ended: Gives a job that is given up its last state.

        Returns:
            Those that wait again or were given up, as they are now.
        """
        mended = []
        for job in self.unfinished():
            if job.state is not JobState.RUNNING or not is_gone(job.holder):
                continue
            with self._database.write() as connection:
                now = _get(connection, job.job_id)
                if now.state is not JobState.RUNNING or now.holder != job.holder:
                    continue
                is_over = now.attempts >= most_attempts
                after = ended(now) if is_over else replace(now, state=JobState.WAITING, holder="", stage="", done=0)
                _put(connection, after)
                mended.append(after)
        return tuple(mended)


def forget_jobs(connection: Connection, subjects: Collection[str]) -> None:
    """Takes away every job that is over and names one of these digests or ids; one that runs is told when it ends."""
    query = select(desk_jobs.c.job_id, desk_jobs.c.body).where(desk_jobs.c.state.not_in(_OPEN))
    for row in connection.execute(query).all():
        if not _named(row.body).isdisjoint(subjects):
            connection.execute(delete(desk_jobs).where(desk_jobs.c.job_id == row.job_id))


def _named(body: str) -> frozenset[str]:
    return frozenset(_NAMES.findall(body))


def _disposed(connection: Connection, names: Collection[str]) -> frozenset[str]:
    query = select(disposed.c.subject).where(disposed.c.subject.in_(sorted(names)))
    return frozenset(connection.execute(query).scalars())


def _require_subject(connection: Connection, name: str) -> None:
    is_there = (
        select(1).where(incidents.c.incident_id == name),
        select(1).where(neighbour_reports.c.report_id == name),
    )
    if all(connection.execute(query).first() is None for query in is_there):
        raise RecordNotFoundError("incident", name)


def _get(connection: Connection, job_id: str) -> Job:
    body = connection.execute(select(desk_jobs.c.body).where(desk_jobs.c.job_id == job_id)).scalar()
    if body is None:
        raise RecordNotFoundError("job", job_id)
    return noun_from(Job, body)


def _put(connection: Connection, job: Job) -> None:
    is_it = desk_jobs.c.job_id == job.job_id
    connection.execute(update(desk_jobs).where(is_it).values(state=job.state.value, body=body_of(job)))
