"""Packages that still lie in the store's own folder carry originals: what holds disposed evidence is removed.

A package that was taken elsewhere cannot be reached; the receipt names every one, also those that are removed here.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import ConsentError, EvidenceDisposedError, RecordNotFoundError, StorageError
from pipeline.evidence.workshop import is_at_work, workshop
from pipeline.night.leaving_notes import (
    Leaving,
    has_been_withdrawn,
    is_noted,
    leaving,
    require_may_lie,
    settle_leaving,
    withdrawn_entry,
)
from pipeline.night.services import AGENT, Services


def withdraw_packages(
    services: Services, acquisition_ids: Iterable[str], tombstone_ids: Sequence[str]
) -> tuple[str, ...]:
    """Removes each package in ``packages/`` with one of these acquisitions inside; a note with the tombstones stays.

    The custody log says of each that it was withdrawn. An export that is at work is waited for, and what a killed one
    left goes too. Again it changes nothing.

    Returns:
        The removed packages as ``packages/<name>``, sorted.

    Raises:
        StorageError: One cannot be removed.
    """
    root = services.settings.store.directory / "packages"
    if not root.is_dir():
        return ()
    gone = frozenset(acquisition_ids)
    removed: list[str] = []
    with workshop(root):
        for found in services.catalogue.disclosures.of_acquisitions(gone):
            lying = [path for path in (root / found.package_id, root / f"{found.package_id}.zip") if path.exists()]
            if lying:  # its record first, which is written once: what fails here is tried again
                why = EvidenceDisposedError(", ".join(sorted(gone & {*found.acquisition_ids})), tombstone_ids[0])
                services.catalogue.custody.append((withdrawn_entry(services, found, AGENT, why),))
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


def withdraw_unasked(services: Services, package_id: str) -> str:
    """Asks of a package that a killed export left visible whether it may lie there, and removes it if it may not.

    An export that is at work asks by itself and is passed over; a package in a folder that is away, or that we may not
    look into, is asked about by a later run. Again it changes nothing.

    Returns:
        The name of the folder or zip that was removed; empty where none was.

    Raises:
        StorageError: Its note cannot be read, or it cannot be removed.
        CatalogueError: The database refuses.
    """
    one = leaving(services, package_id)
    if one is None:
        return ""
    if not os.path.isdir(one.target.parent) or is_at_work(one.target.parent):  # noqa: PTH112 - Path's raises there
        return ""
    with workshop(one.target.parent):
        if not is_noted(services, one.package_id):
            return ""
        goes = one.target.exists() and _may_not_lie(services, one)
        if goes:
            try:
                _remove(one.target)  # after its record, which is written once: what fails here is tried again
            except OSError as error:
                raise StorageError("remove a package", f"{error.strerror or error}") from error
        settle_leaving(services, one.package_id)
    return one.target.name if goes else ""


def _may_not_lie(services: Services, one: Leaving) -> bool:
    """Whether a package goes, which is then in the custody log; what the log says went is not asked about again."""
    if has_been_withdrawn(services, one.package_id):
        return True
    disclosure = services.catalogue.disclosures.get(one.package_id)
    try:
        require_may_lie(services, disclosure, one.told)
    except (ConsentError, RecordNotFoundError, EvidenceDisposedError) as error:
        services.catalogue.custody.append((withdrawn_entry(services, disclosure, AGENT, error),))
        return True
    return False


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
