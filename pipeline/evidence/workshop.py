"""A scratch folder for whoever holds the lock on the folder around it; what another left in it belongs to nobody."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.evidence.files import writing


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A scratch folder inside ``folder`` for one export at a time; what a killed export left there goes first.

    Raises:
        StorageError: It cannot be made.
    """
    with writing(f"write into {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    scratch = folder / ".doorstep-export"
    try:
        with writing(f"write into {folder}"):
            fcntl.flock(handle, fcntl.LOCK_EX)
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(mode=0o700)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.close(handle)


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
