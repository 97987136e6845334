"""Kill -9 at random points of a night, run it again: it comes to what an undisturbed night comes to."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.cli.screen import load_settings
from tests.flows.conftest import Household, Night
from tests.flows.outcome import outcome_of

_LINES = 17
"""About as many as an undisturbed night says; see ``pipeline.night.progress``."""
_PATIENCE_SECONDS = 300.0
_NIGHT = (sys.executable, "-m", "pipeline.cli.app", "night")


def run_and_kill(household: Household, dice: random.Random) -> bool:
    """One life of the night, killed a moment after a random line of its progress; whether it ended by itself first."""
    with (household.store.parent / "said").open("wb") as said:
        process = subprocess.Popen(_NIGHT, env=household.environment, stdout=said, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    lines = [process.stderr.readline() for _ in range(dice.randrange(1, _LINES))]
    time.sleep(dice.random() * 0.5)  # a random point behind that line: where it lies is for chance to say
    process.send_signal(signal.SIGKILL)
    rest, code = process.stderr.read(), process.wait()
    process.stderr.close()
    assert code in (0, -signal.SIGKILL), "".join(lines) + rest
    return code == 0


def left_running(store: Path) -> list[str]:
    """Processes that know of the store: by their environment, or by the files that they were started with."""
    named = str(store).encode()
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            command, environment = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:
            continue
        if named in command or named in environment:
            found.append(f"{process.name} {command[:200]!r}")
    return found


def wait_until_alone(store: Path) -> None:
    end = time.monotonic() + 60
    while left := left_running(store):
        assert time.monotonic() < end, left
        time.sleep(0.05)


@pytest.mark.parametrize(
    "kills", [3, pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])], ids=["some", "many"]
)
def test_a_killed_night_comes_to_what_an_undisturbed_one_does(
    undisturbed: Night, linked: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    dice = random.Random(20260310 + kills)
    done = houses = 0
    while done < kills:
        houses += 1
        household = linked.copy(tmp_path / f"store-{houses}")
        has_ended = False
        while done < kills and not has_ended:
            has_ended = run_and_kill(household, dice)
            done += not has_ended
            wait_until_alone(household.store)
        ended = subprocess.run(_NIGHT, env=household.environment, text=True, capture_output=True, check=False)
        assert ended.returncode == 0, ended.stderr
        household.enter(monkeypatch)
        assert outcome_of(load_settings()) == undisturbed.outcome
        assert list((household.store / "scratch").iterdir()) == []
        wait_until_alone(household.store)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_night_takes_its_own_prefect_server_with_it(household: Household) -> None:
    environment = {name: value for name, value in household.environment.items() if name != "PREFECT_API_URL"}
    with subprocess.Popen(_NIGHT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        servers = [line for line in left_running(household.store) if "uvicorn" in line]
        process.kill()
    assert said.startswith(b"fetch:")
    assert len(servers) == 1
    wait_until_alone(household.store)
