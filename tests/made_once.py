"""What takes long to make and is only read: once a run, whichever of the workers needs it first."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name that ``make`` fills; the other workers wait for it.

    Args:
        factory: Under whose base the folder lies, beside the workers' own.
        name: Of the folder, one for each thing that is made.
        make: Fills a folder that is there and empty. What it left when it failed is not used.
    """
    base = factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made = run / name
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = factory.mktemp(name)
            make(making)
            making.rename(made)
    return made
