"""Accounts, cameras, grants, triggers and coverage."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.catalogue import Catalogue
from pipeline.consent.grants import require_signature, revoke, sign_grant
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.domain.events import Zone
from pipeline.domain.evidence import CustodyAction
from pipeline.errors import CatalogueError, RecordNotFoundError
from pipeline.evidence.signing import SigningKey
from tests.builders import CAMERA, EVENING, a_grant
from tests.catalogue.stories import BIG_ID, NIGHT, a_camera, a_clip, a_trigger, an_account, an_entry


def test_an_account_keeps_its_hardware_id_and_its_newest_token(catalogue: Catalogue) -> None:
    catalogue.accounts.save(an_account(), "hardware-1", "pseudonym", b"sealed")
    catalogue.accounts.save_token("ring-ann", b"\x00rotated")
    assert catalogue.accounts.token("ring-ann") == b"\x00rotated"
    catalogue.accounts.save(an_account(), "hardware-2", "pseudonym", b"linked again")
    assert catalogue.accounts.hardware_id("ring-ann") == "hardware-1"
    assert catalogue.accounts.token("ring-ann") == b"linked again"
    assert catalogue.accounts.find("pseudonym") == an_account()
    assert catalogue.accounts.list() == (an_account(),)


def test_two_accounts_have_two_users(catalogue: Catalogue) -> None:
    catalogue.accounts.save(an_account(), "hardware-1", "pseudonym", b"")
    with pytest.raises(CatalogueError):
        catalogue.accounts.save(an_account("ring-bob"), "hardware-2", "pseudonym", b"")
    assert catalogue.accounts.list() == (an_account(),)


def test_what_is_not_there_is_said_not_to_be(catalogue: Catalogue) -> None:
    asks = (
        lambda: catalogue.accounts.get("x"),
        lambda: catalogue.accounts.token("x"),
        lambda: catalogue.accounts.hardware_id("x"),
        lambda: catalogue.accounts.save_token("x", b""),
        lambda: catalogue.accounts.find("x"),
        lambda: catalogue.cameras.get("x"),
        lambda: catalogue.grants.get("x"),
        lambda: catalogue.triggers.get("x", "y"),
        lambda: catalogue.clips.get("x"),
        lambda: catalogue.analyses.newest("x"),
        lambda: catalogue.search.get("x"),
        lambda: catalogue.highlights.get("x"),
        lambda: catalogue.highlights.acquisition_of("x"),
        lambda: catalogue.incidents.get("x"),
        lambda: catalogue.nights.get("x"),
    )
    for ask in asks:
        with pytest.raises(RecordNotFoundError):
            ask()


def test_a_shared_camera_is_its_owners(catalogue: Catalogue) -> None:
    for account_id in ("ring-ann", "ring-aaa"):
        catalogue.accounts.save(an_account(account_id), "h", account_id, b"")
    shared = a_camera("ring-aaa", owner_id=None, name="Ann's door")
    catalogue.cameras.save([shared])
    assert catalogue.cameras.get(CAMERA) == shared
    catalogue.cameras.save([a_camera(), shared])
    assert catalogue.cameras.get(CAMERA) == a_camera()
    assert catalogue.cameras.list() == (shared, a_camera())
    assert catalogue.cameras.list("ring-aaa") == (shared,)
    renamed = a_camera(name="Back door")
    catalogue.cameras.save([renamed])
    assert catalogue.cameras.get(CAMERA) == renamed


def test_an_address_that_somebody_wrote_outlives_what_the_source_says(catalogue: Catalogue) -> None:
    for account_id in ("ring-ann", "ring-aaa"):
        catalogue.accounts.save(an_account(account_id), "h", account_id, b"")
    catalogue.cameras.save([a_camera()])
    catalogue.cameras.write_address(CAMERA, "Oak Street", (an_entry(CAMERA, CustodyAction.ADDRESS_WRITTEN),))
    catalogue.cameras.save([a_camera(name="Back door"), a_camera("ring-aaa", owner_id=None)])
    assert {camera.address for camera in catalogue.cameras.list()} == {"Oak Street"}
    assert catalogue.cameras.get(CAMERA).name == "Back door"
    assert [record.entry.action for record in catalogue.custody.records()][-1] is CustodyAction.ADDRESS_WRITTEN
    catalogue.cameras.write_address(CAMERA, "")
    assert {camera.address for camera in catalogue.cameras.list()} == {""}
    with pytest.raises(RecordNotFoundError):
        catalogue.cameras.write_address("ring:9", "Oak Street")


def test_zones_are_drawn_anew(catalogue: Catalogue) -> None:
    door = Zone("door", ((0.1, 0.1), (0.3, 0.1), (1 / 3, 0.9)))
    street = Zone("street", ((0, 0), (1, 0), (1, 0.2)))
    assert catalogue.cameras.zones(CAMERA) == ()
    catalogue.cameras.draw_zones(CAMERA, (door, street))
    assert catalogue.cameras.zones(CAMERA) == (door, street)
    catalogue.cameras.draw_zones(CAMERA, (street,))
    assert catalogue.cameras.zones(CAMERA) == (street,)


def test_every_version_of_a_grant_stays(catalogue: Catalogue, key: SigningKey) -> None:
    first = sign_grant(a_grant(camera_ids=(CAMERA, "ring:2")), key)
    second = revoke(first.grant, EVENING, key)
    other = sign_grant(a_grant(grant_id="gr-2", camera_ids=("ring:2",)), key)
    assert catalogue.grants.add(first, [an_entry("gr-1")])
    assert catalogue.grants.add(second, [an_entry("gr-1")])
    assert catalogue.grants.add(other, [])
    assert catalogue.grants.history("gr-1") == (first, second)
    assert catalogue.grants.get("gr-1") == second
    assert catalogue.grants.latest() == (second, other)
    assert catalogue.grants.latest_of_camera(CAMERA) == (second,)
    assert catalogue.grants.latest_of_camera("ring:2") == (second, other)
    assert catalogue.grants.latest_of_camera("ring:3") == ()
    for signed in catalogue.grants.latest():
        require_signature(signed, key.verifying)


def test_a_camera_that_the_newest_version_leaves_out_is_left_out(catalogue: Catalogue, key: SigningKey) -> None:
    catalogue.grants.add(sign_grant(a_grant(), key), [])
    catalogue.grants.add(sign_grant(a_grant(version=2, camera_ids=("ring:2",)), key), [])
    assert catalogue.grants.latest_of_camera(CAMERA) == ()


def test_a_version_is_written_once_and_in_order(catalogue: Catalogue, key: SigningKey) -> None:
    first = sign_grant(a_grant(), key)
    catalogue.grants.add(first, [an_entry("gr-1")])
    assert not catalogue.grants.add(first, [an_entry("gr-1")])
    assert catalogue.custody.count() == 1
    with pytest.raises(CatalogueError, match="another version 1"):
        catalogue.grants.add(sign_grant(a_grant(audio=True), key), [an_entry("gr-1")])
    with pytest.raises(CatalogueError, match="does not follow"):
        catalogue.grants.add(sign_grant(a_grant(version=3), key), [an_entry("gr-1")])
    assert catalogue.custody.count() == 1


def test_triggers_keep_every_digit_and_are_found_by_time(catalogue: Catalogue) -> None:
    late = a_trigger("9007199254740993", at=EVENING + timedelta(hours=2))
    assert catalogue.triggers.save([late, a_trigger()]) == 2
    assert catalogue.triggers.get(CAMERA, BIG_ID) == a_trigger()
    assert catalogue.triggers.list(CAMERA) == (a_trigger(), late)
    assert catalogue.triggers.list(CAMERA, since=EVENING, until=late.at) == (a_trigger(),)
    assert catalogue.triggers.list(CAMERA, since=late.at) == (late,)
    assert catalogue.triggers.list("ring:2") == ()
    deleted = replace(a_trigger(), deleted=True)
    assert catalogue.triggers.save([deleted]) == 0
    assert catalogue.triggers.get(CAMERA, BIG_ID) == deleted


def _row(
    outcome: FetchOutcome | CameraOutcome, trigger_id: str = "", night: str = NIGHT, **changes: object
) -> CoverageRow:
    return replace(CoverageRow(night, CAMERA, outcome, EVENING, trigger_id), **changes)  # type: ignore[arg-type]


def test_the_ledger_says_for_each_camera_what_was_asked_and_what_came(catalogue: Catalogue) -> None:
    rows = (
        _row(CameraOutcome.LISTED, detail="3 new"),
        _row(FetchOutcome.READY, "1", tries=4),
        _row(FetchOutcome.NO_PLAN, "2"),
        _row(CameraOutcome.UNREADABLE, "entry-3", detail="no created_at"),
    )
    catalogue.coverage.record(rows)
    catalogue.coverage.record(rows)
    assert catalogue.coverage.of_night(NIGHT) == rows
    assert catalogue.coverage.of_night("2026-03-11") == ()


def test_a_later_answer_of_the_same_night_takes_the_place_of_the_earlier(catalogue: Catalogue) -> None:
    catalogue.coverage.record([_row(FetchOutcome.NOT_READY, "1")])
    catalogue.coverage.record([_row(FetchOutcome.READY, "1", tries=2)])
    assert catalogue.coverage.of_night(NIGHT) == (_row(FetchOutcome.READY, "1", tries=2),)


def test_what_is_not_final_is_asked_again_the_next_night(catalogue: Catalogue) -> None:
    triggers = [a_trigger(str(number), at=EVENING + timedelta(minutes=number)) for number in range(len(FetchOutcome))]
    catalogue.triggers.save([*triggers, a_trigger("new"), a_trigger("old", at=EVENING - timedelta(days=40))])
    catalogue.triggers.save([a_trigger("0", camera_id="ring:2")])
    outcomes = dict(zip((trigger.trigger_id for trigger in triggers), FetchOutcome, strict=True))
    catalogue.coverage.record(_row(outcome, trigger_id) for trigger_id, outcome in outcomes.items())
    catalogue.coverage.record([_row(CameraOutcome.LISTED)])

    asked = catalogue.coverage.to_ask(CAMERA, since=EVENING - timedelta(days=30))
    assert {trigger.trigger_id for trigger in asked} == {
        "new",
        *(trigger_id for trigger_id, outcome in outcomes.items() if not outcome.is_final),
    }
    assert [trigger.at for trigger in asked] == sorted(trigger.at for trigger in asked)

    catalogue.coverage.record(_row(FetchOutcome.READY, trigger.trigger_id, "2026-03-11") for trigger in asked)
    assert catalogue.coverage.to_ask(CAMERA, since=EVENING - timedelta(days=30)) == ()
    last = catalogue.coverage.last(CAMERA)
    assert last["new"].outcome is FetchOutcome.READY
    assert last[""].outcome is CameraOutcome.LISTED


def test_a_clip_and_its_coverage_are_written_together(catalogue: Catalogue) -> None:
    clip = a_clip()
    catalogue.clips.add(clip, [], _row(FetchOutcome.READY, clip.trigger.trigger_id))
    assert catalogue.coverage.to_ask(CAMERA, since=EVENING) == ()


def test_what_was_acquired_is_not_asked_for_again_whatever_a_later_answer_said(catalogue: Catalogue) -> None:
    clip = a_clip()
    row = CoverageRow(NIGHT, CAMERA, FetchOutcome.READY, EVENING, clip.trigger.trigger_id)
    catalogue.clips.add(clip, [], row)
    catalogue.coverage.record([replace(row, outcome=FetchOutcome.NOT_READY)])
    assert catalogue.coverage.to_ask(CAMERA, EVENING) == ()


def test_an_unreadable_entry_may_hold_anything(catalogue: Catalogue) -> None:
    catalogue.coverage.record([CoverageRow(NIGHT, CAMERA, CameraOutcome.UNREADABLE, EVENING, "id=\0\udc80")])
    (row,) = catalogue.coverage.of_night(NIGHT)
    assert row.trigger_id == "id=\ufffd?"
