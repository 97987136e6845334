"""The database under stress: schema, locks, full disks, servers that are away, URLs that name nothing."""

import multiprocessing
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr

import pipeline.catalogue.migrations
from pipeline.catalogue import Catalogue
from pipeline.catalogue.database import Database
from pipeline.catalogue.schema import REVISION, bring_up_to_date
from pipeline.catalogue.tables import metadata
from pipeline.errors import CatalogueError, CatalogueLockedError, SettingsError, StorageError
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.catalogue.stories import a_clip, an_account, an_entry
from tests.fresh_tables import really
from tests.quick_disk import really_waited_for


def _database(settings: StoreSettings) -> Database:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return Database.at(url or f"sqlite:///{settings.directory / 'catalogue.sqlite'}", settings.database_wait_seconds)


def test_the_migrations_make_the_tables_that_the_program_knows(settings: StoreSettings) -> None:
    database = _database(settings)
    with really():
        bring_up_to_date(database)
    with database.read() as connection:
        dialect = connection.dialect

        def is_made(item: Any, _name: str, kind: str, is_reflected: bool, _other: object) -> bool:
            """Alembic does not ask foreign keys whether this database gets them; those of the database all count."""
            is_asked = kind == "foreign_key_constraint" and not is_reflected and item._ddl_if is not None
            return not is_asked or item._ddl_if.dialect == dialect.name

        options = {"compare_type": True, "include_object": is_made}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    assert differences == []
    database.close()


def test_the_newest_migration_is_the_one_that_the_program_names() -> None:
    folder = Path(pipeline.catalogue.migrations.__file__ or "").parent
    assert ScriptDirectory(str(folder)).get_heads() == [REVISION]


def test_opening_again_finds_what_was_written(settings: StoreSettings, key: SigningKey) -> None:
    for _ in range(2):
        with Catalogue.open(settings, CustodyChain(key)) as catalogue:
            catalogue.clips.add(a_clip(), [an_entry("a")])
    with Catalogue.open(settings, CustodyChain(key)) as catalogue:
        assert catalogue.clips.list() == (a_clip(),)
        assert catalogue.custody.count() == 1


def test_a_database_of_a_newer_program_is_left_alone(settings: StoreSettings, key: SigningKey) -> None:
    Catalogue.open(settings, CustodyChain(key)).close()
    database = _database(settings)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogueError, match="newer Doorstep"):
        Catalogue.open(settings, CustodyChain(key))
    database.close()


def test_a_migration_that_fails_leaves_nothing(settings: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    database = _database(settings)

    def fail(*_: object) -> None:
        raise CatalogueError("stopped in the middle")

    monkeypatch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
    with really(), pytest.raises(CatalogueError, match="in the middle"):
        bring_up_to_date(database)
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == []
    monkeypatch.undo()
    with really():
        bring_up_to_date(database)
    database.close()


def test_what_tests_are_given_in_place_of_migrations_is_what_migrations_make(settings: StoreSettings) -> None:
    """Tables, indexes, guards, rows and the revision: nothing of a fresh database is only in a test's."""
    made = []
    for name, way in (("in earnest", really), ("again", nullcontext), ("once more", nullcontext)):
        fresh = settings.model_copy(update={"directory": settings.directory / name})
        database = _database(fresh)
        if not database.is_sqlite:
            with database.write() as connection:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
        with way():
            bring_up_to_date(database)
        made.append(_everything(database))
        database.close()
    assert len(made[0]) > 100
    assert made[0] == made[1] == made[2]


def _everything(database: Database) -> list[object]:
    schema = (
        ["SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"]
        if database.is_sqlite
        else [
            "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, collation_name "
            "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, column_name",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexdef",
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, conname",
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        ]
    )
    reflected = sa.MetaData()
    with database.read() as connection:
        reflected.reflect(connection)
        rows = [tuple(row) for query in schema for row in connection.exec_driver_sql(query)]
        held = [(table.name, *map(tuple, connection.execute(table.select()))) for table in reflected.sorted_tables]
    return [*rows, *held]


def test_sqlite_is_set_to_lose_nothing(tmp_path: Path, key: SigningKey) -> None:
    settings = StoreSettings(directory=tmp_path)
    Catalogue.open(settings, CustodyChain(key)).close()
    with really_waited_for():
        database = _database(settings)
        with database.write() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    database.close()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_postgresql_is_set_to_lose_nothing(catalogue: Catalogue, settings: StoreSettings) -> None:
    database = _database(settings)
    with database.write() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
    database.close()


def test_a_writer_that_waits_too_long_says_so_and_nothing_is_lost(
    settings: StoreSettings, catalogue: Catalogue, key: SigningKey
) -> None:
    impatient = settings.model_copy(update={"database_wait_seconds": 0.2})
    database = _database(settings)
    with Catalogue.open(impatient, CustodyChain(key)) as other:
        with database.write():
            assert other.clips.list() == ()  # readers do not wait
            with pytest.raises(CatalogueLockedError) as caught:
                other.clips.add(a_clip(), [an_entry("a")])
            assert caught.value.retryable
        assert other.clips.add(a_clip(), [an_entry("a")])
    database.close()
    assert catalogue.custody.count() == 1


def test_a_writer_waits_for_another(settings: StoreSettings, catalogue: Catalogue) -> None:
    database = _database(settings)
    is_held, results = threading.Event(), []

    def add() -> None:
        is_held.wait()
        results.append(catalogue.clips.add(a_clip(), [an_entry("a")]))

    writer = threading.Thread(target=add)
    writer.start()
    with database.write() as connection:
        is_held.set()
        connection.execute(sa.text("SELECT 1"))
        writer.join(timeout=0.2)
        assert writer.is_alive()
    writer.join()
    assert results == [True]
    database.close()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_full_disk_is_said_to_be_full_and_nothing_is_half_written(
    settings: StoreSettings, catalogue: Catalogue
) -> None:
    """SQLite's own refusal: its file may not grow."""
    database = _database(settings)

    def fill() -> None:
        with database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            for number in range(1000):
                values = {"digest": f"{number:064x}", "size": 1}
                connection.execute(metadata.tables["items"].insert().values(**values))

    with pytest.raises(StorageError, match="full"):
        fill()
    database.close()
    assert catalogue.clips.items() == ()


def test_a_folder_that_cannot_be_made_is_said_to_be(tmp_path: Path, key: SigningKey) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        Catalogue.open(StoreSettings(directory=tmp_path / "file" / "doorstep"), CustodyChain(key))


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, key: SigningKey) -> None:
    (tmp_path / "catalogue.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(CatalogueError, match="not a database"):
        Catalogue.open(StoreSettings(directory=tmp_path), CustodyChain(key))


def test_a_server_that_is_away_is_said_to_be(tmp_path: Path, key: SigningKey) -> None:
    url = SecretStr("postgresql://doorstep:secret@127.0.0.1:9/nowhere")
    settings = StoreSettings(directory=tmp_path, database_url=url, database_wait_seconds=1)
    with pytest.raises(CatalogueLockedError) as caught:
        Catalogue.open(settings, CustodyChain(key))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "oracle+none://x", "postgresql+none://x/y"])
def test_a_url_that_names_no_database_of_ours_is_refused(tmp_path: Path, key: SigningKey, url: str) -> None:
    with pytest.raises(SettingsError):
        Catalogue.open(StoreSettings(directory=tmp_path, database_url=SecretStr(url)), CustodyChain(key))


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_server_that_ends_a_connection_is_reached_again(catalogue: Catalogue, postgres_url: str) -> None:
    catalogue.accounts.save(an_account(), "h", "p", b"")
    engine = sa.create_engine(sa.make_url(postgres_url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname <> ''"
        assert connection.execute(sa.text(ended)).all()
    assert catalogue.accounts.list() == (an_account(),)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_connection_that_went_silent_while_it_was_idle_is_found_by_asking(
    catalogue: Catalogue, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.accounts.save(an_account(), "h", "p", b"")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    monkeypatch.setattr("pipeline.catalogue.engines._has_news", lambda _: False)
    with pytest.raises(CatalogueLockedError):
        catalogue.accounts.list()
    catalogue.accounts.list()
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    monkeypatch.setattr("pipeline.catalogue.engines._IDLE_SECONDS", -1.0)
    assert catalogue.accounts.list() == (an_account(),)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_what_a_transaction_is_for_says_how_it_begins(catalogue: Catalogue, settings: StoreSettings) -> None:
    """A question alone is no transaction, a search sees one state and writes nothing, a writer is the only one."""
    database = _database(settings)
    held = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
    found = {}
    for name, begun in (("read", database.read), ("search", database.search), ("write", database.write)):
        with begun() as connection:
            level = connection.exec_driver_sql("SHOW transaction_isolation").scalar()
            may_write = connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
            locks = connection.execute(held).scalar()
            moments = {connection.exec_driver_sql("SELECT now()").scalar() for _ in range(2)}
            found[name] = (level, may_write, locks, len(moments))
    assert found == {
        "read": ("read committed", True, 0, 2),
        "search": ("repeatable read", False, 0, 1),
        "write": ("read committed", True, 1, 1),
    }
    with database.read() as connection:
        assert connection.execute(held).scalar() == 0, "who has written lets go"
    database.close()


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_what_a_writer_did_before_it_failed_is_undone(catalogue: Catalogue, settings: StoreSettings) -> None:
    database = _database(settings)

    def fail() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE left_behind (a int)")
            connection.exec_driver_sql("SELECT 1 / 0")

    with pytest.raises(CatalogueError):
        fail()
    with database.read() as connection:
        assert not sa.inspect(connection).has_table("left_behind")
    database.close()


def test_what_is_read_within_a_search_is_read_through_its_connection(catalogue: Catalogue) -> None:
    database, elsewhere = catalogue._database, []

    def read_elsewhere() -> None:
        with database.read() as connection:
            elsewhere.append(connection)

    with database.search() as searching:
        with database.read() as within:
            assert within is searching
        thread = threading.Thread(target=read_elsewhere)
        thread.start()
        thread.join()
    with database.read() as after:
        assert after is not searching
    assert len(elsewhere) == 1
    assert elsewhere[0] is not searching


def _read_in_child(catalogue: Catalogue, queue: "multiprocessing.Queue[int]") -> None:
    catalogue.clips.add(a_clip("child"), [])
    queue.put(len(catalogue.clips.list()))


def test_a_forked_child_opens_connections_of_its_own(catalogue: Catalogue) -> None:
    catalogue.clips.add(a_clip("parent"), [])
    context = multiprocessing.get_context("fork")
    queue: multiprocessing.Queue[int] = context.Queue()
    child = context.Process(target=_read_in_child, args=(catalogue, queue))
    child.start()
    assert queue.get(timeout=120) == 2
    child.join()
    assert child.exitcode == 0
    assert len(catalogue.clips.list()) == 2
