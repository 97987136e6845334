"""A desk as it is really served: a night was run on sample clips, ``doorstep serve`` runs as a process of its own."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pipeline.demo.desk import desk_variables
from pipeline.settings import Settings
from tests.conftest import ROOT

PASSWORD = "a sentence nobody guesses"
_FIRST = 7_620_878_129_758_800_000
_ADDRESS = re.compile(r"The desk is at (http://\S+)")


@dataclass
class ServedDesk:
    """A desk that answers on loopback.

    Attributes:
        address: What a browser opens.
        store: Where its evidence lies.
        variables: The settings of its process.
        said: What the process printed.
        pid: The process.
    """

    address: str
    store: Path
    variables: dict[str, str]
    said: list[str] = field(default_factory=list)
    pid: int = 0


def a_copy(populated: Settings, place: Path) -> Settings:
    """The installation once more at a place that is not there yet; what is done to it stays there."""
    shutil.copytree(populated.store.directory, place)
    return at(populated, place)


def at(settings: Settings, place: Path) -> Settings:
    """The same settings with their store at another place."""
    return settings.model_copy(update={"store": settings.store.model_copy(update={"directory": place})})


PATIENCE = 90_000
"""Milliseconds that a browser waits for what must come: it comes late on a machine that does much else."""


@contextmanager
def serving(settings: Settings, **variables: str) -> Iterator[ServedDesk]:
    """``doorstep serve`` over a store, until the block ends."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    environment |= {**desk_variables(settings), "DOORSTEP_WEB__SECOND_FACTOR": "true", **variables}
    command = [sys.executable, "-m", "pipeline.cli.app", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    desk = ServedDesk("", settings.store.directory, environment, pid=process.pid)
    try:
        desk.address = _wait(process.stdout, desk.said)
        reader = threading.Thread(target=_read, args=(process.stdout, desk.said))
        reader.start()
        yield desk
    finally:
        process.terminate()
        process.wait(timeout=30)
        if desk.address:
            reader.join()
        process.stdout.close()


def _wait(output: IO[str], said: list[str]) -> str:
    for line in output:
        said.append(line)
        found = _ADDRESS.search(line)
        if found:
            return found[1]
    raise RuntimeError(f"the desk did not come up: {''.join(said)}")


def _read(output: IO[str], said: list[str]) -> None:
    said.extend(output)
