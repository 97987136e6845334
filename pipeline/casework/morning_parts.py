"""What of a morning each role reads, and for whom it is read."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.agents import Matter, Role


class Part(StrEnum):
    """A part of the morning."""

    EVENTS = "events"
    """What was found: counts by kind."""
    WORTH = "worth"
    """What to watch first; each is a look that is written down."""
    DECISIONS = "decisions"
    """What waits for a person in review and in incidents."""
    KEEPING = "keeping"
    """Grants that end, holds, what is about to be deleted, fixity."""
    RUNNING = "running"
    """What failed, which account must be linked again, nights that were missed."""


READS: dict[Role, frozenset[Part]] = {
    Role.INVESTIGATOR: frozenset({Part.EVENTS, Part.WORTH, Part.DECISIONS, Part.RUNNING}),
    Role.SUPERVISOR: frozenset(Part),
    Role.RECORDS_OFFICER: frozenset({Part.DECISIONS, Part.KEEPING, Part.RUNNING}),
    Role.AUDITOR: frozenset({Part.KEEPING, Part.RUNNING}),
    Role.ADMINISTRATOR: frozenset({Part.KEEPING, Part.RUNNING}),
}
"""Who sees no footage is told of no event either."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a morning is read.

    Attributes:
        matter: Who reads, and why; held against the grants and written down.
        role: What they may reach; None for the program itself, which reaches every incident.
        parts: What is read; the rest is left empty.
    """

    matter: Matter
    role: Role | None
    parts: frozenset[Part]

    @classmethod
    def at_the_desk(cls, matter: Matter, role: Role) -> "Reader":
        """An agent of this role."""
        return cls(matter, role, READS[role])
