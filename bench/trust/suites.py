"""Figures that the project's own tests find: the tests are run, and what they counted is added up."""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import ROOT
from bench.trust.figure import Extent, Finding, Probe

UNFINISHED = ROOT / "bench" / "trust" / "unfinished"
"""Where suites keep the parts that they have finished: a run that was stopped goes on behind them."""

_PATIENCE_SECONDS = 24 * 3600
_PROGRESS_SECONDS = 60
_PROGRESS = "progress: "


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of tests came to.

    Attributes:
        passed: Tests that passed.
        failed: Names of those that did not, in order.
        counted: What the tests recorded with ``record_property``, added up by name.
        command: As a person would type it.
    """

    passed: int
    failed: tuple[str, ...]
    counted: dict[str, int]
    command: str


def run_tests(names: Sequence[str], extent: Extent, select: str = "") -> Ran:
    """Runs tests by file or node, the slow ones as well, which are told what share of their whole is wanted.

    Args:
        names: As pytest takes them; each must be there.
        extent: How much.
        select: Further words for ``-k``; empty for all.

    Raises:
        FileNotFoundError: One of the files is not there.
    """
    for name in names:
        if not (ROOT / name.partition("::")[0]).exists():
            raise FileNotFoundError(name)
    report = extent.folder / f"tests-{len(list(extent.folder.iterdir()))}.xml"
    words = ["-q", "-m", "", f"--share={extent.scale:g}", *(("-k", select) if select else ()), *names]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-o",
        "junit_family=xunit1",
        f"--junitxml={report}",
        *words,
    ]
    extent.say(" ".join(names))
    said = _run([*command, f"--finished={UNFINISHED}"], report.with_suffix(".log"), extent)
    if not report.exists():
        raise RuntimeError(f"pytest did not run: {said[-4000:]}")
    shown = " ".join(f"'{word}'" if " " in word or not word else word for word in words)
    return _read(report, f"python -m pytest {shown}")


def _run(command: Sequence[str], log: Path, extent: Extent) -> str:
    """Runs a command to its end, tells once a minute how far it says that it is, and gives all that it said.

    Raises:
        TimeoutError: It took longer than anybody waits.
    """
    until, told = time.monotonic() + _PATIENCE_SECONDS, ""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out, subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out) as child:
        while child.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                child.wait(_PROGRESS_SECONDS)
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            newest = next((line for line in reversed(lines) if line.startswith(_PROGRESS)), told)
            if newest != told:
                extent.say(newest.removeprefix(_PROGRESS))
                told = newest
            if time.monotonic() > until:
                child.terminate()
                raise TimeoutError(f"{_PATIENCE_SECONDS} s are over; {told}")
    return log.read_text(encoding="utf-8", errors="replace")


def _read(report: Path, command: str) -> Ran:
    counted: Counter[str] = Counter()
    failed, passed = [], 0
    for case in ET.parse(report).getroot().iter("testcase"):  # noqa: S314 - our own pytest wrote it
        if any(case.find(word) is not None for word in ("failure", "error", "skipped")):
            failed.append(f"{case.get('classname')}::{case.get('name')}")
            continue
        passed += 1
        for one in case.iter("property"):
            counted[str(one.get("name"))] += int(str(one.get("value")))
    return Ran(passed, tuple(failed), dict(counted), command)


def by_tests(*names: str, select: str = "", words: str = "{passed} tests passed, {failed} failed") -> Probe:
    """A probe that runs tests.

    Args:
        names: Files or nodes.
        select: As for ``run_tests``.
        words: The figure; may name ``passed``, ``failed``, and whatever the tests record.
    """

    def probe(extent: Extent) -> Finding:
        ran = run_tests(names, extent, select)
        counts = {"passed": ran.passed, "failed": len(ran.failed), **ran.counted}
        holds = ran.passed > 0 and not ran.failed
        value = words.format_map(counts) if holds else f"{len(ran.failed)} tests fail: {', '.join(ran.failed[:5])}"
        return Finding(value, holds, counts, (ran.command,))

    return probe
