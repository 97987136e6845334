"""Days and times of day together: when something began and ended, in UTC, and the readers of it."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.asking.calendar import WEEKDAYS, Days, day_in_words, days_in_words, weekday_number
from pipeline.asking.days import COUNT, DAYS, DAYS_AFTER_A_WORD, WEEKDAY, read_count, read_days
from pipeline.asking.hours import CLOCK, HOURS, hours_in_words, read_clock, read_hours
from pipeline.asking.reading import Pair, Reader, Reading, Surroundings, reader
from pipeline.domain.consent import DailyHours

SINCE, UNTIL, HOURS_FIELD, WEEKDAY_FIELD = "since", "until", "hours", "weekday"
_EVENING, _DAWN = time(18), time(6)
"""Of "last night" and "tonight": whoever says so means the evening too."""


def first_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """UTC of a wall clock time; where the clock shows it twice the first, where it leaps over it the leap."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def last_moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """UTC of a wall clock time at which a span ends; where the clock shows it twice the second."""
    return datetime.combine(day, at, zone).replace(fold=1).astimezone(UTC)


def moment_words(moment: datetime) -> str:
    """A moment as it stands in an address: UTC, as short as it is exact."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    exact = "microseconds" if utc.microsecond else "seconds" if utc.second else "minutes"
    return f"{utc.isoformat(timespec=exact)}Z"


def _of_days(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    after = days.last + timedelta(days=1)
    return first_moment(days.first, time(0), zone), first_moment(after, time(0), zone)


def _within(day: date, hours: DailyHours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A time of one day; over midnight it ends on the day after."""
    end_day = day + timedelta(days=hours.end <= hours.start)
    return first_moment(day, hours.start, zone), last_moment(end_day, hours.end, zone)


def _pairs(since: datetime | None, until: datetime | None) -> tuple[Pair, ...]:
    edges = ((SINCE, since), (UNTIL, until))
    return tuple((name, moment_words(moment)) for name, moment in edges if moment is not None)


def _days(found: re.Match[str], around: Surroundings) -> Reading | None:
    days = read_days(found["days"], around.local.date())
    if days is None:
        return None
    return Reading(_pairs(*_of_days(days, around.time_zone)), days_in_words(days), days.hint)


def _days_and_hours(found: re.Match[str], around: Surroundings) -> Reading | None:
    """Of one day a span of its own; of several days the days, and the hours of each."""
    days, hours = read_days(found["days"], around.local.date()), read_hours(found["hours"])
    if days is None or hours is None:
        return None
    if not days.is_one:
        pairs = (*_pairs(*_of_days(days, around.time_zone)), (HOURS_FIELD, hours_in_words(hours)))
        return Reading(pairs, f"{days_in_words(days)}, {hours_in_words(hours)} each day", days.hint)
    since, until = _within(days.first, hours, around.time_zone)
    return Reading(_pairs(since, until), f"{day_in_words(days.first)}, {hours_in_words(hours)}", days.hint)


def _night(found: re.Match[str], around: Surroundings) -> Reading:
    """Last night, or tonight; before dawn tonight is the night that runs."""
    local = around.local
    evening = local.date() - timedelta(days=local.time() < _DAWN)
    if found["night"].lower().startswith("last"):
        evening = local.date() - timedelta(days=1)
    hours = DailyHours(_EVENING, _DAWN)
    since, until = _within(evening, hours, around.time_zone)
    says = f"{day_in_words(evening)} 18:00 to {day_in_words(evening + timedelta(days=1))} 06:00"
    return Reading(_pairs(since, until), says)


def _edge(found: re.Match[str], around: Surroundings) -> Reading | None:
    """Since, after, until or before a day, or a time of it."""
    word = found["edge"].lower()
    days = read_days(found["days"], around.local.date())
    if days is None:
        return None
    since, until = _of_days(days, around.time_zone)
    first, last = day_in_words(days.first), day_in_words(days.last)
    if found["clock"]:
        try:
            clock = read_clock(found["clock"])
        except ValueError:
            return None
        since = until = first_moment(days.first, clock, around.time_zone)
        last = first = f"{first} {clock:%H:%M}"
        word = {"after": "since", "until": "before", "till": "before"}.get(word, word)
    if word in ("since", "from"):
        return Reading(_pairs(since, None), f"from {first} on", days.hint)
    if word == "after":
        return Reading(_pairs(until, None), f"after {last}", days.hint)
    if word == "before":
        return Reading(_pairs(None, since), f"before {first}", days.hint)
    return Reading(_pairs(None, until), f"until {last}, that day too", days.hint)


def _since_clock(found: re.Match[str], around: Surroundings) -> Reading | None:
    """The newest time that the clock showed it."""
    try:
        clock = read_clock(found["clock"])
    except ValueError:
        return None
    day = around.local.date()
    since = first_moment(day, clock, around.time_zone)
    if since > around.now:
        day -= timedelta(days=1)
        since = first_moment(day, clock, around.time_zone)
    return Reading(_pairs(since, None), f"from {day_in_words(day)} {clock:%H:%M} on")


def _since_part(found: re.Match[str], around: Surroundings) -> Reading | None:
    """Since an evening, a night or another part of a day."""
    days, hours = read_days(found["days"], around.local.date()), read_hours(found["hours"])
    if days is None or hours is None:
        return None
    since = first_moment(days.first, hours.start, around.time_zone)
    return Reading(_pairs(since, None), f"from {day_in_words(days.first)} {hours.start:%H:%M} on", days.hint)


def _between(found: re.Match[str], around: Surroundings) -> Reading | None:
    """Both days belong to it; the second is the newest that has begun, the first the newest before it."""
    last = read_days(found["last"], around.local.date())
    first = read_days(found["first"], last.first) if last else None
    if first is None or last is None:
        return None
    days = Days(first.first, last.last, first.hint or last.hint)
    return Reading(_pairs(*_of_days(days, around.time_zone)), days_in_words(days), days.hint)


def _running(found: re.Match[str], around: Surroundings) -> Reading | None:
    """The last so many hours or minutes, to now."""
    unit = timedelta(hours=1) if found["unit"].lower().startswith("h") else timedelta(minutes=1)
    since = around.now - read_count(found["count"] or "one") * unit
    local = since.astimezone(around.time_zone)
    words = f"from {day_in_words(local.date())} {local:%H:%M} on"
    return Reading(_pairs(since.replace(second=0, microsecond=0), None), words)


def _weekdays(found: re.Match[str], _: Surroundings) -> Reading:
    words = found["weekdays"].lower()
    if words == "weekends":
        numbers: tuple[int, ...] = (5, 6)
    elif words == "weekdays":
        numbers = (0, 1, 2, 3, 4)
    else:
        numbers = (weekday_number(words),)
    names = ", ".join(f"{WEEKDAYS[number].capitalize()}s" for number in numbers)
    says = {"weekends": "Saturdays and Sundays", "weekdays": "Mondays to Fridays"}.get(words, names)
    return Reading(tuple((WEEKDAY_FIELD, WEEKDAYS[number][:3]) for number in numbers), says)


def _weekdays_and_hours(found: re.Match[str], around: Surroundings) -> Reading | None:
    """Every Tuesday evening: over midnight the hours after it would be another weekday's, so those stay out."""
    hours = read_hours(found["hours"])
    if hours is None:
        return None
    of_week = _weekdays(found, around)
    hint = "" if hours.start < hours.end or hours.end == time(0) else "each weekday ends at midnight"
    pairs = (*of_week.pairs, (HOURS_FIELD, hours_in_words(hours)))
    return Reading(pairs, f"{of_week.says}, {hours_in_words(hours)}", hint)


def _this_part(found: re.Match[str], around: Surroundings) -> Reading | None:
    """This morning, this evening: of today, begun or not."""
    hours = read_hours(found["hours"])
    if hours is None:
        return None
    today = around.local.date()
    pairs = _pairs(*_within(today, hours, around.time_zone))
    return Reading(pairs, f"{day_in_words(today)}, {hours_in_words(hours)}")


def _hours(found: re.Match[str], _: Surroundings) -> Reading | None:
    hours = read_hours(found["hours"])
    if hours is None:
        return None
    return Reading(((HOURS_FIELD, hours_in_words(hours)),), f"{hours_in_words(hours)}, any day")


_EVERY = (
    "(?P<weekdays>weekends|weekdays|mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays)",
    rf"every (?P<weekdays>{WEEKDAY})",
)
_TO = r"\s*(?:[-\u2013]|to|until|till|through)\s*"
_EDGES = "(?P<edge>since|from|after|until|till|before)"
_LAST = r"(?:in |during )?(?:the )?(?:last|past)"

READERS: tuple[Reader, ...] = (
    reader(rf"(?:on )?(?P<weekdays>{WEEKDAY}) (?P<hours>mornings|afternoons|evenings|nights)", _weekdays_and_hours),
    reader(rf"(?:on )?(?P<days>{DAYS})", _days),
    reader(rf"(?:in|on|during|of|for|at) (?:the )?(?P<days>{DAYS_AFTER_A_WORD})", _days),
    reader(rf"(?:on )?(?P<days>{DAYS}),? (?P<hours>{HOURS})", _days_and_hours),
    reader(rf"(?P<hours>{HOURS}),? (?:on |of )?(?P<days>{DAYS})", _days_and_hours),
    reader(r"(?P<night>last night|tonight)", _night),
    reader(rf"{_EDGES} (?P<days>{DAYS_AFTER_A_WORD})(?:,? (?:at )?(?P<clock>{CLOCK}))?", _edge),
    reader(rf"since (?P<clock>{CLOCK})", _since_clock),
    reader(rf"since (?P<days>{DAYS}) (?P<hours>{HOURS})", _since_part),
    reader(rf"between (?P<first>{DAYS_AFTER_A_WORD}) and (?P<last>{DAYS_AFTER_A_WORD})", _between),
    reader(rf"from (?P<first>{DAYS_AFTER_A_WORD}){_TO}(?P<last>{DAYS_AFTER_A_WORD})", _between),
    reader(rf"(?P<first>{DAYS}){_TO}(?P<last>{DAYS})", _between),
    reader(rf"{_LAST} (?:(?P<count>{COUNT}) )?(?P<unit>h|hours?|hrs?|min|mins|minutes?)", _running),
    *(reader(rf"(?:on |at )?{every}", _weekdays) for every in _EVERY),
    *(reader(rf"(?:on )?{every} (?P<hours>{HOURS})", _weekdays_and_hours) for every in _EVERY),
    reader(r"this (?P<hours>morning|afternoon|evening|night)", _this_part),
    reader(rf"(?P<hours>{HOURS})", _hours),
)
