"""Objects that nothing names: what a killed ingest or rendering left, which nobody would otherwise ever delete.

An object is written before the row that names it, so one that is unnamed now may be named in a moment. Only what was
unnamed a day ago, and still is, goes.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.domain.retention import Leftover
from pipeline.errors import CatalogueLockedError, StorageError
from pipeline.night.services import Services

_PATIENCE = timedelta(days=1)


def remove_unnamed(services: Services, now: datetime) -> int:
    """Deletes objects that nothing has named for a day; says how many.

    Raises:
        StorageError: The store, or the list of what was seen, cannot be read or written.
    """
    path = services.settings.store.directory / "retention" / "unnamed.json"
    seen = _read(path)
    stores = {Leftover.ORIGINAL: services.originals, Leftover.DERIVATIVE: services.derivatives}
    found: dict[str, str] = {}
    removed = 0
    for kind, store in stores.items():
        there = list(store.digests())
        for digest in services.catalogue.stored.unnamed(kind, there):
            key = f"{kind.value} {digest}"
            first = datetime.fromisoformat(seen.get(key, now.isoformat()))
            if now - first < _PATIENCE:
                found[key] = first.isoformat()
                continue
            try:
                removed += services.catalogue.stored.remove_unnamed(kind, digest, store.delete)
            except CatalogueLockedError:  # whoever has it in hand may be about to name it: the next sweep asks again
                found[key] = first.isoformat()
    _write(path, found)
    return removed


def _read(path: Path) -> Mapping[str, str]:
    try:
        return {str(key): str(value) for key, value in json.loads(path.read_text("utf-8")).items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError("read the list of unnamed objects", error.strerror or type(error).__name__) from error
    except (ValueError, AttributeError):
        return {}  # half a file of a killed run: what was seen is seen again


def _write(path: Path, found: Mapping[str, str]) -> None:
    half = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half.write_text(json.dumps(found, indent=1), encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise StorageError("write the list of unnamed objects", error.strerror or type(error).__name__) from error
