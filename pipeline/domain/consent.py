"""What a resident allows."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pipeline.domain.events import EventKind, Zone


class Use(StrEnum):
    """The four places at which a grant is asked for."""

    FETCH = "fetch"
    INDEX = "index"
    VIEW = "view"
    EXPORT = "export"


@dataclass(frozen=True, slots=True)
class DailyHours:
    """A span of each day in the grant's time zone; it runs over midnight when ``end`` is not after ``start``."""

    start: time
    end: time

    def covers(self, local: time) -> bool:
        """Whether the local time of day lies inside; the start belongs to the span, the end does not."""
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


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

    def __post_init__(self) -> None:
        if self.version < 1:
            raise ValueError(f"a grant's version counts from 1, got {self.version}")
        if self.granted_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("a grant's moments must be aware datetimes")
        if self.expires_at <= self.granted_at:
            raise ValueError("a grant must expire after it is given")
        if not self.purpose.strip() or not self.recipient.strip():
            raise ValueError("a grant needs a purpose and a recipient")
        ZoneInfo(self.time_zone)

    @property
    def footage_from(self) -> datetime:
        """UTC moment before which recorded footage is not covered."""
        return self.covers_from or self.granted_at


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
