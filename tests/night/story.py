"""A night's household: accounts at a running Ring simulator, a clock that a test sets, and everything else real."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pipeline.acquire.ring_auth import Login
from pipeline.analysis import settings_digest
from pipeline.cli.grant import save_grant
from pipeline.consent.grants import revoke, sign_grant
from pipeline.domain.cameras import Account, FetchOutcome
from pipeline.domain.consent import ConsentGrant
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.incidents import Incident
from pipeline.errors import PipelineError, TwoFactorNeededError
from pipeline.night.services import Services, open_services
from pipeline.night.tonight import Tonight
from pipeline.night.workers import Eyes, analyse_in_worker, look_through
from pipeline.ring_simulator.server import RingSimulator
from pipeline.ring_simulator.world import SimulatedAccount, SimulatedDevice, SimulatedEvent, World
from pipeline.settings import NightSettings, RingSettings, Settings, StoreSettings
from tests.builders import PURPOSE, RECIPIENT, a_grant
from tests.footage import RedFigureDetector

P = ParamSpec("P")
T = TypeVar("T")

MORNING = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
"""When the story's nights run."""
NIGHT = "2026-03-10"
EVENING = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
ANN, BOB = "ann@invented.example", "bob@invented.example"
FRONT, PORCH, LAWN = 1001, 3001, 2001
FRONT_CAMERA, PORCH_CAMERA, LAWN_CAMERA = "ring:1001", "ring:3001", "ring:2001"
PLACE = (51.5, -0.12)
_CODES = {ANN: "246810", BOB: None}
_RESIDENTS = {ANN: "ann", BOB: "bob"}
_FIRST_EVENT = 7620878129758806300


@dataclass
class Clock:
    """The machine's clock, as a test sets it."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    def jump(self, **by: float) -> None:
        self.at += timedelta(**by)


def an_event(number: int = 0, clip: Path | None = None, **changes: Any) -> SimulatedEvent:
    """An event of Ann's front door, so many minutes after ``EVENING``."""
    values = {"at": EVENING + timedelta(minutes=number), "clip": clip, **changes}
    return SimulatedEvent(_FIRST_EVENT + number, **values)


def trigger_of(number: int) -> str:
    return str(_FIRST_EVENT + number)


def a_world(*front: SimulatedEvent, lawn: tuple[SimulatedEvent, ...] = (), **changes: Any) -> World:
    """Ann with her front door and a porch that somebody shares with her; Bob with his lawn."""
    porch_event = SimulatedEvent(_FIRST_EVENT + 5000, EVENING, front[0].clip if front else None)
    ann = (
        SimulatedDevice(FRONT, "Front door", events=front, latitude=PLACE[0], longitude=PLACE[1]),
        SimulatedDevice(PORCH, "Porch next door", family="authorized_doorbots", events=(porch_event,)),
    )
    bob = (SimulatedDevice(LAWN, "Lawn", events=lawn),)
    accounts = (SimulatedAccount(ANN, "secret", _CODES[ANN], ann), SimulatedAccount(BOB, "secret", _CODES[BOB], bob))
    return World(accounts, **changes)


def anns_grant(**changes: Any) -> ConsentGrant:
    """Ann's grant for her front door: every kind, all day, from a day before ``EVENING`` on."""
    values = {
        "resident_id": "ann",
        "camera_ids": (FRONT_CAMERA, PORCH_CAMERA),
        "granted_at": EVENING - timedelta(days=1),
        **changes,
    }
    return a_grant(**values)


@dataclass
class House:
    """One installation with Ann and Bob linked, and no grant yet."""

    services: Services
    simulator: RingSimulator
    clock: Clock
    accounts: dict[str, Account] = field(default_factory=dict)

    def grant(self, grant: ConsentGrant | None = None) -> ConsentGrant:
        signed = sign_grant(grant or anns_grant(), self.services.key)
        save_grant(self.services, signed, CustodyAction.GRANT_SIGNED)
        return signed.grant

    def revoke(self, grant_id: str = "gr-1") -> None:
        grant = self.services.catalogue.grants.get(grant_id).grant
        save_grant(self.services, revoke(grant, self.clock.now(), self.services.key), CustodyAction.GRANT_REVOKED)

    def outcomes(self, camera_id: str = FRONT_CAMERA) -> dict[str, FetchOutcome | CameraOutcome]:
        """What the ledger says of this night, by trigger; the camera as a whole under the empty id."""
        return {row.trigger_id: row.outcome for row in self.rows(camera_id)}

    def rows(self, camera_id: str = FRONT_CAMERA) -> tuple[CoverageRow, ...]:
        rows = self.services.catalogue.coverage.of_night(NIGHT)
        return tuple(row for row in rows if row.camera_id == camera_id)

    def devices_asked(self) -> set[int]:
        return {device for _, device, _ in self.simulator.log.recordings_asked}


def settings_of(folder: Path, simulator: RingSimulator, **changes: Any) -> Settings:
    """Settings that reach the simulator and wait for nothing that a test need not wait for."""
    ring = RingSettings(
        connect_to=simulator.connect_to,
        certificate_authority=simulator.certificate_authority,
        calls_per_minute=600.0,
        calls_burst=100,
        timeout_seconds=10.0,
        download_timeout_seconds=10.0,
        not_ready_pauses_seconds=(0.0, 0.05),
        throttle_patience_seconds=2.0,
    )
    settings = Settings(
        store=StoreSettings(directory=folder, free_megabytes=16),
        ring=ring,
        night=NightSettings(purpose=PURPOSE, recipient=RECIPIENT),
    )
    return settings.model_copy(update=changes)


@contextmanager
def a_house(folder: Path, simulator: RingSimulator, **changes: Any) -> Iterator[House]:
    clock = Clock()
    with open_services(settings_of(folder, simulator, **changes), clock.now) as services:
        house = House(services, simulator, clock)
        for user in (ANN, BOB):
            house.accounts[user] = asyncio.run(_link(services, user))
            asyncio.run(services.accounts.refresh_cameras(house.accounts[user]))
        yield house


async def _link(services: Services, user: str) -> Account:
    with suppress(TwoFactorNeededError):
        return await services.accounts.link_ring(_RESIDENTS[user], Login(user, "secret"))
    return await services.accounts.link_ring(_RESIDENTS[user], Login(user, "secret", _CODES[user]))


class InThisProcess(Executor):
    """Does the workers' work at once, with a detector that sees a person wherever the picture is red."""

    def __init__(self) -> None:
        self.detector = RedFigureDetector()
        self.done: list[str] = []

    def before(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Hears of each piece of work; what it raises ends the night."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[Any] = Future()
        self.before(fn.__name__, args)
        self.done.append(fn.__name__)
        try:
            if fn is analyse_in_worker:
                path, request = args
                future.set_result(look_through(path, request, self.detector))  # type: ignore[arg-type]
            else:
                future.set_result(fn(*args, **kwargs))
        except PipelineError as error:
            future.set_exception(error)
        return future


def eyes_of(tonight: Tonight, pool: InThisProcess) -> Eyes:
    settings = tonight.services.settings
    return Eyes(pool.detector.identity, settings_digest(settings.sampling, settings.detection, settings.events))


def an_incident(**changes: Any) -> Incident:
    """A matter at Ann's house on ``EVENING`` to which visits belong."""
    incident = Incident(
        incident_id="in-000000000001",
        title="Package taken",
        narrative="A carton is missing.",
        place=PLACE,
        radius=100.0,
        starts_at=EVENING - timedelta(hours=1),
        ends_at=EVENING + timedelta(hours=6),
        kinds=(EventKind.PERSON_VISIT,),
        purpose=PURPOSE,
        recipient=RECIPIENT,
        opened_at=MORNING,
    )
    return replace(incident, **changes)
