"""A house after its night, and people at the desk.

The night is run once for the same clips and grant; each desk stands over a copy of what it left. The nights themselves
are told of in ``tests.night``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.casework.incidents import Words, open_incident
from pipeline.domain.agents import Matter
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.evidence import CustodyRecord
from pipeline.domain.incidents import Incident
from pipeline.night.services import Services
from tests.builders import PURPOSE, RECIPIENT
from tests.night.left import a_copy_of, beside
from tests.night.story import House, an_incident
from tests.night.test_reports import a_whole_night

KIM = Matter("kim", PURPOSE, RECIPIENT, "C-7")
"""Opens incidents."""
LEE = replace(KIM, agent="lee")
"""Approves what others ask for."""
STRANGER = replace(KIM, agent="max")
"""Works on something else."""


@dataclass
class Desk:
    house: House

    @property
    def services(self) -> Services:
        return self.house.services

    def incident(self, matter: Matter = KIM, **changes: Any) -> Incident:
        """One at Ann's house on the evening of the night, which suggests and attaches nothing by itself."""
        told = an_incident()
        words = Words(told.title, told.place, told.radius, told.starts_at, told.ends_at, told.kinds, told.narrative)
        return open_incident(self.services, matter, replace(words, **changes))

    def records(self, action: str) -> list[CustodyRecord]:
        return [one for one in self.services.catalogue.custody.records() if one.entry.action == action]

    def highlight(self) -> str:
        """The first that the night cut."""
        return self.services.catalogue.highlights.list()[0].highlight_id


@contextmanager
def a_desk(folder: Path, *names: Path, grant: ConsentGrant | None = None) -> Iterator[Desk]:
    """After a night with these clips; Ring is away, and the story's own incident is closed to the night."""
    with a_copy_of(_after_a_night(names, grant), folder) as house:
        yield Desk(house)


@cache
def _after_a_night(names: tuple[Path, ...], grant: ConsentGrant | None) -> House:
    quiet = an_incident(incident_id="in-0000000000ff", attaches_by_itself=False)
    with a_whole_night(beside(names[0]), *names, grant=grant, incident=quiet) as (house, _):
        return house
