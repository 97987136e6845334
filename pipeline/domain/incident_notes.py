"""What is kept beside an incident: what it said before, and people whom somebody told of in words of their own."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.incidents import Incident


@dataclass(frozen=True, slots=True)
class IncidentVersion:
    """What an incident said before a change.

    Attributes:
        number: Counts from 1, in order of time.
        until: UTC; the moment of the change.
        changed_by: Who changed it.
        said: The incident as it was.
    """

    number: int
    until: datetime
    changed_by: str
    said: Incident


@dataclass(frozen=True, slots=True)
class PersonNote:
    """A person in words that an agent wrote; kept sealed, never searched, never in a report or a package.

    Attributes:
        note_id: ``pn-`` and 12 hexadecimal digits.
        incident_id: Beside which incident.
        sealed: The words, readable only with our key; empty after they were struck.
        noted_by: Who wrote them.
        noted_at: UTC, our clock.
        struck_by: Who struck them; empty while they stand.
        struck_at: UTC; None while they stand.
    """

    note_id: str
    incident_id: str
    sealed: bytes
    noted_by: str
    noted_at: datetime
    struck_by: str = ""
    struck_at: datetime | None = None
