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
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from pipeline.casework.agents.accounts import add_agent
from pipeline.cli.demo import settings_for_flow
from pipeline.cli.night import run_night
from pipeline.cli.screen import load_settings
from pipeline.demo.desk import AGENTS, desk_variables
from pipeline.demo.stage import demo_settings, set_stage
from pipeline.demo.story import ANN, ANN_PLACE, BOB, BOB_PLACE, FRONT_DOOR, LAWN, evening_before
from pipeline.night.services import open_services, utc_now
from pipeline.ring_simulator.server import running_simulator
from pipeline.ring_simulator.world import Fault, SimulatedAccount, SimulatedDevice, SimulatedEvent, World
from pipeline.settings import Settings
from tests.conftest import ROOT, SAMPLE_CLIPS

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


def populate(folder: Path, prefect_api: str) -> Settings:
    """Runs a real night over two households, and adds an agent of each role whose password is ``PASSWORD``."""
    evening = evening_before(utc_now())
    with running_simulator(world(evening)) as simulator:
        settings = demo_settings(folder, simulator, load_settings())
        with open_services(settings) as services:
            set_stage(services, evening)
            for role, name in AGENTS.items():
                add_agent(services, "tests", name, role, PASSWORD)
        settings_for_flow(settings)
        os.environ["PREFECT_API_URL"] = prefect_api
        report = run_night(settings)
    assert report.is_complete
    return settings


def world(evening: datetime) -> World:
    """A carton that is delivered and taken, a visitor, and what a night cannot have."""

    def event(minutes: int, clip: str = "", fault: Fault = Fault.NONE, **more: Any) -> SimulatedEvent:
        path = SAMPLE_CLIPS / f"{clip}.mp4" if clip else None
        moment = evening + timedelta(minutes=minutes)
        return SimulatedEvent(_FIRST + minutes, moment, path, fault=fault, **more)

    front = (
        event(134, "package_delivered_drive"),
        event(291, "package_picked_up_drive"),
        event(341, is_e2ee=True),
        event(372, kind="DELETED_FOOTAGE"),
    )
    lawn = (event(20, "drive_man_in_blue_visit"), event(200, fault=Fault.MISSING))
    door = SimulatedDevice(FRONT_DOOR, "Front door", latitude=ANN_PLACE[0], longitude=ANN_PLACE[1], events=front)
    grass = SimulatedDevice(LAWN, "Lawn", latitude=BOB_PLACE[0], longitude=BOB_PLACE[1], events=lawn)
    return World(
        (
            SimulatedAccount(ANN.user_name, ANN.password, ANN.code, (door,)),
            SimulatedAccount(BOB.user_name, BOB.password, BOB.code, (grass,)),
        )
    )


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
