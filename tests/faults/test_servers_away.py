"""A server is really killed, goes away, or its database is held by another, in the middle of an act.

The act ends with an error of ours, or says what it leaves to the next run; nothing that was said to be safe is lost;
when the server is there again, the next run comes to what an undisturbed one comes to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from sqlalchemy import Connection

from pipeline.catalogue.copying import catalogue_url
from pipeline.catalogue.database import Database
from pipeline.errors import CatalogueLockedError, StorageError
from pipeline.evidence.local import LocalObjectStore
from pipeline.evidence.s3 import S3ObjectStore
from tests.faults.acts import ACTS, act_on
from tests.faults.conftest import Places, gone
from tests.faults.disturbed import Place, require_sound, state_of
from tests.faults.test_each_step import prepared
from tests.servers import PostgresServer, S3Server

WAIT_SECONDS = 0.5
QUICK = [
    ("take in", "killed database", "on_servers"),
    ("revoke", "objects away", "on_servers"),
    ("revoke", "held", "on_servers"),
    ("take in", "held", "on_disk"),
]
REST = [
    (act, what, places)
    for act in ACTS
    for what, places in (
        ("killed database", "on_servers"),
        ("objects away", "on_servers"),
        ("held", "on_servers"),
        ("held", "on_disk"),
    )
    if (act, what, places) not in QUICK
]
STORIES = [*QUICK, *(pytest.param(*one, marks=pytest.mark.slow) for one in REST)]


class Trouble(Protocol):
    """What comes over the installation, and passes."""

    def begin(self) -> None: ...

    def end(self) -> None: ...


@dataclass
class Killed:
    server: PostgresServer

    def begin(self) -> None:
        self.server.kill()

    def end(self) -> None:
        self.server.start()


@dataclass
class Away:
    server: S3Server

    def begin(self) -> None:
        self.server.stop()

    def end(self) -> None:
        self.server.start()


@dataclass
class Held:
    """Another process writes for longer than anybody waits."""

    place: Place
    _held: Any = None
    _database: Database | None = None

    def begin(self) -> None:
        self._database = Database.at(catalogue_url(self.place.settings.store), WAIT_SECONDS)
        self._held = self._database.write()
        self._held.__enter__()

    def end(self) -> None:
        assert self._database is not None
        self._held.__exit__(None, None, None)
        self._database.close()


@dataclass
class Steps:
    """Counts what is asked of the database's writer and of the stores, and lets the trouble begin before one."""

    last: int = 0
    trouble: Trouble | None = None
    count: int = 0
    has_begun: bool = False
    undo: pytest.MonkeyPatch = field(default_factory=pytest.MonkeyPatch)

    def step(self) -> None:
        self.count += 1
        if self.trouble is not None and self.count == self.last:
            self.has_begun = True
            self.trouble.begin()

    @contextmanager
    def counted(self) -> Iterator[None]:
        for owner in (LocalObjectStore, S3ObjectStore):
            for name in ("put", "delete", "read"):
                self.undo.setattr(owner, name, self._stepping(getattr(owner, name)))
        whole = Database.write

        @contextmanager
        def write(database: Database) -> Iterator[Connection]:
            self.step()
            with whole(database) as connection:
                yield connection

        self.undo.setattr(Database, "write", write)
        try:
            yield
        finally:
            self.undo.undo()

    def _stepping(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return whole(*args, **kwargs)

        return stepping


def done(name: str, place: Place, steps: Steps, *, again: bool = False) -> tuple[tuple[str, ...], str]:
    """What an act said was safe, and the error of ours with which it ended; empty when it came to its end."""
    safe: list[str] = []
    refused = ""
    with steps.counted():
        try:
            safe.extend(act_on(name, place.settings, again=again))
        except (CatalogueLockedError, StorageError) as error:
            refused = type(error).__name__
    return tuple(safe), refused


def impatient(place: Place) -> Place:
    store = place.settings.store.model_copy(update={"database_wait_seconds": WAIT_SECONDS})
    return Place(place.settings.model_copy(update={"store": store}), place.folder)


@pytest.fixture
def trouble(postgres_process: PostgresServer, s3_process: S3Server) -> Callable[[str, Place], Trouble]:
    def made(what: str, place: Place) -> Trouble:
        if what == "held":
            return Held(place)
        return Killed(postgres_process) if what == "killed database" else Away(s3_process)

    return made


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("name", "what", "where"), STORIES)
@pytest.mark.parametrize("points", [1, pytest.param(10_000, marks=pytest.mark.slow)], ids=["some", "every"])
def test_what_goes_away_in_the_middle_comes_back_and_nothing_is_lost(  # noqa: PLR0913, PLR0917 - fixtures
    request: pytest.FixtureRequest,
    trouble: Callable[[str, Place], Trouble],
    name: str,
    what: str,
    where: str,
    points: int,
    share: Callable[[int], int],
    record_property: Callable[[str, object], None],
) -> None:
    places: Places = request.getfixturevalue(where)
    undisturbed = impatient(prepared(name, places))
    whole = Steps()
    all_safe, refused = done(name, undisturbed, whole)
    assert refused == ""
    wanted = state_of(undisturbed)

    stride = max(1, whole.count // min(points, share(whole.count)))
    chosen = [whole.count // 2] if points == 1 else list(range(1, whole.count + 1, stride))
    ended = []
    for at in chosen:
        place = impatient(prepared(name, places))
        over_it = trouble(what, place)
        steps = Steps(at, over_it)
        safe, refused = done(name, place, steps)
        assert steps.has_begun
        over_it.end()
        require_sound(place, safe)
        safe_again, refused_again = done(name, place, Steps(), again=True)
        assert refused_again == ""
        require_sound(place, (*safe, *safe_again))
        assert state_of(place) == wanted
        ended.append(refused or ("left to the next run" if safe != all_safe else ""))
        gone(place)
    assert any(ended), "nobody noticed"
    record_property("away", len(ended))
    record_property("away refused", sum(map(bool, ended)))
