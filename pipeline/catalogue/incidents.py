"""Incidents, and the highlights that are attached to them."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, Select, select, update

from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of, insert_new, noun_from, put
from pipeline.catalogue.tables import attachments, incidents
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incidents import Attachment, AttachmentStatus, Incident, IncidentStatus
from pipeline.errors import RecordNotFoundError


class Incidents:
    """What people group events under. What a person decided about an attachment, the machine never undoes."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def save(self, incident: Incident, custody: Sequence[CustodyEntry] = ()) -> None:
        """Writes an incident, or puts these words in place of a known one's, with the custody of it."""
        with self._database.write() as connection:
            _put(connection, incident)
            self._log.append_in(connection, custody)

    def get(self, incident_id: str) -> Incident:
        """The incident.

        Raises:
            RecordNotFoundError: There is no such incident.
        """
        with self._database.read() as connection:
            return _get(connection, incident_id)

    def list(self, status: IncidentStatus | None = None) -> tuple[Incident, ...]:
        """Incidents in the order in which they were opened; of every status when none is named."""
        query = select(incidents.c.body)
        if status is not None:
            query = query.where(incidents.c.status == status.value)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (noun_from(Incident, body) for body in bodies)
        return tuple(sorted(found, key=lambda incident: (incident.opened_at, incident.incident_id)))

    def set_status(self, incident_id: str, status: IncidentStatus, custody: Sequence[CustodyEntry]) -> None:
        """Opens or closes an incident, with the custody of it; one that is so already stays as it is.

        Args:
            incident_id: Which.
            status: What it becomes.
            custody: At least one entry; its moment is that of the closing, from which retention counts.

        Raises:
            RecordNotFoundError: There is no such incident.
        """
        with self._database.write() as connection:
            incident = _get(connection, incident_id)
            if incident.status is status:
                return
            closed_at = custody[0].at if status is IncidentStatus.CLOSED else None
            _put(connection, replace(incident, status=status, closed_at=closed_at))
            self._log.append_in(connection, custody)

    def attach(self, attachment: Attachment, custody: Sequence[CustodyEntry]) -> bool:
        """Attaches a highlight, with its custody; what is attached already stays as it is.

        Args:
            attachment: What, where and why.
            custody: Appended when the attachment is new, and only then.

        Returns:
            Whether it is new.

        Raises:
            CatalogueError: There is no such incident or highlight.
        """
        key = {"incident_id": attachment.incident_id, "highlight_id": attachment.highlight_id}
        values = {"attached_at": attachment.attached_at, "body": body_of(attachment)}
        with self._database.write() as connection:
            is_new = insert_new(connection, attachments, key, values)
            if is_new:
                self._log.append_in(connection, custody)
            return is_new

    def judge(
        self, incident_id: str, highlight_id: str, status: AttachmentStatus, custody: Sequence[CustodyEntry]
    ) -> None:
        """Writes what a person decided about an attachment, with its custody; the same decision again is no act.

        Raises:
            RecordNotFoundError: The highlight is not attached to the incident.
        """
        is_it = (attachments.c.incident_id == incident_id) & (attachments.c.highlight_id == highlight_id)
        with self._database.write() as connection:
            body = connection.execute(select(attachments.c.body).where(is_it)).scalar()
            if body is None:
                raise RecordNotFoundError("attachment", f"{highlight_id} to incident {incident_id}")
            attachment = noun_from(Attachment, body)
            if attachment.status is status:
                return
            decided = body_of(replace(attachment, status=status))
            connection.execute(update(attachments).where(is_it).values(body=decided))
            self._log.append_in(connection, custody)

    def attachments(self, incident_id: str) -> tuple[Attachment, ...]:
        """What is attached to an incident, in the order in which it was; empty when nothing is."""
        return self._read(select(attachments.c.body).where(attachments.c.incident_id == incident_id))

    def attachments_of(self, highlight_id: str) -> tuple[Attachment, ...]:
        """To what a highlight is attached; empty when to nothing."""
        return self._read(select(attachments.c.body).where(attachments.c.highlight_id == highlight_id))

    def _read(self, query: Select[str]) -> tuple[Attachment, ...]:
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        found = (noun_from(Attachment, body) for body in bodies)
        return tuple(sorted(found, key=lambda one: (one.attached_at, one.incident_id, one.highlight_id)))


def _get(connection: Connection, incident_id: str) -> Incident:
    body = connection.execute(select(incidents.c.body).where(incidents.c.incident_id == incident_id)).scalar()
    if body is None:
        raise RecordNotFoundError("incident", incident_id)
    return noun_from(Incident, body)


def _put(connection: Connection, incident: Incident) -> None:
    values = {"status": incident.status.value, "opened_at": incident.opened_at, "body": body_of(incident)}
    put(connection, incidents, {"incident_id": incident.incident_id}, values)
