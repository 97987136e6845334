"""Whole days of the calendar, and how they are named in words. Local, without any clock."""

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SATURDAY = 5

_YEARS = range(1970, 2101)
"""Years that are understood; others are taken for a number of something else."""


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, one after the other.

    Attributes:
        first: The first.
        last: The last; the same for one day.
        hint: How else the words could be read; empty when they could not.
    """

    first: date
    last: date
    hint: str = ""

    def __post_init__(self) -> None:
        if self.first.year not in _YEARS or self.last.year not in _YEARS:
            raise ValueError(f"{self.first} to {self.last} are not years that are understood")
        if self.last < self.first:
            raise ValueError("days end before they begin")

    @property
    def is_one(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @classmethod
    def one(cls, day: date, hint: str = "") -> "Days":
        """A single day."""
        return cls(day, day, hint)

    @classmethod
    def month_of(cls, day: date) -> "Days":
        """The whole month in which the day lies."""
        return cls(day.replace(day=1), end_of_month(day))


def weekday_number(word: str) -> int:
    """0 for Monday, from a name or its beginning of three letters or more, singular or plural."""
    return next(number for number, name in enumerate(WEEKDAYS) if name.startswith(word.lower()[:3]))


def month_number(word: str) -> int:
    """1 for January, from a name or its beginning of three letters."""
    return next(number for number, name in enumerate(MONTHS, start=1) if name.startswith(word.lower()[:3]))


def months_before(day: date, count: int) -> date:
    """The first day of the month so many months earlier; a negative count goes on.

    Raises:
        ValueError: No calendar has that month.
    """
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def end_of_month(day: date) -> date:
    """The last day of the month in which the day lies."""
    return months_before(day, -1) - timedelta(days=1)


def day_in_words(day: date) -> str:
    """As people read it, with its weekday: ``Tue 24 Nov 2026``."""
    weekday, month = WEEKDAYS[day.weekday()][:3].capitalize(), MONTHS[day.month - 1][:3].capitalize()
    return f"{weekday} {day.day} {month} {day.year}"


def days_in_words(days: Days) -> str:
    """One day, a whole month, a whole year, or from when to when."""
    if days.is_one:
        return day_in_words(days.first)
    if days == Days.month_of(days.first):
        return f"{MONTHS[days.first.month - 1].capitalize()} {days.first.year}"
    if (days.first, days.last) == (date(days.first.year, 1, 1), date(days.first.year, 12, 31)):
        return f"the year {days.first.year}"
    return f"{day_in_words(days.first)} to {day_in_words(days.last)}"
