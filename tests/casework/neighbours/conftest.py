"""A neighbourhood for each test; files are made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.casework.neighbours.neighbourhood import Neighbourhood, a_neighbourhood, a_photo, a_video, neighbourly


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Neighbourhood]:
    with a_neighbourhood(neighbourly(tmp_path)) as made:
        yield made


@pytest.fixture(scope="session")
def photo() -> bytes:
    return a_photo()


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return a_video(tmp_path_factory.mktemp("telephone"))
