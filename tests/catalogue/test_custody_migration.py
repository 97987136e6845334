"""A store whose log is a hash chain becomes one with a tree: every record a leaf, and the chain still checkable."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.catalogue import Catalogue
from pipeline.catalogue.database import Database
from pipeline.catalogue.rows import body_of
from pipeline.catalogue.schema import _MIGRATIONS, bring_up_to_date
from pipeline.domain.evidence import CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.errors import CustodyChainError
from pipeline.evidence.chain import chain_digest
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.merkle import verify_inclusion
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.builders import EVENING
from tests.catalogue.stories import an_entry
from tests.evidence.kept_log import chain, chain_head

OLD_REVISION = "0004"


def old_database(settings: StoreSettings) -> Database:
    """As the program made it before the tree."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    settings.directory.mkdir(parents=True, exist_ok=True)
    database = Database.at(url or f"sqlite:///{settings.directory / 'catalogue.sqlite'}", 20)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, OLD_REVISION)
    return database


def an_old_log(count: int) -> list[CustodyRecord]:
    note = {"note": "Überweg \u2028 \U0001f600"}
    entries = [
        an_entry(
            f"s-{number}",
            at=EVENING + timedelta(seconds=number),
            once=f"once {number}" * (number % 2),
            agent="jane",
            detail=note,
        )
        for number in range(count)
    ]
    return chain(entries)


def write_old(database: Database, records: list[CustodyRecord], key: SigningKey) -> None:
    """Rows as the first program wrote them, with the head that it signed."""
    with database.write() as connection:
        old, head = sa.MetaData(), sa.MetaData()
        table = sa.Table("custody", old, autoload_with=connection)
        for record in records:
            previous = chain_digest(records[record.index - 1]) if record.index else "0" * 64
            digest, entry = chain_digest(record), record.entry
            body = {"index": record.index, "previous": previous, "digest": digest, "entry": to_plain(entry)}
            at = entry.at.replace(tzinfo=None) if database.is_sqlite else entry.at
            columns = {"position": record.index, "at": at, "action": entry.action, "subject": entry.subject}
            columns |= {"once": entry.once or None, "previous": previous, "digest": digest, "body": body_of(body)}
            connection.execute(table.insert().values(**columns))
        if records:
            end = chain_head(records, key)
            only = {"only": 1, "size": end.size, "digest": end.digest, "signature": end.signature}
            connection.execute(
                sa.Table("custody_head", head, autoload_with=connection).insert().values(**only, key_id=end.key_id)
            )


@pytest.mark.parametrize("count", [0, 1, 7, 25])
def test_an_old_log_goes_on_as_a_tree(
    settings: StoreSettings, key: SigningKey, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.catalogue.migrations.versions.v0005_merkle_tree.CHUNK", 4)
    database, old = old_database(settings), an_old_log(count)
    write_old(database, old, key)
    heads = [chain_head(old[:size], key) for size in range(1, count + 1)]
    with Catalogue.open(settings, CustodyChain(key)) as catalogue:
        assert tuple(catalogue.custody.records()) == tuple(old)
        first = catalogue.custody.checkpoint()
        catalogue.custody.append([an_entry("new", agent="jane"), an_entry("new", once="once 1")])
        found = verify_log(catalogue.custody, [key.verifying], [first], heads)
        is_repeated = count > 1
        assert (found.chained, found.checkpoints) == (count, 1 + count)
        assert (found.head.size, found.sealed) == (count + 2 - is_repeated, 1)
        for index, proof in catalogue.custody.inclusions(range(count), found.head.size).items():
            verify_inclusion(bytes.fromhex(old[index].digest), index, found.head.size, proof, found.head.root)
    database.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE custody SET body = replace(body, 's-2', 's-9'), subject = 's-9' WHERE position = 2",
        "DELETE FROM custody WHERE position = 6",
        "UPDATE custody_head SET size = 9",
    ],
)
def test_an_old_log_that_was_changed_is_not_made_good(settings: StoreSettings, key: SigningKey, change: str) -> None:
    """Whether it was changed in the middle or at its end: what it was signed as is kept, and tells."""
    database, old = old_database(settings), an_old_log(7)
    write_old(database, old, key)
    with database.write() as connection:
        guards = ["custody_no_update", "custody_no_delete"] if database.is_sqlite else []
        for guard in guards:
            connection.execute(sa.text(f"DROP TRIGGER {guard}"))
        if not database.is_sqlite:
            connection.execute(sa.text("ALTER TABLE custody DISABLE TRIGGER ALL"))
        connection.execute(sa.text(change))
        if database.is_sqlite:
            refuse = "BEGIN SELECT RAISE(ABORT, 'x'); END"
            connection.execute(sa.text(f"CREATE TRIGGER custody_no_update BEFORE UPDATE ON custody {refuse}"))
    bring_up_to_date(database)
    database.close()
    with pytest.raises(CustodyChainError), Catalogue.open(settings, CustodyChain(key)) as catalogue:
        verify_log(catalogue.custody, [key.verifying])


def test_an_old_log_of_another_key_is_not_signed_on(settings: StoreSettings, key: SigningKey) -> None:
    database = old_database(settings)
    write_old(database, an_old_log(3), SigningKey.at(settings.directory / "stranger.pem"))
    database.close()
    with pytest.raises(CustodyChainError, match="wrong signature"):
        Catalogue.open(settings, CustodyChain(key))
