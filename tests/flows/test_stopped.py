"""Ctrl-C in the middle of a night: one clear message, nobody left behind, and no clip that counts as failed for it."""

import os
import signal
import subprocess
import sys

from pipeline.cli.screen import load_settings
from tests.flows.conftest import Household, Night
from tests.flows.outcome import outcome_of
from tests.flows.test_killed import wait_until_alone

_NIGHT = (sys.executable, "-m", "pipeline.cli.app", "night")


def test_ctrl_c_says_what_to_do_and_the_next_run_goes_on(undisturbed: Night, household: Household) -> None:
    process = subprocess.Popen(
        _NIGHT, env=household.environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stderr is not None
    while not process.stderr.readline().startswith("look: Front door"):
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to the whole group
    said, code = process.stderr.read(), process.wait()
    process.stderr.close()

    assert code == 130, said
    assert "stopped. Nothing is lost" in said
    assert "run `doorstep night` again" in said
    assert "Traceback" not in said
    assert "resource_tracker" not in said
    wait_until_alone(household.store)
    again = subprocess.run(_NIGHT, env=household.environment, text=True, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr
    assert outcome_of(load_settings()) == undisturbed.outcome
