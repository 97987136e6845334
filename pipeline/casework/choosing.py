"""What was chosen among the found visits goes into an incident, highlight by highlight."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.casework.attaching import attach
from pipeline.casework.reach import is_reached
from pipeline.domain.agents import Matter, Role
from pipeline.domain.incidents import Incident
from pipeline.night.explanation import find_granted
from pipeline.night.services import Services

REASON = "chosen among what a search found"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What came of it.

    Attributes:
        highlight_ids: What is attached now, in the order in which it was chosen, each once.
        without: Events of which no highlight was cut, and which therefore are not attached.
    """

    highlight_ids: tuple[str, ...]
    without: tuple[str, ...]


def offered_incidents(services: Services, matter: Matter, role: Role) -> tuple[Incident, ...]:
    """Those that people still work on and that an agent reaches, the newest first."""
    live = services.catalogue.incidents.live()
    return tuple(incident for incident in reversed(live) if is_reached(incident, matter.agent, role))


def attach_chosen(services: Services, matter: Matter, incident_id: str, event_ids: Iterable[str]) -> Chosen:
    """Attaches the first highlight of each event; one that is attached already stays as it is.

    Raises:
        RecordNotFoundError: There is no such event or incident.
        ConsentError: No live grant lets an event be shown, or its highlight belong to the incident.
        IncidentError: Nobody works on the incident any more.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    found = [find_granted(services, desk, event_id)[0] for event_id in dict.fromkeys(event_ids)]
    shown = dict.fromkeys(one.highlight_ids[0] for one in found if one.highlight_ids)
    for highlight_id in shown:
        attach(services, matter, incident_id, highlight_id, REASON)
    return Chosen(tuple(shown), tuple(one.event.event_id for one in found if not one.highlight_ids))
