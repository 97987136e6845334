"""The commands of HOWTO-VERIFY as a reader copies and pastes them, run by the tools that they name."""

import os
import re
import subprocess
import sys
from pathlib import Path

_BEGINS = re.compile(r"(sha256sum|\$\(|\{ |T=|python3)")
COMMANDS = 6


def commands(folder: Path) -> list[str]:
    """The lines to be pasted, in order."""
    text = (folder / "data/HOWTO-VERIFY.txt").read_text(encoding="utf-8")
    found = [line for line in text.splitlines() if _BEGINS.match(line)]
    assert len(found) == COMMANDS
    return found


def paste(command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """One command, typed in the package's folder; bagit.py is found where this Python's tools are.

    What it says need not be UTF-8: a tool repeats a file's name as it finds it, also one whose byte was flipped.
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"PATH": path, "HOME": str(folder.parent), "LANG": "C.UTF-8"}
    shell = ["bash", "-c", command]
    return subprocess.run(
        shell,
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
        timeout=120,
    )


def failing(folder: Path, pasted: list[str]) -> list[int]:
    """Which of the commands, counted from 1, do not succeed; it stops at the first, since one is enough."""
    for number, command in enumerate(pasted, start=1):
        if paste(command, folder).returncode != 0:
            return [number]
    return []
