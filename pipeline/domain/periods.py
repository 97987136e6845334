"""Months and quarters of the calendar."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

_FORM = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")
_MONTHS, _QUARTER = 12, 3
_YEARS = range(1990, 2200)


class Length(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """How many."""
        return 1 if self is Length.MONTH else _QUARTER


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month or a quarter of the calendar, in the installation's time zone.

    Attributes:
        year: Of the calendar.
        month: The first, from 1.
        length: How long.
    """

    year: int
    month: int
    length: Length = Length.MONTH

    def __post_init__(self) -> None:
        if self.year not in _YEARS or not 1 <= self.month <= _MONTHS:
            raise ValueError(f"no such period: year {self.year}, month {self.month}")
        if self.length is Length.QUARTER and self.month % _QUARTER != 1:
            raise ValueError("a quarter begins in January, April, July or October")

    @classmethod
    def read(cls, text: str) -> Self:
        """The period of ``2026-03`` or ``2026-Q1``.

        Raises:
            ValueError: It is none.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no month as 2026-03, and no quarter as 2026-Q1")
        if found[3]:
            return cls(int(found[1]), (int(found[3]) - 1) * _QUARTER + 1, Length.QUARTER)
        return cls(int(found[1]), int(found[2]), Length.MONTH)

    @classmethod
    def of(cls, day: date, length: Length) -> Self:
        """The period in which a day lies."""
        month = day.month if length is Length.MONTH else (day.month - 1) // _QUARTER * _QUARTER + 1
        return cls(day.year, month, length)

    def __str__(self) -> str:
        if self.length is Length.MONTH:
            return f"{self.year:04}-{self.month:02}"
        return f"{self.year:04}-Q{(self.month - 1) // _QUARTER + 1}"

    @property
    def next(self) -> "Period":
        """The one after it."""
        return self._moved(self.length.months)

    @property
    def before(self) -> "Period":
        """The one before it."""
        return self._moved(-self.length.months)

    def begins(self, time_zone: str) -> datetime:
        """UTC moment of its begin."""
        return datetime.combine(date(self.year, self.month, 1), time(), ZoneInfo(time_zone)).astimezone(UTC)

    def ends(self, time_zone: str) -> datetime:
        """UTC moment just after it."""
        return self.next.begins(time_zone)

    def _moved(self, months: int) -> "Period":
        number = self.year * _MONTHS + self.month - 1 + months
        return Period(number // _MONTHS, number % _MONTHS + 1, self.length)


def span_of(first: Period, last: Period) -> tuple[Period, ...]:
    """Every period from the first to the last, in order.

    Raises:
        ValueError: They are not of one length, or the last comes before the first.
    """
    if first.length is not last.length:
        raise ValueError("a report goes by months or by quarters, not by both")
    if last < first:
        raise ValueError(f"{last} comes before {first}")
    periods = [first]
    while periods[-1] != last:
        periods.append(periods[-1].next)
    return tuple(periods)
