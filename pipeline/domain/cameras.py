"""Accounts, cameras, triggers and what came of asking for a recording."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.video import ClockSource


@dataclass(frozen=True, slots=True)
class Account:
    """A resident's linked account at a source.

    Attributes:
        account_id: Ours, for example ``ring-3f2a...``; never the user name.
        resident_id: Whose.
        source: ``ring`` or ``folder``.
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
    """

    camera_id: str
    account_id: str
    name: str
    owner_id: str | None
    has_plan: bool
    time_zone: str
    position: tuple[float, float] | None = None


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
        trigger_id: The source's id, digits or a digest; up to 19 digits, never a float.
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
        method: How they came: ``ring_share_link``, ``ring_direct`` or ``folder``; empty unless ready.
        tries: How often the source was asked.
        detail: In words, for the coverage ledger; no link, token or address.
        file_name: The uploader's own name for it; empty when there is none.
    """

    outcome: FetchOutcome
    content: bytes = b""
    method: str = ""
    tries: int = 1
    detail: str = ""
    file_name: str = ""

    def __post_init__(self) -> None:
        if (self.outcome is FetchOutcome.READY) != bool(self.content):
            raise ValueError("a recording has bytes exactly when it is ready")
