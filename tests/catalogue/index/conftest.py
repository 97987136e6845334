"""The index of a small town, on both databases."""

from collections.abc import Iterator

import psycopg
import pytest

from bench.search.asking import opened
from bench.search.load import load
from pipeline.night.services import Services
from tests.catalogue.conftest import postgres_url  # noqa: F401 - a fixture

CLIPS, CAMERAS = 2_000, 600


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("plans")
    url = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_url")
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("CREATE DATABASE plans")
        url = server.rsplit("/", 1)[0] + "/plans"
    with opened(folder, url):
        pass
    load(url or f"sqlite:///{folder}/catalogue.sqlite", CLIPS, CAMERAS, whole=False)
    with opened(folder, url) as services:
        yield services
