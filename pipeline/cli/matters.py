"""On what matter the command line looks: the user of the machine, for the incident's own purpose and recipient."""

import getpass

from pipeline.domain.agents import Matter
from pipeline.domain.incidents import Incident
from pipeline.night.services import Services


def matter_of(incident: Incident) -> Matter:
    """Whoever runs the command, for what the incident was opened for."""
    return Matter(getpass.getuser(), incident.purpose, incident.recipient, incident.case_number)


def matter_for(services: Services, incident_id: str) -> Matter:
    """As ``matter_of``.

    Raises:
        RecordNotFoundError: There is no such incident.
    """
    return matter_of(services.catalogue.incidents.get(incident_id))


def new_matter(services: Services, purpose: str | None, recipient: str | None, case: str) -> Matter:
    """Whoever runs the command, for this purpose and recipient; the night's where none is given."""
    night = services.settings.night
    return Matter(getpass.getuser(), purpose or night.purpose, recipient or night.recipient, case)
