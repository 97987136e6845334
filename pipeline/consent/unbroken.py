"""Whether a grant covers every moment of a stretch of footage, and not its two ends alone.

What a grant says of a moment changes only at boundaries: where a pause or a span begins or ends, where hours do, at
midnight, and where the clocks of its time zone turn. From one boundary to just before the next it stays the same, so
that asking at the first moment and at each boundary after it asks of every moment.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.domain.consent import ConsentGrant

TICK = timedelta(microseconds=1)
"""Moments are told to the microsecond: so much before a boundary is the last moment before it."""
_DAY = timedelta(days=1)


def boundaries(grant: ConsentGrant, camera_id: str, first: datetime, last: datetime) -> tuple[datetime, ...]:
    """The moments after ``first`` and up to ``last`` at which a grant may begin or cease to cover footage, in order.

    Args:
        grant: Its words.
        camera_id: Of which camera.
        first: UTC.
        last: UTC; belongs to the stretch.
    """
    found = (*_written(grant, camera_id), *_of_hours(grant, first, last))
    return tuple(sorted({moment for moment in found if first < moment <= last}))


def _written(grant: ConsentGrant, camera_id: str) -> Iterator[datetime]:
    yield from (grant.footage_from, grant.expires_at)
    for pause in grant.pauses:
        yield pause.since
        if pause.until is not None:
            yield pause.until
    for span in grant.spans_of(camera_id) or ():
        yield from (span.start, span.end)


def _of_hours(grant: ConsentGrant, first: datetime, last: datetime) -> Iterator[datetime]:
    if any(hours.is_always for hours in grant.hours):
        return
    zone = ZoneInfo(grant.time_zone)
    times = {time(0), *(at for hours in grant.hours for at in (hours.start, hours.end))}
    day, end = first.astimezone(zone).date() - _DAY, last.astimezone(zone).date() + _DAY
    while day <= end:
        yield from (_utc(day, at, zone, fold) for at in times for fold in (0, 1))
        day += _DAY
    yield from _turns(zone, first, last)


def _utc(day: date, at: time, zone: ZoneInfo, fold: int) -> datetime:
    """An hour that the clocks show twice is two moments."""
    return datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC)


def _turns(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Where the clocks turn, at most once a day: found to the second, at which they do."""
    since = first.astimezone(UTC).replace(microsecond=0)
    while since <= last:
        until = since + _DAY
        if since.astimezone(zone).utcoffset() != until.astimezone(zone).utcoffset():
            yield _turn(zone, since, until)
        since = until


def _turn(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while (seconds := (after - before) // timedelta(seconds=1)) > 1:
        middle = before + timedelta(seconds=seconds // 2)
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after
