"""A real night over two households, run by a process of its own: the browser keeps an event loop in the tests' own."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flows.prefect_home import prefect_server, settle_prefect
from pipeline.casework.agents.accounts import add_agent
from pipeline.cli.demo import settings_for_flow
from pipeline.cli.night import run_night
from pipeline.cli.screen import load_settings
from pipeline.demo.desk import AGENTS
from pipeline.demo.stage import demo_settings, set_stage
from pipeline.demo.story import ANN, ANN_PLACE, BOB, BOB_PLACE, FRONT_DOOR, LAWN, evening_before
from pipeline.night.services import open_services, utc_now
from pipeline.ring_simulator.server import running_simulator
from pipeline.ring_simulator.world import Fault, SimulatedAccount, SimulatedDevice, SimulatedEvent, World
from pipeline.settings import Settings
from tests.conftest import ROOT, SAMPLE_CLIPS
from tests.web.browser.served import PASSWORD, a_copy, at

_FIRST = 7_620_878_129_758_800_000


def make_a_night(folder: Path) -> None:
    """Runs it into ``folder``, for ``a_copy_of_the_night``.

    Raises:
        subprocess.CalledProcessError: The night failed; what it said stands in the test's output.
    """
    named = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-m", "tests.web.browser.populated", str(folder)]
    subprocess.run(command, env={**named, "PYTHONPATH": str(ROOT)}, check=True)


def a_copy_of_the_night(folder: Path, place: Path) -> Settings:
    """The installation that was made in ``folder`` once more, in a folder of its own; so are its mails."""
    made = Settings.model_validate_json((folder / "settings.json").read_bytes())
    mail = made.mail.model_copy(update={"outbox": place / "outbox"})
    here = at(made.model_copy(update={"mail": mail}), folder / "desk" / "store")
    return a_copy(here, place / "store")


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


def _populate(folder: Path, prefect_api: str) -> Settings:
    """Runs the night, and adds an agent of each role whose password is ``PASSWORD``."""
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


def _main(folder: Path) -> None:
    settle_prefect(folder / "prefect")
    with prefect_server(folder / "prefect") as url:
        settings = _populate(folder / "desk", url)
    (folder / "settings.json").write_text(settings.model_dump_json(exclude_defaults=True))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
