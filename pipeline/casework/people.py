"""People in words of an agent's own, beside an incident: sealed in the database, in no search, report or package."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.asking.protected import require_no_protected_trait
from pipeline.casework.reach import act, live_incident, require_people
from pipeline.domain.agents import Matter, Role
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.ids import new_id
from pipeline.domain.incident_notes import PersonNote
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class ReadNote:
    """A note that somebody may read.

    Attributes:
        note_id: Which.
        words: What was written; empty after it was struck.
        noted_by: Who wrote it.
        noted_at: UTC.
        struck_by: Who struck it; empty while it stands.
    """

    note_id: str
    words: str
    noted_by: str
    noted_at: datetime
    struck_by: str = ""


def note_person(
    services: Services,
    matter: Matter,
    incident_id: str,
    words: str,
    role: Role | None = None,
) -> PersonNote:
    """Writes words about a person beside an incident.

    Args:
        services: The installation.
        matter: Who writes, for what.
        incident_id: Which incident.
        words: Free text.
        role: Of who writes; None on the command line.

    Raises:
        RecordNotFoundError, IncidentError: There is no such incident that people still work on.
        NotAssignedError: Whoever writes does not work on it.
        ProtectedTraitError: The words describe people by a protected trait.
        ValueError: There are no words.
    """
    incident = live_incident(services, incident_id)
    require_people(incident, matter, role)
    if not words.strip():
        raise ValueError("a note about a person has words")
    require_no_protected_trait((words,))
    note_id = new_id("pn")
    sealed = services.box.seal(note_id, words.strip().encode())
    note = PersonNote(note_id, incident_id, sealed, matter.agent, services.now())
    entry = act(services, matter, incident, CustodyAction.PERSON_NOTED, {"person": note_id})
    services.catalogue.people.add(note, (entry,))
    return note


def read_people(services: Services, matter: Matter, incident_id: str, role: Role | None = None) -> tuple[ReadNote, ...]:
    """The notes beside an incident, opened; that they were read is written down first.

    Raises:
        RecordNotFoundError: There is no such incident.
        NotAssignedError: Whoever reads does not work on it.
        EvidenceError: They were sealed with another key.
    """
    incident = services.catalogue.incidents.get(incident_id)
    require_people(incident, matter, role)
    notes = services.catalogue.people.of_incident(incident_id)
    if any(note.sealed for note in notes):
        entry = act(services, matter, incident, CustodyAction.ACCESSED, {"as": "people"})
        services.catalogue.custody.append((entry,))
    return tuple(
        ReadNote(
            note.note_id,
            services.box.open(note.note_id, note.sealed).decode() if note.sealed else "",
            note.noted_by,
            note.noted_at,
            note.struck_by,
        )
        for note in notes
    )


def strike_person(services: Services, matter: Matter, incident_id: str, note_id: str, role: Role | None = None) -> None:
    """Deletes the words of a note; that there was one, and who struck it, stays.

    Raises:
        RecordNotFoundError, IncidentError: There is no such note, or the incident is over.
        NotAssignedError: Whoever strikes does not work on it.
    """
    incident = live_incident(services, incident_id)
    require_people(incident, matter, role)
    entry = act(services, matter, incident, CustodyAction.PERSON_STRUCK, {"person": note_id})
    services.catalogue.people.strike(incident_id, note_id, (entry,))
