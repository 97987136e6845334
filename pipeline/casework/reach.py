"""Whom an incident is open to, and which grants stand behind a look at it."""

from collections.abc import Iterable, Iterator, Mapping

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter, Role
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Attachment, Incident, require_live
from pipeline.errors import ConsentError, NotAssignedError
from pipeline.night.services import Services
from pipeline.night.shown import require_for_highlight

SEES_ALL = frozenset({Role.SUPERVISOR, Role.RECORDS_OFFICER})
"""Roles that reach every incident; an investigator reaches those that they opened or are assigned to."""


def followed(services: Services, incident_id: str) -> Incident:
    """The incident, or that in which its matter goes on.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    incident = services.catalogue.incidents.get(incident_id)
    while incident.merged_into:
        incident = services.catalogue.incidents.get(incident.merged_into)
    return incident


def live_incident(services: Services, incident_id: str) -> Incident:
    """The incident that people still work on.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: It is closed, or was merged into another.
    """
    incident = services.catalogue.incidents.get(incident_id)
    require_live(incident)
    return incident


def live_successor(services: Services, incident_id: str) -> Incident:
    """As ``live_incident``, of the incident or of that in which its matter goes on.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: It is closed.
    """
    incident = followed(services, incident_id)
    require_live(incident)
    return incident


def may_be_assigned(role: Role) -> bool:
    """Whether an agent of this role could open an incident that they are assigned to."""
    return role in SEES_ALL or role is Role.INVESTIGATOR


def is_reached(incident: Incident, agent: str, role: Role) -> bool:
    """Whether an incident is open to an agent of this role."""
    return role in SEES_ALL or (role is Role.INVESTIGATOR and agent in incident.agents)


def reached_of(
    services: Services, matter: Matter, role: Role, attachments: Iterable[Attachment]
) -> tuple[tuple[Incident, Attachment], ...]:
    """Incidents in which something is attached, each once, as far as they are open to an agent of this role.

    Of one that was merged into another nothing is said: what is attached to it is attached to the other.
    """
    first = {one.incident_id: one for one in reversed(tuple(attachments))}
    incidents = (services.catalogue.incidents.get(incident_id) for incident_id in sorted(first))
    reached = (one for one in incidents if is_reached(one, matter.agent, role) and not one.merged_into)
    return tuple((one, first[one.incident_id]) for one in reached)


def require_people(incident: Incident, matter: Matter, role: Role | None) -> None:
    """Returns when an agent may read and write words about people beside an incident.

    Args:
        incident: Which.
        matter: Who asks.
        role: At the desk; None on the command line, where only those who work on the incident may.

    Raises:
        NotAssignedError: They may not.
    """
    if matter.agent not in incident.agents and role not in SEES_ALL:
        raise NotAssignedError(incident.incident_id, matter.agent)


def desks(services: Services, matter: Matter, incident: Incident) -> Iterator[ConsentDesk]:
    """Where the grants are asked: for the incident's purpose and recipient, and for those of whoever looks."""
    pairs = dict.fromkeys(((incident.purpose, incident.recipient), (matter.purpose, matter.recipient)))
    return (services.consent(purpose, recipient) for purpose, recipient in pairs)


def require_highlight(
    services: Services, matter: Matter, incident: Incident, use: Use, highlight_id: str
) -> SignedGrant:
    """The grant that lets an agent use a highlight in an incident; the first of the incident's own.

    Raises:
        ConsentError: There is none, for the incident or for whoever looks.
        RecordNotFoundError: There is no such highlight.
    """
    grants = [require_for_highlight(services, desk, use, highlight_id) for desk in desks(services, matter, incident)]
    return grants[0]


def may(services: Services, matter: Matter, incident: Incident, use: Use, highlight_id: str) -> SignedGrant | None:
    """As ``require_highlight``; None where no live grant allows it."""
    try:
        return require_highlight(services, matter, incident, use, highlight_id)
    except ConsentError:
        return None


def on_which_case(matter: Matter, incident: Incident) -> dict[str, str]:
    """Under which case number an act within an incident stands: the incident's own, so that its case finds all of it.

    Where whoever acts said another one for their matter, ``matter_case`` says that beside it. An incident without a
    case number takes the matter's.
    """
    case = incident.case_number or matter.case_number
    facts = {"purpose": matter.purpose, "case": case}
    return facts | ({"matter_case": matter.case_number} if matter.case_number not in ("", case) else {})


def act(  # noqa: PLR0913 - what a custody record says
    services: Services,
    matter: Matter,
    incident: Incident,
    action: CustodyAction,
    facts: Mapping[str, str] | None = None,
    *,
    subject: str = "",
    authority: str = "",
    once: str = "",
) -> CustodyEntry:
    """What an agent does to an incident, or in it; its words, which may name people, stay out of the log.

    Args:
        services: The installation.
        matter: Who, for what.
        incident: Which.
        action: What.
        facts: More than the incident, the case, the purpose and the recipient.
        subject: To what it is done; the incident by default.
        authority: The grant, where footage is used.
        once: As ``CustodyEntry`` has it.
    """
    detail = {
        "incident": incident.incident_id,
        **on_which_case(matter, incident),
        "recipient": matter.recipient,
        **(facts or {}),
    }
    return CustodyEntry(services.now(), matter.agent, action, subject or incident.incident_id, authority, detail, once)
