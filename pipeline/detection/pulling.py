"""Brings weights onto the shelf: fetched from the manifest's address, or brought in a folder by the operator."""

import hashlib
import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path

from pipeline.detection.manifest import ModelEntry
from pipeline.detection.weights import RECORD, Shelf, Weights
from pipeline.errors import ModelUnavailableError, WeightsMismatchError

PATIENCE_SECONDS = 60
LARGEST_BYTES = 2 * 1024**3

Fetch = Callable[[str, Path], None]
"""Writes what lies at an address into a file. Raises OSError when it cannot."""


def pull(shelf: Shelf, entry: ModelEntry, bring_from: Path | None, fetch: Fetch) -> Weights:
    """Puts the model's files on the shelf when their digests are the expected ones; else leaves the shelf as it was.

    An unpinned file's digest is written down when it comes for the first time, and is expected from then on.

    Args:
        shelf: Gets the files.
        entry: The model.
        bring_from: Folder that holds the files; None to fetch them.
        fetch: Used when ``bring_from`` is None; see ``download``.

    Raises:
        ModelUnavailableError: The model comes with this program, has no address, or its files cannot be had.
        WeightsMismatchError: What came is not what the manifest, or the first pull, says.
    """
    if entry.embedded:
        raise ModelUnavailableError(entry.name, "it comes with this program; reinstall the program when it is damaged")
    shelf.operators.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pull-", dir=shelf.operators) as scratch:
        arrived = Path(scratch)
        if bring_from is None:
            _fetch(entry, arrived, fetch)
        else:
            _copy(entry, bring_from, arrived)
        digests = _checked(shelf, entry, arrived)
        shelf.folder(entry).mkdir(exist_ok=True)
        for name in entry.files:
            (arrived / name).replace(shelf.folder(entry) / name)
    _record(shelf, entry, digests)
    return shelf.read(entry)


def download(address: str, into: Path) -> None:
    """Fetches over http or https; the manifest allows https only.

    Raises:
        OSError: No answer, another answer than 200, or more than LARGEST_BYTES.
    """
    with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer, into.open("wb") as file:  # noqa: S310
        while block := answer.read(1 << 20):
            file.write(block)
            if file.tell() > LARGEST_BYTES:
                raise OSError(f"{address} sends more than {LARGEST_BYTES} bytes")


def _fetch(entry: ModelEntry, into: Path, fetch: Fetch) -> None:
    if entry.download is None:
        raise ModelUnavailableError(entry.name, "it has no address; bring its folder with --from FOLDER")
    if len(entry.files) != 1:
        raise ModelUnavailableError(entry.name, "an address gives one file, and the manifest names several")
    try:
        fetch(str(entry.download), into / next(iter(entry.files)))
    except OSError as error:
        raise ModelUnavailableError(entry.name, f"{entry.download} could not be fetched: {error}") from error


def _copy(entry: ModelEntry, bring_from: Path, into: Path) -> None:
    try:
        for name in entry.files:
            shutil.copyfile(bring_from / name, into / name)
    except OSError as error:
        raise ModelUnavailableError(entry.name, f"{bring_from} cannot give it: {error}") from error


def _checked(shelf: Shelf, entry: ModelEntry, folder: Path) -> dict[str, str]:
    expected = shelf.expected(entry)
    digests = {}
    for name in entry.files:
        digests[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if digests[name] != expected.get(name, digests[name]):
            raise WeightsMismatchError(f"{entry.name}/{name}", expected[name], digests[name])
    return digests


def _record(shelf: Shelf, entry: ModelEntry, digests: dict[str, str]) -> None:
    unpinned = {name: digest for name, digest in digests.items() if not entry.is_pinned(name)}
    if not unpinned:
        return
    recorded = shelf.recorded()
    recorded[entry.name] = unpinned
    path = shelf.operators / RECORD
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(recorded, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
