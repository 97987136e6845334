"""A grant in words: one text for the page, the command line, the paper and the download.

Every moment is told by the wall clock of the grant's own time zone. What the words leave out is not allowed, and they
say so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.domain.consent import EVERY_DAY, ConsentGrant, DailyHours, Weekday
from pipeline.domain.events import PACKAGE_KINDS, EventKind, Zone

_EVENING = 17
"""From this hour on, "today" is "tonight"."""

_WORKDAYS, _WEEKEND = EVERY_DAY[:5], EVERY_DAY[5:]
_MOST_CHANGES = 2
_PLURAL: Mapping[EventKind, str] = {
    EventKind.PERSON_VISIT: "visits of people",
    EventKind.PERSON_AT_DOOR: "people at the door",
    EventKind.LOITERING: "people who stay for long",
    EventKind.DOORBELL_PRESSED: "presses of the doorbell",
    EventKind.VEHICLE_PASSING: "vehicles that pass",
    EventKind.VEHICLE_STOPPED: "vehicles that stop",
    EventKind.ANIMAL_PRESENT: "animals",
    EventKind.PACKAGE_DELIVERED: "delivered",
    EventKind.PACKAGE_PICKED_UP: "picked up",
    EventKind.PACKAGE_MOVED: "moved",
    EventKind.PACKAGE_WAITING: "waiting",
    EventKind.OBJECT_LEFT: "things left behind",
    EventKind.OBJECT_REMOVED: "things taken away",
    EventKind.CAMERA_OBSCURED: "the camera covered",
    EventKind.CAMERA_BLINDED: "the camera blinded",
    EventKind.CAMERA_FROZEN: "the picture frozen",
    EventKind.CAMERA_MOVED: "the camera turned",
    EventKind.FOOTAGE_CUT: "footage cut",
}


def grant_in_words(grant: ConsentGrant, names: Mapping[str, str], now: datetime) -> str:
    """What a grant allows, to whom, and until when, in a few sentences.

    Args:
        grant: Which version.
        names: The cameras', by id; of one that is not there its id is said.
        now: UTC; for "today" and "tonight", and for what is over.
    """
    return " ".join(_sentences(grant, names, now))


def changes_in_words(before: ConsentGrant, after: ConsentGrant, names: Mapping[str, str]) -> tuple[str, ...]:
    """What a version says that the one before it did not, less first, one line each; empty when they say the same."""
    return tuple(_changes(before, after, names))


def hours_in_words(hours: Sequence[DailyHours]) -> str:
    """``between 18:00 and 08:00 on weekdays``; ``at no hour`` for none."""
    if any(one.is_always for one in hours):
        return "at any hour"
    return joined(tuple(_one_span(one) for one in hours), "or") or "at no hour"


def kinds_in_words(kinds: Iterable[EventKind]) -> str:
    """``packages delivered and picked up, and animals``; ``nothing`` for none."""
    wanted = frozenset(kinds)
    if wanted == frozenset(EventKind):
        return "every kind of event"
    packages = tuple(_PLURAL[kind] for kind in EventKind if kind in wanted & PACKAGE_KINDS)
    others = tuple(_PLURAL[kind] for kind in EventKind if kind in wanted - PACKAGE_KINDS)
    first = (f"packages {joined(packages)}",) if packages else ()
    return ", ".join((*first, *others)) or "nothing"


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``; empty for none."""
    if len(words) < 2:  # noqa: PLR2004 - nothing stands between fewer
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def end_in_words(grant: ConsentGrant) -> str:
    """``the end of 30 March 2027``, where it ends at midnight; otherwise with the time."""
    local = grant.expires_at.astimezone(ZoneInfo(grant.time_zone))
    if local.time() == time(0):
        return f"the end of {_day(local - timedelta(days=1))}"
    return f"{_day(local)}, {local:%H:%M}"


def clock_changes(grant: ConsentGrant) -> tuple[datetime, ...]:
    """When the clocks of the grant's time zone change while it runs, to the hour, in local time, the first two."""
    zone = ZoneInfo(grant.time_zone)
    found: list[datetime] = []
    at, step = max(grant.granted_at, grant.footage_from), timedelta(days=1)
    while at < grant.expires_at and len(found) < _MOST_CHANGES:
        after = min(at + step, grant.expires_at)
        if _offset(at, zone) != _offset(after, zone):
            found.append(_turn(at, after, zone))
        at = after
    return tuple(found)


def _sentences(grant: ConsentGrant, names: Mapping[str, str], now: datetime) -> Iterator[str]:
    cameras = joined(tuple(names.get(camera_id, camera_id) for camera_id in grant.camera_ids))
    plural = "cameras" if len(grant.camera_ids) > 1 else "camera"
    sound = "with" if grant.audio else "without"
    yield (
        f"From {_begin(grant, now)} until {end_in_words(grant)}, {hours_in_words(grant.hours)}, "
        f"{f'the {plural} {cameras}' if cameras else 'no camera'}: {kinds_in_words(grant.event_kinds)}"
        f"{_where(grant.zones)}, {sound} sound, for {grant.purpose}, for {grant.recipient}. Nobody else."
    )
    yield from _how_much(grant)
    if grant.spans is not None:
        yield f"Of that only {joined(_spans(grant, names)) or 'nothing'}."
    if not any(one.is_always for one in grant.hours):
        yield _clock(grant)
        yield (
            "A recording that begins in these hours and goes on after them is kept whole; what was recorded outside of "
            "them is not shown, and the recording itself does not leave."
        )
    yield from _state(grant, now)


def _how_much(grant: ConsentGrant) -> Iterator[str]:
    """How much of a recording goes with an event that the grant names; nothing where it names none."""
    if not grant.names_events:
        return
    if grant.whole_recordings:
        yield (
            "The whole recording in which such an event lies may be watched, also what else it shows, and handed out "
            "as the camera made it."
        )
    else:
        yield (
            "Of a recording only the moments of such events may be watched and handed out, with a little before and "
            "after; the recording itself is kept, and does not leave."
        )


def _spans(grant: ConsentGrant, names: Mapping[str, str]) -> tuple[str, ...]:
    """Each stretch with its camera, in order of time."""
    ours = [span for span in grant.spans or () if span.camera_id in grant.camera_ids]
    return tuple(
        f"{names.get(span.camera_id, span.camera_id)} {_to_the_second(grant, span.start)} to "
        f"{_to_the_second(grant, span.end)} ({grant.time_zone})"
        for span in sorted(ours, key=lambda span: (span.start, span.camera_id))
    )


def _begin(grant: ConsentGrant, now: datetime) -> str:
    zone = ZoneInfo(grant.time_zone)
    local = grant.footage_from.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{'tonight' if local.hour >= _EVENING else 'today'}, {local:%H:%M},"
    return _day(local) if local.time() == time(0) else f"{_day(local)}, {local:%H:%M},"


def _clock(grant: ConsentGrant) -> str:
    changes = joined(tuple(_day(one) for one in clock_changes(grant)))
    told = f"The hours are those of the clock in {grant.time_zone}"
    return f"{told}, also after the clocks change on {changes}." if changes else f"{told}."


def _state(grant: ConsentGrant, now: datetime) -> Iterator[str]:
    if grant.revoked_at is not None:
        yield f"Revoked on {_moment(grant, grant.revoked_at)}: nothing of this is allowed any more."
    elif now >= grant.expires_at:
        yield "It has ended: nothing of this is allowed any more."
    elif grant.paused_since is not None:
        yield f"Paused since {_moment(grant, grant.paused_since)}: nothing of this is allowed until it goes on."
    over = tuple(one for one in grant.pauses if one.until is not None)
    if over:
        spans = (f"{_moment(grant, one.since)} to {_moment(grant, one.until or one.since)}" for one in over)
        yield f"Nothing that was recorded while it was paused is covered: {'; '.join(spans)}."


def _where(zones: Sequence[Zone]) -> str:
    if not zones:
        return ""
    named = joined(tuple(zone.name for zone in zones), "or")
    return f", only what touches the {'zones' if len(zones) > 1 else 'zone'} {named}"


def _one_span(hours: DailyHours) -> str:
    days = _days(hours.days)
    if hours.start == hours.end == time(0):
        return f"all day {days}".rstrip()
    over = hours.end <= hours.start and hours.days != EVERY_DAY
    end = f"{hours.end:%H:%M}{' of the next day' if over else ''}"
    return f"between {hours.start:%H:%M} and {end} {days}".rstrip()


def _days(days: tuple[Weekday, ...]) -> str:
    known = {EVERY_DAY: "", _WORKDAYS: "on weekdays", _WEEKEND: "on Saturdays and Sundays"}
    return known[days] if days in known else f"on {joined(tuple(f'{day.value.title()}s' for day in days))}"


def _changes(before: ConsentGrant, after: ConsentGrant, names: Mapping[str, str]) -> Iterator[str]:
    yield from _lists("camera", _named(before.camera_ids, names), _named(after.camera_ids, names))
    yield from _lists("kind of event", _kinds(before), _kinds(after))
    yield from _lists("stretch", _spans(before, names), _spans(after, names))
    for what, old, new in (
        ("hours", _hours(before), _hours(after)),
        ("zones", _zones(before), _zones(after)),
        ("recordings", _recordings(before), _recordings(after)),
        ("sound", _sound(before), _sound(after)),
        ("purpose", before.purpose, after.purpose),
        ("recipient", before.recipient, after.recipient),
        ("end", end_in_words(before), end_in_words(after)),
        ("earliest footage", _moment(before, before.footage_from), _moment(after, after.footage_from)),
    ):
        if old != new:
            yield f"{what}: {new}, before that {old}"
    if before.paused_since is None and after.paused_since is not None:
        yield f"paused on {_moment(after, after.paused_since)}"
    if before.paused_since is not None and after.paused_since is None:
        ended = after.pauses[-1].until or before.paused_since
        yield f"it goes on since {_moment(after, ended)}; what was recorded in the pause stays outside"
    if before.revoked_at is None and after.revoked_at is not None:
        yield f"revoked on {_moment(after, after.revoked_at)}"


def _lists(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield from (f"no longer: {what} {one}" for one in before if one not in after)
    yield from (f"now also: {what} {one}" for one in after if one not in before)


def _named(camera_ids: Iterable[str], names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(names.get(camera_id, camera_id) for camera_id in camera_ids)


def _kinds(grant: ConsentGrant) -> tuple[str, ...]:
    return tuple(kind.words for kind in EventKind if kind in grant.event_kinds)


def _hours(grant: ConsentGrant) -> str:
    return f"{hours_in_words(grant.hours)} ({grant.time_zone})"


def _zones(grant: ConsentGrant) -> str:
    """With the corners: a zone that was drawn anew under its old name is a change."""
    drawn = (f"{one.name} ({' '.join(f'{x:.2f},{y:.2f}' for x, y in one.polygon)})" for one in grant.zones)
    return joined(tuple(drawn)) or "the whole picture"


def _recordings(grant: ConsentGrant) -> str:
    if not grant.names_events:
        return "whole, whatever they show"
    return "whole, where such an event lies in them" if grant.whole_recordings else "the moments of such events alone"


def _sound(grant: ConsentGrant) -> str:
    return "may be used" if grant.audio else "may not be used"


def _moment(grant: ConsentGrant, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(grant.time_zone))
    return f"{_day(local)}, {local:%H:%M}"


def _to_the_second(grant: ConsentGrant, moment: datetime) -> str:
    """A clip is often over within its minute."""
    return f"{_moment(grant, moment)}:{moment:%S}"


def _day(local: datetime) -> str:
    return f"{local.day} {local:%B %Y}"


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _turn(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The local moment, to the minute, at which the offset is that of ``after``."""
    old = _offset(before, zone)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after.astimezone(zone)
