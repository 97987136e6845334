"""The disturbed process, and installations for it: on a disk, and on servers."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import boto3
import psycopg
import pytest
from pydantic import SecretStr

from pipeline.night.attach import attach_highlights
from pipeline.settings import Settings, StoreSettings
from tests.faults.disturbed import Disturbed, Place, disturbed
from tests.faults.shim import compile_shim
from tests.night.conftest import clips
from tests.night.story import an_incident
from tests.night.test_reports import a_whole_night
from tests.servers import PostgresServer, S3Server, postgres_server, s3_server

__all__ = ["clips"]
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
Places = Callable[[], Place]


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compile_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def process(shim: Path) -> Iterator[Disturbed]:
    with disturbed(shim, KEYS) as started:
        yield started


@pytest.fixture(scope="session")
def postgres_process() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def s3_process() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture(scope="session")
def database_server(postgres_process: PostgresServer) -> str:
    return postgres_process.url


@pytest.fixture(scope="session")
def object_server(s3_process: S3Server) -> str:
    return s3_process.endpoint


@pytest.fixture(scope="session")
def a_night(tmp_path_factory: pytest.TempPathFactory, clips: Path) -> Place:
    """An installation on disk after a whole night, with an incident that may leave."""
    folder = tmp_path_factory.mktemp("a-night")
    with a_whole_night(folder / "doorstep", clips / "visit.mp4", incident=an_incident()) as (house, _):
        attach_highlights(house.services)
    store = StoreSettings(directory=folder / "doorstep", checkpoint_directory=folder / "second place")
    return Place(Settings(store=store), folder)


@pytest.fixture
def on_disk(tmp_path: Path) -> Places:
    numbers = count()

    def place() -> Place:
        folder = tmp_path / f"place-{next(numbers)}"
        folder.mkdir()
        store = StoreSettings(directory=folder / "doorstep", checkpoint_directory=folder / "second place")
        return Place(Settings(store=store), folder)

    return place


@pytest.fixture
def on_servers(tmp_path: Path, database_server: str, object_server: str, monkeypatch: pytest.MonkeyPatch) -> Places:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    numbers = count()
    client = boto3.client("s3", endpoint_url=object_server)

    def place() -> Place:
        number = next(numbers)
        name = f"d{abs(hash(tmp_path)):x}{number}"
        with psycopg.connect(database_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        client.create_bucket(Bucket=name)
        folder = tmp_path / f"place-{number}"
        folder.mkdir()
        store = StoreSettings(
            directory=folder / "doorstep",
            database_url=SecretStr(database_server.rpartition("/")[0] + f"/{name}"),
            objects_url=f"s3://{name}/town",
            s3_endpoint=object_server,
            checkpoint_directory=folder / "second place",
        )
        return Place(Settings(store=store), folder)

    return place


def gone(place: Place) -> None:
    """Gives the disk back."""
    shutil.rmtree(place.folder)
