"""Highlights into the incidents that they belong to, as suggestions of the machine.

What belongs is found for every incident. Attached by itself it is only where the incident's own rule says so; elsewhere
the desk shows it as a suggestion, with the same reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.domain.consent import Use
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.incidents import Attachment, Highlight, Incident, IncidentStatus
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError, IncidentError
from pipeline.incidents.matching import Happening, match
from pipeline.night.ingest import authority
from pipeline.night.services import AGENT, Services
from pipeline.night.shown import require_for_highlight


@dataclass(frozen=True, slots=True)
class Belonging:
    """What belongs to an incident, and why.

    Attributes:
        attachment: As it would be attached, with the reason.
        highlight: What.
        shown: Its events that the incident's window and kinds name, in order of time; at least one.
    """

    attachment: Attachment
    highlight: Highlight
    shown: tuple[FoundEvent, ...]


def attach_highlights(services: Services) -> tuple[Attachment, ...]:
    """Attaches to every open incident whose rule says so what belongs to it, also what earlier nights found.

    Again it changes nothing; what a person turned down is left out.

    Returns:
        What is newly attached, in the order of the incidents.
    """
    incidents = services.catalogue.incidents.list(IncidentStatus.OPEN)
    return tuple(
        made for incident in incidents if incident.attaches_by_itself for made in _attach_to(services, incident)
    )


def belonging(services: Services, incident: Incident) -> Iterator[Belonging]:
    """What belongs to a live incident by place, time and kind, and is neither attached nor turned down.

    The caller asks the grants before it attaches or shows any of it.
    """
    wanted = EventFilter(kinds=incident.kinds, since=incident.starts_at, until=incident.ends_at)
    found = services.catalogue.search.find(wanted)
    catalogue = services.catalogue.incidents
    settled = {one.highlight_id for one in catalogue.attachments(incident.incident_id)}
    settled |= catalogue.dismissed(incident.incident_id)
    for highlight_id in dict.fromkeys(name for event in found for name in event.highlight_ids):
        if highlight_id not in settled:
            shown = tuple(event for event in found if highlight_id in event.highlight_ids)
            yield from _judged(services, incident, highlight_id, shown)


def _judged(
    services: Services, incident: Incident, highlight_id: str, shown: tuple[FoundEvent, ...]
) -> Iterator[Belonging]:
    """Nothing for what a person cut: a version belongs where its highlight does, and a span where it was chosen for."""
    highlight = services.catalogue.highlights.get(highlight_id)
    if highlight.cut is not None:
        return
    camera = services.catalogue.cameras.get(shown[0].event.camera_id)
    happenings = [Happening(event.event, event.starts_at, event.ends_at) for event in shown]
    for attachment in match(highlight, happenings, camera, (incident,), services.now()):
        yield Belonging(attachment, highlight, shown)


def _attach_to(services: Services, incident: Incident) -> Iterator[Attachment]:
    desk = services.consent(incident.purpose, incident.recipient)
    for one in tuple(belonging(services, incident)):
        highlight_id = one.highlight.highlight_id
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
        try:
            is_new = services.catalogue.incidents.attach(one.attachment, (custody,))
        except IncidentError:  # people closed or merged it meanwhile; where it goes on is asked by itself
            return
        if is_new:
            yield one.attachment
