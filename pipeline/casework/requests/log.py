"""The public log as everybody reads it, and what the desk may say of answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.domain.footage_requests import SQUARE_METRES_PER_SQUARE_MILE
from pipeline.domain.places import Circle
from pipeline.domain.plain import to_plain
from pipeline.domain.request_log import LogEntry, LogKind, PublicRequest, answered_in_words
from pipeline.night.services import Services

LOG_PAGE = 100
"""Entries of the public log a page."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A part of the public log.

    Attributes:
        entries: The newest first; empty when there are none.
        earlier: Number of the page with what came before; 0 when there is none.
        states: By request id, where each request stands that the entries name, in a word.
    """

    entries: tuple[LogEntry, ...]
    earlier: int
    states: Mapping[str, str]


def read_log(services: Services, page: int = 1) -> LogPage:
    """A page of the public log, counted from 1."""
    every = services.catalogue.footage_requests.entries()
    first = (max(page, 1) - 1) * LOG_PAGE
    entries = every[first : first + LOG_PAGE]
    now = services.now()
    standing = {one.request_id: one.state(now).value for one in services.catalogue.footage_requests.published()}
    states = {one.request_id: standing.get(one.request_id, "refused") for one in entries}
    return LogPage(entries, page + 1 if len(every) > first + LOG_PAGE else 0, states)


def entry_plain(entry: LogEntry, state: str) -> Mapping[str, Any]:
    """An entry of the log for programs."""
    return {
        "request_id": entry.request_id,
        "what": entry.kind.value,
        "at": to_plain(entry.at),
        "case_number": entry.case_number,
        "window_minutes": round(entry.window.total_seconds() / 60),
        "square_miles": round(entry.square_metres / SQUARE_METRES_PER_SQUARE_MILE, 4),
        "decided_by": decided_by(entry),
        "rules": [rule.value for rule in entry.rules],
        "state": state,
        "asked": _asked(entry) if entry.asked is not None and entry.kind is LogKind.PUBLISHED else None,
    }


def decided_by(entry: LogEntry) -> str:
    """Who decided, as the public is told: the role of a person, or the rules."""
    return entry.by_role.words if entry.by_role is not None else "the rules"


def answers_in_words(services: Services, public: PublicRequest, now: datetime) -> str:
    """How many residents answered: said once, when the request is closed, and never of fewer than the floor.

    A number that grew from day to day would tell who came last; one that shrank, who revoked. So it is counted as of
    the moment at which the request closed, and stays as it is.
    """
    if public.is_open(now):
        return "counted when the request is closed"
    return answered_in_words(services.catalogue.answers.count(public.request_id, public.closes_at))


def _asked(entry: LogEntry) -> Mapping[str, Any]:
    asked = entry.asked
    if asked is None or entry.closes_at is None:
        raise ValueError("only a published entry says what was asked")
    place = asked.place
    area = (
        {"circle": {"latitude": place.latitude, "longitude": place.longitude, "metres": place.metres}}
        if isinstance(place, Circle)
        else {"corners": [list(corner) for corner in place.corners]}
    )
    return {
        "title": asked.title,
        "words": asked.words,
        "area": area,
        "from": to_plain(asked.starts_at),
        "until": to_plain(asked.ends_at),
        "kinds": [kind.value for kind in asked.kinds],
        "purpose": asked.purpose,
        "recipient": asked.recipient,
        "closes_at": to_plain(entry.closes_at),
    }
