"""A town whose interface to Ring's partners is on, with a household that may link."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.server import running
from pipeline.settings import NightSettings, Settings, StoreSettings
from tests.acquire.partner_story import a_partner_event, a_partner_world, partner_settings
from tests.retention.story import Town, a_town


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[PartnerSimulator]:
    clip = tmp_path / "visit.mp4"
    clip.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(1000))
    with running(PartnerSimulator(a_partner_world(a_partner_event(clip=clip)))) as simulator:
        yield simulator


@pytest.fixture
def town(ring: PartnerSimulator, tmp_path: Path) -> Iterator[Town]:
    settings = Settings(
        store=StoreSettings(directory=tmp_path / "doorstep", checkpoint_directory=tmp_path / "second place"),
        partner=partner_settings(ring),
        night=NightSettings(purpose="package theft", recipient="Oak Street police"),
    )
    with a_town(settings) as made:
        yield made
