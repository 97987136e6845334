"""Approvals: asked for and decided over what is in the incident at that very moment."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from pipeline.catalogue.attached import attachments_in
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.incident_rows import get_incident, put_incident
from pipeline.catalogue.incident_tables import approvals
from pipeline.catalogue.rows import body_of, noun_from
from pipeline.catalogue.sent_files import evidence_in
from pipeline.catalogue.tables import highlights
from pipeline.domain.approvals import Approval, content_digest
from pipeline.domain.evidence import CustodyEntry
from pipeline.domain.incidents import Highlight, IncidentStatus, require_live


class Approvals:
    """Each asking is a row; the last one counts."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        self._database = database
        self._log = log

    def content(self, incident_id: str) -> str:
        """Digest of what is in an incident now.

        Raises:
            RecordNotFoundError: There is no such incident.
        """
        with self._database.read() as connection:
            return _content(connection, incident_id)

    def of_incident(self, incident_id: str) -> tuple[Approval, ...]:
        """Every asking for an incident, in order of time; empty when nobody asked."""
        with self._database.read() as connection:
            return _all(connection, incident_id)

    def ask(self, incident_id: str, make: Callable[[str], Approval], custody: Sequence[CustodyEntry]) -> Approval:
        """Writes that somebody asks for approval of what is in an incident now, which is in review from then on.

        Args:
            incident_id: Which.
            make: Makes the asking of the content's digest, within the transaction; what it raises undoes the call.
            custody: Appended.

        Raises:
            RecordNotFoundError: There is no such incident.
            IncidentError: Nobody works on it any more.
        """
        with self._database.write() as connection:
            incident = get_incident(connection, incident_id)
            require_live(incident)
            approval = make(_content(connection, incident_id))
            values = {"approval_id": approval.approval_id, "incident_id": incident_id, "is_decided": False}
            connection.execute(insert(approvals).values(**values, body=body_of(approval)))
            put_incident(connection, replace(incident, status=IncidentStatus.IN_REVIEW))
            self._log.append_in(connection, custody)
            return approval

    def decide(
        self, incident_id: str, decide: Callable[[Approval | None, str], Approval], custody: Sequence[CustodyEntry]
    ) -> Approval:
        """Writes what was decided about the last asking for an incident.

        Args:
            incident_id: Which.
            decide: Given the last asking (None when there is none) and the digest of what is in the incident now; what
                it raises undoes the call.
            custody: Appended.

        Raises:
            RecordNotFoundError: There is no such incident.
            IncidentError: Nobody works on it any more.
        """
        with self._database.write() as connection:
            incident = get_incident(connection, incident_id)
            require_live(incident)
            asked = _all(connection, incident_id)
            decided = decide(asked[-1] if asked else None, _content(connection, incident_id))
            is_it = approvals.c.approval_id == decided.approval_id
            connection.execute(update(approvals).where(is_it).values(is_decided=True, body=body_of(decided)))
            status = IncidentStatus.APPROVED if decided.is_given else IncidentStatus.OPEN
            put_incident(connection, replace(incident, status=status))
            self._log.append_in(connection, custody)
            return decided


def _all(connection: Connection, incident_id: str) -> tuple[Approval, ...]:
    query = select(approvals.c.body).where(approvals.c.incident_id == incident_id).order_by(approvals.c.number)
    return tuple(noun_from(Approval, body) for body in connection.execute(query).scalars())


def _content(connection: Connection, incident_id: str) -> str:
    incident = get_incident(connection, incident_id)
    attached = attachments_in(connection, incident_id)
    wanted = [one.shown_id for one in attached]
    query = select(highlights.c.body).where(highlights.c.highlight_id.in_(wanted))
    shown = {
        one.highlight_id: one for one in (noun_from(Highlight, body) for body in connection.execute(query).scalars())
    }
    sent = [medium.digest for _, medium in evidence_in(connection, incident_id)]
    return content_digest(incident, [(one, shown[one.shown_id]) for one in attached], sent)
