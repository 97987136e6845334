"""The ``doorstep`` command as a person runs it: in this process where that is the same, or as a process of its own."""

import os
import subprocess
import sys

from typer.testing import CliRunner, Result

from pipeline.cli.app import app
from tests.conftest import ROOT


def run(*words: str, **variables: str) -> Result:
    """In this process; an error of ours is raised, since the command's frame is what would print it."""
    result = CliRunner(env={"COLUMNS": "300", **variables}).invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def run_apart(*words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """As a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "300", **variables}
    command = [sys.executable, "-m", "pipeline.cli.app", *words]
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False)
