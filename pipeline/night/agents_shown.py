"""Who acted, as residents may read it: by agency and role, or by name where the agency decided so."""

import re

from pipeline.errors import AgentUnknownError
from pipeline.night.services import Services

_SOFTWARE = re.compile(r"(pipeline|doorstep) \S+")
_ERASED = re.compile(r"sealed [0-9a-f]+")


def agent_in_words(services: Services, agent: str, resident_id: str = "") -> str:
    """An agent's name in a custody record, in words for a resident.

    Args:
        services: The installation; its setting ``agency.names_agents`` decides.
        agent: As the record has it.
        resident_id: Who reads; their own acts are theirs.
    """
    if resident_id and agent == resident_id:
        return "you"
    if _SOFTWARE.fullmatch(agent):
        return "Doorstep, by itself"
    if _ERASED.fullmatch(agent):
        return "somebody whose name was erased"
    agency = services.settings.agency
    whose = f"{agency.name}, {_role(services, agent)}"
    return f"{agent} ({whose})" if agency.names_agents else whose


def _role(services: Services, agent: str) -> str:
    try:
        return services.catalogue.agents.named(agent).role.value.replace("_", " ")
    except AgentUnknownError:
        return "operator of this installation"
