"""What the bench ran on."""

import os
import platform
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import which

from bench.measuring import ROOT

_TELLING_FLAGS = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8")
_PACKAGES = ("av", "numpy", "opencv-python", "openvino", "prefect", "torch", "trackers", "ultralytics")


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and what is installed.

    Attributes:
        flags: Of the processor: those that say how quick 8-bit networks are.
        versions: By package; of those that are installed.
        commit: Of this checkout, with a plus when it was changed since.
    """

    cores: int
    model: str
    flags: tuple[str, ...]
    memory_gigabytes: float
    system: str
    python: str
    ffmpeg: str
    versions: dict[str, str]
    commit: str


def this_machine() -> Machine:
    """Reads it from the system."""
    facts = Path("/proc/cpuinfo").read_text()
    present = set(_after("flags", facts).split())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        model=_after("model name", facts),
        flags=tuple(flag for flag in _TELLING_FLAGS if flag in present),
        memory_gigabytes=memory,
        system=f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        python=platform.python_version(),
        ffmpeg=_said("ffmpeg", "-version").split(maxsplit=3)[2] if which("ffmpeg") else "not installed",
        versions=_versions(),
        commit=_said("git", "rev-parse", "--short=12", "HEAD") + ("+" if _said("git", "status", "--porcelain") else ""),
    )


def _after(key: str, facts: str) -> str:
    lines = (line for line in facts.splitlines() if line.split(":")[0].strip() == key)
    return next(lines, ":").partition(":")[2].strip() or "not stated"


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _said(*argv: str) -> str:
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip()
