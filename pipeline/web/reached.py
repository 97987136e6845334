"""Incidents as far as whoever sits at the desk reaches them; any other is not there."""

from starlette.responses import RedirectResponse, Response

from pipeline.casework.reach import followed, live_incident
from pipeline.domain.incidents import Incident
from pipeline.errors import NotHereError
from pipeline.web.access import Reach
from pipeline.web.seat import SeatedWithMatter


def incident_of(seat: SeatedWithMatter, incident_id: str) -> Incident:
    """The incident, or that in which its matter goes on.

    Raises:
        RecordNotFoundError, NotHereError: There is none, or none that this agent reaches.
    """
    incident = followed(seat.services, incident_id)
    if seat.reach is not Reach.ALL and seat.agent.name not in incident.agents:
        raise NotHereError
    return incident


def live(seat: SeatedWithMatter, incident_id: str) -> Incident:
    """The incident, where people still work on it.

    Raises:
        RecordNotFoundError, NotHereError: As ``incident_of``.
        IncidentError: It is closed, or was merged into another.
    """
    incident_of(seat, incident_id)
    return live_incident(seat.services, incident_id)


def led_on(incident: Incident) -> Response:
    """To the page of an incident."""
    return RedirectResponse(f"/incidents/{incident.incident_id}", 303)
