"""What is in an incident: attached, turned down, confirmed, captioned, ordered, shown in another version."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.asking.protected import require_no_protected_trait
from pipeline.casework.reach import act, live_incident, may, on_which_case, require_highlight
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import Attachment, AttachmentStatus, Highlight
from pipeline.domain.video import Timestamp
from pipeline.errors import RecordNotFoundError
from pipeline.night.attach import Belonging, belonging
from pipeline.night.ingest import authority
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import analysis_behind


def attach(services: Services, matter: Matter, incident_id: str, highlight_id: str, reason: str) -> Attachment:
    """Attaches a highlight by hand; a person's word, so it is confirmed only when a person judges it.

    Raises:
        RecordNotFoundError, IncidentError: There is no such highlight, or incident that people still work on.
        ConsentError: No live grant allows it.
    """
    incident = live_incident(services, incident_id)
    grant = authority(require_highlight(services, matter, incident, Use.VIEW, highlight_id))
    made = Attachment(incident_id, highlight_id, reason, services.now(), attached_by=matter.agent)
    entry = act(services, matter, incident, CustodyAction.ATTACHED, subject=highlight_id, authority=grant)
    services.catalogue.incidents.attach(made, (entry,))
    return attachment_of(services, incident_id, highlight_id)


def attachment_of(services: Services, incident_id: str, highlight_id: str) -> Attachment:
    """The attachment of a highlight to an incident.

    Raises:
        RecordNotFoundError: It is not attached.
    """
    for one in services.catalogue.incidents.attachments(incident_id):
        if one.highlight_id == highlight_id:
            return one
    raise RecordNotFoundError("attachment", f"{highlight_id} to incident {incident_id}")


def detach(services: Services, matter: Matter, incident_id: str, highlight_id: str) -> None:
    """Takes a highlight out of an incident; the night does not attach it again.

    Raises:
        RecordNotFoundError, IncidentError: It is not attached, or the incident is over.
        ConsentError: No live grant lets whoever takes it out see it.
    """
    incident = live_incident(services, incident_id)
    attachment = attachment_of(services, incident_id, highlight_id)
    grant = authority(require_highlight(services, matter, incident, Use.VIEW, attachment.shown_id))
    entry = act(services, matter, incident, CustodyAction.DETACHED, subject=highlight_id, authority=grant)
    services.catalogue.incidents.detach(incident_id, highlight_id, (entry,), services.now())


def judge(
    services: Services, matter: Matter, incident_id: str, highlight_id: str, status: AttachmentStatus, note: str = ""
) -> Attachment:
    """Confirms or rejects what is attached; a rejected highlight is left out of reports and packages.

    Raises:
        RecordNotFoundError, IncidentError: It is not attached, or the incident is over.
        ConsentError: No live grant lets whoever judges see it.
    """
    incident = live_incident(services, incident_id)
    grant = authority(require_highlight(services, matter, incident, Use.VIEW, highlight_id))
    facts = {"as": status.value, "note": note}
    entry = act(services, matter, incident, CustodyAction.JUDGED, facts, subject=highlight_id, authority=grant)
    return services.catalogue.incidents.rewrite(
        incident_id, highlight_id, lambda one: replace(one, status=status), (entry,)
    )


def caption(services: Services, matter: Matter, incident_id: str, highlight_id: str, words: str) -> Attachment:
    """Writes words beside what is attached; empty ones take them away.

    Raises:
        RecordNotFoundError, IncidentError: It is not attached, or the incident is over.
        ProtectedTraitError: The words describe people by a protected trait.
        ConsentError: No live grant lets whoever writes see it.
    """
    incident = live_incident(services, incident_id)
    require_no_protected_trait((words,))
    attachment = attachment_of(services, incident_id, highlight_id)
    grant = authority(require_highlight(services, matter, incident, Use.VIEW, attachment.shown_id))
    facts = {"as": "caption"}
    entry = act(services, matter, incident, CustodyAction.ARRANGED, facts, subject=highlight_id, authority=grant)
    return services.catalogue.incidents.rewrite(
        incident_id, highlight_id, lambda one: replace(one, caption=words.strip()), (entry,)
    )


def arrange(services: Services, matter: Matter, incident_id: str, order: Sequence[str]) -> tuple[str, ...]:
    """Gives what is attached an order; what is not named follows as it did. Returns the ids in the new order.

    Raises:
        RecordNotFoundError, IncidentError: One is not attached, or the incident is over.
    """
    incident = live_incident(services, incident_id)
    entry = act(services, matter, incident, CustodyAction.ARRANGED, {"as": "order"})
    return services.catalogue.incidents.arrange(incident_id, order, (entry,))


def move(services: Services, matter: Matter, incident_id: str, highlight_id: str, by: int) -> tuple[str, ...]:
    """Moves one of what is attached by so many places, as far as that goes; returns the ids in the new order.

    Raises:
        RecordNotFoundError, IncidentError: It is not attached, or the incident is over.
    """
    order = [one.highlight_id for one in services.catalogue.incidents.attachments(incident_id)]
    if highlight_id not in order:
        raise RecordNotFoundError("attachment", f"{highlight_id} to incident {incident_id}")
    place = order.index(highlight_id)
    order.insert(max(0, min(len(order) - 1, place + by)), order.pop(place))
    return arrange(services, matter, incident_id, order)


def versions_of(services: Services, highlight_id: str) -> tuple[Highlight, ...]:
    """A highlight and every new cut of it, in the order in which they were made.

    Raises:
        RecordNotFoundError: There is no such highlight.
    """
    catalogue = services.catalogue.highlights
    ours = catalogue.of_acquisition(catalogue.acquisition_of(highlight_id))
    return tuple(
        one
        for one in ours
        if one.highlight_id == highlight_id or (one.cut is not None and one.cut.version_of == highlight_id)
    )


def first_stamp(services: Services, highlight_id: str) -> Timestamp:
    """Stamp of the first frame of the clip that a highlight was cut from.

    Raises:
        RecordNotFoundError: There is no such highlight.
    """
    return analysis_behind(services, highlight_id).probe.first


def choose_version(services: Services, matter: Matter, incident_id: str, highlight_id: str, version: str) -> Attachment:
    """Says which cut of what is attached reports and packages show.

    Args:
        services: The installation.
        matter: Who, for what.
        incident_id: Which incident.
        highlight_id: What is attached.
        version: One of ``versions_of``; the highlight itself for the first.

    Raises:
        RecordNotFoundError, IncidentError: It is no version of what is attached, or the incident is over.
        ConsentError: No live grant lets whoever chooses see it.
    """
    incident = live_incident(services, incident_id)
    if version not in {one.highlight_id for one in versions_of(services, highlight_id)}:
        raise RecordNotFoundError("version", f"{version} of {highlight_id}")
    grant = authority(require_highlight(services, matter, incident, Use.VIEW, version))
    facts = {"as": "version", "output": version}
    entry = act(services, matter, incident, CustodyAction.ARRANGED, facts, subject=highlight_id, authority=grant)
    chosen = "" if version == highlight_id else version
    return services.catalogue.incidents.rewrite(
        incident_id, highlight_id, lambda one: replace(one, version=chosen), (entry,)
    )


def suggestions(services: Services, matter: Matter, incident_id: str) -> tuple[Belonging, ...]:
    """What belongs to an incident by place, time and kind, each with the reason; nothing is attached by it.

    What is attached, was turned down, or may not be shown is left out. The caller writes down the look.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    incident = services.catalogue.incidents.get(incident_id)
    if not incident.is_live:
        return ()
    found = belonging(services, incident)
    return tuple(one for one in found if may(services, matter, incident, Use.VIEW, one.highlight.highlight_id))


def write_down_suggestions(services: Services, matter: Matter, incident_id: str, found: Sequence[Belonging]) -> None:
    """Writes that somebody is shown suggestions, before they are."""
    incident = services.catalogue.incidents.get(incident_id)
    looks = [
        Look(one.highlight.clip, event.event.camera_id, grant)
        for one in found
        for event in one.shown[:1]
        for grant in (require_highlight(services, matter, incident, Use.VIEW, one.highlight.highlight_id),)
    ]
    facts = {"incident": incident_id, "as": "suggestion", **on_which_case(matter, incident)}
    write_down_looks(services, matter.agent, looks, facts)


def accept(services: Services, matter: Matter, incident_id: str, highlight_id: str) -> Attachment:
    """Attaches a suggestion with the reason that it was made for.

    Raises:
        RecordNotFoundError, IncidentError: It is not suggested, or the incident is over.
        ConsentError: No live grant allows it.
    """
    live_incident(services, incident_id)
    one = _suggested(services, matter, incident_id, highlight_id)
    return attach(services, matter, incident_id, highlight_id, one.attachment.reason)


def dismiss(services: Services, matter: Matter, incident_id: str, highlight_id: str) -> None:
    """Turns a suggestion down: it is not made again, and the night does not attach it either.

    Raises:
        RecordNotFoundError, IncidentError: It is not suggested, or the incident is over.
    """
    incident = live_incident(services, incident_id)
    one = _suggested(services, matter, incident_id, highlight_id)
    entry = act(services, matter, incident, CustodyAction.DISMISSED, subject=highlight_id)
    services.catalogue.incidents.dismiss(one.attachment, (entry,))


def _suggested(services: Services, matter: Matter, incident_id: str, highlight_id: str) -> Belonging:
    for one in suggestions(services, matter, incident_id):
        if one.highlight.highlight_id == highlight_id:
            return one
    raise RecordNotFoundError("suggestion", f"{highlight_id} for incident {incident_id}")
