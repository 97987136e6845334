"""Ctrl-C at the schedule: what happened and what to do, and no traceback of Prefect's."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_ctrl_c_at_the_schedule_says_what_to_do_and_nothing_else(tmp_path: Path) -> None:
    environment = {**os.environ, "DOORSTEP_STORE__DIRECTORY": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = (sys.executable, "-m", "flows.serve")
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    before = ""
    while "every-night" not in before:
        line = process.stdout.readline()
        assert line, before
        before += line
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    said, code = process.stdout.read(), process.wait()
    process.stdout.close()

    assert code == 128 + signal.SIGINT, said
    assert "stopped: no night is started any more" in said
    assert "what to do:" in said
    assert "Traceback" not in said
