"""Objects on an S3-compatible server.

A put is one request that says "only if there is none" (``If-None-Match: *``) and carries a SHA-256 that the server
checks. An upload is held in memory; recordings are limited by DOORSTEP_RING__LARGEST_RECORDING_MEGABYTES.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from pipeline.domain.evidence import EvidenceItem, require_digest
from pipeline.errors import EvidenceNotFoundError, FixityError, SettingsError, StorageError
from pipeline.evidence.files import READ_ONLY, writing
from pipeline.evidence.local import PORTION, measured

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

_PATIENCE_SECONDS = 60.0


class S3ObjectStore:
    """Objects as ``<prefix>/<first two digits>/<digest>`` in a bucket that exists already."""

    def __init__(self, store: S3Store) -> None:
        self._store = store

    @classmethod
    def at(
        cls, url: str, namespace: str, endpoint: str | None = None, patience_seconds: float = _PATIENCE_SECONDS
    ) -> Self:
        """The store under ``url``/``namespace``.

        Args:
            url: ``s3://bucket/prefix``; the prefix may be missing.
            namespace: Last part of the prefix.
            endpoint: Of a server that is not Amazon's.
            patience_seconds: For how long a request that failed is sent again.

        Raises:
            SettingsError: The URL is no such URL, or the client refuses it.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise SettingsError(f"the objects' URL must look like s3://bucket/prefix, not {url!r}")
        prefix = "/".join(part for part in (parts.path.strip("/"), namespace) if part)
        config: S3Config = {"checksum_algorithm": "SHA256", "conditional_put": "etag"}
        if endpoint is not None:
            config["endpoint"] = endpoint
        options: ClientConfig = {
            "allow_http": endpoint is not None and endpoint.startswith("http://"),
            "timeout": "300s",
        }
        retry: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=patience_seconds)}
        try:
            store = S3Store(parts.netloc, prefix=prefix, config=config, client_options=options, retry_config=retry)
        except (BaseError, ValueError, TypeError) as error:
            raise SettingsError(f"the objects' URL is not usable: {error}") from error
        return cls(store)

    def put(self, content: bytes) -> EvidenceItem:
        """Stores bytes; bytes that are there already are not written again."""
        item = EvidenceItem(hashlib.sha256(content).hexdigest(), len(content))
        with _asking("write an object"):
            try:
                self._store.put(_name(item.digest), content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return item
        return item

    def put_file(self, path: Path) -> EvidenceItem:
        """Stores a copy of a file."""
        with writing("read the file to store"):
            content = path.read_bytes()
        return self.put(content)

    def read(self, digest: str) -> bytes:
        """The bytes, checked."""
        with self._getting(digest):
            content = bytes(self._store.get(_name(digest)).bytes())
        _require_digest_of(measured((content,)), digest)
        return content

    @contextmanager
    def path_of(self, digest: str) -> Iterator[Path]:
        """A temporary file with the bytes, checked."""
        with tempfile.TemporaryDirectory(prefix="doorstep-") as folder:
            path = Path(folder) / digest
            with writing("write a temporary file"), path.open("wb") as file, self._getting(digest):
                for portion in self._portions(digest):
                    file.write(portion)
            with writing("read a temporary file"), path.open("rb") as file:
                _require_digest_of(measured(iter(lambda: file.read(PORTION), b"")), digest)
            path.chmod(READ_ONLY)
            yield path

    def has(self, digest: str) -> bool:
        """Whether there is such an object."""
        with _asking("look for an object"):
            try:
                self._store.head(_name(digest))
            except (NotFoundError, FileNotFoundError):
                return False
        return True

    def size(self, digest: str) -> int:
        """Bytes of the object, as the server counts them."""
        with self._getting(digest):
            return int(self._store.head(_name(digest))["size"])

    def measure(self, digest: str) -> EvidenceItem:
        """Reads the object through, and says what digest and size it has now."""
        with self._getting(digest):
            return measured(self._portions(digest))

    def digests(self) -> Iterator[str]:
        """Every object's name, in order."""
        with _asking("list its objects"):
            names = [entry["path"].rpartition("/")[2] for chunk in self._store.list() for entry in chunk]
        yield from sorted(names)

    def delete(self, digest: str) -> bool:
        """Removes an object for good."""
        was_there = self.has(digest)
        with _asking("delete an object"):
            self._store.delete(_name(digest))
        return was_there

    def sweep(self) -> int:
        """Nothing is ever left behind: an upload is one request."""
        return 0

    def _portions(self, digest: str) -> Iterator[bytes]:
        for portion in self._store.get(_name(digest)).stream(min_chunk_size=PORTION):
            yield bytes(portion)

    @contextmanager
    def _getting(self, digest: str) -> Iterator[None]:
        with _asking("read an object"):
            try:
                yield
            except (NotFoundError, FileNotFoundError) as error:
                raise EvidenceNotFoundError(digest) from error


@contextmanager
def _asking(action: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise StorageError(action, _short(error)) from error


def _short(error: Exception) -> str:
    """The first line of what the client says; what follows is a dump of its own objects."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _name(digest: str) -> str:
    return f"{require_digest(digest)[:2]}/{digest}"


def _require_digest_of(item: EvidenceItem, digest: str) -> None:
    if item.digest != digest:
        raise FixityError(digest, digest, item.digest)
