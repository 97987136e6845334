"""Rows of incidents within somebody's transaction, and what any change of content does to an approval."""

from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select

from pipeline.catalogue.incident_tables import incident_agents
from pipeline.catalogue.index.writing import index_incident
from pipeline.catalogue.rows import body_of, noun_from, put
from pipeline.catalogue.tables import incidents
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Incident, IncidentStatus, require_live
from pipeline.errors import RecordNotFoundError

WHY = frozenset({"purpose", "recipient", "case", "matter_case"})
"""What of a record's details says on what matter somebody acted; what follows from their act says the same."""
_SETTLED = (IncidentStatus.IN_REVIEW, IncidentStatus.APPROVED)


def get_incident(connection: Connection, incident_id: str) -> Incident:
    """The incident.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    body = connection.execute(select(incidents.c.body).where(incidents.c.incident_id == incident_id)).scalar()
    if body is None:
        raise RecordNotFoundError("incident", incident_id)
    return noun_from(Incident, body)


def live_successor(connection: Connection, incident_id: str) -> Incident:
    """The incident, or that in which its matter goes on; nobody merges or closes it until the transaction ends.

    Args:
        connection: Of a writing transaction.
        incident_id: Which.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: Nobody works on it any more.
    """
    incident = get_incident(connection, incident_id)
    while incident.merged_into:
        incident = get_incident(connection, incident.merged_into)
    require_live(incident)
    return incident


def put_incident(connection: Connection, incident: Incident) -> None:
    """Writes an incident, and by whom it is found."""
    values = {"status": incident.status.value, "opened_at": incident.opened_at, "body": body_of(incident)}
    put(connection, incidents, {"incident_id": incident.incident_id}, values)
    connection.execute(delete(incident_agents).where(incident_agents.c.incident_id == incident.incident_id))
    for agent in sorted(incident.agents):
        connection.execute(insert(incident_agents).values(incident_id=incident.incident_id, agent=agent))
    index_incident(connection, incident)


def opened_again(connection: Connection, incident_id: str, cause: CustodyEntry) -> tuple[CustodyEntry, ...]:
    """Opens an incident that is in review or approved, since its content was changed; gives the record to write.

    Args:
        connection: Of the transaction that changed it.
        incident_id: Which.
        cause: The record of the change; its agent, its moment, and its purpose and case are taken.

    Returns:
        Empty when there was no approval to void.
    """
    incident = get_incident(connection, incident_id)
    if incident.status not in _SETTLED:
        return ()
    put_incident(connection, replace(incident, status=IncidentStatus.OPEN))
    why = {name: words for name, words in cause.detail.items() if name in WHY}
    voided = {**why, "incident": incident_id, "before": incident.status.value.replace(" ", "_")}
    return (CustodyEntry(cause.at, cause.agent, CustodyAction.APPROVAL_VOIDED, incident_id, cause.authority, voided),)
