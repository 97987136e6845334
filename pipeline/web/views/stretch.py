"""A stretch of time on the timeline: an hour, a day or a week by the installation's clock, also when it is changed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from pipeline.reports import words


class Zoom(StrEnum):
    """How long a stretch is shown."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def length(self) -> timedelta:
        """Of the stretch; a day that a clock change makes longer or shorter is taken as it is by its ends."""
        return {Zoom.HOUR: timedelta(hours=1), Zoom.DAY: timedelta(days=1), Zoom.WEEK: timedelta(days=7)}[self]

    @property
    def form(self) -> str:
        """How its beginning is written in an address."""
        return "%Y-%m-%dT%H" if self is Zoom.HOUR else "%Y-%m-%d"


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark above the rows: its words, and how many parts of the axis it spans; in a week a part is an hour."""

    words: str
    span: int = 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is shown: local time of the installation, with its zone.

    Attributes:
        zoom: How long.
        start: Local, aware.
        end: Local, aware.
    """

    zoom: Zoom
    start: datetime
    end: datetime

    @property
    def title(self) -> str:
        """In words."""
        day = words.day_words(self.start, str(self.start.tzinfo))
        if self.zoom is Zoom.HOUR:
            return f"{day}, {self.start:%H:%M} to {self.end:%H:%M}"
        if self.zoom is Zoom.DAY:
            return day
        return f"{day} to {words.day_words(self.end - timedelta(hours=1), str(self.start.tzinfo))}"

    def address(self, moved: int = 0, zoom: Zoom | None = None, around: datetime | None = None) -> str:
        """Of this stretch, moved by so many of its lengths, or of another length around a moment or its beginning."""
        start = around.astimezone(self.start.tzinfo) if around else self._moved(moved)
        wanted = zoom or self.zoom
        return f"/timeline?zoom={wanted}&at={start:{wanted.form}}"

    def _moved(self, moved: int) -> datetime:
        """An hour is an hour; days and weeks are those of the calendar, however long a clock change makes them."""
        if self.zoom is Zoom.HOUR:
            return (self.start.astimezone(UTC) + moved * self.zoom.length).astimezone(self.start.tzinfo)
        return self.start + moved * self.zoom.length

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """What stands above the rows, each as wide as its time: a day of a clock change has 23 or 25 hours."""
        first, last = self.start.astimezone(UTC), self.end.astimezone(UTC)
        if self.zoom is Zoom.WEEK:
            days = [self.start + timedelta(days=day) for day in range(8)]
            return tuple(_day(*pair) for pair in pairwise(days))
        step = timedelta(minutes=5) if self.zoom is Zoom.HOUR else timedelta(hours=1)
        form = "%H:%M" if self.zoom is Zoom.HOUR else "%H"
        count = round((last - first) / step)
        return tuple(Tick(f"{(first + step * number).astimezone(self.start.tzinfo):{form}}") for number in range(count))


def _day(start: datetime, end: datetime) -> Tick:
    hours = (end.astimezone(UTC) - start.astimezone(UTC)) // timedelta(hours=1)
    return Tick(words.day_words(start, str(start.tzinfo))[:6], hours)


def stretch_of(zoom: Zoom, at: datetime) -> Stretch:
    """The stretch in which a moment lies: its hour, its day, or its week from Monday on."""
    start = at.replace(minute=0, second=0, microsecond=0)
    if zoom is not Zoom.HOUR:
        start = start.replace(hour=0)
    if zoom is Zoom.WEEK:
        start -= timedelta(days=start.weekday())
    if zoom is Zoom.HOUR:  # the hour that a clock change repeats is two
        end = (start.astimezone(UTC) + zoom.length).astimezone(start.tzinfo)
        return Stretch(zoom, start, end)
    return Stretch(zoom, start, start + zoom.length)
