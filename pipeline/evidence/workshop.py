"""A scratch folder for whoever holds the lock on the folder around it; what another left in it belongs to nobody."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from pipeline.evidence.files import writing

SCRATCH = ".doorstep-export"
"""Its name."""


@contextmanager
def workshop(folder: Path, around: AbstractContextManager[object] | None = None) -> Iterator[Path]:
    """A scratch folder inside ``folder`` for one export at a time; what a killed export left there goes first.

    Args:
        folder: Made when it is not there.
        around: Entered before the scratch folder is made and left when it is gone, both under the lock.

    Raises:
        StorageError: It cannot be made.
    """
    with writing(f"write into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with writing(f"write into {folder}"):
            fcntl.flock(handle, fcntl.LOCK_EX)
        with around or nullcontext(), _scratch(folder) as scratch:
            yield scratch
    finally:
        os.close(handle)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    scratch = folder / SCRATCH
    try:
        with writing(f"write into {folder}"):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(mode=0o700)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def is_at_work(folder: Path) -> bool:
    """Whether somebody holds the lock on a folder now.

    Raises:
        StorageError: It cannot be opened.
    """
    with writing(f"look into {folder}"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
