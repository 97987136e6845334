"""Incidents, highlights and what is attached to what."""

import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.events import EventKind
from pipeline.domain.evidence import Recipe
from pipeline.domain.redaction import Redaction
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import IncidentError

EARTH_RADIUS_METRES = 6_371_008.8
"""Mean radius, IUGG."""


def metres_between(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees, by the haversine formula."""
    lat1, lon1, lat2, lon2 = (math.radians(value) for value in (*first, *second))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_METRES * math.asin(math.sqrt(half))


class IncidentStatus(StrEnum):
    """How far people have come with it; a night attaches by itself to an open one alone."""

    OPEN = "open"
    IN_REVIEW = "in review"
    """Somebody asked for approval; any change makes it open again."""
    APPROVED = "approved"
    """A second person approved what is in it; any change makes it open again."""
    CLOSED = "closed"
    MERGED = "merged"
    """Its matter goes on in another incident, and its id leads there."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One matter that people group events under.

    Attributes:
        incident_id: ``in-`` and 12 hexadecimal digits.
        title: In words.
        narrative: What was reported.
        place: Latitude and longitude in degrees.
        radius: Metres around the place.
        starts_at: UTC; events before it do not belong.
        ends_at: UTC; events after it do not belong.
        kinds: Kinds of event that belong; an empty tuple means none.
        purpose: Asked of the grants when something is attached.
        recipient: Likewise.
        opened_at: UTC, our clock.
        status: Whether it is open.
        case_number: The agency's; empty when there is none.
        closed_at: UTC; None while it is open, and where it was closed before this was written down.
        attaches_by_itself: Whether the night attaches what belongs to it; otherwise it is only suggested.
        opened_by: Who opened it; empty where it was opened before this was written down.
        assigned: Agents who work on it, besides who opened it; in order of name, each once.
        merged_into: The incident in which its matter goes on; empty unless it was merged.
    """

    incident_id: str
    title: str
    narrative: str
    place: tuple[float, float]
    radius: float
    starts_at: datetime
    ends_at: datetime
    kinds: tuple[EventKind, ...]
    purpose: str
    recipient: str
    opened_at: datetime
    status: IncidentStatus = IncidentStatus.OPEN
    case_number: str = ""
    closed_at: datetime | None = None
    attaches_by_itself: bool = True
    opened_by: str = ""
    assigned: tuple[str, ...] = ()
    merged_into: str = ""

    @property
    def is_live(self) -> bool:
        """Whether people still work on it."""
        return self.status not in (IncidentStatus.CLOSED, IncidentStatus.MERGED)

    @property
    def agents(self) -> frozenset[str]:
        """Who opened it, and to whom it is assigned."""
        return frozenset(filter(None, (self.opened_by, *self.assigned)))

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise ValueError("an incident's window must end after it starts")
        if self.radius <= 0:
            raise ValueError("an incident's radius is in metres and positive")


def require_live(incident: Incident) -> None:
    """Returns when people still work on an incident.

    Raises:
        IncidentError: It is closed, or was merged into another.
    """
    if incident.merged_into:
        raise IncidentError(incident.incident_id, f"it was merged into {incident.merged_into}")
    if not incident.is_live:
        raise IncidentError(incident.incident_id, f"it is {incident.status.value}")


class Role(StrEnum):
    """Where a picture stands to the event that it is evidence of."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class EvidencePicture:
    """One moment of an event in two pictures.

    Attributes:
        event_id: Of which event.
        role: Before, during or after it.
        at: Stamp of the frame, on the original's time line.
        plain: SHA-256 of the untouched part of the frame around the region (JPEG) in the store.
        marked: SHA-256 of the whole frame, made smaller, with the region and the tracks drawn (JPEG) in the store.
    """

    event_id: str
    role: Role
    at: Timestamp
    plain: str
    marked: str


@dataclass(frozen=True, slots=True)
class HandCut:
    """That a person chose from where to where a highlight goes, and what is drawn and hidden in it.

    Attributes:
        cut_by: Who.
        cut_at: UTC, our clock.
        version_of: The highlight that was cut anew; empty where a span or a whole clip was chosen.
        has_boxes: Whether boxes of tracks and regions are drawn; the strip with time and status always is.
        redaction: What is hidden in it; None where nothing is.
    """

    cut_by: str
    cut_at: datetime
    version_of: str = ""
    has_boxes: bool = True
    redaction: Redaction | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """A derivative clip around the events of one visit, or of a span that a person chose.

    Attributes:
        highlight_id: The same for the same clip, events and recipe: ``hl-`` and 20 hexadecimal digits.
        clip: SHA-256 of the original.
        event_ids: In order of time; at least one, unless a person chose a span that no event lies in.
        span: On the original's time line, padding included.
        digest: SHA-256 of the rendered MP4 in the store.
        poster: SHA-256 of its poster (JPEG) in the store.
        contact_sheet: SHA-256 of its contact sheet (JPEG) in the store.
        tags: SHA-256 of its JSON of tags in the store.
        recipe: How it was made.
        pictures: Before, during and after each event, in the order of the events and of time; an event has fewer where
            no frame decodes, and a highlight of an earlier version has none.
        cut: Who chose its span; None where it was planned from its events.
    """

    highlight_id: str
    clip: str
    event_ids: tuple[str, ...]
    span: ClipSpan
    digest: str
    poster: str
    contact_sheet: str
    tags: str
    recipe: Recipe
    pictures: tuple[EvidencePicture, ...] = ()
    cut: HandCut | None = None

    def __post_init__(self) -> None:
        if not self.event_ids and self.cut is None:
            raise ValueError("a highlight needs an event, unless a person chose its span")

    @property
    def digests(self) -> tuple[str, ...]:
        """Every object in the store that belongs to it."""
        pictures = (digest for picture in self.pictures for digest in (picture.plain, picture.marked))
        return (self.digest, self.poster, self.contact_sheet, self.tags, *pictures)


class AttachmentStatus(StrEnum):
    """Who stands behind an attachment (P12)."""

    MACHINE = "machine, not yet confirmed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A highlight in an incident, and why it is there.

    Attributes:
        incident_id: Where.
        highlight_id: What; a new cut of it is a version, and leaves this id as it is.
        reason: Why, in words.
        attached_at: UTC, our clock.
        status: Who stands behind it.
        caption: What a person wrote beside it; may be empty.
        position: Its place from 1 on in the order that a person gave; 0 where nobody gave one.
        version: The highlight that is shown in its place; empty for itself.
        attached_by: Who attached it; empty where the night did, or before this was written down.
    """

    incident_id: str
    highlight_id: str
    reason: str
    attached_at: datetime
    status: AttachmentStatus = AttachmentStatus.MACHINE
    caption: str = ""
    position: int = 0
    version: str = ""
    attached_by: str = ""

    @property
    def shown_id(self) -> str:
        """The highlight that pages, reports and packages show."""
        return self.version or self.highlight_id
