"""Highlights into the incidents that they belong to, as suggestions of the machine."""

from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Attachment, Incident, IncidentStatus
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError
from pipeline.incidents.matching import Happening, match
from pipeline.night.ingest import authority
from pipeline.night.services import AGENT, Services
from pipeline.night.shown import require_for_highlight


def attach_highlights(services: Services) -> tuple[Attachment, ...]:
    """Attaches to every open incident what belongs to it, also what earlier nights found; again it changes nothing.

    Returns:
        What is newly attached, in the order of the incidents.
    """
    incidents = services.catalogue.incidents.list(IncidentStatus.OPEN)
    return tuple(made for incident in incidents for made in _attach_to(services, incident))


def _attach_to(services: Services, incident: Incident) -> list[Attachment]:
    wanted = EventFilter(kinds=incident.kinds, since=incident.starts_at, until=incident.ends_at)
    found = services.catalogue.search.find(wanted)
    known = {attachment.highlight_id for attachment in services.catalogue.incidents.attachments(incident.incident_id)}
    names = dict.fromkeys(name for event in found for name in event.highlight_ids if name not in known)
    made = []
    for highlight_id in names:
        shown = [event for event in found if highlight_id in event.highlight_ids]
        made += _attach_one(services, incident, highlight_id, shown)
    return made


def _attach_one(services: Services, incident: Incident, highlight_id: str, shown: list[FoundEvent]) -> list[Attachment]:
    camera = services.catalogue.cameras.get(shown[0].event.camera_id)
    highlight = services.catalogue.highlights.get(highlight_id)
    desk = services.consent(incident.purpose, incident.recipient)
    happenings = [Happening(event.event, event.starts_at, event.ends_at) for event in shown]
    made = []
    for attachment in match(highlight, happenings, camera, (incident,), services.now()):
        try:
            grant = authority(require_for_highlight(services, desk, Use.INDEX, highlight_id))
        except ConsentError:
            continue
        custody = CustodyEntry(
            at=services.now(),
            agent=AGENT,
            action=CustodyAction.ATTACHED,
            subject=highlight_id,
            authority=grant,
            detail={"incident": incident.incident_id},
            once=f"attached {incident.incident_id} {highlight_id}",
        )
        if services.catalogue.incidents.attach(attachment, (custody,)):
            made.append(attachment)
    return made
