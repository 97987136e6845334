"""A desk over an installation with something in it, agents of every role, and clients that are signed in.

``desk`` is what most tests need: ``desk.client(Role.INVESTIGATOR)`` is a browser of an investigator with a matter,
``desk.town`` the installation behind it (see ``tests.retention.story``), ``desk.clock`` its clock.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.domain.agents import AgentAccount, Role
from pipeline.settings import AgencySettings, NightSettings, Settings, StoreSettings, WebSettings
from tests.retention.story import a_town
from tests.web.desk import ADDRESS, Desk, a_desk, a_desk_again
from tests.web.home import Home, a_home


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A desk with https before it and, to keep tests short, without a second factor."""
    return _settings(tmp_path)


def _settings(folder: Path) -> Settings:
    return Settings(
        store=StoreSettings(directory=folder / "doorstep", checkpoint_directory=folder / "second place"),
        web=WebSettings(public_url=ADDRESS, second_factor=False),
        night=NightSettings(purpose="package theft", recipient="Oak Street police"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
    )


Furnished = tuple[Path, dict[Role, AgentAccount]]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The installation of ``desk``, made once: a test gets a copy of its files, and what it does stays in the copy."""
    folder = tmp_path_factory.mktemp("furnished")
    with a_town(_settings(folder)) as town, a_desk(town) as made:
        town.grant()
        town.keep()
    return folder, made.agents


@pytest.fixture
def desk(settings: Settings, tmp_path: Path, furnished: Furnished) -> Iterator[Desk]:
    """A desk with one live grant, a clip with an event and its highlight, and agents of every role."""
    folder, agents = furnished
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with a_desk_again(settings, agents) as made:
        yield made


@pytest.fixture
def home(desk: Desk) -> Home:
    """The same installation with accounts for its residents; ``home.client()`` is a browser of ann's."""
    return a_home(desk)
