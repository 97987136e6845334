"""Figures that the project's own tests find: the tests are run, and what they counted is added up."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import ROOT
from bench.trust.figure import Extent, Finding, Probe

_PATIENCE_SECONDS = 4 * 3600


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
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if not report.exists():
        raise RuntimeError(f"pytest did not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    shown = " ".join(f"'{word}'" if " " in word or not word else word for word in words)
    return _read(report, f"python -m pytest {shown}")


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
