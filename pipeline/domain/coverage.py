"""What was asked of each camera, and what came of it: the rows behind "what we could not see"."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.cameras import FetchOutcome


class CameraOutcome(StrEnum):
    """What came of asking a camera for its history, or of reading one entry of it."""

    LISTED = "listed"
    """The history was read and held triggers that we did not know."""
    NOTHING_NEW = "nothing_new"
    """The history was read and held nothing that we did not know."""
    FAILED = "failed"
    """The history could not be read; the next night asks again."""
    UNREADABLE = "unreadable"
    """One entry of the history is not what the source's format says; it was kept aside."""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """What came of one question in one night; a later answer in the same night takes its place.

    Attributes:
        night: The night's key, for example ``2026-03-10``.
        camera_id: Which camera was asked.
        outcome: Of one recording (``FetchOutcome``), or of the camera's history (``CameraOutcome``).
        at: UTC, our clock.
        trigger_id: Which recording, or which unreadable entry; empty for the camera as a whole.
        detail: In words; no link, token or address.
        tries: How often the source was asked.
    """

    night: str
    camera_id: str
    outcome: FetchOutcome | CameraOutcome
    at: datetime
    trigger_id: str = ""
    detail: str = ""
    tries: int = 1

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a coverage row needs an aware datetime")
