"""Many have objects in hand at once on a real PostgreSQL: none of them keeps a connection from the others."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from pipeline.catalogue import Catalogue
from pipeline.errors import CatalogueLockedError
from pipeline.evidence.custody import CustodyChain
from pipeline.evidence.signing import SigningKey
from pipeline.settings import StoreSettings
from tests.catalogue.stories import an_entry, digest_of

AT_ONCE = 30
"""Twice as many as a pool of SQLAlchemy gives out."""
PATIENCE_SECONDS = 60


@pytest.fixture
def opened(empty_database: str, tmp_path: Path, key: SigningKey) -> Callable[[float], Catalogue]:
    def one(wait_seconds: float = 20.0) -> Catalogue:
        url = SecretStr(empty_database)
        settings = StoreSettings(directory=tmp_path / "doorstep", database_url=url, database_wait_seconds=wait_seconds)
        return Catalogue.open(settings, CustodyChain(key))

    return one


@pytest.fixture
def catalogue(opened: Callable[[float], Catalogue]) -> Iterator[Catalogue]:
    with opened(20.0) as one:
        yield one


def asked_of(url: str, words: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(words).fetchone()
    assert row is not None
    return int(row[0])


def test_thirty_have_an_object_in_hand_and_all_of_them_write(catalogue: Catalogue, empty_database: str) -> None:
    all_have_theirs = threading.Barrier(AT_ONCE + 1, timeout=PATIENCE_SECONDS)
    may_go_on = threading.Event()

    def store(number: int) -> None:
        with catalogue.stored.in_hand(digest_of(f"object {number}")):
            all_have_theirs.wait()
            assert may_go_on.wait(PATIENCE_SECONDS)
            catalogue.custody.append([an_entry(f"object {number}")])

    before = catalogue.custody.count()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        working = [threads.submit(store, number) for number in range(AT_ONCE)]
        all_have_theirs.wait()
        held = asked_of(empty_database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        sessions = asked_of(empty_database, "SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory'")
        may_go_on.set()
        for one in working:
            one.result()
    assert (held, sessions) == (AT_ONCE, 1)
    assert catalogue.custody.count() == before + AT_ONCE
    assert asked_of(empty_database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


@pytest.mark.parametrize("is_other_process", [False, True], ids=["another thread", "another process"])
def test_an_object_is_in_one_hand_only(opened: Callable[[float], Catalogue], *, is_other_process: bool) -> None:
    with opened(0.3) as ours, opened(0.3) as others:
        other = others if is_other_process else ours
        with ours.stored.in_hand(digest_of("one")):
            with pytest.raises(CatalogueLockedError, match="the same bytes"), other.stored.in_hand(digest_of("one")):
                pass
            with other.stored.in_hand(digest_of("another")):
                pass
        with other.stored.in_hand(digest_of("one")):
            pass


def test_whoever_the_server_let_go_of_is_told(catalogue: Catalogue, empty_database: str) -> None:
    with (
        pytest.raises(CatalogueLockedError),
        catalogue.stored.in_hand(digest_of("one")),
    ):
        asked_of(empty_database, "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'")
    with catalogue.stored.in_hand(digest_of("one")):
        assert asked_of(empty_database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 1
