"""One restore at a time into one place: two would each take what the other brought for its own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.catalogue.copying import SQLITE, only_restore_on_server, restored_file, restored_kind
from pipeline.errors import RestoreRunningError
from pipeline.evidence.files import writing
from pipeline.settings import StoreSettings


@contextmanager
def restoring_alone(store: StoreSettings) -> Iterator[None]:
    """Holds the folder of the store, and where the catalogue will lie, while the block lasts; who is killed lets go.

    Raises:
        RestoreRunningError: Another restore holds one of them.
        StorageError: A folder cannot be made.
    """
    is_file = restored_kind(store) == SQLITE
    folders = dict.fromkeys((store.directory.resolve(), *([restored_file(store).resolve().parent] if is_file else [])))
    with ExitStack() as held:
        for folder in folders:
            held.enter_context(_held(folder))
        if not is_file:
            held.enter_context(only_restore_on_server(store))
        yield


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """By a lock on the folder itself, so that nothing is left in it."""
    with writing("make the folder of the store"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RestoreRunningError(str(folder)) from error
