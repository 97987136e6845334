"""A house after its night, and people at the desk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.casework.incidents import Words, open_incident
from pipeline.domain.agents import Matter
from pipeline.domain.evidence import CustodyRecord
from pipeline.domain.incidents import Incident
from pipeline.night.services import Services
from pipeline.night.tonight import Tonight
from tests.builders import PURPOSE, RECIPIENT
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
    tonight: Tonight

    def end_night(self) -> None:
        """The night is over: another may begin."""
        self.services.catalogue.nights.release(self.tonight.lease, self.services.now())

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
def a_desk(folder: Path, *names: Path, **changes: Any) -> Iterator[Desk]:
    """After a night with these clips; the story's own incident is closed to the night."""
    quiet = an_incident(incident_id="in-0000000000ff", attaches_by_itself=False)
    with a_whole_night(folder, *names, incident=quiet, **changes) as (house, tonight):
        yield Desk(house, tonight)
