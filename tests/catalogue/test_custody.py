"""The custody log in the database: append-only, in order, in the same transaction as what it records."""

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from pipeline.catalogue import Catalogue
from pipeline.domain.evidence import CustodyEntry, CustodyRecord
from pipeline.errors import CatalogueError, CheckpointError, CustodyChainError
from pipeline.evidence.checkpoint import sign_checkpoint
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.catalogue.stories import a_clip, an_entry


def verify(catalogue: Catalogue, key: SigningKey) -> int:
    return verify_log(catalogue.custody, [key.verifying]).head.size


def test_a_new_log_is_empty_and_signed(catalogue: Catalogue, key: SigningKey) -> None:
    assert catalogue.custody.head().size == 0
    assert verify(catalogue, key) == 0


def test_entries_are_chained_and_signed(catalogue: Catalogue, key: SigningKey) -> None:
    first = catalogue.custody.append([an_entry("a"), an_entry("b", detail={"size": "5", "word": "\u2028"})])
    second = catalogue.custody.append([an_entry("a")])
    assert [record.index for record in (*first, *second)] == [0, 1, 2]
    assert tuple(catalogue.custody.records()) == (*first, *second)
    assert tuple(catalogue.custody.records(first=1, size=2)) == first[1:]
    assert tuple(catalogue.custody.records(subject="a")) == (first[0], *second)
    assert catalogue.custody.append([]) == ()
    assert verify(catalogue, key) == 3


def test_a_long_log_is_read_whole(catalogue: Catalogue, key: SigningKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.catalogue.custody._CHUNK", 3)
    catalogue.custody.append([an_entry(str(number)) for number in range(9)])
    assert [record.index for record in catalogue.custody.records()] == list(range(9))
    assert verify(catalogue, key) == 9


def test_what_happens_once_is_written_once(catalogue: Catalogue, key: SigningKey) -> None:
    catalogue.custody.append([an_entry("a", once="ingested a")])
    assert catalogue.custody.append([an_entry("a", once="ingested a")]) == ()
    written = catalogue.custody.append([an_entry("a"), an_entry("b", once="ingested a"), an_entry("a")])
    assert [record.index for record in written] == [1, 2]
    (both,) = catalogue.custody.append([an_entry("c", once="ingested c"), an_entry("d", once="ingested c")])
    assert both.entry.subject == "c", "of one call too, the first counts"
    assert verify(catalogue, key) == 4


def test_many_entries_of_one_act_cost_as_many_statements_as_two(catalogue: Catalogue, key: SigningKey) -> None:
    def asked(count: int) -> int:
        entries = [an_entry(str(number), once=f"{count} {number}", authority="gr-1 v1") for number in range(count)]
        with statements() as heard:
            assert len(catalogue.custody.append(entries)) == count
        return len(heard)

    assert asked(40) == asked(2)
    assert verify(catalogue, key) == 42


@contextmanager
def statements() -> Iterator[list[str]]:
    """What any database is asked while the block lasts."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


class _Refusing(CustodyChain):
    def seal(self, index: int, entry: CustodyEntry) -> CustodyRecord:
        if entry.agent == "refused":
            raise CatalogueError("refused")
        return super().seal(index, entry)


def test_a_thing_and_its_record_are_written_both_or_neither(settings: StoreSettings, key: SigningKey) -> None:
    with Catalogue.open(settings, _Refusing(key)) as catalogue:
        clip = a_clip()
        with pytest.raises(CatalogueError, match="refused"):
            catalogue.clips.add(clip, [an_entry("a"), an_entry("a", agent="refused")])
        assert catalogue.clips.list() == ()
        assert catalogue.clips.items() == ()
        assert catalogue.triggers.list(clip.trigger.camera_id) == ()
        assert catalogue.custody.count() == 0
        assert verify(catalogue, key) == 0


COPY = (
    "INSERT INTO custody (position, at, action, subject, once, digest, leaf) "
    "SELECT {position}, at, action, subject, {once}, {digest}, leaf FROM custody WHERE position = 1"
)


def require_refused(intruder: sa.Engine, statements: Sequence[str]) -> None:
    for statement in statements:
        with pytest.raises(sa.exc.DBAPIError, match="custody log"), intruder.begin() as connection:
            connection.execute(sa.text(statement))


_CHANGES = (
    "UPDATE custody SET leaf = ''",
    "UPDATE custody SET position = position + 10",
    "DELETE FROM custody",
    "DELETE FROM custody WHERE position = 3",
    COPY.format(position=9, once="NULL", digest="'new'"),
    COPY.format(position=-1, once="NULL", digest="'new'"),
    COPY.format(position="position + shift", once="NULL", digest="shift").replace(
        "FROM custody", "FROM custody, (SELECT 3 AS shift UNION ALL SELECT 5) AS shifts"
    ),
    "UPDATE custody_head SET size = 1",
    "UPDATE custody_head SET size = size + 1, origin = 'another'",
    "DELETE FROM custody_head",
    "UPDATE custody_subtrees SET place = 7",
    "DELETE FROM custody_subtrees",
    "UPDATE custody_openings SET words = 'bob'",
    "UPDATE custody_openings SET position = 3 WHERE position = 2",
    "INSERT INTO custody_openings (position, name, salt, words) VALUES (0, 'authority', '', '')",
    "INSERT INTO custody_openings (position, name, salt, words) VALUES (3, 'authority', '', '')",
    "INSERT INTO custody_chain_head SELECT 1, size, origin, peaks, origin FROM custody_head",
)


def test_the_log_is_append_only_for_strangers_too(catalogue: Catalogue, key: SigningKey, intruder: sa.Engine) -> None:
    require_refused(intruder, _CHANGES)
    assert verify(catalogue, key) == 4


_REPLACEMENTS = (
    COPY.replace("INSERT", "INSERT OR REPLACE").format(position=1, once="NULL", digest="'new'"),
    COPY.replace("INSERT", "INSERT OR REPLACE").format(position=4, once="'once-2'", digest="'new'"),
    COPY.replace("INSERT", "INSERT OR REPLACE").format(position=4, once="NULL", digest="digest"),
    COPY.replace("INSERT", "REPLACE").format(position=0, once="NULL", digest="'new'"),
    "UPDATE OR REPLACE custody SET position = 1 WHERE position = 2",
    'INSERT OR REPLACE INTO custody_head SELECT "only", 9, origin, note, peaks FROM custody_head',
    "INSERT OR REPLACE INTO custody_subtrees SELECT level, place, x'00' FROM custody_subtrees",
    "INSERT OR REPLACE INTO custody_openings SELECT position, name, salt, 'bob' FROM custody_openings",
    "UPDATE OR REPLACE custody_openings SET words = 'bob'",
)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_replace_is_no_way_around(catalogue: Catalogue, key: SigningKey, intruder: sa.Engine) -> None:
    require_refused(intruder, _REPLACEMENTS)
    assert verify(catalogue, key) == 4


_WAYS_AROUND = (
    "INSERT INTO custody_openings (position, name, salt, words) VALUES (4, 'authority', '', '')",
    "INSERT INTO custody_openings (position, name, salt, words) VALUES (4, 'agent', '', ''), (2, 'other', '', '')",
    "INSERT INTO custody_grants (grant_id, position) VALUES ('gr-1', 4)",
    "TRUNCATE custody CASCADE",
    "TRUNCATE custody_head",
    "TRUNCATE custody_subtrees",
    "TRUNCATE custody_openings",
    "TRUNCATE custody_chain_head",
    COPY.format(position=1, once="NULL", digest="'new'") + " ON CONFLICT (position) DO UPDATE SET leaf = ''",
    "WITH gone AS (DELETE FROM custody RETURNING 1) SELECT count(*) FROM gone",
)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_postgresql_has_no_way_around(catalogue: Catalogue, key: SigningKey, intruder: sa.Engine) -> None:
    require_refused(intruder, _WAYS_AROUND)
    assert verify(catalogue, key) == 4


def _without_guards(engine: sa.Engine) -> None:
    """What the owner of a database can always do."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
            return
        for table in ("custody", "custody_head", "custody_subtrees", "custody_openings"):
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE custody SET leaf = replace(leaf, 'subject-1', 'subject-7') WHERE position = 1",
        "UPDATE custody SET subject = 'subject-7' WHERE position = 1",
        "UPDATE custody SET at = '2020-01-01 00:00:00+00:00' WHERE position = 1",
        "DELETE FROM custody WHERE position = 2",
        "DELETE FROM custody WHERE position = 3",
        "DELETE FROM custody",
        "UPDATE custody_subtrees SET digest = (SELECT digest FROM custody_subtrees WHERE level = 2)",
        "DELETE FROM custody_subtrees WHERE level = 2",
        "UPDATE custody_openings SET words = 'bob' WHERE position = 1",
        "DELETE FROM custody_openings WHERE position = 3",
    ],
)
def test_an_owner_who_takes_the_guards_away_is_found_out(
    catalogue: Catalogue, key: SigningKey, intruder: sa.Engine, statement: str
) -> None:
    _without_guards(intruder)
    with intruder.begin() as connection:
        connection.execute(sa.text(statement))
    with pytest.raises(CustodyChainError):
        verify(catalogue, key)


def test_a_lost_head_is_said_to_be_lost(catalogue: Catalogue, intruder: sa.Engine) -> None:
    _without_guards(intruder)
    with intruder.begin() as connection:
        connection.execute(sa.text("DELETE FROM custody_head"))
    with pytest.raises(CatalogueError, match="signed head"):
        catalogue.custody.head()
    with pytest.raises(CatalogueError, match="signed head"):
        catalogue.custody.append([an_entry("a")])


def test_the_columns_that_records_are_found_by_are_those_of_the_records(
    catalogue: Catalogue, intruder: sa.Engine
) -> None:
    with intruder.connect() as connection:
        rows = connection.execute(sa.text("SELECT position, subject, once, digest FROM custody")).all()
    records = catalogue.custody.records()
    assert [tuple(row) for row in rows] == [
        (record.index, record.entry.subject, record.entry.once, record.digest) for record in records
    ]


def _append(arguments: tuple[StoreSettings, str, int]) -> None:
    settings, key_file, number = arguments
    key = SigningKey.at(settings.directory.parent / key_file)
    with Catalogue.open(settings, CustodyChain(key)) as catalogue:
        for step in range(10):
            catalogue.custody.append([an_entry(f"{number} {step}", once=f"step {step}"), an_entry(f"{number} {step}")])


def test_processes_that_append_together_make_one_chain(settings: StoreSettings, key: SigningKey) -> None:
    """They also open an empty database together, and make its tables once."""
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(_append, [(settings, "keys/signing.pem", number) for number in range(3)], chunksize=1)
    with Catalogue.open(settings, CustodyChain(key)) as catalogue:
        assert verify(catalogue, key) == 40
        assert sum(bool(record.entry.once) for record in catalogue.custody.records()) == 10


def test_a_head_that_another_key_signed_is_found_and_never_gone_on_from(
    settings: StoreSettings, catalogue: Catalogue, key: SigningKey, intruder: sa.Engine
) -> None:
    stranger = SigningKey.at(settings.directory / "stranger.pem")
    with Catalogue.open(settings, CustodyChain(stranger)) as forger, pytest.raises(CheckpointError):
        forger.custody.append([an_entry("forged")])
    forged = sign_checkpoint(catalogue.custody.head(), stranger)
    _without_guards(intruder)
    with intruder.begin() as connection:
        connection.execute(sa.text("UPDATE custody_head SET note = :note"), {"note": forged})
    assert catalogue.custody.head().size == 4
    with pytest.raises(CheckpointError, match="no key of ours"):
        verify(catalogue, key)
    with pytest.raises(CheckpointError, match="no key of ours"):
        catalogue.custody.append([an_entry("a")])


def test_nothing_is_signed_over_a_tree_that_was_changed(
    catalogue: Catalogue, key: SigningKey, intruder: sa.Engine
) -> None:
    _without_guards(intruder)
    with intruder.begin() as connection:
        connection.execute(sa.text("UPDATE custody_head SET peaks = :peaks"), {"peaks": bytes(32)})
    with pytest.raises(CustodyChainError, match="signed root"):
        catalogue.custody.append([an_entry("a")])
    assert verify(catalogue, key) == 4
