"""Days in words: "Tuesday", "last week", "12 March", "3 days ago". Each becomes whole days of the calendar.

A day that comes again and again means the newest one that has begun: a search looks back. Source: ADR 0028.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from pipeline.asking.calendar import (
    SATURDAY,
    Days,
    day_in_words,
    end_of_month,
    month_number,
    months_before,
    weekday_number,
)


def read_days(words: str, before: date) -> Days | None:
    """The days that the whole text names, the newest that begin on ``before`` or earlier where it could be several.

    Returns:
        None when the text names no days, or days that no calendar has.
    """
    for pattern, read in _READERS:
        found = pattern.fullmatch(words)
        if found is not None:
            try:
                return read(found, before)
            except (ValueError, OverflowError):
                return None
    return None


def _nearby(found: re.Match[str], before: date) -> Days:
    back = {"today": 0, "yesterday": 1}.get(found["near"].lower(), 2)
    return Days.one(before - timedelta(days=back))


def _weekday(found: re.Match[str], before: date) -> Days:
    number = weekday_number(found["weekday"])
    if found["week"]:
        return Days.one(before - timedelta(days=before.weekday() + 7 - number))
    back = (before.weekday() - number) % 7
    if found["which"] is None or found["which"].lower() != "last":
        return Days.one(before - timedelta(days=back))
    newest = before - timedelta(days=back or 7)
    is_this_week = newest >= before - timedelta(days=before.weekday())
    hint = f"not {day_in_words(newest - timedelta(days=7))}" if is_this_week else ""
    return Days.one(newest, hint)


def _ago(found: re.Match[str], before: date) -> Days:
    count, unit = read_count(found["count"]), found["unit"].lower()
    if unit == "month":
        return Days.month_of(months_before(before, count))
    return Days.one(before - timedelta(days=count * (7 if unit == "week" else 1)))


def _running(found: re.Match[str], before: date) -> Days:
    """So many days, weeks or months, today the last of them."""
    words = found.groupdict()
    count, unit = read_count(words.get("count") or "one"), found["unit"].lower()
    if unit == "month":
        month = months_before(before, count)
        return Days(min(month + timedelta(days=before.day), end_of_month(month) + timedelta(days=1)), before)
    return Days(before - timedelta(days=count * (7 if unit == "week" else 1) - 1), before)


def _period(found: re.Match[str], before: date) -> Days:
    """This or last week (from Monday), month or year; what is not over ends today."""
    back, unit = 0 if found["which"].lower() == "this" else 1, found["unit"].lower()
    if unit == "weekend":
        return _weekend(before, back)
    if unit == "week":
        monday = before - timedelta(days=before.weekday() + 7 * back)
        return Days(monday, min(monday + timedelta(days=6), before))
    if unit == "month":
        month = Days.month_of(months_before(before, back))
        return Days(month.first, min(month.last, before))
    return Days(date(before.year - back, 1, 1), min(date(before.year - back, 12, 31), before))


def _weekend(before: date, back: int) -> Days:
    """The newest weekend that has begun; with ``back`` the newest that is over."""
    saturday = before - timedelta(days=(before.weekday() - SATURDAY) % 7)
    if back and before.weekday() >= SATURDAY:
        saturday -= timedelta(days=7)
    return Days(saturday, saturday + timedelta(days=1))


def _newest_weekend(_: re.Match[str], before: date) -> Days:
    return _weekend(before, 0)


def _written(found: re.Match[str], _: date) -> Days:
    return Days.one(date(int(found["year"]), int(found["month"]), int(found["day"])))


def _slashed(found: re.Match[str], _: date) -> Days:
    """Month first, as the United States write it, unless only the other order is a date."""
    first, second, year = int(found["first"]), int(found["second"]), int(found["year"])
    if first > 12:  # noqa: PLR2004 - months
        return Days.one(date(year, second, first))
    if second > 12 or first == second:  # noqa: PLR2004 - months
        return Days.one(date(year, first, second))
    other = date(year, second, first)
    return Days.one(date(year, first, second), f"for {day_in_words(other)} write {other.isoformat()}")


def _named_date(found: re.Match[str], before: date) -> Days:
    month, day = month_number(found["month"]), int(found["day"])
    if found["year"]:
        return Days.one(date(int(found["year"]), month, day))
    for year in range(before.year, before.year - 9, -1):  # a leap day comes again within eight years
        first = date(year, month, 1)
        if day <= end_of_month(first).day and first.replace(day=day) <= before:
            return Days.one(first.replace(day=day))
    raise ValueError("no such day")


def _month(found: re.Match[str], before: date) -> Days:
    month = month_number(found["month"])
    written = found.groupdict().get("year")
    return Days.month_of(date(int(written) if written else before.year - (month > before.month), month, 1))


def _year(found: re.Match[str], _: date) -> Days:
    year = int(found["year"])
    return Days(date(year, 1, 1), date(year, 12, 31))


def _day_of_month(found: re.Match[str], before: date) -> Days:
    day = int(found["day"])
    for back in range(3):
        month = months_before(before, back)
        if day <= end_of_month(month).day and month.replace(day=day) <= before:
            return Days.one(month.replace(day=day))
    raise ValueError("no such day")


_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3,
}  # fmt: skip
COUNT = rf"(?:[0-9]{{1,4}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"


def read_count(word: str) -> int:
    """A number in digits or in one of a few words."""
    known = _COUNTS.get(" ".join(word.lower().split()))
    return int(word) if known is None else known


WEEKDAY = (
    "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|thu|thurs?|fri"
    "|(?-i:Wed|WED|Sat|SAT|Sun|SUN))"
)
"""Short names that are words of their own ("sun", "sat", "wed") need their capital."""
_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\.?"
)
_PLAIN_MONTH = (
    "(?:january|february|april|june|july|august|september|october|november|december|(?-i:March|MARCH|May|MAY))"
)
"""Months that stand without a word before them: "may" and "march" are other words, unless they have their capital."""
_DAY, _YEAR = "[0-3]?[0-9]", "(?:19|20)[0-9]{2}"

_Reader = Callable[[re.Match[str], date], Days]
_SPELLINGS: tuple[tuple[str, _Reader], ...] = (
    (r"(?P<near>today|yesterday|(?:the )?day before yesterday)", _nearby),
    (rf"(?:(?P<which>last|this|past) )?(?P<weekday>{WEEKDAY})(?P<week> last week)?", _weekday),
    (rf"(?P<count>{COUNT}) (?P<unit>day|week|month)s? ago", _ago),
    (rf"(?:the )?(?:last|past) (?P<count>{COUNT}) (?P<unit>day|week|month)s?", _running),
    (r"(?:the )?past (?P<unit>week|month)", _running),
    (r"(?:the )?(?P<which>last|this) (?P<unit>weekend|week|month|year)", _period),
    (r"the weekend", _newest_weekend),
    (rf"(?P<year>{_YEAR})-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])", _written),
    (rf"(?P<day>{_DAY})\.(?P<month>[01]?[0-9])\.(?P<year>{_YEAR})", _written),
    (rf"(?P<first>{_DAY})/(?P<second>{_DAY})/(?P<year>{_YEAR})", _slashed),
    (rf"(?:the )?(?P<day>{_DAY})(?:st|nd|rd|th)? (?:of )?(?P<month>{_MONTH})(?:,? (?P<year>{_YEAR}))?", _named_date),
    (rf"(?P<month>{_MONTH}) (?P<year>{_YEAR})", _month),
    (rf"(?P<month>{_MONTH}) (?:the )?(?P<day>{_DAY})(?:st|nd|rd|th)?(?:,? (?P<year>{_YEAR}))?", _named_date),
    (rf"the (?P<day>{_DAY})(?:st|nd|rd|th)", _day_of_month),
    (rf"(?P<month>{_PLAIN_MONTH})", _month),
)
_AFTER_A_WORD: tuple[tuple[str, _Reader], ...] = (
    (rf"(?P<month>{_MONTH})", _month),
    (rf"(?P<year>{_YEAR})", _year),
)


def spaced(pattern: str) -> str:
    """The pattern, each blank of it standing for any white space."""
    return pattern.replace(" ", r"\s+")


def _without_names(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _either(spellings: tuple[tuple[str, _Reader], ...]) -> str:
    return spaced("|".join(rf"{_without_names(pattern)}(?!\w)" for pattern, _ in spellings))


_READERS = tuple((re.compile(spaced(pattern), re.IGNORECASE), read) for pattern, read in (*_SPELLINGS, *_AFTER_A_WORD))
DAYS = f"(?:{_either(_SPELLINGS)})"
"""A pattern, without named groups, of what names days by itself."""
DAYS_AFTER_A_WORD = f"(?:{_either((*_SPELLINGS, *_AFTER_A_WORD))})"
"""Likewise, of what names days after a word like "in" or "since": a bare year, and every month."""
