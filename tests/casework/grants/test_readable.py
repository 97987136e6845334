"""What a resident sees of their own camera: no other owner's recording, and nothing that only a sealed hold keeps."""

import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.casework.grants.ending import Ending, what_revoking_does
from pipeline.casework.grants.readable import readable_clips
from pipeline.casework.grants.stills import has_still, still
from pipeline.casework.requests.answering import clips_to_choose, request_at_home
from pipeline.casework.requests.own_clip import own_clip
from pipeline.casework.residents.accounts import add_resident
from pipeline.casework.residents.cameras import cameras_of
from pipeline.casework.residents.held import held_about
from pipeline.domain.consent import ConsentGrant, DailyHours
from pipeline.domain.retention import HoldScope, Instrument
from pipeline.errors import RecordNotFoundError
from pipeline.retention.changing import change_grant
from pipeline.retention.holding import place_hold
from pipeline.retention.receipt import make_receipt
from pipeline.retention.revocation import revoke_grant
from pipeline.settings import Settings, StoreSettings
from tests.builders import CAMERA, EVENING, RESIDENT
from tests.casework.asking import publish
from tests.catalogue.stories import a_camera, an_account
from tests.retention.story import Clock, Kept, Town, a_town

NEXT = "resident-next"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "doorstep"))) as made:
        made.grant()
        yield made


def sealed(town: Town, kept: Kept) -> None:
    scope = HoldScope(digest=kept.clip.item.digest)
    place_hold(town.services, Instrument.COURT_ORDER, "26-sealed", scope, "jane", sealed=True)


def revoke(town: Town, grant: ConsentGrant) -> None:
    revoke_grant(town.services, grant.grant_id, RESIDENT)


def narrow(town: Town, grant: ConsentGrant) -> None:
    at = (EVENING + timedelta(hours=3)).time()
    change_grant(
        town.services, grant.grant_id, replace(grant, hours=(DailyHours(at, at.replace(minute=59)),)), RESIDENT
    )


@pytest.mark.parametrize("end", [revoke, narrow])
def test_what_only_a_sealed_hold_keeps_looks_as_if_it_had_gone(
    town: Town, end: Callable[[Town, ConsentGrant], None]
) -> None:
    kept = town.keep("kept by a hold")
    public = publish(town.services)
    sealed(town, kept)
    end(town, town.services.catalogue.grants.get("gr-1").grant)

    services = town.services
    assert services.catalogue.clips.get(kept.name) == kept.clip, "the hold keeps it"
    at_home = request_at_home(services, RESIDENT, public.request_id)
    assert clips_to_choose(services, at_home) == ()
    with pytest.raises(RecordNotFoundError):
        own_clip(services, RESIDENT, public.request_id, kept.name)
    assert not has_still(services, RESIDENT, CAMERA)
    with pytest.raises(RecordNotFoundError):
        still(services, RESIDENT, CAMERA)
    assert what_revoking_does(services, "gr-1") == Ending(0, 0, 0, ())
    assert {one.last_recorded_at for one in cameras_of(services, RESIDENT)} == {None}
    account = add_resident(services, "tester", RESIDENT)
    archive = b"".join(held_about(services, account, originals=True))
    with zipfile.ZipFile(BytesIO(archive)) as read:
        assert json.loads(read.read("originals.json")) == []
        assert not [name for name in read.namelist() if kept.clip.item.digest in name]
        everything = b"".join(read.read(name) for name in read.namelist())
    assert b"26-sealed" not in everything
    assert kept.clip.item.digest.encode() not in everything


def test_what_a_sealed_hold_keeps_beyond_its_time_looks_gone_while_the_grant_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    with a_town(Settings(store=StoreSettings(directory=tmp_path / "doorstep")), clock) as town:
        town.grant(expires_at=EVENING + timedelta(days=2000))
        kept = town.keep("kept by a hold")
        assert readable_clips(town.services, RESIDENT, (kept.clip,)) == (kept.clip,)
        sealed(town, kept)
        clock.jump(days=1500)

        assert readable_clips(town.services, RESIDENT, (kept.clip,)) == ()


def test_a_camera_that_was_handed_on_shows_nothing_to_who_had_it_and_nothing_of_theirs_to_who_has_it(
    town: Town,
) -> None:
    services = town.services
    before = town.keep("of the one before")
    public = publish(services)
    services.catalogue.accounts.save(replace(an_account(), account_id="ac-next", resident_id=NEXT), "h2", "p2", b"t")
    services.catalogue.cameras.save([replace(a_camera(), account_id="ac-next", owner_id=NEXT)])
    town.grant(grant_id="gr-next", resident_id=NEXT, covers_from=EVENING - timedelta(days=9))
    after = town.keep("of the one after", minutes=5, grant_id="gr-next")

    with pytest.raises(RecordNotFoundError):
        request_at_home(services, RESIDENT, public.request_id)
    with pytest.raises(RecordNotFoundError):
        still(services, RESIDENT, CAMERA)
    at_home = request_at_home(services, NEXT, public.request_id)
    held = [one.acquisition_id for one in clips_to_choose(services, at_home) if one.is_held]
    assert held == [after.name]
    with pytest.raises(RecordNotFoundError):
        own_clip(services, NEXT, public.request_id, before.name)
    assert services.catalogue.cameras.get(CAMERA).owner_id == NEXT

    revoke_grant(services, "gr-1", RESIDENT)

    assert services.catalogue.clips.of_digest(before.clip.item.digest) == (), "what the next owner signs keeps nothing"
    assert services.catalogue.clips.get(after.name) == after.clip
    assert make_receipt(services, "gr-1").receipt.kept == ()
