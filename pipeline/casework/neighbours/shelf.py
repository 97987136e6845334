"""Where files of neighbours lie until an agent decided: apart from all evidence, under names that are ours."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StorageError, UploadMismatchError
from pipeline.evidence.files import writing
from pipeline.night.services import Services

FOLDER = "neighbours"
_MEGABYTE = 1 << 20
MOST_PICTURES = 6
"""Of one file, for the triage."""


def folder_of(services: Services) -> Path:
    """The folder; made when it is not there, for nobody else to read."""
    folder = services.settings.store.directory / FOLDER
    with writing("make the folder of what neighbours send"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def path_of(services: Services, name: str) -> Path:
    """Where an upload or a medium of this id lies."""
    return folder_of(services) / name


def picture_path(services: Services, medium_id: str, number: int) -> Path:
    """Where the picture of this number, from 0 on, of a medium lies."""
    return folder_of(services) / f"{medium_id}.{number}.jpg"


def film_path(services: Services, medium_id: str) -> Path:
    """Where the copy of a video lies that a browser plays."""
    return folder_of(services) / f"{medium_id}.film.mp4"


def size_of(services: Services, name: str) -> int:
    """Bytes that are here; 0 when there is no such file."""
    try:
        return path_of(services, name).stat().st_size
    except FileNotFoundError:
        return 0


def require_room(services: Services, size: int) -> None:
    """Returns when the disk has room for so many bytes, and for what the operator wants to keep free.

    Raises:
        StorageError: It has not.
    """
    spare = services.settings.store.free_megabytes * _MEGABYTE
    if shutil.disk_usage(folder_of(services)).free < size + spare:
        raise StorageError("take the file", "there is no room on the disk; send it again later")


@contextmanager
def opened(path: Path, offset: int) -> Iterator[int]:
    """A descriptor that writes on from ``offset``; flushed to disk at the end, also where the sender went away."""
    with writing("write what a neighbour sends"):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise UploadMismatchError("another piece of it is being written", offset) from error
        try:
            os.ftruncate(handle, offset)
            os.lseek(handle, offset, os.SEEK_SET)
            yield handle
        finally:
            os.fsync(handle)
            os.close(handle)


def write_all(handle: int, portion: bytes) -> None:
    """Writes a portion whole.

    Raises:
        StorageError: The disk is full or broken.
    """
    with writing("write what a neighbour sends"):
        view = memoryview(portion)
        while view:
            view = view[os.write(handle, view) :]


def remove(services: Services, name: str) -> None:
    """Deletes the bytes of an upload or a medium, and what was made of it to be seen; again it changes nothing."""
    remove_film(services, name)
    with writing("delete what a neighbour sent"):
        path_of(services, name).unlink(missing_ok=True)
        for number in range(MOST_PICTURES):
            picture_path(services, name, number).unlink(missing_ok=True)


def remove_film(services: Services, medium_id: str) -> None:
    """Deletes the copy of a video that a browser plays; again it changes nothing."""
    with writing("delete a copy of what a neighbour sent"):
        film_path(services, medium_id).unlink(missing_ok=True)
