"""What Ring's partner interface tells by itself: webhooks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SOURCE = "ring-partner"
"""The source of accounts and cameras that are reached through the interface."""

DEVICE_ADDED, DEVICE_REMOVED = "device_added", "device_removed"
INTEGRATION_REMOVED = "app_integration_removed"
UNREADABLE = "unreadable"
"""The kind of a webhook that Ring signed and that we cannot read."""

NOTICED = frozenset(
    {
        DEVICE_ADDED, "device_online", "device_offline", "motion_detected", "button_press", "app_integration_added",
        "subscription_activated", "subscription_deactivated",
    }
)  # fmt: skip
"""Kinds that Ring documents and that change nothing here: the night reads the history by itself."""


class WebhookState(StrEnum):
    """How far a webhook is."""

    WAITING = "waiting"
    """Written down, and not worked off yet."""
    DONE = "done"
    """It changed something, or there was nothing left to change."""
    NOTED = "noted"
    """Of a kind that changes nothing, or too old to."""


@dataclass(frozen=True, slots=True)
class PartnerWebhook:
    """One webhook, without what we have no use for.

    Attributes:
        request_id: Ring's own; the same webhook twice has the same one.
        kind: As Ring names it, also a kind that we do not know.
        pseudonym: Of the Ring account; empty when it names none.
        device_id: As Ring names it; empty when it is about the account.
        happened_at: UTC, by Ring.
        received_at: UTC, our clock.
        digest: SHA-256 of the body as it came.
    """

    request_id: str
    kind: str
    pseudonym: str
    device_id: str
    happened_at: datetime
    received_at: datetime
    digest: str

    def __post_init__(self) -> None:
        if self.happened_at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("a webhook's moments are aware datetimes")
        if not self.request_id or not self.kind:
            raise ValueError("a webhook has an id and a kind")


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A token that Ring sent before its owner said whose it is.

    Attributes:
        pseudonym: Of the Ring account.
        sealed: The account's name at Ring, its token, and the owner's masked address.
        received_at: UTC, our clock.
    """

    pseudonym: str
    sealed: bytes
    received_at: datetime
