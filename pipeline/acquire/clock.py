"""Time as the sources of clips see it, so that waiting can be tested without waiting."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def monotonic(self) -> float:
        """Seconds that never go backwards, from an unknown start."""
        ...

    def utc_now(self) -> datetime:
        """The aware moment by the machine's clock."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Returns after ``seconds``; zero only lets others go first."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """See ``Clock``."""
        return time.monotonic()

    def utc_now(self) -> datetime:
        """See ``Clock``."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """See ``Clock``."""
        await asyncio.sleep(seconds)
