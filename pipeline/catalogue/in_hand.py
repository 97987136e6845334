"""One object in one hand: whoever stores bytes until a row names them, or deletes bytes that no row names, waits here.

Two do not store and delete the same bytes at once, also on other machines, and nobody holds the one writer's turn while
a slow server stores or deletes. Whoever is killed lets go. Whoever has an object in hand may write to the catalogue;
nobody may ask for an object from within a transaction. Source: docs/adr/0046; PostgreSQL 13.3.5; flock(2).
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.catalogue.database import Database
from pipeline.catalogue.server_locks import ServerLocks
from pipeline.domain.evidence import require_digest
from pipeline.errors import CatalogueLockedError, StorageError

_OBJECTS = 0x446F62
"""First key of the advisory locks of objects ("Dob"); the second is the beginning of the digest."""

_FOLDER = "in-hand"
_STEP_SECONDS = 0.02
_REFUSAL = "another stores or deletes the same bytes"


class ObjectsInHand:
    """Locks by the beginning of a digest: two objects that begin alike wait for each other, and do no harm by it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._on_server = ServerLocks(database, _OBJECTS, _REFUSAL)

    @contextmanager
    def object(self, digest: str) -> Iterator[None]:
        """Has the object of this digest in hand while the block lasts.

        Raises:
            CatalogueLockedError: Another has it for longer than we wait, or the database does not answer, or let go of
                it while the block lasted.
            StorageError: The locks beside SQLite's file cannot be written.
        """
        key = require_digest(digest)[:8]
        if (file := self._database.file) is None:
            with self._on_server.held(int(key, 16) - (1 << 31)):
                yield
        else:
            with _on_disk(file.parent / _FOLDER / key[:2], self._database.wait_seconds):
                yield


@contextmanager
def _on_disk(path: Path, wait_seconds: float) -> Iterator[None]:
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError("take an object in hand", error.strerror or type(error).__name__) from error
    try:
        _lock(opened, wait_seconds)
        yield
    finally:
        fcntl.flock(opened, fcntl.LOCK_UN)  # also where a forked child has a copy of the descriptor
        os.close(opened)


def _lock(opened: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > deadline:
            raise CatalogueLockedError(_REFUSAL)
        time.sleep(_STEP_SECONDS)
