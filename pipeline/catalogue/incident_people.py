"""People whom agents told of beside an incident; the words come here sealed and leave sealed."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.incident_tables import incident_people
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incident_notes import PersonNote
from pipeline.errors import RecordNotFoundError


class IncidentPeople:
    """Notes in the order in which they were written. No search reads this table."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def add(self, note: PersonNote, custody: Sequence[CustodyEntry]) -> None:
        """Writes a note, with its custody.

        Raises:
            CatalogueError: There is no such incident.
        """
        values = {
            "note_id": note.note_id,
            "incident_id": note.incident_id,
            "sealed": note.sealed,
            "body": body_of(replace(note, sealed=b"")),
        }
        with self._database.write() as connection:
            connection.execute(insert(incident_people).values(**values))
            self._log.append_in(connection, custody)

    def of_incident(self, incident_id: str) -> tuple[PersonNote, ...]:
        """Those beside an incident, struck ones without their words among them; may be empty."""
        query = select(incident_people).where(incident_people.c.incident_id == incident_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(incident_people.c.number)).all()
        return tuple(replace(noun_from(PersonNote, row.body), sealed=bytes(row.sealed)) for row in rows)

    def strike(self, incident_id: str, note_id: str, custody: Sequence[CustodyEntry]) -> None:
        """Deletes the words of a note, with the custody of it; that there was one stays.

        Raises:
            RecordNotFoundError: There is no such note beside the incident.
        """
        is_it = (incident_people.c.note_id == note_id) & (incident_people.c.incident_id == incident_id)
        with self._database.write() as connection:
            body = connection.execute(select(incident_people.c.body).where(is_it)).scalar()
            if body is None:
                raise RecordNotFoundError("note", note_id)
            note = noun_from(PersonNote, body)
            if note.struck_at is not None:
                return
            struck = replace(note, struck_by=custody[0].agent, struck_at=custody[0].at)
            connection.execute(update(incident_people).where(is_it).values(sealed=b"", body=body_of(struck)))
            self._log.append_in(connection, custody)
