"""Times of day in words: "evening", "18:00-20:00", "after 6pm", "around noon". Local wall clock time."""

import re
from collections.abc import Callable
from datetime import time

from pipeline.asking.days import spaced
from pipeline.domain.consent import DailyHours
from pipeline.domain.search import DayTime

MIDNIGHT = time(0)
_PARTS = {
    "early morning": (4, 8),
    "late morning": (10, 12),
    "morning": (6, 12),
    "lunchtime": (11, 14),
    "lunch time": (11, 14),
    "late afternoon": (15, 18),
    "afternoon": (12, 18),
    "early evening": (17, 20),
    "late evening": (20, 0),
    "evening": (18, 22),
    "late at night": (22, 4),
    "late night": (22, 4),
    "night time": (22, 6),
    "night": (22, 6),
    "overnight": (22, 6),
    "daytime": (6, 18),
    "day time": (6, 18),
}
"""From which hour to which. Ours: no authority says when an evening begins, so every chip says it. Source: ADR 0028."""
_AROUND_MINUTES = 30
"""Either side of "around six"; a clock that is only said is seldom nearer."""
_NAMED_CLOCKS = {"noon": time(12), "midday": time(12), "midnight": MIDNIGHT}
_MINUTES_A_DAY = 24 * 60


def read_hours(words: str) -> DailyHours | None:
    """The span of the day that the whole text names; it runs over midnight when it ends before it starts.

    Returns:
        None when the text names no time of day, or one that no clock shows.
    """
    for pattern, read in _READERS:
        found = pattern.fullmatch(words)
        if found is not None:
            try:
                return read(found)
            except ValueError:
                return None
    return None


def read_clock(words: str) -> time:
    """What a clock shows: ``18:05``, ``6pm``, ``6.30 pm``, ``noon``; ``24:00`` is midnight.

    Raises:
        ValueError: No clock shows it.
    """
    named = _NAMED_CLOCKS.get(words.lower())
    if named is not None:
        return named
    digits = re.findall("[0-9]+", words)
    hour, minute = int(digits[0]), int(digits[1]) if len(digits) > 1 else 0
    half = _half(words)
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock with halves
            raise ValueError(f"{words} is no time of day")
        return time(hour % 12 + (12 if half == "p" else 0), minute)
    return MIDNIGHT if (hour, minute) == (24, 0) else time(hour, minute)


def hours_in_words(hours: DailyHours) -> str:
    """``18:00-22:00``; midnight at the end is ``24:00``."""
    start, end = (clock.hour * 60 + clock.minute for clock in (hours.start, hours.end))
    return DayTime(start, end).words


def _half(words: str) -> str:
    found = re.search(r"([ap])\.?m", words.lower())
    return found[1] if found else ""


def _part(found: re.Match[str]) -> DailyHours:
    words = " ".join(found["part"].lower().split())
    start, end = _PARTS.get(words) or _PARTS[words.removesuffix("s")]
    return DailyHours(time(start), time(end))


def _between(found: re.Match[str]) -> DailyHours:
    """A first number without its half of the day takes that of the second: ``6-8 pm``, but ``11-1 pm`` starts at 11."""
    first, last = found["first"], found["last"]
    end, half = read_clock(last), _half(last)
    if not half or _half(first) or ":" in first or first.lower() in _NAMED_CLOCKS:
        return _span(read_clock(_as_clock(first)), end)
    start = read_clock(f"{first}{half}m")
    if start >= end and end != MIDNIGHT:
        start = read_clock(f"{first}{'a' if half == 'p' else 'p'}m")
    return _span(start, end)


def _as_clock(words: str) -> str:
    return f"{words}:00" if words.isdigit() else words


def _after(found: re.Match[str]) -> DailyHours:
    return _span(read_clock(found["clock"]), MIDNIGHT)


def _before(found: re.Match[str]) -> DailyHours:
    return _span(MIDNIGHT, read_clock(found["clock"]))


def _around(found: re.Match[str]) -> DailyHours:
    clock = read_clock(found["clock"])
    middle = clock.hour * 60 + clock.minute
    edges = ((middle + away) % _MINUTES_A_DAY for away in (-_AROUND_MINUTES, _AROUND_MINUTES))
    start, end = (time(minutes // 60, minutes % 60) for minutes in edges)
    return DailyHours(start, end)


def _span(start: time, end: time) -> DailyHours:
    if start == end:
        raise ValueError("a span of no length")
    return DailyHours(start, end)


_HALF = r"[ap](?:m|\.m\.)"
_CLOCK = (
    rf"(?:[01]?[0-9][:.][0-5][0-9]\s*{_HALF}|[0-2]?[0-9]:[0-5][0-9]|[01]?[0-9]\s*{_HALF}|noon|midday|midnight)(?!\w)"
)
_SOONER = rf"(?:{_CLOCK}|[01]?[0-9](?=\s*(?:[-\u2013]|to|until|till|and)\s*[01]?[0-9](?:[:.][0-5][0-9])?\s*{_HALF}))"
"""What may stand first in a span: also a bare number, where a half of the day stands behind the second."""
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_SPELLINGS: tuple[tuple[str, Callable[[re.Match[str]], DailyHours]], ...] = (
    (rf"(?:(?:in|during|at) )?(?:the )?(?P<part>(?:{_PART})s?)", _part),
    (rf"(?:(?:between|from) )?(?P<first>{_SOONER})\s*(?:[-\u2013]|to|until|till|and)\s*(?P<last>{_CLOCK})", _between),
    (rf"(?:after|from|later than) (?P<clock>{_CLOCK})", _after),
    (rf"(?:before|until|till|by|earlier than) (?P<clock>{_CLOCK})", _before),
    (rf"(?:at|around|about|circa|c\.|~)\s*(?P<clock>{_CLOCK})", _around),
    (rf"(?P<clock>{_CLOCK})", _around),
)
_READERS = tuple((re.compile(spaced(pattern), re.IGNORECASE), read) for pattern, read in _SPELLINGS)
HOURS = (
    "(?:" + spaced("|".join(rf"{re.sub(r'[(][?]P<[a-z]+>', '(?:', pattern)}(?!\w)" for pattern, _ in _SPELLINGS)) + ")"
)
"""A pattern, without named groups, of what names a time of day."""
CLOCK = spaced(_CLOCK)
"""Likewise, of what a clock shows."""
