"""Fetching: what is asked, what is not, and what the ledger says of it."""

import shutil
from datetime import time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.consent import DailyHours
from pipeline.domain.coverage import CameraOutcome
from pipeline.errors import StorageError
from pipeline.night.gather import gather_account
from pipeline.night.tonight import open_night
from pipeline.ring_simulator.server import running_simulator
from pipeline.ring_simulator.world import Fault, World
from pipeline.settings import NightSettings
from tests.builders import PURPOSE, RECIPIENT
from tests.night.story import (
    ANN,
    BOB,
    FRONT,
    FRONT_CAMERA,
    LAWN_CAMERA,
    PORCH_CAMERA,
    House,
    a_house,
    a_world,
    an_event,
    anns_grant,
    trigger_of,
)


def gathered(house: House, *users: str) -> int:
    with open_night(house.services) as tonight:
        return sum(gather_account(tonight, house.accounts[user]) for user in users or (ANN, BOB))


def test_only_granted_cameras_are_asked_and_nothing_is_written(tmp_path: Path, clips: Path) -> None:
    clip = clips / "visit.mp4"
    with running_simulator(a_world(an_event(0, clip), lawn=(an_event(1, clip),))) as simulator:
        with a_house(tmp_path, simulator) as house:
            house.grant()
            before = len(simulator.log.requests)
            new = gathered(house)

        asked = simulator.log.requests[before:]
        assert new == 1
        assert house.devices_asked() == {FRONT}
        assert {request.account for request in asked} == {ANN}
        assert {request.device_id for request in asked if request.device_id} == {FRONT}
        assert simulator.log.writes == ()
    assert house.outcomes() == {"": CameraOutcome.LISTED, trigger_of(0): FetchOutcome.READY}
    assert house.outcomes(PORCH_CAMERA) == {"": FetchOutcome.NOT_GRANTED}
    assert house.outcomes(LAWN_CAMERA) == {"": FetchOutcome.NOT_GRANTED}


@pytest.mark.parametrize("end", ["revoked", "expired", "another purpose"])
def test_under_a_grant_that_ended_not_even_the_history_is_read(tmp_path: Path, clips: Path, end: str) -> None:
    with (
        running_simulator(a_world(an_event(0, clips / "visit.mp4"))) as simulator,
        a_house(tmp_path, simulator) as house,
    ):
        changes: dict[str, dict[str, Any]] = {
            "expired": {"expires_at": house.clock.now()},
            "another purpose": {"purpose": "curiosity"},
        }
        house.grant(anns_grant(**changes.get(end, {})))
        if end == "revoked":
            house.revoke()
        before = len(simulator.log.requests)
        new = gathered(house)

        assert new == 0
        assert simulator.log.recordings_asked == frozenset()
        assert not [request for request in simulator.log.requests[before:] if "history" in request.path]
        (row,) = house.rows()
        assert row.outcome is FetchOutcome.NOT_GRANTED
        assert {"revoked": "revoked", "expired": "expired", "another purpose": "curiosity"}[end] in row.detail
        if end != "another purpose":
            assert len(simulator.log.requests) == before


class Case(NamedTuple):
    name: str
    outcome: FetchOutcome
    asked_again: bool


OUTCOMES = (
    Case("ready", FetchOutcome.READY, False),
    Case("direct_only", FetchOutcome.READY, False),
    Case("not_ready", FetchOutcome.NOT_READY, True),
    Case("missing", FetchOutcome.NONE_RECORDED, False),
    Case("encrypted", FetchOutcome.ENCRYPTED, False),
    Case("deleted", FetchOutcome.DELETED, False),
    Case("no_plan", FetchOutcome.NO_PLAN, False),
    Case("truncated", FetchOutcome.TRUNCATED, True),
)


def world_of_outcomes(clip: Path) -> World:
    special: dict[str, dict[str, Any]] = {
        "encrypted": {"is_e2ee": True},
        "deleted": {"kind": "DELETED_FOOTAGE"},
        "no_plan": {"had_subscription": False, "clip": None, "fault": Fault.MISSING},
    }
    events = []
    for number, case in enumerate(OUTCOMES):
        plain: dict[str, Any] = {"clip": clip, **({"fault": Fault(case.name)} if case.name in set(Fault) else {})}
        events.append(an_event(number, **{**plain, **special.get(case.name, {})}))
    return a_world(*events, an_event(99, clip, created_at="yesterday at noon"))


def test_every_outcome_is_a_row_and_only_what_may_change_is_asked_again(tmp_path: Path, clips: Path) -> None:
    with running_simulator(world_of_outcomes(clips / "empty.mp4")) as simulator:
        with a_house(tmp_path, simulator) as house:
            house.grant()
            new = gathered(house, ANN)
            found = house.outcomes()
            to_ask = house.services.catalogue.coverage.to_ask(FRONT_CAMERA, house.clock.now() - timedelta(days=7))
            again = gathered(house, ANN)

        assert (new, again) == (2, 0)
        assert {case.name: found[trigger_of(number)] for number, case in enumerate(OUTCOMES)} == {
            case.name: case.outcome for case in OUTCOMES
        }
        assert CameraOutcome.UNREADABLE in found.values()
        assert len(found) == len(OUTCOMES) + 2
        wanted = {trigger_of(number) for number, case in enumerate(OUTCOMES) if case.asked_again}
        assert {trigger.trigger_id for trigger in to_ask} == wanted
        assert simulator.log.writes == ()


def test_a_source_that_asks_for_patience_beyond_ours_is_left_for_the_next_night(tmp_path: Path, clips: Path) -> None:
    events = (an_event(0, clips / "empty.mp4", fault=Fault.THROTTLED, fault_tries=1),)
    with running_simulator(a_world(*events)) as simulator:
        with a_house(tmp_path, simulator) as house:
            house.grant()
            assert gathered(house, ANN) == 0
            assert house.outcomes()[trigger_of(0)] is FetchOutcome.THROTTLED
        with a_house(tmp_path, simulator) as house:
            assert gathered(house, ANN) == 1


def test_a_grant_that_is_revoked_while_recordings_are_fetched_stops_the_rest(tmp_path: Path, clips: Path) -> None:
    events = [an_event(number, clips / "empty.mp4") for number in range(8)]
    with running_simulator(a_world(*events)) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()

        class Revoker:
            """Revokes when the first recording is here."""

            def begin(self, stage: str, total: int) -> None: ...

            def step(self, stage: str, what: str) -> None:
                if house.services.catalogue.grants.get("gr-1").grant.revoked_at is None:
                    house.revoke()

        with open_night(house.services) as tonight:
            tonight.progress = Revoker()
            gather_account(tonight, house.accounts[ANN])

        kept = [row for row in house.rows() if row.outcome is FetchOutcome.READY]
        refused = [row for row in house.rows() if row.outcome is FetchOutcome.NOT_GRANTED]
        assert len(kept) + len(refused) == 8
        assert 1 <= len(kept) <= 4, "those that were on their way together with the first, at most"
        assert all("revoked" in row.detail for row in refused)
        assert len(house.services.catalogue.clips.list()) == len(kept)
        assert len(simulator.log.recordings_asked) <= 4


def test_what_arrives_after_its_grant_was_revoked_is_not_kept(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        running_simulator(a_world(an_event(0, clips / "empty.mp4"))) as simulator,
        a_house(tmp_path, simulator) as house,
    ):
        house.grant()
        source = house.services.accounts.source(house.accounts[ANN])
        recording = type(source).recording

        async def revoked_meanwhile(self: object, trigger: object) -> object:
            found = await recording(self, trigger)  # type: ignore[arg-type]
            house.revoke()
            return found

        monkeypatch.setattr(type(source), "recording", revoked_meanwhile)
        assert gathered(house, ANN) == 0

        assert house.outcomes()[trigger_of(0)] is FetchOutcome.NOT_GRANTED
        assert list(house.services.originals.digests()) == []


def test_each_recording_is_asked_for_under_the_hours_of_its_own_moment(tmp_path: Path, clips: Path) -> None:
    events = (an_event(0, clips / "empty.mp4"), an_event(120, clips / "visit.mp4"))
    with running_simulator(a_world(*events)) as simulator, a_house(tmp_path, simulator) as house:
        house.grant(anns_grant(hours=(DailyHours(time(20), time(23)),)))
        new = gathered(house, ANN)

        assert new == 1
        assert house.outcomes()[trigger_of(120)] is FetchOutcome.NOT_GRANTED
        assert len(simulator.log.recordings_asked) == 1


def test_a_grant_that_ended_does_not_widen_what_is_read_of_the_history(tmp_path: Path, clips: Path) -> None:
    long_ago = an_event(0, clips / "empty.mp4", at=an_event(0).at - timedelta(days=9))
    with running_simulator(a_world(long_ago, an_event(1, clips / "visit.mp4"))) as simulator:
        with a_house(tmp_path, simulator) as house:
            early = an_event(0).at - timedelta(days=20)
            house.grant(anns_grant(grant_id="gr-old", granted_at=early, expires_at=early + timedelta(days=15)))
            house.grant()
            gathered(house, ANN)

        assert set(house.outcomes()) == {"", trigger_of(1)}


def test_too_little_room_ends_the_night_before_anything_is_asked_and_the_next_has_all(
    tmp_path: Path, clips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [an_event(number, clips / name) for number, name in enumerate(("empty.mp4", "visit.mp4", "left.mp4"))]
    with running_simulator(a_world(*events)) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        there = shutil.disk_usage(tmp_path)
        with monkeypatch.context() as full:
            full.setattr(shutil, "disk_usage", lambda _: there._replace(free=15 << 20))
            with pytest.raises(StorageError, match="15 MB are free") as caught:
                gathered(house, ANN)
        assert caught.value.retryable
        assert caught.value.remedy
        assert simulator.log.recordings_asked == frozenset()
        assert house.services.catalogue.clips.list() == ()

        assert gathered(house, ANN) == 3


def test_after_the_deadline_the_rest_is_left_for_the_next_night(tmp_path: Path, clips: Path) -> None:
    events = [an_event(number, clips / "empty.mp4") for number in range(3)]
    over = NightSettings(purpose=PURPOSE, recipient=RECIPIENT, deadline_minutes=1e-9)
    with running_simulator(a_world(*events)) as simulator:
        with a_house(tmp_path, simulator, night=over) as house:
            house.grant()
            assert gathered(house, ANN) == 0
            assert simulator.log.recordings_asked == frozenset()
            assert len(house.services.catalogue.coverage.to_ask(FRONT_CAMERA, events[0].at)) == 3
        with a_house(tmp_path, simulator) as house:
            assert gathered(house, ANN) == 3


def test_an_account_that_is_refused_is_told_and_the_other_goes_on(tmp_path: Path, clips: Path) -> None:
    world = a_world(an_event(0, clips / "empty.mp4"), lawn=(an_event(1, clips / "visit.mp4"),))
    with running_simulator(world) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        house.grant(anns_grant(grant_id="gr-2", resident_id="bob", camera_ids=(LAWN_CAMERA,)))
        simulator.tokens.revoke(ANN)
        new = gathered(house)

        assert new == 1
        assert house.outcomes()[""] is CameraOutcome.FAILED
        assert house.outcomes(LAWN_CAMERA)[trigger_of(1)] is FetchOutcome.READY


def test_a_camera_that_is_shared_and_granted_by_its_owner_is_told_of_once(tmp_path: Path, clips: Path) -> None:
    world = a_world(an_event(0, clips / "empty.mp4"))
    ann, bob = world.accounts
    owned = type(ann.devices[1])(ann.devices[1].device_id, "My porch", events=ann.devices[1].events)
    world = World((ann, type(bob)(bob.user_name, bob.password, bob.two_factor_code, (owned,))))
    with running_simulator(world) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        house.grant(anns_grant(grant_id="gr-2", resident_id="bob", camera_ids=(PORCH_CAMERA,)))
        gathered(house, BOB, ANN)

        assert house.outcomes(PORCH_CAMERA)[""] is CameraOutcome.LISTED
        assert {account for account, device, _ in simulator.log.recordings_asked if device != FRONT} == {BOB}


def test_an_account_whose_token_cannot_be_unsealed_is_told_and_the_other_goes_on(tmp_path: Path, clips: Path) -> None:
    world = a_world(an_event(0, clips / "empty.mp4"), lawn=(an_event(1, clips / "visit.mp4"),))
    with running_simulator(world) as simulator, a_house(tmp_path, simulator) as house:
        house.grant()
        house.grant(anns_grant(grant_id="gr-2", resident_id="bob", camera_ids=(LAWN_CAMERA,)))
        house.services.catalogue.accounts.save_token(house.accounts[ANN].account_id, b"another installation's")
        new = gathered(house)

        assert new == 1
        assert house.outcomes()[""] is CameraOutcome.FAILED
        assert house.outcomes(LAWN_CAMERA)[trigger_of(1)] is FetchOutcome.READY
