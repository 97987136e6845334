"""The same stories on a disk with SQLite, and on servers: PostgreSQL and S3."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import psycopg
import pytest
from pydantic import SecretStr

from pipeline.settings import Settings, StoreSettings
from tests.retention.story import Town, a_town
from tests.servers import postgres, s3


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    with postgres() as url:
        yield url


def emptied(database_server: str, name: str) -> str:
    """URL of a database without a table: emptying one is ten times as quick as making one."""
    url = f"{database_server.rpartition('/')[0]}/{name}"
    with psycopg.connect(database_server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
            connection.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(url, autocommit=True) as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
        connection.execute(others, (name,))
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return url


@pytest.fixture(scope="session")
def object_server() -> Iterator[str]:
    with s3() as endpoint:
        yield endpoint


@pytest.fixture
def server_store(
    database_server: str, object_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> StoreSettings:
    """A database and a bucket that are empty."""
    name = f"d{uuid4().hex[:12]}"
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(variable, value)
    boto3.client("s3", endpoint_url=object_server).create_bucket(Bucket=name)
    return StoreSettings(
        directory=tmp_path / "doorstep",
        database_url=SecretStr(emptied(database_server, "town")),
        objects_url=f"s3://{name}/town",
        s3_endpoint=object_server,
        checkpoint_directory=tmp_path / "second place",
    )


@pytest.fixture(params=["disk", "servers"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "servers":
        return Settings(store=request.getfixturevalue("server_store"))
    store = StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place")
    return Settings(store=store)


@pytest.fixture
def disk_settings(tmp_path: Path) -> Settings:
    store = StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place")
    return Settings(store=store)


@pytest.fixture
def town(settings: Settings) -> Iterator[Town]:
    with a_town(settings) as opened:
        yield opened


@pytest.fixture
def village(disk_settings: Settings) -> Iterator[Town]:
    """As ``town``, on a disk only: for stories in which nothing depends on the servers."""
    with a_town(disk_settings) as opened:
        yield opened
