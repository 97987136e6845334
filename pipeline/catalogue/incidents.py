"""Incidents: what people group events under, what they said before, and how they are merged."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.catalogue.attached import Attached, attachments_in, put_attachment
from pipeline.catalogue.custody import CustodyLog
from pipeline.catalogue.database import Database
from pipeline.catalogue.incident_rows import WHY, get_incident, opened_again, put_incident
from pipeline.catalogue.incident_tables import (
    dismissed_suggestions,
    incident_agents,
    incident_people,
    incident_versions,
)
from pipeline.catalogue.rows import body_of, insert_new, noun_from
from pipeline.catalogue.sent_files import bring_reports
from pipeline.catalogue.tables import attachments, incidents
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incident_notes import IncidentVersion, PersonNote
from pipeline.domain.incidents import Incident, IncidentStatus
from pipeline.domain.neighbour_reports import NeighbourReport
from pipeline.errors import IncidentError


class Incidents(Attached):
    """What people group events under, and what is attached. What a person decided, the machine never undoes."""

    def __init__(self, database: Database, log: CustodyLog) -> None:
        super().__init__(database, log)
        self._database = database
        self._log = log

    def save(self, incident: Incident, custody: Sequence[CustodyEntry] = ()) -> None:
        """Writes an incident, or puts these words in place of a known one's, with the custody of it."""
        with self._database.write() as connection:
            put_incident(connection, incident)
            self._log.append_in(connection, custody)

    def get(self, incident_id: str) -> Incident:
        """The incident.

        Raises:
            RecordNotFoundError: There is no such incident.
        """
        with self._database.read() as connection:
            return get_incident(connection, incident_id)

    def list(self, status: IncidentStatus | None = None) -> tuple[Incident, ...]:
        """Incidents in the order in which they were opened; of every status when none is named."""
        query = select(incidents.c.body)
        if status is not None:
            query = query.where(incidents.c.status == status.value)
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return _in_order(bodies)

    def live(self) -> tuple[Incident, ...]:
        """Those that people still work on, in the order in which they were opened."""
        return tuple(incident for incident in self.list() if incident.is_live)

    def of_agent(self, agent: str) -> tuple[Incident, ...]:
        """Those that an agent opened or is assigned to, in the order in which they were opened; may be empty."""
        mine = select(incident_agents.c.incident_id).where(incident_agents.c.agent == agent)
        query = select(incidents.c.body).where(incidents.c.incident_id.in_(mine))
        with self._database.read() as connection:
            bodies = connection.execute(query).scalars().all()
        return _in_order(bodies)

    def merged_into(self, incident_id: str) -> tuple[Incident, ...]:
        """Those whose matter goes on in this one, at once or over others, in the order in which they were opened."""
        gone = self.list(IncidentStatus.MERGED)
        leading = {incident_id}
        while more := {one.incident_id for one in gone if one.merged_into in leading} - leading:
            leading |= more
        return tuple(one for one in gone if one.incident_id in leading - {incident_id})

    def set_status(self, incident_id: str, status: IncidentStatus, custody: Sequence[CustodyEntry]) -> None:
        """Opens or closes an incident, with the custody of it; one that is so already stays as it is.

        Args:
            incident_id: Which.
            status: What it becomes.
            custody: At least one entry; its moment is that of the closing, from which retention counts.

        Raises:
            RecordNotFoundError: There is no such incident.
            IncidentError: It was merged into another.
        """
        with self._database.write() as connection:
            incident = get_incident(connection, incident_id)
            if incident.status is IncidentStatus.MERGED:
                raise IncidentError(incident_id, f"it was merged into {incident.merged_into}")
            if incident.status is status:
                return
            closed_at = custody[0].at if status is IncidentStatus.CLOSED else None
            put_incident(connection, replace(incident, status=status, closed_at=closed_at))
            self._log.append_in(connection, custody)

    def change(
        self, incident_id: str, change: Callable[[Incident], Incident], custody: CustodyEntry, *, voids: bool = True
    ) -> Incident:
        """Puts what ``change`` makes of an incident in its place, and keeps what it said before.

        Args:
            incident_id: Which.
            change: Called within the transaction; what it raises undoes the call.
            custody: Who changes it, and when; not written when nothing was changed.
            voids: Whether an approval that was asked for or given is void by it.

        Returns:
            The incident as it is now.

        Raises:
            RecordNotFoundError: There is no such incident.
        """
        with self._database.write() as connection:
            before = get_incident(connection, incident_id)
            after = change(before)
            if after == before:
                return before
            self._keep_version(connection, before, custody)
            put_incident(connection, after)
            self._log.append_in(connection, (custody,))
            if voids:
                self._log.append_in(connection, opened_again(connection, incident_id, custody))
            return get_incident(connection, incident_id)

    def versions(self, incident_id: str) -> tuple[IncidentVersion, ...]:
        """What it said before, in order of time; empty when nobody changed it."""
        query = select(incident_versions.c.body).where(incident_versions.c.incident_id == incident_id)
        with self._database.read() as connection:
            bodies = connection.execute(query.order_by(incident_versions.c.number)).scalars().all()
        return tuple(noun_from(IncidentVersion, body) for body in bodies)

    def merge(self, incident_id: str, into: str, custody: Sequence[CustodyEntry]) -> Incident:
        """Lets the matter of one incident go on in another: everything of it is there too, and its id leads there.

        What is attached to both stays as it is in the other, and reports of neighbours go over to it, each with a
        record of its own. The rows of the
        merged one stay, so that holds and custody records that name it mean what they meant.

        Args:
            incident_id: Which ends.
            into: Which goes on.
            custody: At least one entry; its agent and moment are those of the change.

        Returns:
            The incident that goes on.

        Raises:
            RecordNotFoundError: There is no such incident.
            IncidentError: One is closed or merged already, or both are the same.
        """
        with self._database.write() as connection:
            gone, kept = get_incident(connection, incident_id), get_incident(connection, into)
            _require_mergeable(gone, kept)
            self._keep_version(connection, kept, custody[0])
            _bring_over(connection, gone, kept)
            reports = bring_reports(connection, incident_id, into)
            ended = replace(gone, status=IncidentStatus.MERGED, closed_at=custody[0].at, merged_into=into)
            put_incident(connection, ended)
            put_incident(connection, _joined(gone, kept))
            self._log.append_in(connection, custody)
            self._log.append_in(connection, [_went_over(report, incident_id, into, custody[0]) for report in reports])
            self._log.append_in(connection, opened_again(connection, into, custody[0]))
            return get_incident(connection, into)

    def _keep_version(self, connection: Connection, before: Incident, custody: CustodyEntry) -> None:
        is_ours = incident_versions.c.incident_id == before.incident_id
        last = connection.execute(select(func.max(incident_versions.c.number)).where(is_ours)).scalar() or 0
        version = IncidentVersion(last + 1, custody.at, custody.agent, before)
        values = {
            "incident_id": before.incident_id,
            "number": version.number,
            "until": version.until,
            "changed_by": version.changed_by,
            "body": body_of(version),
        }
        connection.execute(insert(incident_versions).values(**values))


def _in_order(bodies: Sequence[str]) -> tuple[Incident, ...]:
    found = (noun_from(Incident, body) for body in bodies)
    return tuple(sorted(found, key=_opening))


def _opening(incident: Incident) -> tuple[datetime, str]:
    return incident.opened_at, incident.incident_id


def _require_mergeable(gone: Incident, kept: Incident) -> None:
    if gone.incident_id == kept.incident_id:
        raise IncidentError(gone.incident_id, "an incident cannot be merged into itself")
    for one in (gone, kept):
        if not one.is_live:
            raise IncidentError(one.incident_id, f"it is {one.status.value}, and only live incidents are merged")


def _joined(gone: Incident, kept: Incident) -> Incident:
    """The one that goes on, with whoever worked on the other and with its words; its own place and window stay."""
    case = f", case {gone.case_number}" if gone.case_number else ""
    told = f"From incident {gone.incident_id}, {gone.title!r}{case}: {gone.narrative}".strip()
    return replace(
        kept,
        narrative="\n\n".join(filter(None, (kept.narrative, told))),
        assigned=tuple(sorted({*kept.assigned, *gone.agents} - {kept.opened_by})),
        case_number=kept.case_number or gone.case_number,
    )


def _went_over(report: NeighbourReport, incident_id: str, into: str, cause: CustodyEntry) -> CustodyEntry:
    """The report's own record of the merge: what was written when it was accepted names an incident that is over."""
    why = {name: words for name, words in cause.detail.items() if name in WHY}
    facts = {"as": "report of a neighbour", "incident": into, "from": incident_id, **why}
    return CustodyEntry(cause.at, cause.agent, CustodyAction.ATTACHED, report.report_id, detail=facts)


def _bring_over(connection: Connection, gone: Incident, kept: Incident) -> None:
    for one in attachments_in(connection, gone.incident_id):
        put_attachment(connection, replace(one, incident_id=kept.incident_id, position=0))
    told = dismissed_suggestions.c.incident_id == gone.incident_id
    for row in connection.execute(select(dismissed_suggestions).where(told)).all():
        key = {"incident_id": kept.incident_id, "highlight_id": row.highlight_id}
        attached = (attachments.c.incident_id == kept.incident_id) & (attachments.c.highlight_id == row.highlight_id)
        if connection.execute(select(attachments.c.highlight_id).where(attached)).first() is None:
            values = {"dismissed_at": row.dismissed_at, "dismissed_by": row.dismissed_by}
            insert_new(connection, dismissed_suggestions, key, values)
    ours = incident_people.c.incident_id == gone.incident_id
    for row in connection.execute(select(incident_people).where(ours)).all():
        note = replace(noun_from(PersonNote, row.body), incident_id=kept.incident_id)
        values = {"incident_id": kept.incident_id, "body": body_of(note)}
        connection.execute(update(incident_people).where(incident_people.c.number == row.number).values(**values))
    both = (dismissed_suggestions.c.incident_id == kept.incident_id) & dismissed_suggestions.c.highlight_id.in_(
        select(attachments.c.highlight_id).where(attachments.c.incident_id == kept.incident_id)
    )
    connection.execute(delete(dismissed_suggestions).where(both))
