"""Cameras and history as Ring tells them, read strictly."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.acquire.ring_history import camera_ids, read_camera, read_page, read_trigger
from pipeline.domain.cameras import Account, Camera, TriggerKind
from pipeline.domain.video import ClockSource
from pipeline.errors import CameraUnknownError, SourceUnreachableError, TriggerFormatError
from pipeline.ring_simulator.world import SimulatedDevice
from tests.acquire.ring_story import FIRST_EVENT, NOW, a_story, a_world, all_triggers, an_event, open_source, play

ANNS = Account("ring-a1", "resident-ann", "ring")


def an_entry(**changes: Any) -> dict[str, Any]:
    return {"id": FIRST_EVENT, "kind": "motion", "created_at": "2026-11-25T03:12:44.250Z", **changes}


def test_the_whole_history_comes_by_pages_newest_first_and_each_entry_once() -> None:
    async def act() -> None:
        events = tuple(an_event(number) for number in range(250))
        async with a_story(a_world(*events)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            found = await all_triggers(source, camera)
            assert [int(trigger.trigger_id) for trigger in found] == [FIRST_EVENT + n for n in reversed(range(250))]
            asked = [request for request in story.simulator.log.requests if request.path.endswith("/history")]
            assert len(asked) == 4

    play(act)


def test_history_stops_at_the_first_page_that_is_older_than_wanted() -> None:
    async def act() -> None:
        events = tuple(an_event(number, at=NOW - timedelta(hours=250 - number)) for number in range(250))
        async with a_story(a_world(*events)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            found = await all_triggers(source, camera, since=NOW - timedelta(hours=10))
            assert len(found) == 10
            asked = [request for request in story.simulator.log.requests if request.path.endswith("/history")]
            assert len(asked) == 1

    play(act)


def test_the_span_takes_its_start_and_leaves_its_end() -> None:
    async def act() -> None:
        events = tuple(an_event(number, at=NOW + timedelta(hours=number)) for number in range(3))
        async with a_story(a_world(*events)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            pages = [page async for page in source.triggers(camera, NOW, NOW + timedelta(hours=2))]
            assert [trigger.at for page in pages for trigger in page.triggers] == [NOW + timedelta(hours=1), NOW]

    play(act)


def test_an_unreadable_moment_is_told_and_loses_nothing_else() -> None:
    async def act() -> None:
        events = (an_event(0), an_event(1, created_at="yesterday"), an_event(2))
        async with a_story(a_world(*events)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            pages = [page async for page in source.triggers(camera, NOW - timedelta(days=1), NOW)]
            assert [int(t.trigger_id) - FIRST_EVENT for page in pages for t in page.triggers] == [2, 0]
            (problem,) = [problem for page in pages for problem in page.unreadable]
            assert problem.value == "yesterday"
            assert str(FIRST_EVENT + 1) in problem.field

    play(act)


def test_a_fault_of_the_history_is_unreachable_and_a_stranger_is_unknown() -> None:
    async def act() -> None:
        stranger = Camera("ring:9", "ring-a1", "?", None, has_plan=True, time_zone="UTC")
        async with a_story(a_world(throttle_every=3, pause_seconds=9000)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            with pytest.raises(CameraUnknownError):
                await all_triggers(source, stranger)
            with pytest.raises(SourceUnreachableError, match="9000 s"):
                await all_triggers(source, camera)

    play(act)


def test_a_camera_that_is_only_shared_has_no_owner_here() -> None:
    async def act() -> None:
        shared = SimulatedDevice(1003, "Neighbour's porch", "authorized_doorbots")
        async with a_story(a_world(devices=(shared,))) as story, open_source(story) as source:
            owners = {camera.name: camera.owner_id for camera in await source.cameras()}
            assert owners == {"Front door": "resident-ann", "Neighbour's porch": None}

    play(act)


def test_of_a_camera_nothing_is_kept_that_says_who_lives_there() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            assert camera.position == (51.5012, -0.1)
            assert "Invented Street" not in repr(camera)
            assert "@" not in repr(camera)

    play(act)


def test_two_devices_of_one_number_keep_apart() -> None:
    found = camera_ids({"stickup_cams": [7, 8], "doorbots": [7], "chimes": [9]})

    assert found == {
        "ring:7": ("doorbots", 7),
        "ring:7:stickup_cams": ("stickup_cams", 7),
        "ring:8": ("stickup_cams", 8),
    }


@pytest.mark.parametrize(
    ("family", "owned", "owner"),
    [
        ("doorbots", True, "resident-ann"),
        ("stickup_cams", None, "resident-ann"),
        ("doorbots", False, None),
        ("authorized_doorbots", True, None),
    ],
)
def test_only_a_camera_of_the_account_itself_has_an_owner(family: str, owned: bool | None, owner: str | None) -> None:
    assert read_camera("ring:1", family, {"owned": owned}, ANNS).owner_id == owner


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", None, 7])
def test_a_time_zone_that_is_not_known_becomes_utc(zone: object) -> None:
    assert read_camera("ring:1", "doorbots", {"time_zone": zone}, ANNS).time_zone == "UTC"


@pytest.mark.parametrize("place", [(None, None), ("51", "0"), (200.0, 0.0), (float("nan"), 0.0)])
def test_a_position_that_is_none_is_left_out(place: tuple[Any, Any]) -> None:
    record = {"latitude": place[0], "longitude": place[1]}

    assert read_camera("ring:1", "doorbots", record, ANNS).position is None


def test_an_entry_is_read_to_the_last_digit() -> None:
    seen = {
        "person_detected": True,
        "detection_type": "human",
        "detection_types": ["motion", {"detection_type": "human"}],
    }

    trigger = read_trigger(an_entry(kind="ding", cv_properties=seen, duration=19.0), "ring:1")

    assert trigger.trigger_id == "7620878129758806300"
    assert trigger.kind is TriggerKind.DING
    assert trigger.at == datetime(2026, 11, 25, 3, 12, 44, 250_000, tzinfo=UTC)
    assert trigger.clock is ClockSource.VENDOR
    assert trigger.vendor_labels == ("human", "motion", "person_detected")
    assert trigger.seconds == 19.0


def test_the_old_short_shape_of_an_entry_is_read_too() -> None:
    old = {"answered": False, "created_at": "2017-03-05T15:03:40Z", "events": [], "id": 987654321, "kind": "on_demand"}

    trigger = read_trigger(old, "ring:1")

    assert trigger.kind is TriggerKind.ON_DEMAND
    assert trigger.had_plan
    assert not trigger.end_to_end_encrypted


def test_a_kind_that_we_have_no_word_for_keeps_rings_word() -> None:
    trigger = read_trigger(an_entry(kind="OFFLINE_MOTION"), "ring:1")

    assert trigger.kind is TriggerKind.OTHER
    assert trigger.vendor_labels == ("offline_motion",)


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(id=7.6e18),
        an_entry(id=True),
        an_entry(id="12a"),
        an_entry(id=-5),
        an_entry(id=10**19),
        an_entry(id=None),
        an_entry(kind=None),
        an_entry(created_at="2026-11-25T03:12:44"),
        an_entry(created_at="2026-02-31T03:12:44Z"),
        an_entry(created_at="2026-11-25T03:12:44+00:00"),
        an_entry(created_at=1_795_000_000),
        {},
        None,
        "text",
        ["list"],
    ],
)
def test_a_doubtful_entry_is_an_error_and_never_a_guess(entry: Mapping[str, Any]) -> None:
    page = read_page([entry, an_entry()], "ring:1")

    assert len(page.unreadable) == 1
    assert isinstance(page.unreadable[0], TriggerFormatError)
    assert len(page.triggers) == 1
