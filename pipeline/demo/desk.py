"""The demo's desk: an agent of each role, and the one line that opens it. For this machine alone."""

import json
import shlex
from pathlib import Path

from pipeline.casework.agents.accounts import add_agent
from pipeline.casework.proofs.passwords import invent_password
from pipeline.casework.residents.accounts import add_resident
from pipeline.demo.story import ANN, BOB
from pipeline.domain.agents import Role
from pipeline.evidence.files import OWNER_ONLY, make_once
from pipeline.night.services import Services
from pipeline.settings import Settings

INVESTIGATOR = "ina"
AGENTS = {
    Role.INVESTIGATOR: INVESTIGATOR,
    Role.SUPERVISOR: "sue",
    Role.RECORDS_OFFICER: "rob",
    Role.AUDITOR: "aud",
    Role.ADMINISTRATOR: "adam",
}
NO_RING = "127.0.0.1:9"
"""The demo's Ring ended with its night: whoever links an account in the demo reaches no real one. Port 9 discards."""
_SECTIONS = ("store", "night", "agency", "mail", "near", "neighbours")


def add_demo_agents(services: Services) -> str:
    """Adds one agent a role, all with one password that is made anew for each demo.

    Returns:
        The password. No one-time codes are asked for in the demo (``desk_variables``): nobody sets up a telephone to
        look at sample clips.
    """
    password = invent_password()
    for role, name in AGENTS.items():
        add_agent(services, "doorstep demo", name, role, password)
    return password


def add_demo_residents(services: Services) -> tuple[str, ...]:
    """Opens an account for each household of the demo; links to sign in go into the demo's outbox.

    Returns:
        Their ids.
    """
    for household in (ANN, BOB):
        add_resident(services, "doorstep demo", household.resident_id, household.user_name)
    return ANN.resident_id, BOB.resident_id


def desk_variables(settings: Settings) -> dict[str, str]:
    """The settings with which ``doorstep serve`` opens the demo's desk: its store, its words, on loopback."""
    found = {"DOORSTEP_WEB__HOST": "127.0.0.1", "DOORSTEP_WEB__SECOND_FACTOR": "false"}
    found["DOORSTEP_RING__CONNECT_TO"] = NO_RING
    for section in _SECTIONS:
        for name, value in getattr(settings, section).model_dump(mode="json", exclude_defaults=True).items():
            text = value if isinstance(value, str) else json.dumps(value)
            found[f"DOORSTEP_{section.upper()}__{name.upper()}"] = text
    return found


def write_desk_file(folder: Path, settings: Settings) -> Path:
    """Writes the settings as a file that a shell reads; no password is in it.

    Raises:
        StorageError: It cannot be written.
    """
    path = folder / "desk.env"
    lines = (f"export {name}={shlex.quote(value)}" for name, value in sorted(desk_variables(settings).items()))
    make_once(path, ("\n".join(("# The demo's desk, for this machine alone.", *lines)) + "\n").encode(), OWNER_ONLY)
    return path
