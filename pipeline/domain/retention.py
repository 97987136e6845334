"""How long things are kept, what keeps them longer, and what stays of them when they are gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.domain.clips import AcquiredClip
from pipeline.domain.evidence import require_digest
from pipeline.domain.incidents import Incident
from pipeline.domain.plain import LATER


class Category(StrEnum):
    """Why an original is kept for now; each has its own length and its own moment from which it counts."""

    NOT_LOOKED_AT = "not looked at"
    """No analysis came to a result; counts from the end of the fetch."""
    WITHOUT_EVENTS = "without events"
    """It was looked at and nothing was found; counts from the end of the fetch."""
    WITH_EVENTS = "with events"
    """It has events; counts from the end of the fetch."""
    UPLOADED = "uploaded"
    """Somebody brought it; counts from the end of the upload."""
    OPEN_INCIDENT = "open incident"
    """Attached to an open incident, or in its place and window; counts from the last attachment, or the opening."""
    CLOSED_INCIDENT = "closed incident"
    """As above, and the incident is closed; counts from the closing."""


class DisposalReason(StrEnum):
    """Why an original went."""

    REVOKED = "the grant was revoked"
    NARROWED = "the grant was narrowed and no longer covers it"
    GRANT_ENDED = "the grant had ended"
    RETENTION = "its time ran out"
    SHED = "no grant covers this part of it any more"
    """Only what was made of it went: the original stays, under a grant that covers its moment."""

    @property
    def is_the_residents(self) -> bool:
        """Whether the resident's word ended it, and not the passing of time."""
        return self is not DisposalReason.RETENTION

    @property
    def keeps_original(self) -> bool:
        """Whether the acquisition stays, and only a part of what was made of it went."""
        return self is DisposalReason.SHED


class Instrument(StrEnum):
    """What orders that something is not deleted."""

    COURT_ORDER = "court order"
    PRESERVATION_LETTER = "preservation letter"
    LITIGATION_NOTICE = "litigation notice"


@dataclass(frozen=True, slots=True)
class HoldScope:
    """What a hold is about: an incident, or an original, or a camera's footage of a time span.

    Attributes:
        incident_id: Everything attached to it or in its place and window; empty when it is not about an incident.
        digest: Of the original; empty when it is not about one.
        camera_id: Of which camera; empty when it is not about one.
        since: UTC; footage that may reach this moment is held; None unless a camera is named.
        until: UTC; footage that begins at it or later is not; None unless a camera is named.
    """

    incident_id: str = ""
    digest: str = ""
    camera_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if sum(map(bool, (self.incident_id, self.digest, self.camera_id))) != 1:
            raise ValueError("a hold is about one incident, one original, or one camera")
        if self.digest:
            require_digest(self.digest)
        if not self.camera_id:
            if self.since or self.until:
                raise ValueError("a time span belongs to a camera")
            return
        if self.since is None or self.until is None or self.since.tzinfo is None or self.until.tzinfo is None:
            raise ValueError("a hold on a camera's footage needs two aware moments")
        if self.until <= self.since:
            raise ValueError("a hold's time span must end after it starts")

    @property
    def words(self) -> str:
        """The scope in a few words, for people."""
        if self.incident_id:
            return f"incident {self.incident_id}"
        if self.digest:
            return f"original {self.digest}"
        if self.since is None or self.until is None:
            raise ValueError("a hold on a camera's footage needs two moments")
        return f"camera {self.camera_id} from {self.since:%Y-%m-%d %H:%M} to {self.until:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Hold:
    """An order not to delete.

    Attributes:
        hold_id: ``ho-`` and 12 hexadecimal digits.
        instrument: What kind of order.
        instrument_id: Its number or mark, as on the paper; never empty: without one nothing is held (P4).
        scope: What it is about.
        is_sealed: Whether the resident may not be told of it.
        placed_at: UTC, our clock.
        placed_by: Who entered it.
        lifted_at: UTC; None while it is in force.
        lifted_by: Who lifted it; empty while it is in force.
        lifting_id: Number or mark of what lifted it; empty while it is in force.
    """

    hold_id: str
    instrument: Instrument
    instrument_id: str
    scope: HoldScope
    is_sealed: bool
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None = None
    lifted_by: str = ""
    lifting_id: str = ""

    def __post_init__(self) -> None:
        if not self.instrument_id.strip():
            raise ValueError("a hold needs the number or mark of the instrument that orders it")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of an acquisition that was disposed of: that it was, when, why and on what authority.

    Attributes:
        tombstone_id: ``ts-`` and 20 hexadecimal digits, of the acquisition and the moment of the decision.
        digest: SHA-256 of the original.
        acquisition_id: Which acquisition of it.
        grant_id: The grant under which it had been fetched.
        reason: Why it went.
        authority: Grant and version, or the retention category, that ordered it.
        decided_at: UTC, our clock: from then on nothing could read it.
        disposed_at: UTC, our clock: when the last byte of ours was gone.
        has_shared_bytes: The bytes stay, because another acquisition that is in force names the same ones.
        counts: How many of what went with it, by kind of thing; ids and digests only ever as counts.
        disclosed: Copies that had been handed out before, in words; they cannot be recalled.
        shared: Which seconds of it lay within the grant, in words; empty where all of it did, or that is not known.
    """

    tombstone_id: str
    digest: str
    acquisition_id: str
    grant_id: str
    reason: DisposalReason
    authority: str
    decided_at: datetime
    disposed_at: datetime | None = None
    has_shared_bytes: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    disclosed: tuple[str, ...] = ()
    shared: str = field(default="", metadata=LATER)


@dataclass(frozen=True, slots=True)
class SignedTombstone:
    """A tombstone with our Ed25519 signature over its canonical form (RFC 8785)."""

    tombstone: Tombstone
    signature: bytes
    key_id: str


@dataclass(frozen=True, slots=True)
class Decision:
    """That an acquisition goes.

    Attributes:
        reason: Why.
        authority: What orders it, in ids.
        disclosed: Copies that were handed out before, in words.
        shared: Which seconds of it lay within the grant, in words; empty where all of it did, or that is not known.
    """

    reason: DisposalReason
    authority: str
    disclosed: tuple[str, ...] = ()
    shared: str = ""


@dataclass(frozen=True, slots=True)
class IncidentTie:
    """An incident that an acquisition belongs to.

    Attributes:
        incident: Which.
        attached_at: UTC; when something of the acquisition was attached to it last; None when nothing is, and it only
            lies in the incident's place and window.
        is_rejected: Everything of it that is attached was rejected by a person.
        merged: Ids of incidents whose matter goes on in this one.
    """

    incident: Incident
    attached_at: datetime | None = None
    is_rejected: bool = False
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """All that decides how long an acquisition is kept.

    Attributes:
        clip: The acquisition.
        is_looked_at: An analysis came to a result.
        has_events: One of its results, or a comparison with a neighbour, has an event.
        ties: The incidents that it belongs to, in order of id.
        holds: Those in force that name it, in order of id.
        highlight_ids: What was cut from it, or shows an event between it and a neighbour.
    """

    clip: AcquiredClip
    is_looked_at: bool = False
    has_events: bool = False
    ties: tuple[IncidentTie, ...] = ()
    holds: tuple[Hold, ...] = ()
    highlight_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shed:
    """What goes of an acquisition that stays, by id; what rests on it goes with it.

    Attributes:
        event_ids: Events that no grant covers any more.
        highlight_ids: Highlights that show one of them, or a moment that none covers throughout.
        miss_ids: What people saw that no grant covers any more.
        still_digests: Still pictures of its ends that show a moment which no grant covers any more.
    """

    event_ids: frozenset[str] = frozenset()
    highlight_ids: frozenset[str] = frozenset()
    miss_ids: frozenset[str] = frozenset()
    still_digests: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.event_ids or self.highlight_ids or self.miss_ids or self.still_digests)


class Leftover(StrEnum):
    """What is still to be done of a disposal that was decided."""

    ORIGINAL = "original"
    DERIVATIVE = "derivative"
    REPORTS = "reports"
    SECOND_PLACE = "second place"
    UNUSED_SPACE = "unused space"


@dataclass(frozen=True, slots=True)
class DisposalTask:
    """One line of the work list: what a killed run left to the next.

    Attributes:
        tombstone_id: Of which disposal.
        kind: What is to be done.
        name: Digest of the object; empty for the others.
    """

    tombstone_id: str
    kind: Leftover
    name: str = ""
