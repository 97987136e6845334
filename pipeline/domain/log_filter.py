"""Which part of the custody log somebody reads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.domain.evidence import CustodyAction


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Every part narrows; empty or None leaves it open.

    Attributes:
        agent: Who acted, by exactly this name.
        actions: What was done, one of these.
        subject: What it was done to, by digest or id.
        case: The case number that was given, exactly.
        purpose: The purpose that was given, exactly.
        since: UTC, the first moment.
        until: UTC, the moment after the last.
    """

    agent: str = ""
    actions: tuple[CustodyAction, ...] = ()
    subject: str = ""
    case: str = ""
    purpose: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def of(self, agent: str) -> "LogFilter":
        """The same, of one agent's own acts alone."""
        return replace(self, agent=agent)

    def words(self) -> Mapping[str, str]:
        """What narrows, as short strings by name; empty when nothing does."""
        every = {
            "agent": self.agent,
            "actions": " ".join(self.actions),
            "subject": self.subject,
            "case": self.case,
            "purpose": self.purpose,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return {name: value for name, value in every.items() if value}
