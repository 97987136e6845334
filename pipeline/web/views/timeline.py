"""What the timeline shows: where each thing lies on its row, in thousandths, and the same in words."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.casework.timeline import CameraRow, ClipBar, Timeline, Unseen, UnseenReason
from pipeline.casework.visits import VisitSpan
from pipeline.domain.cameras import Camera
from pipeline.domain.events import PACKAGE_KINDS, InferredEvent
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Tag, as_said, is_rejected
from pipeline.night.ingest import authority
from pipeline.reports import words
from pipeline.reports.said_words import event_words, tag_words

WIDE = 1000
_LEAST = 3.0
_REASONS = {
    UnseenReason.NOT_FETCHED: "recorded, and not fetched",
    UnseenReason.NOT_ASKED: "recorded, and not asked for yet",
    UnseenReason.NOT_LOOKED_AT: "fetched, and not looked at",
    UnseenReason.CANNOT_TELL: "cannot tell",
    UnseenReason.CAMERA_BLIND: "the camera did not see the scene",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """Something on a row; the address may be empty."""

    x: float
    width: float
    style: str
    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One camera's row."""

    name: str
    camera_id: str
    grant: str
    clips: tuple[Bar, ...]
    events: tuple[Bar, ...]
    unseen: tuple[Bar, ...]
    visits: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the lists beside the rows."""

    when: str
    camera: str
    what: str
    url: str


@dataclass(frozen=True, slots=True)
class TimelineView:
    """The page.

    Attributes:
        rows: One a camera.
        visits: What was seen, in order of time.
        rejected: What a person said that it did not happen, in order of time.
        between: What came or went while no clip shows the place; it is of no visit.
        unseen: What was not seen, in order of time.
    """

    rows: tuple[Row, ...]
    visits: tuple[Told, ...]
    between: tuple[Told, ...]
    rejected: tuple[Told, ...]
    unseen: tuple[Told, ...]

    @property
    def is_known(self) -> bool:
        """Whether any recording of the stretch is known of; without one nothing can be said of it."""
        return bool(self.unseen) or any(row.clips or row.events for row in self.rows)


def timeline_view(found: Timeline, time_zone: str) -> TimelineView:
    """The page of a timeline.

    Args:
        found: What is known of the stretch.
        time_zone: IANA name in which the installation reads time.
    """
    scale, tags = _Scale(found.starts_at, found.ends_at), _Tags(found)
    visits = tuple(
        scale.bar(one.starts_at, one.ends_at, "visit", _visit_words(one, tags, time_zone)) for one in found.visits
    )
    return TimelineView(
        rows=tuple(_row(row, scale, visits, time_zone) for row in found.rows),
        visits=tuple(_told_visit(one, tags) for one in found.visits),
        between=tuple(_told_one(one, tags) for row in found.rows for one in row.events if one.event.since),
        rejected=tuple(_told_one(one, tags) for row in found.rows for one in row.rejected),
        unseen=tuple(_told_unseen(camera, one) for camera, one in _in_time(found)),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    starts_at: datetime
    ends_at: datetime

    def bar(self, start: datetime, end: datetime, style: str, told: str, url: str = "") -> Bar:
        whole = (self.ends_at - self.starts_at).total_seconds()
        first, last = ((moment - self.starts_at).total_seconds() / whole * WIDE for moment in (start, end))
        first, last = min(max(first, 0.0), WIDE - _LEAST), min(max(last, 0.0), float(WIDE))
        return Bar(round(first, 2), round(max(last - first, _LEAST), 2), style, told, url)


def _row(row: CameraRow, scale: _Scale, visits: tuple[Bar, ...], zone: str) -> Row:
    return Row(
        name=row.camera.name,
        camera_id=row.camera.camera_id,
        grant=f"{authority(row.grant)}, until {words.day_words(row.grant.grant.expires_at, zone)}",
        clips=tuple(_clip(bar, scale, zone) for bar in row.clips),
        events=tuple(
            _event(one, row.tags.get(one.event.event_id), scale, zone) for one in (*row.events, *row.rejected)
        ),
        unseen=tuple(_unseen(one, scale, zone) for one in row.unseen),
        visits=visits,
    )


def _clip(bar: ClipBar, scale: _Scale, zone: str) -> Bar:
    told = f"clip {bar.clip[:12]}, {_clock(bar.starts_at, zone)} to {_clock(bar.ends_at, zone)}"
    url = f"/clips/{bar.acquisition_id}" if bar.is_looked_at else ""
    return scale.bar(bar.starts_at, bar.ends_at, "clip", told, url)


def _event(found: FoundEvent, tag: Tag | None, scale: _Scale, zone: str) -> Bar:
    inferred = as_said(found.event.inferred, tag)
    style = "event package" if inferred.kind in PACKAGE_KINDS else "event"
    style = f"{style} between" if found.event.since is not None else style
    style = f"{style} rejected" if is_rejected(tag) else style
    said = f" ({tag_words(tag)})" if tag and not is_rejected(tag) else ""
    told = f"{event_words(found.event.inferred, tag)}{said}, {found.camera_name}, {_clock(found.starts_at, zone)}"
    return scale.bar(found.starts_at, found.ends_at, style, told, f"/events/{found.event.event_id}")


def _unseen(one: Unseen, scale: _Scale, zone: str) -> Bar:
    url = f"/events/{one.event_id}" if one.event_id else ""
    told = f"{_clock(one.starts_at, zone)}: {_why(one)}"
    return scale.bar(one.starts_at, one.ends_at, f"unseen {one.reason.value}", told, url)


def _why(one: Unseen) -> str:
    why = _REASONS[one.reason]
    if one.outcome is not None:
        why = f"{why}: {words.outcome_words(one.outcome)}"
    return f"{why} ({one.detail})" if one.detail else why


class _Tags:
    """What people said of the events of a timeline, and where each camera reads the time."""

    def __init__(self, found: Timeline) -> None:
        self._tags = {name: tag for row in found.rows for name, tag in row.tags.items()}
        self._zones = {row.camera.camera_id: row.camera.time_zone for row in found.rows}

    def of(self, found: FoundEvent) -> Tag | None:
        return self._tags.get(found.event.event_id)

    def left(self, found: FoundEvent) -> InferredEvent:
        """The event as people leave it."""
        return as_said(found.event.inferred, self.of(found))

    def zone(self, found: FoundEvent) -> str:
        return self._zones[found.event.camera_id]


def _visit_words(visit: VisitSpan, tags: _Tags, zone: str) -> str:
    return f"visit, {_clock(visit.starts_at, zone)}: {words.heading_words(map(tags.left, visit.events))}"


def _told_visit(visit: VisitSpan, tags: _Tags) -> Told:
    best = max(visit.events, key=lambda one: (one.event.inferred.kind in PACKAGE_KINDS, one.event.inferred.score))
    cameras = ", then ".join(dict.fromkeys(one.camera_name for one in visit.events))
    name = best.event.event_id
    what = words.heading_words(map(tags.left, visit.events))
    span = words.local_span(visit.starts_at, visit.ends_at, tags.zone(visit.events[0]))
    return Told(span, cameras, what, f"/events/{name}")


def _told_one(found: FoundEvent, tags: _Tags) -> Told:
    span = words.local_span(found.starts_at, found.ends_at, tags.zone(found))
    what = event_words(found.event.inferred, tags.of(found))
    return Told(span, found.camera_name, what, f"/events/{found.event.event_id}")


def _in_time(found: Timeline) -> list[tuple[Camera, Unseen]]:
    """What was not seen over all cameras, each with its camera, in order of time."""
    every = [(row.camera, one) for row in found.rows for one in row.unseen]
    return sorted(every, key=lambda item: item[1].starts_at)


def _told_unseen(camera: Camera, one: Unseen) -> Told:
    url = f"/events/{one.event_id}" if one.event_id else ""
    return Told(words.local_span(one.starts_at, one.ends_at, camera.time_zone), camera.name, _why(one), url)


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M:%S}"
