"""Whether one grant allows nothing that another does not, word by word. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline.domain.consent import ConsentGrant, FootageSpan

_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES = 7 * 24 * 60


def wider_parts(before: ConsentGrant, after: ConsentGrant) -> tuple[str, ...]:
    """The parts in which ``after`` allows more, by name; empty when it allows the same or less.

    What cannot be compared (another purpose, recipient or time zone; zones that were drawn anew) counts as more.
    """
    return tuple(_wider(before, after))


def _wider(before: ConsentGrant, after: ConsentGrant) -> Iterator[str]:
    for name, is_wider in (
        ("cameras", not set(after.camera_ids) <= set(before.camera_ids)),
        ("kinds of event", not set(after.event_kinds) <= set(before.event_kinds)),
        ("hours", _has_wider_hours(before, after)),
        ("zones", bool(before.zones) and not (after.zones and set(after.zones) <= set(before.zones))),
        ("whole recordings", _has_wider_recordings(before, after)),
        ("sound", after.audio and not before.audio),
        ("purpose", after.purpose.casefold() != before.purpose.casefold()),
        ("recipient", after.recipient.casefold() != before.recipient.casefold()),
        ("end", after.expires_at > before.expires_at),
        ("earliest footage", after.footage_from < before.footage_from),
        ("single clips", before.spans is not None and not (after.spans is not None and _holds(before, after.spans))),
    ):
        if is_wider:
            yield name


def _has_wider_recordings(before: ConsentGrant, after: ConsentGrant) -> bool:
    """A grant that names no event covers recordings whatever they show."""
    return before.names_events and not before.whole_recordings and (after.whole_recordings or not after.names_events)


def _holds(before: ConsentGrant, spans: tuple[FootageSpan, ...]) -> bool:
    """Whether each span lies inside one of the grant's."""
    return all(
        any(known.start <= span.start and span.end <= known.end for known in before.spans_of(span.camera_id) or ())
        for span in spans
    )


def _has_wider_hours(before: ConsentGrant, after: ConsentGrant) -> bool:
    if after.hours == before.hours:
        return after.time_zone != before.time_zone and not any(one.is_always for one in before.hours)
    if any(one.is_always for one in before.hours):
        return False
    return after.time_zone != before.time_zone or not _minutes(after) <= _minutes(before)


def _minutes(grant: ConsentGrant) -> frozenset[int]:
    """The minutes of a week of the wall clock that begin inside; hours are told in whole minutes."""
    moments = (_MONDAY + timedelta(minutes=minute) for minute in range(_MINUTES))
    return frozenset(
        minute for minute, local in enumerate(moments) if any(hours.covers(local) for hours in grant.hours)
    )
