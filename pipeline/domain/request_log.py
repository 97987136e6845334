"""The public log of requests for footage: what was asked, refused, published and closed. It is only added to."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.domain.agents import Role
from pipeline.domain.footage_requests import LEAST_COUNTED, FootageRequest, Rule

REQUEST_ID = re.compile(r"rq-[0-9a-f]{12}")


class LogKind(StrEnum):
    """What an entry of the log says."""

    REFUSED = "refused"
    """By the rules, or by the supervisor who read it."""
    PUBLISHED = "published"
    CLOSED = "closed"
    """Before its time, by the agency."""


class RequestState(StrEnum):
    """Where a request stands."""

    WAITING = "waiting"
    """For another person, who is a supervisor."""
    REFUSED = "refused"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of the public log. Everybody reads it for good, so it holds no words that nobody approved.

    Attributes:
        request_id: ``rq-`` and 12 hexadecimal digits.
        kind: What happened.
        at: UTC, our clock.
        case_number: The agency's; empty where the rules refused it.
        window: How long the window was that was asked for.
        square_metres: How large the area was.
        rules: The rules that it broke; empty where a supervisor refused it.
        by_role: Of the person who decided; None where the rules did.
        asked: What was published; None of what was refused.
        closes_at: UTC; from then on it cannot be answered. None of what was refused.
    """

    request_id: str
    kind: LogKind
    at: datetime
    case_number: str
    window: timedelta
    square_metres: float
    rules: tuple[Rule, ...] = ()
    by_role: Role | None = None
    asked: FootageRequest | None = None
    closes_at: datetime | None = None

    def __post_init__(self) -> None:
        if not REQUEST_ID.fullmatch(self.request_id):
            raise ValueError(f"no request has the id {self.request_id!r}")
        if self.at.tzinfo is None:
            raise ValueError("an entry of the log has an aware moment")
        is_refused = self.kind is LogKind.REFUSED
        if is_refused != (self.asked is None) or is_refused != (self.closes_at is None):
            raise ValueError("an entry says what was asked exactly where it was published")


@dataclass(frozen=True, slots=True)
class FiledRequest:
    """A request as the desk keeps it: who wrote it, and what came of it.

    Attributes:
        request_id: As in the log.
        asked: What is asked.
        written_by: Name of the agent.
        written_at: UTC.
        decided_by: Name of the supervisor who published or refused it; empty while nobody has. Never who wrote it.
        decided_at: UTC; None while nobody has.
        is_published: Whether it was published.
        note: What the one who decided wrote; it stays at the desk.
    """

    request_id: str
    asked: FootageRequest
    written_by: str
    written_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    is_published: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if not REQUEST_ID.fullmatch(self.request_id):
            raise ValueError(f"no request has the id {self.request_id!r}")
        if self.decided_by and self.decided_by == self.written_by:
            raise ValueError("a request needs four eyes: whoever writes it does not decide it")
        if (self.decided_at is None) == bool(self.decided_by):
            raise ValueError("who decided a request and when are said together")


@dataclass(frozen=True, slots=True)
class PublicRequest:
    """A published request as the log tells it.

    Attributes:
        published: Its entry.
        closes_at: UTC; from then on it cannot be answered: its time was over, or the agency closed it.
    """

    published: LogEntry
    closes_at: datetime

    @property
    def request_id(self) -> str:
        """Which."""
        return self.published.request_id

    @property
    def asked(self) -> FootageRequest:
        """What is asked."""
        if self.published.asked is None:
            raise ValueError("a published request says what it asks")
        return self.published.asked

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return now < self.closes_at

    def state(self, now: datetime) -> RequestState:
        """Where it stands."""
        return RequestState.OPEN if self.is_open(now) else RequestState.CLOSED


def answered_in_words(residents: int) -> str:
    """How many residents answered a closed request; below the floor only that they were fewer."""
    return f"fewer than {LEAST_COUNTED} residents" if residents < LEAST_COUNTED else f"{residents} residents"


@dataclass(frozen=True, slots=True)
class Answer:
    """A grant that a resident gave in answer to a request.

    Attributes:
        request_id: Which request.
        grant_id: Which grant; it is revocable like any other.
        resident_id: Who answered.
        answered_at: UTC.
    """

    request_id: str
    grant_id: str
    resident_id: str
    answered_at: datetime
