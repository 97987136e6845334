"""One package of a real night, exported once; tests that break something break a copy."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.night.attach import attach_highlights
from pipeline.packages.export import Exported, export_incident
from tests.night.conftest import clips
from tests.night.story import MORNING, House, an_incident, anns_grant
from tests.night.test_reports import a_whole_night

__all__ = ["clips"]
INCIDENT = "in-000000000001"


@dataclass(frozen=True)
class Handed:
    """A house, and the package that left it."""

    house: House
    exported: Exported

    @property
    def folder(self) -> Path:
        return self.exported.path


@pytest.fixture(scope="session")
def handed(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Iterator[Handed]:
    folder = tmp_path_factory.mktemp("house")
    names = (clips / "visit.mp4", clips / "empty.mp4")
    incident = an_incident(case_number="C-7")
    with a_whole_night(folder, *names, grant=anns_grant(audio=True), incident=incident) as (house, _):
        attach_highlights(house.services)
        exported = export_incident(house.services, INCIDENT, folder / "out", "kim", moment=MORNING + timedelta(hours=1))
        yield Handed(house, exported)


@pytest.fixture
def copy(handed: Handed, tmp_path: Path) -> Path:
    """A package that may be broken."""
    return Path(shutil.copytree(handed.folder, tmp_path / handed.folder.name))
