"""A catalogue whose rows hold colours as bits gets their names; searching for one finds what it found."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.catalogue.schema import _MIGRATIONS
from tests.catalogue.conftest import empty_database, postgres_url  # noqa: F401 - fixtures

WHITE_VEHICLE, RED_UPPER = 1 << 25, 1 << 3
BEFORE, AFTER = "0022", "0026"
COLUMNS = (
    "acquisition", "analysis", "camera", "starts_at", "ends_at", "slack", "kind", "outcome", "slot", "minute",
    "score", "zone", "objects", "words", "tag", "is_between",
)  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_bits_become_numbers_with_names_and_counts(
    request: pytest.FixtureRequest, tmp_path: Path, database: str
) -> None:
    url = request.getfixturevalue("empty_database") if database == "postgresql" else f"sqlite:///{tmp_path}/old.sqlite"
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))  # SQLite: without foreign keys
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
        if database == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))
        for number, bits in enumerate((0, WHITE_VEHICLE, RED_UPPER | WHITE_VEHICLE, WHITE_VEHICLE), start=1):
            columns = ", ".join(("number", "event_id", "colours", *COLUMNS))
            values = f"{number}, 'ev-{number}', {bits}, {', '.join('1' * len(COLUMNS))}"
            connection.execute(sa.text(f"INSERT INTO event_index ({columns}) VALUES ({values})"))  # noqa: S608 - our own
        command.upgrade(config, AFTER)
        rows = connection.execute(sa.text("SELECT number, colours FROM event_index ORDER BY number")).all()
        names = connection.execute(
            sa.text("SELECT code, name, events FROM index_values WHERE family = 'colours' ORDER BY code")
        ).all()

    engine.dispose()
    assert [tuple(row) for row in rows] == [(1, 0), (2, 1), (3, 2), (4, 1)]
    assert [tuple(row) for row in names] == [
        (0, "", 1),
        (1, "white:vehicle", 2),
        (2, "red:upper|white:vehicle", 1),
    ]
