"""How often a door may be knocked at: to sign in over all addresses; for links and public pages from each address."""

import math
import time
from collections.abc import Mapping

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pipeline.errors import SignInPausedError, TooOftenError


class CodeRate:
    """Codes of Ring's partner interface that are exchanged in a minute, since each asks Ring."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)

    def has_turn(self) -> bool:
        """Counts one code; says whether it may be exchanged."""
        return self._limiter.hit(self._item, "partner code")


class SignInRate:
    """Tries to sign in, over all addresses together, since each costs 64 MiB and some time.

    Counts in this process, which is the only one that serves.
    """

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)

    def require_turn(self) -> None:
        """Counts one try.

        Raises:
            SignInPausedError: It is one too many.
        """
        if not self._limiter.hit(self._item, "sign-in"):
            free_at = self._limiter.get_window_stats(self._item, "sign-in").reset_time
            raise SignInPausedError(max(1, math.ceil(free_at - time.time())))


class AskingRate:
    """How often one address asks the public pages for something that costs; in memory alone, and for a minute."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)

    def require_turn(self, what: str, address: str) -> None:
        """Counts one question.

        Args:
            what: Is asked for, as a plural: ``places``.
            address: From where.

        Raises:
            TooOftenError: It is one too many.
        """
        if not self._limiter.hit(self._item, what, address):
            free_at = self._limiter.get_window_stats(self._item, what, address).reset_time
            raise TooOftenError(what, max(1, math.ceil(free_at - time.time())))


class LinkRate:
    """Counts, by network address, links to sign in that were asked for; in this process."""

    def __init__(self, per_hour: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerHour(per_hour)

    def require_turn(self, address: str) -> None:
        """Counts one link.

        Raises:
            SignInPausedError: It is one too many.
        """
        if not self._limiter.hit(self._item, address):
            free_at = self._limiter.get_window_stats(self._item, address).reset_time
            raise SignInPausedError(max(1, math.ceil(free_at - time.time())))


class SendingRate:
    """Counts, by network address, what neighbours send in an hour; in this process, and nowhere else."""

    def __init__(self, per_hour: Mapping[str, int]) -> None:
        """Takes how many of each thing one address may send in an hour."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._items = {what: RateLimitItemPerHour(most) for what, most in per_hour.items()}

    def require_turn(self, what: str, address: str) -> None:
        """Counts one.

        Raises:
            TooOftenError: It is one too many.
        """
        item = self._items[what]
        if not self._limiter.hit(item, what, address):
            free_at = self._limiter.get_window_stats(item, what, address).reset_time
            raise TooOftenError(what, max(1, math.ceil(free_at - time.time())))
