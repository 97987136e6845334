"""The form of a grant: as it was typed, what is wrong with it, and the wish that it means. Nothing is ticked in it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field

from pipeline.casework.grants.drafting import Wish
from pipeline.domain.consent import EVERY_DAY, DailyHours, Weekday
from pipeline.domain.events import EventKind, Zone
from pipeline.errors import InputRefusedError

SPANS = 6
"""Spans of hours that the form offers."""

_MOST_ZONES, _MOST_CORNERS = 10, 40
_YEARS = range(1990, 2200)

Short = Annotated[str, Field(max_length=400)]
Several = Annotated[list[Short], Field(max_length=100)]


class GrantForm(BaseModel):
    """What the form holds, as it was typed, so that it is shown again when something of it is refused."""

    grant_id: Short = ""
    camera: Several = []
    indoor: Several = []
    kind: list[EventKind] = []
    start: Several = [""] * SPANS
    end: Several = [""] * SPANS
    days_1: list[Weekday] = []
    days_2: list[Weekday] = []
    days_3: list[Weekday] = []
    days_4: list[Weekday] = []
    days_5: list[Weekday] = []
    days_6: list[Weekday] = []
    time_zone: Short = ""
    zones: Annotated[str, Field(max_length=20_000)] = ""
    asker: Short = ""
    audio: bool = False
    whole: bool = False
    since: Short = ""
    until: Short = ""

    @classmethod
    def of(cls, wish: Wish, grant_id: str, askers: tuple[tuple[str, str], ...]) -> Self:
        """What the form shows of a wish."""
        zone = ZoneInfo(wish.time_zone)
        spans = wish.hours[:SPANS]
        blank = [""] * (SPANS - len(spans))
        days = {f"days_{number}": list(one.days) for number, one in enumerate(spans, start=1)}
        last = (wish.expires_at - timedelta(microseconds=1)).astimezone(zone)
        pair = (wish.purpose, wish.recipient)
        return cls(
            grant_id=grant_id,
            camera=list(wish.camera_ids),
            kind=list(wish.event_kinds),
            start=[f"{one.start:%H:%M}" for one in spans] + blank,
            end=[f"{one.end:%H:%M}" for one in spans] + blank,
            time_zone=wish.time_zone,
            zones="\n".join(zone_text(one) for one in wish.zones),
            asker=str(askers.index(pair)) if pair in askers else "",
            audio=wish.audio,
            whole=wish.whole_recordings,
            since=f"{wish.covers_from.astimezone(zone):%Y-%m-%d}" if wish.covers_from else "",
            until=f"{last:%Y-%m-%d}",
            **days,
        )

    @property
    def days(self) -> tuple[list[Weekday], ...]:
        """The days of each span."""
        return self.days_1, self.days_2, self.days_3, self.days_4, self.days_5, self.days_6

    @property
    def shown(self) -> int:
        """How many spans the form shows at first: two, or as many as say something."""
        told = [bool(start or end or days) for start, end, days in self.spans]
        return max([2, *(number for number, says in enumerate(told, start=1) if says)])

    @property
    def spans(self) -> tuple[tuple[str, str, list[Weekday]], ...]:
        """Every span that the form offers, as it was typed: from, until, and the days on which it begins."""
        starts, ends = ([*typed, *[""] * SPANS][:SPANS] for typed in (self.start, self.end))
        return tuple(zip(starts, ends, self.days, strict=True))

    def wish(self, askers: tuple[tuple[str, str], ...], covers_from: datetime | None = None) -> Wish:
        """What was meant.

        Args:
            askers: Purposes with their recipients, in the order in which the form offered them.
            covers_from: Since when the grant that is changed covers; a day that nobody touched stays exact.

        Raises:
            InputRefusedError: A field is empty, or none of its kind; it names which.
        """
        zone = self._zone()
        if not self.asker.isdecimal() or int(self.asker) >= len(askers):
            raise InputRefusedError("asker", "say for what, and for whom")
        purpose, recipient = askers[int(self.asker)]
        since = _day("since", self.since) if self.since else None
        is_kept = covers_from is not None and since == covers_from.astimezone(zone).date()
        until = _day("until", self.until) + timedelta(days=1)
        return Wish(
            camera_ids=tuple(dict.fromkeys(self.camera)),
            indoor_yes=tuple(self.indoor),
            event_kinds=tuple(dict.fromkeys(self.kind)),
            hours=tuple(self._hours()),
            time_zone=self.time_zone,
            zones=read_zones(self.zones),
            purpose=purpose,
            recipient=recipient,
            audio=self.audio,
            covers_from=covers_from if is_kept else _midnight(since, zone) if since else covers_from,
            expires_at=_midnight(until, zone),
            whole_recordings=self.whole,
        )

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InputRefusedError("time_zone", "write a time zone as Europe/London or America/New_York") from error

    def _hours(self) -> Iterator[DailyHours]:
        for start, end, named in self.spans:
            if not (start or end or named):
                continue
            if not named:
                raise InputRefusedError("hours", "tick the days on which these hours begin")
            try:
                begins, ends = time.fromisoformat(start), time.fromisoformat(end)
            except ValueError as error:
                raise InputRefusedError("hours", "write both times as 18:00; the same twice is a whole day") from error
            yield DailyHours(begins, ends, tuple(day for day in EVERY_DAY if day in named))


def zone_text(zone: Zone) -> str:
    """``door: 0.2,0.5; 0.8,0.5; 0.8,1``, as it is typed."""
    return f"{zone.name}: {'; '.join(f'{x:g},{y:g}' for x, y in zone.polygon)}"


def read_zones(text: str) -> tuple[Zone, ...]:
    """One zone a line, as ``zone_text`` writes it; empty lines are nothing.

    Raises:
        InputRefusedError: A line is no zone.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_ZONES:
        raise InputRefusedError("zones", f"at most {_MOST_ZONES} zones")
    return tuple(map(_zone, lines))


def _zone(line: str) -> Zone:
    name, _, corners = line.partition(":")
    told = f"{line[:60]!r} is no zone: write a name and three corners or more, as door: 0.1,0.5; 0.9,0.5; 0.9,1"
    if not name.strip() or corners.count(";") >= _MOST_CORNERS:
        raise InputRefusedError("zones", told)
    try:
        pairs = [corner.split(",") for corner in corners.split(";")]
        return Zone(name.strip(), tuple((float(x), float(y)) for x, y in pairs))
    except ValueError as error:
        raise InputRefusedError("zones", told) from error


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise InputRefusedError(name, "write a day as 2027-03-31") from error
    if found.year not in _YEARS:
        raise InputRefusedError(name, f"give a day of the years {_YEARS.start} to {_YEARS.stop - 1}")
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
