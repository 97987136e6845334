"""One pace for all calls of a process, and one pause when a source asks for it."""

import threading

from pipeline.acquire.clock import Clock, SystemClock
from pipeline.settings import RingSettings


class PauseTooLongError(Exception):
    """The source wants a longer pause than the caller is willing to wait. Never leaves ``pipeline.acquire``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:.0f} s")
        self.seconds = seconds


class RateLimiter:
    """Lets ``burst`` calls through at once and then ``calls_per_minute``, however many callers there are.

    Safe to share between threads and event loops: what it knows changes under a lock, and waiting happens outside.

    Source: the generic cell rate algorithm; in any span of T seconds at most ``burst + T * calls_per_minute / 60``
    calls leave.
    """

    def __init__(self, calls_per_minute: float, burst: int, clock: Clock | None = None) -> None:
        if calls_per_minute <= 0 or burst < 1:
            raise ValueError(f"a limiter needs a positive rate and burst, got {calls_per_minute} and {burst}")
        self.clock: Clock = clock or SystemClock()
        self._interval = 60.0 / calls_per_minute
        self._ahead = (burst - 1) * self._interval
        self._next_due = 0.0
        self._paused_until = 0.0
        self._lock = threading.Lock()

    @classmethod
    def from_settings(cls, settings: RingSettings, clock: Clock | None = None) -> "RateLimiter":
        """The limiter that the operator asked for; build one a process and share it."""
        return cls(settings.calls_per_minute, settings.calls_burst, clock)

    async def acquire(self, give_up_at: float) -> None:
        """Returns when one call may leave.

        Args:
            give_up_at: Moment of ``clock.monotonic`` beyond which a pause of the source is not waited for. The pace
                itself is always waited for.

        Raises:
            PauseTooLongError: The source's pause ends after ``give_up_at``; nothing was waited for.
        """
        await self._wait_for_pause(give_up_at)
        await self.clock.sleep(self._reserve())
        await self._wait_for_pause(give_up_at)

    def pause(self, seconds: float) -> None:
        """Lets no call leave for ``seconds`` from now; a longer pause that already runs stays."""
        with self._lock:
            self._paused_until = max(self._paused_until, self.clock.monotonic() + seconds)

    async def _wait_for_pause(self, give_up_at: float) -> None:
        while (left := self._paused_until - self.clock.monotonic()) > 0:
            if self._paused_until > give_up_at:
                raise PauseTooLongError(left)
            await self.clock.sleep(left)

    def _reserve(self) -> float:
        with self._lock:
            now = self.clock.monotonic()
            due = max(self._next_due, now)
            self._next_due = due + self._interval
            return max(0.0, due - self._ahead - now)
