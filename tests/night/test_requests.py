"""A night after a resident answered a request: what was picked is fetched and looked at, and nothing besides."""

import asyncio
from datetime import timedelta
from pathlib import Path

from pipeline.casework.requests.answering import answer_with_clips, clips_to_choose, request_at_home
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.consent import Use
from pipeline.domain.coverage import CameraOutcome
from pipeline.night.gather import gather_account
from pipeline.night.tonight import open_night
from pipeline.ring_simulator.server import running_simulator
from tests.casework.asking import publish
from tests.night.story import (
    ANN,
    FRONT_CAMERA,
    House,
    a_house,
    a_world,
    an_event,
    trigger_of,
)


def refreshed(house: House) -> None:
    """Ann's cameras are known, as they are once she linked her account."""
    asyncio.run(house.services.accounts.refresh_cameras(house.accounts[ANN]))


def test_what_was_picked_is_fetched_and_nothing_besides(tmp_path: Path, clips: Path) -> None:
    clip = clips / "visit.mp4"
    world = a_world(an_event(0, clip), an_event(5, clip), an_event(45, clip))
    with running_simulator(world) as simulator, a_house(tmp_path, simulator) as house:
        refreshed(house)
        public = publish(house.services)
        at_home = request_at_home(house.services, "ann", public.request_id)
        assert clips_to_choose(house.services, at_home) == (), "nothing was read before"

        offered = clips_to_choose(house.services, at_home, asks_source=True)
        assert [one.trigger.trigger_id for one in offered] == [trigger_of(0), trigger_of(5)]
        assert house.services.catalogue.triggers.list(FRONT_CAMERA) == (), "and what is listed is not kept"
        assert house.devices_asked() == set()
        signed = answer_with_clips(house.services, "ann", public.request_id, [offered[1].name], days=30)

        with open_night(house.services) as tonight:
            assert gather_account(tonight, house.accounts[ANN]) == 1
            for moment in (offered[1].span.start, offered[1].span.start + timedelta(seconds=1)):
                assert tonight.taking.require(Use.INDEX, at_home.cameras[0], moment) == signed
    assert house.outcomes() == {"": CameraOutcome.LISTED, trigger_of(5): FetchOutcome.READY}
    assert [one.trigger_id for one in house.services.catalogue.triggers.list(FRONT_CAMERA)] == [trigger_of(5)]
