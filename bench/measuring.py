"""Runs a child and measures it; this process stays small, since a child's peak memory begins at its parent's."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Self

from bench.orders import Cost, Order, Outcome

_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 3600
_PAGE_MEGABYTES = os.sysconf("SC_PAGE_SIZE") / 1_000_000
ROOT = Path(__file__).resolve().parents[1]


class ChildFailedError(Exception):
    """A measured child did not do its work; the message holds its last words."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Repeated figures: median, least and most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Of at least one value."""
        return cls(median(values), min(values), max(values))


def run_child(order: Order, environment: dict[str, str] | None = None) -> Outcome:
    """Does the order in a process of its own.

    Raises:
        ChildFailedError: It did not end well.
    """
    reads, writes = os.pipe()
    argv = [sys.executable, "-m", "bench.child", str(writes), order.to_json()]
    env = {**undirected(), **(environment or {})}
    child = subprocess.Popen(
        argv, cwd=ROOT, env=env, pass_fds=(writes,), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    os.close(writes)
    watch = _MemoryWatch(child.pid)
    watch.start()
    try:
        _, said = child.communicate(timeout=_PATIENCE_SECONDS)
    finally:
        watch.stop()
        child.kill()
    with os.fdopen(reads) as answer:
        told = answer.read()
    if child.returncode != 0 or not told:
        raise ChildFailedError(f"{order.work} on {order.clip}: {said.decode(errors='replace')[-1500:]}")
    return _outcome(json.loads(told), watch.peak_megabytes)


def _outcome(told: dict[str, Any], peak: float) -> Outcome:
    own = float(told["own_megabytes"])
    return Outcome(Cost(*told["start"]), Cost(*told["work"]), max(peak, own), own, told["facts"])


def undirected() -> dict[str, str]:
    """This environment without the operator's settings, and with ultralytics neither loading nor sending anything."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("DOORSTEP_")}
    return {
        **rest,
        "YOLO_OFFLINE": "1",
        "YOLO_AUTOINSTALL": "0",
        "YOLO_VERBOSE": "false",
        "YOLO_CONFIG_DIR": str(ROOT / "build" / "bench" / "ultralytics"),
        "PYTHONPATH": str(ROOT),
    }


class _MemoryWatch(threading.Thread):
    """Adds up the resident memory of a process and of everything below it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak_megabytes = 0.0
        self._pid = pid
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            total = sum(_resident_megabytes(pid) for pid in _family(self._pid))
            self.peak_megabytes = max(self.peak_megabytes, total)

    def stop(self) -> None:
        """Ends the watch."""
        self._over.set()
        self.join()


def _family(pid: int) -> list[int]:
    found = [pid]
    for member in found:
        for task in _entries(Path(f"/proc/{member}/task")):
            found += [int(child) for child in _read(task / "children").split()]
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # the process ended meanwhile
        return []


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # likewise
        return ""


def _resident_megabytes(pid: int) -> float:
    words = _read(Path(f"/proc/{pid}/statm")).split()
    return int(words[1]) * _PAGE_MEGABYTES if words else 0.0
