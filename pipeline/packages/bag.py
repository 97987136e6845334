"""Writes a bag (RFC 8493): files, manifests, one signature over all of them; on disk before anybody sees it.

A bag is built in a folder whose name begins with a dot, and gets its name when it is whole. Whoever holds the lock on
the folder around it knows that what another left half-made belongs to nobody.
"""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.evidence.files import sync_folder, writing

PORTION = 1 << 20
SIGNATURE = "signatures/tagmanifest.sshsig"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The moment of every entry of a zip: the earliest that the format has."""

_FILE_MODE = 0o100644 << 16
_UNIX = 3


class Bag:
    """A bag that is being written."""

    def __init__(self, folder: Path, wrote: Callable[[int], None] = lambda _: None) -> None:
        """A bag in this folder; ``wrote`` is told of every portion that is written, in bytes."""
        self._wrote = wrote
        self.folder = folder
        self._digests: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def write(self, name: str, content: bytes) -> None:
        """Writes a file, and remembers its digest.

        Raises:
            StorageError: It cannot be written.
        """
        self._put(name, iter((content,)))

    def copy(self, name: str, source: Path) -> str:
        """Copies a file, read once and in portions, and returns its digest.

        Raises:
            StorageError: It cannot be read or written.
        """
        with writing(f"read {source.name}"), source.open("rb") as file:
            self._put(name, iter(lambda: file.read(PORTION), b""))
        return self._digests[name]

    def seal(
        self,
        about: Mapping[str, str],
        sign: Callable[[bytes], bytes],
        vouch: Callable[[bytes], Iterable[tuple[str, bytes]]] = lambda _: (),
    ) -> str:
        """Writes the declaration, what the bag is, the manifests and the signature.

        Args:
            about: Lines of bag-info.txt, in order; Payload-Oxum is added.
            vouch: Gives more tag files that are made over the payload's manifest.
            sign: Signs the tag manifest.

        Returns:
            The tag manifest's SHA-256.

        Raises:
            StorageError: It cannot be written.
        """
        payload = {name: value for name, value in self._digests.items() if name.startswith("data/")}
        oxum = f"{sum(self.sizes[name] for name in payload)}.{len(payload)}"
        lines = {**about, "Payload-Oxum": oxum}
        self.write("bagit.txt", _DECLARATION)
        self.write("bag-info.txt", "".join(f"{key}: {_one_line(value)}\n" for key, value in lines.items()).encode())
        manifest = _manifest(payload)
        self.write("manifest-sha256.txt", manifest)
        for name, content in vouch(manifest):
            self.write(name, content)
        tags = _manifest({name: value for name, value in self._digests.items() if name not in payload})
        self.write("tagmanifest-sha256.txt", tags)
        self.write(SIGNATURE, sign(tags))
        with writing("put the package on disk"):
            for folder, _, _ in os.walk(self.folder):
                sync_folder(Path(folder))
        return hashlib.sha256(tags).hexdigest()

    def _put(self, name: str, portions: Iterator[bytes]) -> None:
        path, seen, size = self.folder / name, hashlib.sha256(), 0
        with writing(f"write {name}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                for portion in portions:
                    file.write(portion)
                    seen.update(portion)
                    size += len(portion)
                    self._wrote(len(portion))
                file.flush()
                os.fsync(file.fileno())
        self._digests[name], self.sizes[name] = seen.hexdigest(), size


def zip_bag(folder: Path, target: Path, wrote: Callable[[int], None] = lambda _: None) -> None:
    """Stores a bag in a zip: not deflated, in order of names, with one fixed moment; the same bytes for the same bag.

    Args:
        folder: The bag.
        target: The zip; must not be there.
        wrote: Told of every portion that is written, in bytes.

    Raises:
        StorageError: It cannot be written.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with writing(f"write {target.name}"), target.open("xb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name in names:
                about = zipfile.ZipInfo(f"{folder.name.strip('.')}/{name}", _OLDEST)
                about.create_system, about.external_attr = _UNIX, _FILE_MODE
                about.file_size = (folder / name).stat().st_size
                with (folder / name).open("rb") as source, archive.open(about, "w") as entry:
                    while portion := source.read(PORTION):
                        entry.write(portion)
                        wrote(len(portion))
        file.flush()
        os.fsync(file.fileno())


def publish(made: Path, target: Path) -> None:
    """Gives a whole package its name, on disk when this returns.

    Raises:
        StorageError: It cannot be renamed.
    """
    with writing(f"write {target.name}"):
        made.rename(target)
        sync_folder(target.parent)


def withdraw(target: Path) -> None:
    """Takes a package away again, on disk when this returns.

    Raises:
        StorageError: It cannot be removed.
    """
    with writing(f"remove {target.name}"):
        if target.is_dir():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
        sync_folder(target.parent)


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()


def _one_line(words: str) -> str:
    return " ".join(words.split())
