"""One Prefect server and one simulated Ring for all stories of this folder, and a household that nights are run on."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.prefect_home import prefect_server, settle_prefect
from pipeline.acquire.ring_auth import Login
from pipeline.cli.grant import save_grant
from pipeline.cli.night import run_night
from pipeline.cli.screen import load_settings
from pipeline.consent.grants import sign_grant
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.night.services import Services, open_services, utc_now
from pipeline.reports import MorningReport
from pipeline.ring_simulator.server import RingSimulator, running_simulator
from pipeline.ring_simulator.world import Fault, SimulatedAccount, SimulatedDevice, SimulatedEvent, World
from tests.builders import PURPOSE, RECIPIENT, a_grant
from tests.conftest import SAMPLE_CLIPS
from tests.flows.clips import cut
from tests.flows.outcome import Outcome, outcome_of
from tests.night.story import PLACE, an_incident

FRONT, PORCH, LAWN = 1001, 3001, 2001
FRONT_CAMERA, LAWN_CAMERA = f"ring:{FRONT}", f"ring:{LAWN}"
EVENTS = 7
"""Of the granted cameras, the deleted one among them."""
VISITS = 3
BETWEEN = 1
"""A carton lies on the drive in the front door's first clip and is gone in its second; no clip shows it go."""


@dataclass(frozen=True)
class Household:
    """An installation on disk, and how commands reach it."""

    store: Path
    simulator: RingSimulator
    prefect: str

    @property
    def variables(self) -> dict[str, str]:
        ring = {
            "CONNECT_TO": self.simulator.connect_to,
            "CERTIFICATE_AUTHORITY": str(self.simulator.certificate_authority),
            "CALLS_PER_MINUTE": "600",
            "CALLS_BURST": "100",
            "NOT_READY_PAUSES_SECONDS": "[0.0, 0.1]",
        }
        return {
            "DOORSTEP_STORE__DIRECTORY": str(self.store),
            "DOORSTEP_STORE__FREE_MEGABYTES": "16",
            "DOORSTEP_NIGHT__PURPOSE": PURPOSE,
            "DOORSTEP_NIGHT__RECIPIENT": RECIPIENT,
            "DOORSTEP_NIGHT__BATCH_SIZE": "2",
            "PREFECT_API_URL": self.prefect,
            **{f"DOORSTEP_RING__{name}": value for name, value in ring.items()},
        }

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that knows nothing else; its temporary files lie beside the store, by whose name it is found."""
        scratch = Path(f"{self.store}-tmp")
        scratch.mkdir(exist_ok=True)
        named = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        root = str(Path(__file__).parents[2])
        return {**named, **self.variables, "PYTHONPATH": root, "TMPDIR": str(scratch), "COLUMNS": "200"}

    def copy(self, folder: Path) -> "Household":
        shutil.copytree(self.store, folder)
        return Household(folder, self.simulator, self.prefect)

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """This process's settings are the household's from now on."""
        for name, value in self.variables.items():
            monkeypatch.setenv(name, value)


@pytest.fixture(scope="package")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("prefect")
    settle_prefect(home)
    with prefect_server(home) as url:
        yield url


@pytest.fixture(scope="package")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RingSimulator]:
    with running_simulator(_world(tmp_path_factory.mktemp("clips"))) as simulator:
        yield simulator


def _world(folder: Path) -> World:
    first = cut(SAMPLE_CLIPS / "package_picked_up_drive.mp4", folder / "first.mp4", 2.5, 3.0)
    second = cut(SAMPLE_CLIPS / "drive_man_in_blue_visit.mp4", folder / "second.mp4", 3.5, 3.0)
    third = cut(SAMPLE_CLIPS / "drive_two_visitors.mp4", folder / "third.mp4", 4.0, 3.0)
    (folder / "broken.mp4").write_bytes(b"this is a page, not a video " * 400)
    evening = _evening()

    def event(
        number: int, clip: Path | None, fault: Fault = Fault.NONE, tries: int = 0, kind: str = "motion"
    ) -> SimulatedEvent:
        at = evening + timedelta(minutes=7 * number)
        return SimulatedEvent(7620878129758806300 + number, at, clip, kind, fault=fault, fault_tries=tries)

    front = (
        event(0, first),
        event(1, folder / "broken.mp4"),
        event(2, second, Fault.TRUNCATED, 1),
        event(3, None, kind="DELETED_FOOTAGE"),
        event(4, first, Fault.NOT_READY),
    )
    lawn = (event(5, third, Fault.DIRECT_ONLY), event(6, None, Fault.MISSING))
    ann = (
        SimulatedDevice(FRONT, "Front door", events=front, latitude=PLACE[0], longitude=PLACE[1]),
        SimulatedDevice(PORCH, "Porch next door", family="authorized_doorbots", events=(event(8, first),)),
    )
    bob = (SimulatedDevice(LAWN, "Lawn", events=lawn, latitude=PLACE[0], longitude=PLACE[1]),)
    return World((SimulatedAccount("ann", "secret", None, ann), SimulatedAccount("bob", "secret", None, bob)))


def _evening() -> datetime:
    """Of the day before yesterday, so that every event lies in the past."""
    return datetime.combine((utc_now() - timedelta(days=2)).date(), datetime.min.time(), UTC) + timedelta(hours=20)


@pytest.fixture(scope="package")
def linked(tmp_path_factory: pytest.TempPathFactory, ring: RingSimulator, prefect_api: str) -> Household:
    """Ann and Bob are linked and have granted, one incident is open, and no night was run: to be copied."""
    household = Household(tmp_path_factory.mktemp("linked") / "store", ring, prefect_api)
    with pytest.MonkeyPatch.context() as patch:
        household.enter(patch)
        with open_services(load_settings()) as services:
            for resident, camera in (("ann", FRONT_CAMERA), ("bob", LAWN_CAMERA)):
                account = asyncio.run(services.accounts.link_ring(resident, Login(resident, "secret")))
                asyncio.run(services.accounts.refresh_cameras(account))
                _grant(services, a_grant(grant_id=f"gr-{resident}", resident_id=resident, camera_ids=(camera,)))
            evening = _evening()
            incident = an_incident(starts_at=evening, ends_at=evening + timedelta(hours=2), opened_at=utc_now())
            services.catalogue.incidents.save(incident)
    return household


def _grant(services: Services, grant: ConsentGrant) -> None:
    whole = type(grant)(
        grant_id=grant.grant_id,
        version=1,
        resident_id=grant.resident_id,
        camera_ids=grant.camera_ids,
        event_kinds=tuple(EventKind),
        hours=grant.hours,
        time_zone="UTC",
        purpose=PURPOSE,
        recipient=RECIPIENT,
        granted_at=_evening() - timedelta(days=1),
        expires_at=_evening() + timedelta(days=30),
    )
    save_grant(services, sign_grant(whole, services.key), CustodyAction.GRANT_SIGNED)


@pytest.fixture
def household(linked: Household, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Household:
    """One of its own, which this process's settings name."""
    copy = linked.copy(tmp_path / "store")
    copy.enter(monkeypatch)
    return copy


@dataclass(frozen=True)
class Night:
    """A night that nothing disturbed."""

    household: Household
    report: MorningReport
    outcome: Outcome


@pytest.fixture(scope="package")
def undisturbed(linked: Household, tmp_path_factory: pytest.TempPathFactory) -> Night:
    household = linked.copy(tmp_path_factory.mktemp("undisturbed") / "store")
    with pytest.MonkeyPatch.context() as patch:
        household.enter(patch)
        settings = load_settings()
        report = run_night(settings)
        return Night(household, report, outcome_of(settings))
