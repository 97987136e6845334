"""Opens what somebody calls a package: a folder or a zip, which may have been made to break whoever opens it.

A zip is laid out in a temporary folder, file by file, under the names that a package has and no others: nothing that
leads out, no link, no device, no name twice, no more bytes than it declares, and not more than a package may have.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import PackageError
from pipeline.evidence.files import writing
from pipeline.packages.bag import PORTION
from pipeline.packages.verifier import MOST_BYTES, MOST_FILES, is_safe

_MOST_RATIO = 100
"""Bytes for each byte of the archive: our own zips have less than one, text that another packed again some ten."""

_LINK, _KIND = 0o120000, 0o170000


@contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder of a package, as long as the block lasts.

    Raises:
        PackageError: There is nothing, or a zip that no package is in.
        StorageError: The disk does not take it.
    """
    if path.is_dir():
        yield path
        return
    if not path.is_file():
        raise PackageError(path.name, "there is no such folder or file", "name the folder with bagit.txt, or the zip")
    with tempfile.TemporaryDirectory(prefix="doorstep-package-") as name:
        yield _laid_out(path, Path(name))


def _laid_out(path: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            top = _require_harmless(path, entries, folder)
            for entry in entries:
                with archive.open(entry) as source:
                    _lay(source, entry, folder, path.name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise PackageError(path.name, f"it is no zip that can be read: {error}") from error
    return folder / top


def _require_harmless(path: Path, entries: Sequence[zipfile.ZipInfo], folder: Path) -> str:
    """The one folder that everything lies in."""
    names = [entry.filename for entry in entries]
    total = sum(entry.file_size for entry in entries)
    tops = {name.split("/")[0] for name in names}
    for detail, is_fault in (
        ("it is empty", not names),
        ("there are more files or bytes than a package may have", len(names) > MOST_FILES or total > MOST_BYTES),
        ("it holds far more bytes than it has", total > _MOST_RATIO * path.stat().st_size),
        ("a name leads out of it, or is no name that a package has", not all(map(is_safe, names))),
        ("a name is there twice", len({name.casefold() for name in names}) != len(names)),
        ("it holds a link", any((entry.external_attr >> 16) & _KIND == _LINK for entry in entries)),
        ("its files do not lie in one folder", len(tops) != 1 or any("/" not in name for name in names)),
        ("there is not enough room to lay it out", total > shutil.disk_usage(folder).free),
    ):
        if is_fault:
            raise PackageError(path.name, detail, "it is no package as it was handed out: ask for it again")
    return tops.pop()


def _lay(source: IO[bytes], entry: zipfile.ZipInfo, folder: Path, name: str) -> None:
    left, target = entry.file_size, folder / entry.filename
    with writing(f"lay out {name}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while portion := source.read(min(PORTION, left + 1)):
                left -= len(portion)
                if left < 0:
                    raise PackageError(name, f"{entry.filename} is longer than it says")
                file.write(portion)
