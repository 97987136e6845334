"""What was found, one JSON file a figure, so that a long run that was stopped goes on where it stood."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bench.measuring import ROOT
from bench.trust.figure import Finding

RESULTS = ROOT / "bench" / "trust" / "results"
"""Kept with the source, so that the page can be written anew by anybody, one figure at a time."""


@dataclass(frozen=True, slots=True)
class Result:
    """A finding with when and on what it was found.

    Attributes:
        number: Of the figure.
        finding: What was found.
        at: UTC, when the probe ended.
        seconds: How long it ran.
        scale: Share of the whole that was tried.
        version: Commit of the source, with a plus sign where files had been changed since.
        machine: Processor, cores, kernel and interpreter, in words.
    """

    number: int
    finding: Finding
    at: datetime
    seconds: float
    scale: float
    version: str
    machine: str


@dataclass(slots=True)
class Memory:
    """Results in a folder."""

    folder: Path

    def get(self, number: int) -> Result | None:
        """What is remembered of a figure; None when nothing is."""
        path = self._path(number)
        return _result(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def keep(self, result: Result) -> None:
        """Remembers a result, in the place of an earlier one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        written = {**asdict(result), "at": result.at.isoformat(timespec="seconds")}
        new = self._path(result.number).with_suffix(".new")
        new.write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        new.replace(self._path(result.number))

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:02d}.json"


def _result(told: Mapping[str, object]) -> Result:
    finding = told["finding"]
    if not isinstance(finding, dict):
        raise TypeError("a remembered result without a finding")
    return Result(
        number=int(str(told["number"])),
        finding=Finding(
            str(finding["value"]), bool(finding["holds"]), dict(finding["counts"]), tuple(finding["commands"])
        ),
        at=datetime.fromisoformat(str(told["at"])),
        seconds=float(str(told["seconds"])),
        scale=float(str(told["scale"])),
        version=str(told["version"]),
        machine=str(told["machine"]),
    )
