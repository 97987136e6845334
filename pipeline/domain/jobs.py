"""Work of the desk that takes longer than a page may: it runs beside, says how far it is, and survives a crash."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JobKind(StrEnum):
    """What is made."""

    EXPORT = "export"
    REPORT = "report"
    CUT = "cut"
    UPLOAD = "upload"
    PUBLIC_COPIES = "public copies"
    """Masked copies of a neighbour's report, which stands in the place of the incident."""
    TRIAGE_FILMS = "videos of a report"
    """Copies of an undecided report's videos that a browser plays; the report stands in the place of the incident."""
    NEIGHBOUR_CLIP = "clip of a neighbour"
    """A video of an accepted report is looked at, and attached to an incident."""

    @property
    def words(self) -> str:
        """What it makes, for people."""
        return _WORDS[self]


_WORDS = {
    JobKind.EXPORT: "Evidence package",
    JobKind.REPORT: "Report",
    JobKind.CUT: "Cut",
    JobKind.UPLOAD: "Clip that was brought",
}


class JobState(StrEnum):
    """Where it stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Attributes:
        job_id: ``jb-`` and 16 hexadecimal digits.
        kind: What is made.
        incident_id: For which incident; of public copies, for which report of a neighbour.
        agent: Who asked.
        asked_at: UTC, our clock.
        order: What exactly was asked for, as short strings.
        state: Where it stands.
        holder: Which process has it in hand; empty while none has.
        attempts: How often it was begun.
        stage: What it does now, in words; empty before it began.
        done: Of ``unit``.
        total: Likewise; 0 when it is not known.
        unit: ``bytes`` or ``steps``.
        ended_at: UTC; None before.
        result: What came of it, as short strings.
        error: Why it failed, in words; empty unless it did.
        remedy: What can be done about that.
    """

    job_id: str
    kind: JobKind
    incident_id: str
    agent: str
    asked_at: datetime
    order: Mapping[str, str] = field(default_factory=dict)
    state: JobState = JobState.WAITING
    holder: str = ""
    attempts: int = 0
    stage: str = ""
    done: int = 0
    total: int = 0
    unit: str = "steps"
    ended_at: datetime | None = None
    result: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    remedy: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in (JobState.DONE, JobState.FAILED)

    @property
    def share(self) -> float | None:
        """How much of the present stage is done, 0 to 1; None when that is not known."""
        return min(1.0, self.done / self.total) if self.total else None
