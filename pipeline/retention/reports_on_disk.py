"""Reports of nights and incidents on disk carry copies of highlights: what names disposed evidence is removed."""

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.errors import StorageError
from pipeline.night.services import Services

_NOTE = "withdrawn.txt"
_NAMES = re.compile(r"(?:hl|ev|aq)-[0-9a-f]{20}|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
"""How our ids and digests look in a report."""


def withdraw_reports(services: Services, subjects: frozenset[str], tombstone_ids: Sequence[str]) -> tuple[str, ...]:
    """Removes every report that names one of the subjects, and the night's own summary in the catalogue.

    A note stays in place of each, with the tombstones. Coverage ledgers stay. Again it changes nothing.

    Args:
        services: The installation.
        subjects: Digests and ids of what was disposed of.
        tombstone_ids: What the note names.

    Returns:
        Folders of removed reports, relative to ``reports/``, sorted.

    Raises:
        StorageError: One cannot be removed.
    """
    root = services.settings.store.directory / "reports"
    services.catalogue.nights.withdraw_summaries(subjects)
    try:
        carrying = [folder for folder in _folders(root) if _names_any(folder, subjects)]
        for folder in carrying:
            _remove(folder, sorted(tombstone_ids))
    except OSError as error:
        raise StorageError("remove a report", f"{error.strerror or error}") from error
    return tuple(sorted(folder.relative_to(root).as_posix() for folder in carrying))


def _folders(root: Path) -> Iterable[Path]:
    """Folders that hold a report's record: a night's own, and one for each incident below it."""
    return sorted({path.parent for path in root.rglob("*.json")})


def _names_any(folder: Path, subjects: frozenset[str]) -> bool:
    texts = (path.read_text("utf-8", errors="replace") for path in folder.glob("*.json"))
    return any(not subjects.isdisjoint(_NAMES.findall(text)) for text in texts)


def _remove(folder: Path, tombstone_ids: Sequence[str]) -> None:
    """The record goes last: while it is there, the next run finds the report again."""
    for path in sorted(folder.iterdir(), key=lambda path: (path.suffix == ".json", path.name)):
        if path.is_dir():
            if path.name != "incidents":
                shutil.rmtree(path)
        elif path.name != _NOTE:
            path.unlink()
    words = "The report that lay here was removed: evidence that it showed was disposed of.\n"
    words += "One that lies beside this note was made later, without it.\nTombstones: "
    (folder / _NOTE).write_text(words + ", ".join(tombstone_ids) + "\n", encoding="utf-8")
