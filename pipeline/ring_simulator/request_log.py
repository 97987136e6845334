"""Every request that the simulator received, so that a demo or a test can say what was never asked."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request; never a query, a header or a body.

    Attributes:
        method: HTTP method.
        host: Asked for.
        path: Without the query.
        at: When it came.
        monotonic: The same in seconds that never go backwards.
        status: Answered.
        account: User name by its token; empty when there was none.
        device_id: Which device it is about; None when about none.
        event_id: Which event it is about; None when about none.
        is_write: Whether it could have changed the account.
    """

    method: str
    host: str
    path: str
    at: datetime
    monotonic: float
    status: int
    account: str = ""
    device_id: int | None = None
    event_id: int | None = None
    is_write: bool = False


class RequestLog:
    """The requests in the order in which they were answered; safe to read from another thread."""

    def __init__(self) -> None:
        self._requests: list[LoggedRequest] = []
        self._lock = threading.Lock()

    def add(self, request: LoggedRequest) -> None:
        """Appends one."""
        with self._lock:
            self._requests.append(request)

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """All so far."""
        with self._lock:
            return tuple(self._requests)

    @property
    def writes(self) -> tuple[LoggedRequest, ...]:
        """Those that could have changed an account; empty for an honest client."""
        return tuple(request for request in self.requests if request.is_write)

    @property
    def recordings_asked(self) -> frozenset[tuple[str, int, int]]:
        """User name, device and event of each recording that was asked for, by whatever way."""
        return frozenset(
            (request.account, request.device_id, request.event_id)
            for request in self.requests
            if request.device_id is not None and request.event_id is not None
        )

    def busiest(self, seconds: float) -> int:
        """The most requests that came within any span of ``seconds``."""
        return most_within(seconds, (request.monotonic for request in self.requests))


def most_within(seconds: float, moments: Iterable[float]) -> int:
    """The most of ``moments`` that lie within any span of ``seconds``; zero when there are none."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] > seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
