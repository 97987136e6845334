"""A store that, asked for what was disposed of, names the tombstone instead of saying that there is no such object."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.domain.evidence import EvidenceItem
from pipeline.errors import EvidenceDisposedError, EvidenceNotFoundError
from pipeline.evidence.store import ObjectStore


class StoreWithTombstones:
    """An object store whose every read of a disposed object raises EvidenceDisposedError."""

    def __init__(self, store: ObjectStore, tombstone_of: Callable[[str], str]) -> None:
        """Stands before a store.

        Args:
            store: Where objects lie.
            tombstone_of: Id of the newest tombstone of a digest; empty when it was never disposed of.
        """
        self._store = store
        self._tombstone_of = tombstone_of

    def put(self, content: bytes) -> EvidenceItem:
        """Stores bytes; bytes that are there already are not written again."""
        return self._store.put(content)

    def put_file(self, path: Path) -> EvidenceItem:
        """Stores a copy of a file, read once and in portions."""
        return self._store.put_file(path)

    def read(self, digest: str) -> bytes:
        """The bytes, checked."""
        with self._named(digest):
            return self._store.read(digest)

    @contextmanager
    def path_of(self, digest: str) -> Iterator[Path]:
        """A local, read-only file with the bytes, checked, as long as the block lasts."""
        with ExitStack() as opened:
            with self._named(digest):
                path = opened.enter_context(self._store.path_of(digest))
            yield path

    def has(self, digest: str) -> bool:
        """Whether there is such an object."""
        return self._store.has(digest)

    def size(self, digest: str) -> int:
        """Bytes of the object."""
        with self._named(digest):
            return self._store.size(digest)

    def measure(self, digest: str) -> EvidenceItem:
        """Reads the object through, and says what digest and size it has now."""
        with self._named(digest):
            return self._store.measure(digest)

    def digests(self) -> Iterator[str]:
        """Every object's name, in order."""
        return self._store.digests()

    def delete(self, digest: str) -> bool:
        """Removes an object for good; says whether it was there."""
        return self._store.delete(digest)

    def sweep(self) -> int:
        """Removes what interrupted writers left behind."""
        return self._store.sweep()

    @contextmanager
    def _named(self, digest: str) -> Iterator[None]:
        try:
            yield
        except EvidenceNotFoundError as error:
            tombstone_id = self._tombstone_of(digest)
            if tombstone_id:
                raise EvidenceDisposedError(digest, tombstone_id) from error
            raise
