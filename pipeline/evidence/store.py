"""Where bytes lie: named by their SHA-256, written once, never changed."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.domain.evidence import EvidenceItem
from pipeline.evidence.local import LocalObjectStore
from pipeline.settings import StoreSettings


class Namespace(StrEnum):
    """What is never mixed: what came from outside, and what we made of it."""

    ORIGINALS = "originals"
    DERIVATIVES = "derivatives"


class ObjectStore(Protocol):
    """Objects by digest. Every call that changes something is on disk, or accepted by the server, when it returns.

    Every method raises StorageError when the disk or the server does not do its part; nothing is half-written then.
    """

    def put(self, content: bytes) -> EvidenceItem:
        """Stores bytes; bytes that are there already are not written again."""
        ...

    def put_file(self, path: Path) -> EvidenceItem:
        """Stores a copy of a file, read once and in portions."""
        ...

    def read(self, digest: str) -> bytes:
        """The bytes.

        Raises:
            EvidenceNotFoundError: There is no such object.
            FixityError: They no longer have this digest.
        """
        ...

    def path_of(self, digest: str) -> AbstractContextManager[Path]:
        """A local, read-only file with the bytes, as long as the block lasts.

        Its digest is checked before the block begins, so that nobody works on bytes that are not the evidence. A store
        on disk gives its own file, a server's object is fetched into a temporary one.

        Raises:
            EvidenceNotFoundError: There is no such object.
            FixityError: The bytes no longer have this digest.
        """
        ...

    def has(self, digest: str) -> bool:
        """Whether there is such an object; its bytes are not looked at."""
        ...

    def size(self, digest: str) -> int:
        """Bytes of the object, as the disk or the server counts them.

        Raises:
            EvidenceNotFoundError: There is no such object.
        """
        ...

    def measure(self, digest: str) -> EvidenceItem:
        """Reads the object through, and says what digest and size it has now.

        Raises:
            EvidenceNotFoundError: There is no such object.
        """
        ...

    def digests(self) -> Iterator[str]:
        """Every object's name, in order; empty when there is none."""
        ...

    def delete(self, digest: str) -> bool:
        """Removes an object for good; says whether it was there."""
        ...

    def sweep(self) -> int:
        """Removes what interrupted writers left behind, and nothing that is still being written; says how much."""
        ...


def open_store(settings: StoreSettings, namespace: Namespace) -> ObjectStore:
    """The store of this namespace, on disk or on an S3-compatible server, as the settings say.

    Credentials for a server come from the environment as every S3 client reads them (``AWS_ACCESS_KEY_ID`` and so on).

    Raises:
        SettingsError: The URL names no store that we can use.
        StorageError: The folder cannot be made.
    """
    if settings.objects_url is None:
        return LocalObjectStore(settings.directory / namespace.value)
    from pipeline.evidence.s3 import S3ObjectStore  # a plain store on disk does not pay for the client

    return S3ObjectStore.at(settings.objects_url, namespace.value, settings.s3_endpoint)
