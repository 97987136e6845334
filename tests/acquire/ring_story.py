"""A linked account at the simulator, a clock that needs no time, and tokens in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.ring import RingSource
from pipeline.acquire.ring_auth import Login, RingAccess, Token, link_account
from pipeline.acquire.source import ClipSource
from pipeline.domain.cameras import Account, Camera, CameraTrigger
from pipeline.ring_simulator.server import RingSimulator
from pipeline.ring_simulator.world import SimulatedAccount, SimulatedDevice, SimulatedEvent, World
from pipeline.settings import RingSettings

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
ANN = "ann@invented.example"
PASSWORD = "correct horse"
CODE = "246810"
FRONT = 1001
FIRST_EVENT = 7620878129758806300
HARDWARE = "6b0d1a52-0000-4000-8000-000000000001"


class FakeClock:
    """Time passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.naps: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def utc_now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds - 1000.0)

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class MemoryTokens:
    """Remembers each token that was ever saved."""

    saved: list[Token] = field(default_factory=list)

    def load(self, account_id: str) -> Token | None:
        return dict(self.saved[-1]) if self.saved else None

    def save(self, account_id: str, token: Token) -> None:
        self.saved.append(dict(token))


@dataclass
class Story:
    """One account at one running simulator."""

    simulator: RingSimulator
    clock: FakeClock = field(default_factory=FakeClock)
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> RingSettings:
        simulated = {
            "connect_to": self.simulator.connect_to,
            "certificate_authority": self.simulator.certificate_authority,
            "calls_per_minute": 600.0,
            "calls_burst": 100,
        }
        return RingSettings(**{**simulated, **self.changes})

    @property
    def limiter(self) -> RateLimiter:
        return RateLimiter.from_settings(self.settings, self.clock)

    async def link(self, user_name: str = ANN, password: str = PASSWORD, code: str | None = CODE) -> Token:
        login = Login(user_name, password, code)
        token = await link_account("ring-a1", login, HARDWARE, self.settings, self.limiter)
        self.tokens.save("ring-a1", token)
        return token

    def source(self, limiter: RateLimiter | None = None) -> RingSource:
        access = RingAccess(Account("ring-a1", "resident-ann", "ring"), HARDWARE, self.tokens)
        return RingSource(access, self.settings, limiter or self.limiter)


@asynccontextmanager
async def a_story(world: World, *, is_linked: bool = True, **changes: Any) -> AsyncIterator[Story]:
    async with RingSimulator(world) as simulator:
        story = Story(simulator, changes=changes)
        if is_linked:
            await story.link()
        yield story


@asynccontextmanager
async def open_source(story: Story) -> AsyncIterator[RingSource]:
    source = story.source()
    try:
        yield source
    finally:
        await source.close()


def a_world(*events: SimulatedEvent, devices: tuple[SimulatedDevice, ...] = (), **changes: Any) -> World:
    front = SimulatedDevice(FRONT, "Front door", events=events, latitude=51.501234567, longitude=-0.1)
    return World((SimulatedAccount(ANN, PASSWORD, CODE, (front, *devices)),), **changes)


def an_event(number: int = 0, *, clip: Path | None = None, **changes: Any) -> SimulatedEvent:
    values = {"at": NOW - timedelta(hours=1) + timedelta(seconds=number), "clip": clip, **changes}
    return SimulatedEvent(FIRST_EVENT + number, **values)


async def all_triggers(source: ClipSource, camera: Camera, since: datetime | None = None) -> list[CameraTrigger]:
    pages = source.triggers(camera, since or NOW - timedelta(days=30), NOW + timedelta(days=1))
    return [trigger async for page in pages for trigger in page.triggers]


def play(act: Callable[[], Awaitable[None]]) -> None:
    """Runs one story from its beginning to its end."""

    async def whole() -> None:
        await asyncio.wait_for(act(), timeout=30)

    asyncio.run(whole())
