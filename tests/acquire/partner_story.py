"""A linked account at the simulated partner interface, a clock that needs no time, and tokens in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.partner import PartnerSource
from pipeline.acquire.partner_auth import PartnerAccess, confirm_link, exchange_code
from pipeline.acquire.partner_transport import PartnerTransport
from pipeline.domain.cameras import Account
from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.partner_world import Household, PartnerDevice, PartnerEvent, PartnerWorld
from pipeline.settings import RingPartnerSettings
from tests.acquire.ring_story import NOW, FakeClock, MemoryTokens

BETH = "ava1.ring.account.BETH"
PORCH = "ava1.ring.device.PORCH"
ACCOUNT = Account("partner-b1", "resident-beth", "ring-partner")


def partner_settings(simulator: PartnerSimulator, **changes: Any) -> RingPartnerSettings:
    world = simulator.service.world
    given = {
        "client_id": world.client_id,
        "client_secret": world.client_secret,
        "signing_key": world.signing_key,
        "connect_to": simulator.connect_to,
        "certificate_authority": simulator.certificate_authority,
        "calls_per_minute": 6000.0,
        "calls_burst": 100,
    }
    return RingPartnerSettings(**{**given, **changes})


@dataclass
class PartnerStory:
    """One account at one running simulator."""

    simulator: PartnerSimulator
    clock: FakeClock = field(default_factory=FakeClock)
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> RingPartnerSettings:
        return partner_settings(self.simulator, **self.changes)

    @property
    def limiter(self) -> RateLimiter:
        return RateLimiter(self.settings.calls_per_minute, self.settings.calls_burst, self.clock)

    async def link(self) -> None:
        service = self.simulator.service
        transport = PartnerTransport(self.settings, self.limiter)
        try:
            arrived = await exchange_code(transport, service.tokens.code(BETH))
            self.tokens.save(ACCOUNT.account_id, arrived.token)
            await confirm_link(transport, arrived.token, service.link_query(BETH)["nonce"], "b***")
        finally:
            await transport.close()

    def source(self) -> PartnerSource:
        return PartnerSource(PartnerAccess(ACCOUNT, self.tokens), self.settings, self.limiter)


@asynccontextmanager
async def a_partner_story(
    world: PartnerWorld, *, is_linked: bool = True, **changes: Any
) -> AsyncIterator[PartnerStory]:
    async with PartnerSimulator(world) as simulator:
        story = PartnerStory(simulator, changes=changes)
        if is_linked:
            await story.link()
        yield story


@asynccontextmanager
async def open_partner(story: PartnerStory) -> AsyncIterator[PartnerSource]:
    source = story.source()
    try:
        yield source
    finally:
        await source.close()


def a_partner_world(*events: PartnerEvent, **changes: Any) -> PartnerWorld:
    porch = PartnerDevice(PORCH, "Porch", events)
    return PartnerWorld((Household(BETH, "beth@invented.example", (porch,)),), **changes)


def a_partner_event(number: int = 0, *, clip: Path | None = None, **changes: Any) -> PartnerEvent:
    values = {"at": NOW - timedelta(hours=1) + timedelta(seconds=number), "clip": clip, **changes}
    return PartnerEvent(f"ava1.ring.event.{number:05d}", **values)
