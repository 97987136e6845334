"""One night under its lease: the key, the window, the deadline, and a heartbeat that says that we are alive."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.nights import NightLease
from pipeline.errors import NightAlreadyRunningError, PipelineError, StorageError
from pipeline.evidence.custody import write_checkpoint
from pipeline.night.progress import Progress, current_progress
from pipeline.night.services import Services
from pipeline.settings import NightSettings

_NIGHT_BEGINS = timedelta(hours=12)
"""A night is named by the day on whose evening it begins: a run before noon still belongs to the evening before."""


def night_key(now: datetime, time_zone: str) -> str:
    """The night that ``now`` belongs to, for example ``2026-03-10``.

    Args:
        now: UTC.
        time_zone: IANA name in which evenings are counted.
    """
    return (now.astimezone(ZoneInfo(time_zone)) - _NIGHT_BEGINS).date().isoformat()


def next_night(now: datetime, settings: NightSettings) -> datetime:
    """When the next night is due, UTC, where nights run on their schedule.

    Args:
        now: UTC.
        settings: At which hour nights begin, and in which time zone.
    """
    zone = ZoneInfo(settings.time_zone)
    today = now.astimezone(zone).date()
    begins = (
        datetime.combine(today + timedelta(days=ahead), time_of_day(settings.starts_at_hour), zone) for ahead in (0, 1)
    )
    return next(moment for moment in (begin.astimezone(UTC) for begin in begins) if moment > now)


class Tonight:
    """A night that this process runs. Not a dataclass on purpose: orchestrators copy those from task to task."""

    def __init__(self, services: Services, heartbeat: "_Heartbeat", started_at: datetime) -> None:
        self.services = services
        self.lease = heartbeat.lease
        self._heartbeat = heartbeat
        self.started_at = started_at
        self.merged = services.catalogue.nights.merge_unfinished(self.lease, started_at)
        self.progress: Progress = current_progress()
        settings = services.settings.night
        self.failed_gaps: list[str] = []
        """Between which clips a comparison failed, and why: the morning tells it, the next night tries again."""
        self._ends = time.monotonic() + 60 * settings.deadline_minutes
        self.oldest = started_at - timedelta(days=settings.look_back_days)
        self.consent: ConsentDesk = services.consent(settings.purpose, settings.recipient)
        """For what is shown of the night."""
        askers = services.catalogue.footage_requests.askers()
        self.taking: ConsentDesk = services.consent(settings.purpose, settings.recipient, askers)
        """For what is fetched and looked at: also for the requests that residents answered."""

    @property
    def key(self) -> str:
        """The night's key."""
        return self.lease.night

    @property
    def scratch(self) -> Path:
        """Where what is not finished lies."""
        return scratch_of(self.services)

    def is_over(self) -> bool:
        """Whether the deadline has passed; what is left then waits for the next night.

        Counted by a clock that never jumps: setting the machine's clock neither ends nor prolongs a night.
        """
        return time.monotonic() >= self._ends

    def finish(self, summary: str) -> None:
        """Finishes the night with its morning report as JSON, and gives the lease back.

        The signed head of the custody log goes to the second place first, where the settings name one: a night whose
        head is not there is not finished, and may be finished by another call.

        Raises:
            NightAlreadyRunningError: Another process took the lease meanwhile.
            StorageError: The second place cannot be written.
        """
        self._heartbeat.require_alive()
        second_place = self.services.settings.store.checkpoint_directory
        if second_place is not None:
            write_checkpoint(second_place, self.services.catalogue.custody.checkpoint())
        self.services.catalogue.nights.finish(self.lease, summary, self.services.now())
        self._heartbeat.stop()


def scratch_of(services: Services) -> Path:
    """Where a night puts what it has not finished. Inside the store's directory, never among everybody's files."""
    return services.settings.store.directory / "scratch"


def _empty(folder: Path) -> None:
    """A killed night leaves no pieces of footage about: the next takes them away, whoever it is that runs it."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise StorageError("empty the scratch folder", error.strerror or type(error).__name__) from error


@contextmanager
def open_night(services: Services, key: str | None = None) -> Iterator[Tonight]:
    """Takes the lease and opens a night, or goes on with it where it stood; missed nights are merged into it.

    Args:
        services: The installation.
        key: Of the night; None for the one that it is now.

    Raises:
        NightAlreadyRunningError: Another process runs a night and is alive.
        StorageError: What a killed night left cannot be taken away.
    """
    now = services.now()
    settings = services.settings.night
    nights = services.catalogue.nights
    lease = nights.open(key or night_key(now, settings.time_zone), now, settings.lease_seconds)
    heartbeat = _Heartbeat(services, lease)
    try:
        heartbeat.start()
        for store in (services.originals, services.derivatives):
            store.sweep()
        _empty(scratch_of(services))
        yield Tonight(services, heartbeat, now)
    finally:
        heartbeat.stop()
        with suppress(NightAlreadyRunningError):
            nights.release(lease, services.now())


class _Heartbeat(threading.Thread):
    """Renews the lease in time; a lease that was lost is told by ``require_alive``."""

    def __init__(self, services: Services, lease: NightLease) -> None:
        super().__init__(name="night heartbeat", daemon=True)
        self._services = services
        self.lease = lease
        self._ended = threading.Event()
        self._lost: PipelineError | None = None

    def run(self) -> None:
        """Renews until it is told to stop, three times a lease."""
        while not self._ended.wait(self._services.settings.night.lease_seconds / 3):
            try:
                self._services.catalogue.nights.renew(self.lease, self._services.now())
            except NightAlreadyRunningError as error:
                self._lost = error
                return
            except PipelineError as error:
                if not error.retryable:
                    self._lost = error
                    return

    def stop(self) -> None:
        """Ends the thread."""
        self._ended.set()
        if self.is_alive():
            self.join()

    def require_alive(self) -> None:
        """Returns while the lease is ours.

        Raises:
            PipelineError: It was lost, as ``Nights.renew`` says.
        """
        if self._lost is not None:
            raise self._lost
