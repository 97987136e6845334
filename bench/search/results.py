"""What was measured, kept so that the page can be written again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.machine import Machine
from bench.search.asking import Timed
from pipeline.domain.plain import from_plain, to_plain


@dataclass(frozen=True, slots=True)
class Result:
    """One town in one database.

    Attributes:
        database: ``sqlite`` or ``postgresql``.
        whole: Whether the events lay behind the index, and the desk asked; otherwise the index alone was asked.
        clips: How many.
        began: UTC.
        ended: UTC.
        load_before: Load averages of the machine over 1, 5 and 15 minutes.
        load_after: Likewise.
        built_seconds: How long the town took.
        megabytes: Of the database.
        machine: On which.
        timed: By kind of question.
    """

    database: str
    whole: bool
    clips: int
    began: datetime
    ended: datetime
    load_before: tuple[float, float, float]
    load_after: tuple[float, float, float]
    built_seconds: float
    megabytes: float
    machine: Machine
    timed: tuple[Timed, ...]


def keep(folder: Path, result: Result) -> None:
    """Remembers a result in place of an earlier one."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{result.database}-{'desk' if result.whole else 'index'}.json"
    (folder / name).write_text(json.dumps(to_plain(result), indent=1), encoding="utf-8")


def kept(folder: Path) -> Sequence[Result]:
    """What is remembered, SQLite and the index first."""
    found = [from_plain(Result, json.loads(path.read_text(encoding="utf-8"))) for path in folder.glob("*.json")]
    return sorted(found, key=lambda one: (one.database != "sqlite", one.whole))
