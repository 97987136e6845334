"""The night fetches from Ring's partner interface as from any source, and keeps what it asked for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from pipeline.casework.partner.linking import claim, receive_code
from pipeline.domain.cameras import Account, FetchOutcome
from pipeline.domain.coverage import CameraOutcome
from pipeline.domain.evidence import CustodyAction
from pipeline.night.gather import gather_account
from pipeline.night.tonight import open_night
from pipeline.ring_simulator.partner_server import PartnerSimulator
from pipeline.ring_simulator.partner_world import PartnerFault
from pipeline.ring_simulator.server import running
from pipeline.settings import NightSettings, Settings, StoreSettings
from tests.acquire.partner_story import BETH, PORCH, a_partner_event, a_partner_world, partner_settings
from tests.builders import PURPOSE, RECIPIENT
from tests.retention.story import Clock, Town, a_town

CAMERA_ID = f"ring-partner:{PORCH}"


@dataclass
class Beth:
    town: Town
    ring: PartnerSimulator
    account: Account

    def gathered(self) -> int:
        with open_night(self.town.services) as tonight:
            return gather_account(tonight, self.account)

    def outcomes(self) -> dict[str, FetchOutcome | CameraOutcome]:
        with open_night(self.town.services) as tonight:
            rows = self.town.services.catalogue.coverage.of_night(tonight.key)
        return {row.trigger_id: row.outcome for row in rows if row.camera_id == CAMERA_ID}


@pytest.fixture
def beth(tmp_path: Path) -> Iterator[Beth]:
    clip = tmp_path / "visit.mp4"
    clip.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(1000))
    now = Clock().now()
    events = (
        a_partner_event(0, clip=clip, at=now, fault=PartnerFault.PARTIAL),
        a_partner_event(1, at=now + timedelta(minutes=1)),
    )
    with running(PartnerSimulator(a_partner_world(*events))) as ring:
        settings = Settings(
            store=StoreSettings(directory=tmp_path / "doorstep"),
            partner=partner_settings(ring, not_ready_pauses_seconds=(0.0,)),
            night=NightSettings(purpose=PURPOSE, recipient=RECIPIENT),
        )
        with a_town(settings) as town:
            receive_code(town.services, ring.service.tokens.code(BETH))
            link = ring.service.link_query(BETH, town.clock.now())
            account = claim(town.services, "re-beth", link["nonce"], link["time"], shown_to_ring="")
            town.clock.jump(hours=1)
            yield Beth(town, ring, account)


def test_nothing_is_asked_of_a_linked_camera_that_nobody_granted(beth: Beth) -> None:
    before = len(beth.ring.service.asked)

    assert beth.gathered() == 0

    assert len(beth.ring.service.asked) == before
    assert beth.outcomes() == {"": FetchOutcome.NOT_GRANTED}


def test_under_a_grant_it_is_fetched_once_with_what_was_asked_for(beth: Beth) -> None:
    beth.town.grant(grant_id="gr-beth", resident_id="re-beth", camera_ids=(CAMERA_ID,))

    assert beth.gathered() == 1

    (clip,) = beth.town.services.catalogue.clips.list((CAMERA_ID,))
    got = clip.acquisition
    assert got.method == "ring_partner"
    kept = json.loads(got.provenance)
    assert [kept["request"].encode()] == [one.body for one in beth.ring.service.asked if one.status == 206]
    assert (clip.clock.starts_at - clip.trigger.at).total_seconds() == 1
    (record,) = (
        one.entry
        for one in beth.town.services.catalogue.custody.records(subject=clip.item.digest)
        if one.entry.action is CustodyAction.ACQUIRED
    )
    assert record.detail["provenance"] == sha256(got.provenance.encode()).hexdigest()
    assert beth.gathered() == 0
    assert len(beth.town.services.catalogue.clips.list((CAMERA_ID,))) == 1


def test_when_the_owner_removed_the_app_the_ledger_says_so(beth: Beth) -> None:
    beth.town.grant(grant_id="gr-beth", resident_id="re-beth", camera_ids=(CAMERA_ID,))
    beth.ring.service.remove_app(BETH)

    assert beth.gathered() == 0

    assert beth.outcomes() == {"": CameraOutcome.FAILED}
