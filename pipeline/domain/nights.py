"""A night, who runs it, and how far each clip has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class NightLease:
    """The right to run a night. Whoever holds a lower term than the catalogue knows has lost it.

    Attributes:
        night: The night's key, for example ``2026-03-10``.
        holder: The process that runs it.
        term: Counts the leases of this catalogue; the highest is in force.
    """

    night: str
    holder: str
    term: int


class NightState(StrEnum):
    """How far a night has come."""

    OPEN = "open"
    FINISHED = "finished"
    MERGED = "merged"
    """It was never finished; a later night took its work."""


@dataclass(frozen=True, slots=True)
class NightRecord:
    """What the catalogue knows of a night.

    Attributes:
        night: Its key.
        state: How far it came.
        opened_at: UTC, at the first opening.
        finished_at: UTC; None until it is finished.
        merged_into: Key of the night that took its work; empty unless merged.
        summary: The morning report as JSON; empty until it is finished.
    """

    night: str
    state: NightState
    opened_at: datetime
    finished_at: datetime | None
    merged_into: str
    summary: str


class WorkState(StrEnum):
    """How far a clip has come in a night."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One clip in one night.

    Attributes:
        night: The night's key.
        acquisition_id: The clip.
        state: How far it has come.
        attempts: How often it was taken up.
        failures: How often it failed; the rest of the attempts ended with the process.
        error: Name of the error's class; empty unless it failed.
        detail: The error's message; empty unless it failed.
        retryable: Whether the same call may succeed later.
    """

    night: str
    acquisition_id: str
    state: WorkState
    attempts: int
    failures: int = 0
    error: str = ""
    detail: str = ""
    retryable: bool = False
