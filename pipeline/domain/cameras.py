"""Accounts, cameras, triggers and what came of asking for a recording."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.domain.plain import LATER
from pipeline.domain.video import ClockSource

NEIGHBOUR_SOURCE = "neighbour"
"""Of the account that stands behind everything that neighbours sent; nothing is fetched from it."""
_PHOTOS = "photo:"


@dataclass(frozen=True, slots=True)
class Account:
    """A resident's linked account at a source.

    Attributes:
        account_id: Ours, for example ``ring-3f2a...``; never the user name.
        resident_id: Whose.
        source: ``ring``, ``ring-partner``, ``folder`` or ``neighbour``.
    """

    account_id: str
    resident_id: str
    source: str


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera as its source describes it.

    Attributes:
        camera_id: ``<source>:<id at the source>``.
        account_id: Through which account it is reached.
        name: The resident's.
        owner_id: Resident id of the owner; None when it is only shared with this account.
        has_plan: Whether the source keeps recordings for it.
        time_zone: IANA name.
        position: Latitude and longitude in degrees, WGS 84; None when unknown.
        address: Street and place as the resident or the operator wrote it; empty when unknown. A source's own is not
            taken over: people's addresses stay there.
        is_indoor: Whether it is made for indoors, as far as its source tells; such a camera is granted by a second yes.
    """

    camera_id: str
    account_id: str
    name: str
    owner_id: str | None
    has_plan: bool
    time_zone: str
    position: tuple[float, float] | None = None
    address: str = ""
    is_indoor: bool = field(default=False, metadata=LATER)


def neighbour_cameras(report_id: str) -> tuple[str, str]:
    """Under which camera ids the videos and the photos of a report are kept: each report consents for itself."""
    return f"{NEIGHBOUR_SOURCE}:{report_id}", f"{_PHOTOS}{report_id}"


def holds_photos(camera_id: str) -> bool:
    """Whether what is kept under a camera id are photos, at which no analysis of clips looks."""
    return camera_id.startswith(_PHOTOS)


class TriggerKind(StrEnum):
    """Why the camera recorded."""

    DING = "ding"
    MOTION = "motion"
    ON_DEMAND = "on_demand"
    UPLOAD = "upload"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CameraTrigger:
    """One reason for which a camera recorded.

    Attributes:
        trigger_id: The source's id: up to 19 digits and never a float, a digest, or a word that only the source reads.
        camera_id: Which camera.
        kind: Why.
        at: UTC by the camera's clock.
        clock: Who stated ``at``.
        vendor_labels: The source's own labels, sorted, for example ``human``; kept beside ours.
        end_to_end_encrypted: The source holds no readable recording.
        had_plan: Whether the source kept recordings at that moment.
        deleted: The resident deleted the footage at the source.
        seconds: Length by the source; zero when it does not say.
    """

    trigger_id: str
    camera_id: str
    kind: TriggerKind
    at: datetime
    clock: ClockSource = ClockSource.VENDOR
    vendor_labels: tuple[str, ...] = ()
    end_to_end_encrypted: bool = False
    had_plan: bool = True
    deleted: bool = False
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a trigger needs an aware datetime")


class FetchOutcome(StrEnum):
    """What came of asking for one recording. Every one is a row of the coverage ledger."""

    READY = "ready"
    """Bytes arrived, were counted and stored."""
    NOT_READY = "not_ready"
    """The source is still preparing it; the next night asks again."""
    NONE_RECORDED = "none_recorded"
    """The trigger has no recording and never will."""
    NO_PLAN = "no_plan"
    """The account keeps no recordings."""
    ENCRYPTED = "encrypted"
    """End-to-end encrypted: the source cannot give it."""
    DELETED = "deleted"
    """It was deleted at the source."""
    REFUSED = "refused"
    """The source refuses this account."""
    THROTTLED = "throttled"
    """The source asked us to slow down and we ran out of patience; the next night asks again."""
    TRUNCATED = "truncated"
    """The bytes were cut short each time; the next night asks again."""
    TIMED_OUT = "timed_out"
    """The source did not answer in time; the next night asks again."""
    NOT_GRANTED = "not_granted"
    """No live grant covers it; it was not asked for."""

    @property
    def is_final(self) -> bool:
        """Whether asking again is pointless."""
        return self not in _ASK_AGAIN


_ASK_AGAIN = frozenset(
    {
        FetchOutcome.NOT_READY,
        FetchOutcome.THROTTLED,
        FetchOutcome.TRUNCATED,
        FetchOutcome.TIMED_OUT,
        FetchOutcome.REFUSED,
        FetchOutcome.NOT_GRANTED,
    }
)


@dataclass(frozen=True, slots=True)
class Recording:
    """What a source gave for one trigger.

    Attributes:
        outcome: What came of it.
        content: The bytes as received; empty unless the outcome is ready.
        method: How they came: ``ring_share_link``, ``ring_direct``, ``ring_partner`` or ``folder``; empty unless ready.
        tries: How often the source was asked.
        detail: In words, for the coverage ledger; no link, token or address.
        file_name: The uploader's own name for it; empty when there is none.
        provenance: What was asked for, word for word, and what the source said of what it gave, as JSON; empty where
            there is nothing to say beyond the trigger.
        starts_at: UTC moment of the first frame, where the source states it beside the trigger's; None elsewhere.
    """

    outcome: FetchOutcome
    content: bytes = b""
    method: str = ""
    tries: int = 1
    detail: str = ""
    file_name: str = ""
    provenance: str = ""
    starts_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.outcome is FetchOutcome.READY) != bool(self.content):
            raise ValueError("a recording has bytes exactly when it is ready")
        if self.starts_at is not None and self.starts_at.tzinfo is None:
            raise ValueError("a recording starts at an aware datetime")
