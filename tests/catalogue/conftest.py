"""The same stories for SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from pipeline.catalogue import Catalogue
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.catalogue.stories import an_entry
from tests.servers import postgres

PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def empty_database(postgres_url: str) -> str:
    """URL of a PostgreSQL database without a table: emptying one is ten times as quick as making one."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        others = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
        )
        connection.execute(others)
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    url = None
    if request.param == "postgresql":
        url = SecretStr(request.getfixturevalue("empty_database"))
    return StoreSettings(directory=tmp_path / "doorstep", database_url=url, database_wait_seconds=PATIENCE_SECONDS)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.at(tmp_path / "keys" / "signing.pem")


@pytest.fixture
def catalogue(settings: StoreSettings, key: SigningKey) -> Iterator[Catalogue]:
    with Catalogue.open(settings, CustodyChain(key)) as opened:
        yield opened


@pytest.fixture
def intruder(settings: StoreSettings, catalogue: Catalogue) -> sa.Engine:
    """Somebody who opens the database without Doorstep, once it is there."""
    for number in range(4):
        catalogue.custody.append([an_entry(f"subject-{number}", agent="jane", once=f"once-{number}")])
    if settings.database_url is None:
        return sa.create_engine(f"sqlite:///{settings.directory / 'catalogue.sqlite'}", poolclass=sa.NullPool)
    url = sa.make_url(settings.database_url.get_secret_value()).set(drivername="postgresql+psycopg")
    return sa.create_engine(url, poolclass=sa.NullPool)
