"""A desk over an installation with something in it, agents of every role, and clients that are signed in.

``desk`` is what most tests need: ``desk.client(Role.INVESTIGATOR)`` is a browser of an investigator with a matter,
``desk.town`` the installation behind it (see ``tests.retention.story``), ``desk.clock`` its clock.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import AgencySettings, NightSettings, Settings, StoreSettings, WebSettings
from tests.retention.story import a_town
from tests.web.desk import ADDRESS, Desk, a_desk
from tests.web.home import Home, a_home


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A desk with https before it and, to keep tests short, without a second factor."""
    return Settings(
        store=StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place"),
        web=WebSettings(public_url=ADDRESS, second_factor=False),
        night=NightSettings(purpose="package theft", recipient="Oak Street police"),
        agency=AgencySettings(name="Oak Street police", non_emergency_number="555-0100"),
    )


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    """A desk with one live grant, a clip with an event and its highlight, and agents of every role."""
    with a_town(settings) as town, a_desk(town) as made:
        town.grant()
        town.keep()
        yield made


@pytest.fixture
def home(desk: Desk) -> Home:
    """The same installation with accounts for its residents; ``home.client()`` is a browser of ann's."""
    return a_home(desk)
