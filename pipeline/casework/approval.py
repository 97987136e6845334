"""A supervisor's approval: asked for by one person, decided by another, void when anything is changed."""

from dataclasses import replace

from pipeline.casework.reach import act, live_incident, may
from pipeline.casework.received import hidden_of
from pipeline.domain.agents import Matter
from pipeline.domain.approvals import Approval, ApprovalState
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.ids import new_id
from pipeline.domain.incidents import AttachmentStatus, Incident
from pipeline.errors import ApprovalError, ApprovalMissingError, IncidentError
from pipeline.night.services import Services
from pipeline.night.shown import visible_attachments


def ask_approval(services: Services, matter: Matter, incident_id: str) -> Approval:
    """Asks for approval of what is in an incident now.

    Raises:
        RecordNotFoundError, IncidentError: There is no such incident that people still work on.
        ApprovalError: Nothing is attached.
    """
    incident = live_incident(services, incident_id)
    sent = services.catalogue.neighbour_files.of_incident(incident_id)
    if not (sent or services.catalogue.incidents.attachments(incident_id)):
        raise ApprovalError(incident_id, "nothing is attached that could be approved")
    made = new_id("ap")
    content = services.catalogue.approvals.content(incident_id)
    entry = act(services, matter, incident, CustodyAction.APPROVAL_ASKED, {"approval": made, "content": content})

    def asked(now: str) -> Approval:
        if now != content:
            raise ApprovalError(incident_id, "it was changed at the same moment; look at it again")
        return Approval(made, incident_id, content, matter.agent, services.now())

    return services.catalogue.approvals.ask(incident_id, asked, (entry,))


def decide_approval(
    services: Services, matter: Matter, incident_id: str, *, is_given: bool, note: str = "", seen: str = ""
) -> Approval:
    """Approves what is in an incident, or refuses to; four eyes: never whoever asked.

    Args:
        services: The installation.
        matter: Who decides.
        incident_id: Which incident.
        is_given: Whether it is approved.
        note: Why; stays out of the leaf of the custody log.
        seen: Digest of what whoever decides was shown; empty where it is what is there now.

    Raises:
        RecordNotFoundError, IncidentError: There is no such incident that people still work on.
        ApprovalError: Nobody asked, whoever asked decides, it was changed since, or whoever approves may not see all
            of what would leave.
    """
    incident = live_incident(services, incident_id)
    if is_given:
        _require_seen(services, matter, incident)
    action = CustodyAction.APPROVED if is_given else CustodyAction.APPROVAL_REFUSED
    content = seen or services.catalogue.approvals.content(incident_id)
    entry = act(services, matter, incident, action, {"content": content, "note": note})

    def decided(last: Approval | None, now: str) -> Approval:
        if last is None or last.decided_at is not None:
            raise ApprovalError(incident_id, "nobody asked for it")
        if content != now:
            raise ApprovalError(incident_id, "it was changed since it was shown; look at it again")
        if is_given and now != last.content:
            raise ApprovalError(incident_id, "it was changed since; ask again")
        if last.asked_by == matter.agent:
            raise ApprovalError(incident_id, f"{matter.agent} asked for it, and another person decides")
        return replace(last, decided_by=matter.agent, decided_at=services.now(), is_given=is_given, note=note)

    return services.catalogue.approvals.decide(incident_id, decided, (entry,))


def _require_seen(services: Services, matter: Matter, incident: Incident) -> None:
    """Nobody approves what their own matter's grants hide: the page shows less than would leave."""
    leaving = [one for one in visible_attachments(services, incident) if one.status is not AttachmentStatus.REJECTED]
    hidden = sum(may(services, matter, incident, Use.VIEW, one.shown_id) is None for one in leaving)
    hidden += hidden_of(services, matter, incident)
    if hidden:
        words = (
            f"{hidden} of what would leave may not be seen on your matter; look at it for the incident's own purpose"
        )
        raise ApprovalError(incident.incident_id, words)


def approval_state(services: Services, incident_id: str) -> tuple[ApprovalState, Approval | None]:
    """Where the last approval stands against what is in the incident now; the approval itself, None when nobody asked.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    asked = services.catalogue.approvals.of_incident(incident_id)
    if not asked:
        return ApprovalState.NONE, None
    return asked[-1].state(services.catalogue.approvals.content(incident_id)), asked[-1]


def require_approved(services: Services, incident_id: str) -> str:
    """Returns the digest of what is in an incident, where a second person approved it or the setting asks for nobody.

    Raises:
        RecordNotFoundError: There is no such incident.
        IncidentError: It was merged into another.
        ApprovalMissingError: Nobody approved what is in it now.
    """
    incident = services.catalogue.incidents.get(incident_id)
    if incident.merged_into:
        raise IncidentError(incident_id, f"it was merged into {incident.merged_into}")
    state, _ = approval_state(services, incident_id)
    if services.settings.incidents.export_needs_approval and state is not ApprovalState.GIVEN:
        raise ApprovalMissingError(incident_id, state.value)
    return services.catalogue.approvals.content(incident_id)
