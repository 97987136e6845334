"""A simulated night on a folder of clips: how much of it is not looking and cutting."""

import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench.clips import BUILD, night_clips
from bench.measuring import ROOT, run_child, undirected
from bench.orders import Cost, Order


@dataclass(frozen=True, slots=True)
class NightResult:
    """What one night took.

    Attributes:
        clips: How many it looked at.
        clip_seconds: Of their video together.
        wall: Seconds of the whole night, from Prefect's server to the report.
        cpu: CPU seconds of everything.
        analysing: Seconds in which workers looked, added up.
        cutting: Likewise, in which they cut highlights.
        facts: What the night's process says of itself.
        worker_megabytes: Most resident memory of one worker; what it starts is not in it.
        peak_megabytes: Of all processes of the night together.
    """

    clips: int
    clip_seconds: float
    wall: float
    cpu: float
    analysing: float
    cutting: float
    facts: dict[str, Any]
    worker_megabytes: float
    peak_megabytes: float

    @property
    def workers(self) -> int:
        """Processes that looked."""
        return int(self.facts["workers"])

    @property
    def overhead(self) -> float:
        """Share of the wall time that workers at work do not explain, 0 to 1."""
        return (self.wall - (self.analysing + self.cutting) / self.workers) / self.wall


def run_night(count: int, settings: dict[str, str] | None = None) -> NightResult:
    """Runs a night of ``count`` half-minute clips in a fresh installation.

    Args:
        count: Half of them with nobody in them.
        settings: Variables beside the product's own defaults.

    Raises:
        ChildFailedError: It failed.
        ValueError: It was not complete.
    """
    print(f"a night of {count} clips", file=sys.stderr)
    home = BUILD / f"night-of-{count}"
    shutil.rmtree(home, ignore_errors=True)
    seconds = night_clips(home / "shared", count)
    environment = {"DOORSTEP_STORE__DIRECTORY": str(home / "store"), **(settings or {})}
    _doorstep(environment, "folder", "add", str(home / "shared"), "--resident", "ann", "--name", "front")
    grant = ["grant", "add", "--resident", "ann", "--camera", "folder:front"]
    _doorstep(environment, *grant, "--expires", "2999-01-01", "--covers-from", "2000-01-01")
    outcome = run_child(Order("night", options={"log": str(home / "work.jsonl")}), environment)
    result = _result(outcome.work.wall, outcome.work.cpu, outcome.facts, (count, seconds), outcome.peak_megabytes)
    if not result.facts["is_complete"] or _count(result.facts["work"], "analyse_in_worker") != count:
        raise ValueError(f"the night looked at fewer than {count} clips")
    shutil.rmtree(home)
    return result


def _result(wall: float, cpu: float, facts: dict[str, Any], clips: tuple[int, float], peak: float) -> NightResult:
    work = facts["work"]
    return NightResult(
        clips=clips[0],
        clip_seconds=clips[1],
        wall=wall,
        cpu=cpu,
        analysing=sum(line["seconds"] for line in work if line["work"] == "analyse_in_worker"),
        cutting=sum(line["seconds"] for line in work if line["work"] == "render_in_worker"),
        facts=facts,
        worker_megabytes=max((line["own_megabytes"] for line in work), default=0.0),
        peak_megabytes=peak,
    )


def _count(work: list[dict[str, Any]], name: str) -> int:
    return sum(line["work"] == name for line in work)


def _doorstep(environment: dict[str, str], *words: str) -> None:
    argv = [sys.executable, "-m", "pipeline.cli.app", *words]
    subprocess.run(argv, cwd=ROOT, env={**undirected(), **environment}, check=True, capture_output=True, timeout=300)


def start_of_help(times: int) -> list[Cost]:
    """What ``doorstep --help`` takes, each in a fresh process."""
    found = []
    for _ in range(times):
        before, began = _below(), time.perf_counter()
        _doorstep({}, "--help")
        found.append(Cost(_below() - before, time.perf_counter() - began))
    return found


def _below() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
