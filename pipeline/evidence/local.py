"""Objects on disk.

An object is written to a temporary file, flushed to disk, linked to its name without replacing anything, and its folder
is flushed to disk: only then does ``put`` return. A writer that dies leaves a temporary file and nothing else.

Source: Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014), for the order of the steps.
"""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.domain.evidence import EvidenceItem, require_digest
from pipeline.errors import EvidenceNotFoundError, FixityError
from pipeline.evidence.files import READ_ONLY, link_once, sync_folder, writing

PORTION = 1 << 20
"""Bytes read at a time."""


class LocalObjectStore:
    """Objects as read-only files, ``root/<first two digits>/<digest>``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stage = root / ".stage"
        self._lasting: set[Path] = set()
        with writing("make its folder"):
            self._stage.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, content: bytes) -> EvidenceItem:
        """Stores bytes; bytes that are there already are not written again."""
        item = EvidenceItem(hashlib.sha256(content).hexdigest(), len(content))
        with writing("write an object"):
            if self._is_lasting(item.digest):
                return item
            return self._write((content,))

    def put_file(self, path: Path) -> EvidenceItem:
        """Stores a copy of a file, read once and in portions."""
        with writing("write an object"), path.open("rb") as source:
            return self._write(portions(source))

    def read(self, digest: str) -> bytes:
        """The bytes, checked."""
        with writing("read an object"), self._open(digest) as file:
            content = file.read()
        found = hashlib.sha256(content).hexdigest()
        if found != digest:
            raise FixityError(digest, digest, found)
        return content

    @contextmanager
    def path_of(self, digest: str) -> Iterator[Path]:
        """The store's own file, read-only, read through once and checked."""
        found = self.measure(digest).digest
        if found != digest:
            raise FixityError(digest, digest, found)
        yield self._path(digest)

    def has(self, digest: str) -> bool:
        """Whether there is such an object."""
        with writing("look for an object"):
            return self._path(digest).is_file()

    def size(self, digest: str) -> int:
        """Bytes of the object."""
        with writing("read an object"), self._open(digest) as file:
            return os.fstat(file.fileno()).st_size

    def measure(self, digest: str) -> EvidenceItem:
        """Reads the object through, and says what digest and size it has now."""
        with writing("read an object"), self._open(digest) as file:
            return measured(portions(file))

    def digests(self) -> Iterator[str]:
        """Every object's name, in order."""
        with writing("list its objects"):
            for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
                yield from sorted(entry.name for entry in folder.iterdir())

    def delete(self, digest: str) -> bool:
        """Removes an object for good."""
        path = self._path(digest)
        with writing("delete an object"):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            sync_folder(path.parent)
            return True

    def sweep(self) -> int:
        """Removes temporary files whose writer is gone: a writer holds a lock on its file for as long as it lives."""
        removed = 0
        with writing("remove what was left behind"):
            for left in self._stage.iterdir():
                removed += _remove_if_left(left)
        return removed

    def _write(self, content: Iterable[bytes]) -> EvidenceItem:
        with self._staged() as (stage, file):
            item = measured(_copied(content, file))
            file.flush()
            os.fchmod(file.fileno(), READ_ONLY)
            os.fsync(file.fileno())
            if not self._is_lasting(item.digest):
                self._make_folder(self._path(item.digest).parent)
                link_once(stage, self._path(item.digest))
        return item

    @contextmanager
    def _staged(self) -> Iterator[tuple[Path, BinaryIO]]:
        """A temporary file of ours that ``sweep`` lets be."""
        while True:
            handle, name = tempfile.mkstemp(dir=self._stage)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink:
                break
            os.close(handle)  # a sweep came between the two steps
        stage = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield stage, file
        finally:
            stage.unlink(missing_ok=True)

    def _is_lasting(self, digest: str) -> bool:
        """Whether the object is there, and on disk: who linked it may have died before it flushed the folder."""
        path = self._path(digest)
        if not path.is_file():
            return False
        sync_folder(path.parent)
        return True

    def _make_folder(self, folder: Path) -> None:
        if folder in self._lasting:
            return
        folder.mkdir(exist_ok=True, mode=0o700)
        sync_folder(self._root)
        self._lasting.add(folder)

    def _path(self, digest: str) -> Path:
        return self._root / require_digest(digest)[:2] / digest

    def _open(self, digest: str) -> BinaryIO:
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError as error:
            raise EvidenceNotFoundError(digest) from error


def portions(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file, piece by piece."""
    while portion := file.read(PORTION):
        yield portion


def measured(content: Iterable[bytes]) -> EvidenceItem:
    """Digest and size of bytes that pass by."""
    digest, size = hashlib.sha256(), 0
    for portion in content:
        digest.update(portion)
        size += len(portion)
    return EvidenceItem(digest.hexdigest(), size)


def _copied(content: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    for portion in content:
        file.write(portion)
        yield portion


def _remove_if_left(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
