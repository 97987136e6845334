"""Packages that still lie in the store's own folder carry originals: what holds disposed evidence is removed.

A package that was taken elsewhere cannot be reached; the receipt names every one, also those that are removed here.
"""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.evidence.workshop import workshop
from pipeline.night.services import Services


def withdraw_packages(
    services: Services, acquisition_ids: Iterable[str], tombstone_ids: Sequence[str]
) -> tuple[str, ...]:
    """Removes each package in ``packages/`` with one of these acquisitions inside; a note with the tombstones stays.

    An export that is at work is waited for, and what a killed one left goes too. Again it changes nothing.

    Returns:
        The removed packages as ``packages/<name>``, sorted.

    Raises:
        StorageError: One cannot be removed.
    """
    root = services.settings.store.directory / "packages"
    if not root.is_dir():
        return ()
    removed: list[str] = []
    with workshop(root):
        for found in services.catalogue.disclosures.of_acquisitions(acquisition_ids):
            lying = [path for path in (root / found.package_id, root / f"{found.package_id}.zip") if path.exists()]
            try:
                for path in lying:
                    _remove(path)
                if lying:
                    words = "This package was removed: evidence inside it was disposed of.\nTombstones: "
                    note = root / f"{found.package_id}.withdrawn.txt"
                    note.write_text(words + ", ".join(sorted(tombstone_ids)) + "\n", encoding="utf-8")
            except OSError as error:
                raise StorageError("remove a package", f"{error.strerror or error}") from error
            removed += [f"packages/{path.name}" for path in lying]
    return tuple(sorted(removed))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
