"""What a resident allows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pipeline.domain.events import EventKind, Zone
from pipeline.domain.plain import LATER


class Use(StrEnum):
    """The four places at which a grant is asked for."""

    FETCH = "fetch"
    INDEX = "index"
    VIEW = "view"
    EXPORT = "export"


class Weekday(StrEnum):
    """A day of the week, in the order of ``datetime.weekday``."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """0 on Monday to 6 on Sunday."""
        return EVERY_DAY.index(self)


EVERY_DAY = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class DailyHours:
    """A span that begins on some days of the week, by the wall clock of the grant's time zone.

    It runs over midnight, into a day that it need not name, when ``end`` is not after ``start``.

    Attributes:
        start: When it begins; the same as ``end`` for a whole day.
        end: When it ends; the moment itself is outside.
        days: On which days it begins, in order, each once, at least one.
    """

    start: time
    end: time
    days: tuple[Weekday, ...] = field(default=EVERY_DAY, metadata=LATER)

    def __post_init__(self) -> None:
        if not self.days or self.days != tuple(day for day in EVERY_DAY if day in self.days):
            raise ValueError("the days of a span of hours are named in order, each once, at least one")

    @property
    def is_always(self) -> bool:
        """Whether no moment lies outside."""
        return self.start == self.end and self.days == EVERY_DAY

    def covers(self, local: datetime) -> bool:
        """Whether a moment of the wall clock lies inside; the start belongs to the span, the end does not."""
        at, today = local.time(), local.weekday()
        if self.start < self.end:
            return self.start <= at < self.end and self._begins_on(today)
        return (at >= self.start and self._begins_on(today)) or (at < self.end and self._begins_on(today - 1))

    def _begins_on(self, day: int) -> bool:
        return EVERY_DAY[day % len(EVERY_DAY)] in self.days


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which a grant stood still: nothing was allowed during it, and what was recorded in it never is.

    Attributes:
        since: UTC.
        until: UTC; None while it goes on.
    """

    since: datetime
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or (self.until is not None and self.until.tzinfo is None):
            raise ValueError("the moments of a pause must be aware datetimes")
        if self.until is not None and self.until < self.since:
            raise ValueError("a pause does not end before it begins")

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies inside; the end does not belong to it."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class FootageSpan:
    """A stretch of one camera's footage: from ``start`` to just before ``end``, UTC."""

    camera_id: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a span of footage is in aware UTC moments")
        if self.end <= self.start:
            raise ValueError("a span of footage must end after it starts")

    def covers(self, moment: datetime) -> bool:
        """Whether a moment lies inside."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class ConsentGrant:
    """One version of what a resident allows. An empty tuple allows nothing.

    Attributes:
        grant_id: The same over all versions.
        version: Counts from 1; the highest is in force.
        resident_id: Who grants.
        camera_ids: The cameras; only those of which the resident is the owner are ever covered.
        event_kinds: Kinds that may be indexed, viewed and exported.
        hours: When footage may be used.
        time_zone: IANA name in which ``hours`` is read.
        zones: Parts of the picture that events must touch; here, empty means the whole picture.
        purpose: In words, for example ``package theft``.
        recipient: Who may see it, for example an agency's name.
        audio: Whether sound may be used.
        granted_at: UTC.
        expires_at: UTC.
        covers_from: UTC; footage recorded before it is not covered; None means before ``granted_at``.
        revoked_at: UTC; None while it is in force.
        pauses: In order; only the last may go on.
        changed_at: UTC, when this version was made; None in the first, which was made at ``granted_at``.
        spans: Footage that is covered within all of the above: single clips of a past time. None names none, and is
            every moment; an empty tuple covers nothing, and neither does a span of a camera that is not named.
        whole_recordings: Whether the whole recording in which one of its events lies may be used, where it names
            events; without that, the moments of those events alone.
    """

    grant_id: str
    version: int
    resident_id: str
    camera_ids: tuple[str, ...]
    event_kinds: tuple[EventKind, ...]
    hours: tuple[DailyHours, ...]
    time_zone: str
    purpose: str
    recipient: str
    granted_at: datetime
    expires_at: datetime
    zones: tuple[Zone, ...] = ()
    audio: bool = False
    covers_from: datetime | None = None
    revoked_at: datetime | None = None
    pauses: tuple[Pause, ...] = field(default=(), metadata=LATER)
    changed_at: datetime | None = field(default=None, metadata=LATER)
    spans: tuple[FootageSpan, ...] | None = field(default=None, metadata=LATER)
    whole_recordings: bool = field(default=False, metadata=LATER)

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"a grant's version counts from 1, got {self.version}")
        if self.granted_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("a grant's moments must be aware datetimes")
        if self.expires_at <= self.granted_at:
            raise ValueError("a grant must expire after it is given")
        if not self.purpose.strip() or not self.recipient.strip():
            raise ValueError("a grant needs a purpose and a recipient")
        _require_order(self.pauses)
        ZoneInfo(self.time_zone)

    @property
    def paused_since(self) -> datetime | None:
        """UTC moment of the pause that goes on; None when none does."""
        return next((pause.since for pause in self.pauses if pause.until is None), None)

    def is_in_force(self, now: datetime) -> bool:
        """Whether it may allow anything at ``now`` (UTC): begun, not over, not revoked, not paused."""
        is_stopped = self.revoked_at is not None or self.paused_since is not None
        return not is_stopped and self.granted_at <= now < self.expires_at

    @property
    def footage_from(self) -> datetime:
        """UTC moment before which recorded footage is not covered."""
        return self.covers_from or self.granted_at

    @property
    def names_events(self) -> bool:
        """Whether it covers some events and not others: not of every kind, or only where they touch a zone."""
        return bool(self.zones) or not set(EventKind) <= set(self.event_kinds)

    def spans_of(self, camera_id: str) -> tuple[FootageSpan, ...] | None:
        """The spans of one camera; None where every moment of the grant's days is covered."""
        return None if self.spans is None else tuple(span for span in self.spans if span.camera_id == camera_id)


def _require_order(pauses: Iterable[Pause]) -> None:
    end: datetime | None = None
    for number, pause in enumerate(pauses):
        if number and (end is None or pause.since < end):
            raise ValueError("a grant's pauses follow each other, and only the last goes on")
        end = pause.until


@dataclass(frozen=True, slots=True)
class SignedGrant:
    """A grant version with our Ed25519 signature over its canonical form.

    Attributes:
        grant: The words.
        signature: 64 bytes over the RFC 8785 form of the grant.
        key_id: Which key signed.
    """

    grant: ConsentGrant
    signature: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants to do with footage of a camera.

    Attributes:
        use: At which of the four places.
        camera_id: Of which camera.
        camera_owner: Resident id of the camera's owner; None when the source does not tell, which no grant covers.
        recorded_at: UTC moment of the footage; None when no footage is asked for yet, only what there is.
        purpose: The asker's.
        recipient: Who would get it.
        event_kind: The kind of event; None when none is known yet (fetching).
        with_audio: Whether sound is asked for.
        places: Where in the picture it happened, each (x, y) 0 to 1; empty when that is not known yet.
        until: UTC; the last moment of a stretch of footage that begins at ``recorded_at``, every moment of which is
            asked for; None asks for that moment alone.
        is_whole: Whether the footage is asked for whatever it shows, and not for the moments of one event.
    """

    use: Use
    camera_id: str
    camera_owner: str | None
    recorded_at: datetime | None
    purpose: str
    recipient: str
    event_kind: EventKind | None = None
    with_audio: bool = False
    places: tuple[tuple[float, float], ...] = ()
    until: datetime | None = None
    is_whole: bool = False

    def __post_init__(self) -> None:
        if self.until is not None and (self.recorded_at is None or self.until < self.recorded_at):
            raise ValueError("a stretch of footage does not end before it begins")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one live grant lets one asker see of one camera: the grant without what was asked already.

    Attributes:
        grant_id: Of which grant.
        camera_id: Of which camera.
        since: UTC; footage recorded before it is not covered.
        until: UTC; footage recorded then or later is not covered.
        kinds: Kinds of event.
        hours: When, at least one.
        time_zone: IANA name in which ``hours`` is read.
        has_zones: Whether it also asks where in the picture it happened.
        pauses: Spans of which nothing is covered.
        spans: The only footage within ``since`` and ``until`` that is covered; None covers all of it.
    """

    grant_id: str
    camera_id: str
    since: datetime
    until: datetime
    kinds: frozenset[EventKind]
    hours: tuple[DailyHours, ...]
    time_zone: str
    has_zones: bool = False
    pauses: tuple[Pause, ...] = ()
    spans: tuple[FootageSpan, ...] | None = None
