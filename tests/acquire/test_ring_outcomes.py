"""Every outcome of asking for one recording, with the real client library against the simulator over TLS."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire.ring import DIRECT, SHARE_LINK
from pipeline.domain.cameras import FetchOutcome, Recording
from pipeline.ring_simulator.request_log import LoggedRequest
from pipeline.ring_simulator.world import Fault, SimulatedDevice
from tests.acquire.ring_story import FRONT, NOW, FakeClock, a_story, a_world, all_triggers, an_event, open_source, play


class Asked:
    """One recording asked for, and what the simulator and the clock saw of it."""

    recording: Recording
    requests: tuple[LoggedRequest, ...]
    clock: FakeClock


def ask(clip: Path, event: dict[str, Any], world: dict[str, Any] | None = None, **settings: Any) -> Asked:
    asked = Asked()

    async def act() -> None:
        one = an_event(**{"clip": clip, **event})
        async with a_story(a_world(one, **(world or {})), **settings) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            (trigger,) = await all_triggers(source, camera)
            before = len(story.simulator.log.requests)
            story.clock.naps.clear()
            asked.recording = await source.recording(trigger)
            asked.requests = story.simulator.log.requests[before:]
            asked.clock = story.clock
            assert story.simulator.log.writes == ()

    play(act)
    return asked


def test_a_recording_comes_by_share_link_byte_for_byte(clip: Path) -> None:
    asked = ask(clip, {})

    assert asked.recording == Recording(FetchOutcome.READY, clip.read_bytes(), SHARE_LINK, 1)
    assert asked.requests[0].path.endswith("/share/play")
    assert len(asked.requests) == 2


@pytest.mark.parametrize("fault", [Fault.DIRECT_ONLY, Fault.DIRECT_BYTES])
def test_without_a_share_link_it_comes_directly(clip: Path, fault: Fault) -> None:
    asked = ask(clip, {"fault": fault})

    assert asked.recording == Recording(FetchOutcome.READY, clip.read_bytes(), DIRECT, 1)
    assert all(request.status != 400 for request in asked.requests)


@pytest.mark.parametrize(
    ("fault", "outcome", "detail"),
    [
        (Fault.NOT_READY, FetchOutcome.NOT_READY, "prepared"),
        (Fault.EXPIRED_LINK, FetchOutcome.NOT_READY, "too old"),
        (Fault.MISSING, FetchOutcome.NOT_READY, "known yet"),
        (Fault.PAGE, FetchOutcome.NOT_READY, "text/html"),
        (Fault.SERVER_ERROR, FetchOutcome.NOT_READY, "500"),
        (Fault.TRUNCATED, FetchOutcome.TRUNCATED, "100006 of 200012"),
        (Fault.EMPTY, FetchOutcome.TRUNCATED, "empty"),
        (Fault.SLOW, FetchOutcome.TIMED_OUT, "in time"),
        (Fault.FORBIDDEN, FetchOutcome.REFUSED, "refuses"),
        (Fault.THROTTLED, FetchOutcome.THROTTLED, "3600 s"),
    ],
)
def test_each_fault_that_lasts_is_an_outcome_that_asks_again(
    clip: Path, fault: Fault, outcome: FetchOutcome, detail: str
) -> None:
    asked = ask(clip, {"fault": fault}, download_timeout_seconds=0.25)

    assert asked.recording.outcome is outcome
    assert detail in asked.recording.detail
    assert not asked.recording.content
    assert not asked.recording.outcome.is_final


@pytest.mark.parametrize(
    "fault",
    [Fault.NOT_READY, Fault.EXPIRED_LINK, Fault.PAGE, Fault.TRUNCATED, Fault.EMPTY, Fault.SLOW, Fault.SERVER_ERROR],
)
def test_each_fault_that_passes_ends_with_the_whole_recording(clip: Path, fault: Fault) -> None:
    asked = ask(clip, {"fault": fault, "fault_tries": 2}, download_timeout_seconds=0.25)

    assert asked.recording.content == clip.read_bytes()


def test_pauses_grow_as_the_settings_say_and_each_try_gets_a_new_link(clip: Path) -> None:
    asked = ask(clip, {"fault": Fault.NOT_READY, "fault_tries": 3}, not_ready_pauses_seconds=(0.0, 10.0, 20.0, 40.0))

    assert asked.recording.tries == 4
    assert [nap for nap in asked.clock.naps if nap >= 10] == [10.0, 20.0, 40.0]
    links = [request.path for request in asked.requests if request.path.endswith(".mp4")]
    assert len(set(links)) == 4


def test_after_a_day_without_a_recording_there_is_none(clip: Path) -> None:
    asked = ask(clip, {"clip": None, "at": NOW - timedelta(hours=25)})

    assert asked.recording.outcome is FetchOutcome.NONE_RECORDED
    assert asked.recording.outcome.is_final
    assert asked.recording.tries == 2


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        ({"is_e2ee": True}, FetchOutcome.ENCRYPTED),
        ({"had_subscription": False}, FetchOutcome.NO_PLAN),
        ({"kind": "DELETED_FOOTAGE"}, FetchOutcome.DELETED),
    ],
)
def test_what_the_history_rules_out_is_never_asked_for(
    clip: Path, event: dict[str, Any], outcome: FetchOutcome
) -> None:
    asked = ask(clip, event)

    assert asked.recording.outcome is outcome
    assert asked.recording.tries == 0
    assert asked.requests == ()


def test_a_camera_without_a_plan_is_never_asked(clip: Path) -> None:
    async def act() -> None:
        bare = SimulatedDevice(1002, "Garage", show_recordings=False, events=(an_event(5, clip=clip),))
        async with a_story(a_world(devices=(bare,))) as story, open_source(story) as source:
            camera = next(camera for camera in await source.cameras() if camera.name == "Garage")
            (trigger,) = await all_triggers(source, camera)
            recording = await source.recording(trigger)
            assert not camera.has_plan
            assert recording.outcome is FetchOutcome.NO_PLAN
            assert story.simulator.log.recordings_asked == frozenset()

    play(act)


@pytest.mark.parametrize("fault", [Fault.NONE, Fault.UNANNOUNCED, Fault.SLOW])
def test_a_recording_beyond_the_limit_is_not_kept(clip: Path, fault: Fault) -> None:
    """Also when its length was not announced, and without waiting for bytes that are too many by their number."""
    clip.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(1 << 20))

    asked = ask(clip, {"fault": fault}, largest_recording_megabytes=1)

    assert asked.recording.outcome is FetchOutcome.TRUNCATED
    assert "1 MB" in asked.recording.detail
    assert asked.recording.tries == 1


def test_a_recording_of_unannounced_length_is_whole(clip: Path) -> None:
    assert ask(clip, {"fault": Fault.UNANNOUNCED}).recording.content == clip.read_bytes()


def test_a_file_that_is_no_video_is_kept_as_received(clip: Path) -> None:
    clip.write_bytes(b"\x89\x00\x01garbage" * 40)

    asked = ask(clip, {})

    assert asked.recording.content == clip.read_bytes()


def test_retry_after_is_obeyed_and_the_recording_still_comes(clip: Path) -> None:
    asked = ask(clip, {}, {"throttle_every": 5, "pause_seconds": 37})

    assert asked.recording.outcome is FetchOutcome.READY
    assert [request.status for request in asked.requests] == [429, 200, 200]
    assert sum(asked.clock.naps) == pytest.approx(37.0, abs=0.5)


def test_after_a_pause_beyond_patience_nothing_more_is_asked(clip: Path) -> None:
    async def act() -> None:
        events = (an_event(0, clip=clip, fault=Fault.THROTTLED), an_event(1, clip=clip))
        async with a_story(a_world(*events)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            second, first = await all_triggers(source, camera)
            assert (await source.recording(first)).outcome is FetchOutcome.THROTTLED
            asked = len(story.simulator.log.requests)
            assert (await source.recording(second)).outcome is FetchOutcome.THROTTLED
            assert len(story.simulator.log.requests) == asked
            story.clock.seconds += 3600
            assert (await source.recording(second)).outcome is FetchOutcome.READY

    play(act)


def test_only_the_wanted_recording_is_ever_asked_for(clip: Path) -> None:
    async def act() -> None:
        events = tuple(an_event(number, clip=clip) for number in range(5))
        async with a_story(a_world(*events)) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            newest, *_ = await all_triggers(source, camera)
            await source.recording(newest)
            (asked,) = story.simulator.log.recordings_asked
            assert asked[1:] == (FRONT, int(newest.trigger_id))

    play(act)
