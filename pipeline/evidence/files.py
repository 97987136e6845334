"""Files that are whole or not there at all, and that nobody overwrites."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import EvidenceError, StorageError

OWNER_ONLY = 0o600
READ_ONLY = 0o444


def make_once(path: Path, content: bytes, mode: int = OWNER_ONLY) -> bool:
    """Writes a file unless it is there; whoever comes first wins, and nobody ever sees a part of it.

    Returns:
        Whether this call wrote it.

    Raises:
        StorageError: It cannot be written.
    """
    with writing(f"write {path.name}"):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        stage = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            return link_once(stage, path)
        finally:
            stage.unlink(missing_ok=True)


def link_once(stage: Path, path: Path) -> bool:
    """Gives a finished file its name for good; an object that has the name stays.

    Returns:
        Whether the name was free.
    """
    try:
        os.link(stage, path)
    except FileExistsError:
        return False
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Puts a folder's entries on disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_private(path: Path) -> bytes:
    """The content of a file that only its owner may read.

    Raises:
        EvidenceError: Others may read it.
        StorageError: It cannot be read.
    """
    with writing(f"read {path.name}"), path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise EvidenceError(f"others may read the key file {path.name}: chmod 600 it, and think about a new key")
        return file.read()


@contextlib.contextmanager
def writing(action: str) -> Iterator[None]:
    """Turns what the system says (disk full, no permission, a broken disk) into a StorageError.

    Args:
        action: What is being done, for the message: "the store could not <action>".
    """
    try:
        yield
    except OSError as error:
        raise StorageError(action, f"{error.strerror or error} ({error.filename or 'no file'})") from error
