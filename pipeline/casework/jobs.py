"""Jobs of the desk in one process: a thread works them off, others see how far they are, a crash is mended."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from pipeline.catalogue.holders import is_gone, this_process
from pipeline.domain.agents import Matter
from pipeline.domain.ids import new_id
from pipeline.domain.jobs import Job, JobKind, JobState
from pipeline.errors import JobInterruptedError, PipelineError, UnexpectedFaultError
from pipeline.evidence.files import writing
from pipeline.night.services import Services
from pipeline.packages.progress import Teller

_logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 2
"""A job whose process was killed is begun again once; then somebody has to look."""

_TELL_SECONDS = 0.25
"""At most so often is progress written: each time is a transaction."""

Work = Callable[[Services, Job, Matter, Teller], Mapping[str, str]]
"""Does a job and gives its result in short strings; what it raises of ours becomes the job's error."""


def matter_of(job: Job) -> Matter:
    """For whom a job is done: the agent who asked, and why."""
    return Matter(job.agent, job.order["purpose"], job.order["recipient"], job.order.get("case", ""))


def new_job(
    services: Services, matter: Matter, kind: JobKind, incident_id: str, order: Mapping[str, str] | None = None
) -> Job:
    """A job that waits, written down.

    Raises:
        RecordNotFoundError: There is no such incident, or report of a neighbour.
    """
    why = {"purpose": matter.purpose, "recipient": matter.recipient, "case": matter.case_number}
    job = Job(new_id("jb", 16), kind, incident_id, matter.agent, services.now(), {**(order or {}), **why})
    services.catalogue.jobs.add(job)
    return job


class JobRoom:
    """Works jobs off one after another, in a thread of this process."""

    def __init__(self, services: Services, works: Mapping[JobKind, Work]) -> None:
        """Takes up what a killed process left as well.

        Args:
            services: The installation.
            works: How each kind of job is done.
        """
        self._services = services
        self._works = works
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="desk job")
        self._started: list[Future[Job | None]] = []
        forget_unclaimed(services)
        self.mend()
        for job in services.catalogue.jobs.unfinished():
            if job.state is JobState.WAITING:
                self.start(job)

    def start(self, job: Job) -> None:
        """Works a job off as soon as those before it are over."""
        self._started = [one for one in self._started if not one.done()]
        future = self._threads.submit(self.work, job.job_id)
        future.add_done_callback(_say_what_was_lost)
        self._started.append(future)

    def mend(self) -> tuple[Job, ...]:
        """Lets jobs whose process is gone begin again, or fail where that was tried; gives those that it changed."""
        now = self._services.now
        mended = self._services.catalogue.jobs.mend(
            is_gone, MOST_ATTEMPTS, lambda job: replace(_failed(job, _interrupted(job)), ended_at=now(), holder="")
        )
        for job in mended:
            if job.state is JobState.WAITING:
                self.start(job)
            else:
                _forget_brought(job)
        return mended

    def work(self, job_id: str) -> Job | None:
        """Does a job now, in this thread; None when another process has it, or it is over."""
        jobs = self._services.catalogue.jobs
        job = jobs.take(job_id, this_process())
        if job is None:
            return None
        try:
            result = self._works[job.kind](self._services, job, matter_of(job), _Told(self._services, job_id))
            ended = replace(jobs.get(job_id), state=JobState.DONE, result=dict(result))
        except PipelineError as error:
            ended = _failed(jobs.get(job_id), error)
        except Exception as error:
            _logger.exception("a job of the desk failed")
            ended = _failed(jobs.get(job_id), UnexpectedFaultError(type(error).__name__, str(error)))
        jobs.end(ended, self._services.now())
        _forget_brought(job)
        return jobs.get(job_id)

    def finish(self) -> None:
        """Waits until every job that was started here is over."""
        wait(self._started)

    def close(self) -> None:
        """Waits for the job in hand; those that wait stay for the next process."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def brought_folder(services: Services) -> Path:
    """Where a file that is brought lies until its job is over; no night empties it."""
    return services.settings.store.directory / "brought"


def forget_unclaimed(services: Services) -> None:
    """What was brought and no job has in hand goes: whoever brought it was cut off before its job was written.

    Called when a desk starts, before anybody can bring anything to it.
    """
    claimed = {job.order.get("path") for job in services.catalogue.jobs.unfinished()}
    folder = brought_folder(services)
    with writing("remove what was brought from the scratch folder"):
        for path in folder.iterdir() if folder.is_dir() else ():
            if str(path) not in claimed:
                path.unlink(missing_ok=True)


def _forget_brought(job: Job) -> None:
    """What came in for a job that is over goes: it is an original by now, or nobody may keep it."""
    if job.kind is JobKind.UPLOAD:
        with writing("remove what was brought from the scratch folder"):
            Path(job.order["path"]).unlink(missing_ok=True)


def _say_what_was_lost(future: "Future[Job | None]") -> None:
    """What kept a job's own end from being written; the next process finds the job without a holder, and mends it."""
    if not future.cancelled() and future.exception() is not None:
        _logger.error("the end of a job could not be written", exc_info=future.exception())


def _failed(job: Job, error: PipelineError) -> Job:
    return replace(job, state=JobState.FAILED, error=str(error), remedy=error.remedy)


def _interrupted(job: Job) -> JobInterruptedError:
    return JobInterruptedError(job.kind.value, job.stage)


class _Told:
    """Writes progress down, each stage's first word at once and then now and again."""

    def __init__(self, services: Services, job_id: str) -> None:
        self._services = services
        self._job_id = job_id
        self._stage = ""
        self._last = 0.0

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        """See ``Teller``."""
        is_new = stage != self._stage
        if not is_new and done < total and time.monotonic() - self._last < _TELL_SECONDS:
            return
        self._stage, self._last = stage, time.monotonic()
        self._services.catalogue.jobs.tell(self._job_id, stage, done, total, unit)
