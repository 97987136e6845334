"""Local time in a database that knows none: spans of time in which a zone keeps one distance from UTC."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline.catalogue.index.codes import moment_at

SECOND = 1_000_000
DAY = 86_400 * SECOND
WEEK = 7 * DAY
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``since`` to just before ``until`` local time is ``offset`` later than UTC; all in microseconds."""

    since: int
    until: int
    offset: int


@lru_cache(maxsize=4096)
def stretches(zone: str, since: int, until: int) -> tuple[Stretch, ...]:
    """The stretches that make up a span, in order; empty when the span is. No zone changes twice in one day."""
    found: list[Stretch] = []
    begin, offset = since, _offset(zone, since)
    at = since
    while at < until:
        after = min(at + DAY, until)
        later = _offset(zone, after)
        if later != offset:
            turn = _turn(zone, at, after)
            found.append(Stretch(begin, turn, offset))
            begin, offset = turn, later
        at = after
    if begin < until:
        found.append(Stretch(begin, until, offset))
    return tuple(found)


def _turn(zone: str, before: int, after: int) -> int:
    """The first microsecond at which the zone has the offset that it has at ``after``."""
    old = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: str, at: int) -> int:
    away = moment_at(at).astimezone(ZoneInfo(zone)).utcoffset()
    return 0 if away is None else away // _MICROSECOND
