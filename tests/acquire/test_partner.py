"""The partner interface as a source of clips, against the simulator over TLS. Never tried against the real service."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.acquire.partner_auth import exchange_code, masked
from pipeline.acquire.partner_signing import is_fresh, is_nonce, is_signed
from pipeline.acquire.partner_transport import API_URL, REDIRECTED_HOSTS, PartnerTransport
from pipeline.domain.cameras import Camera, CameraTrigger, FetchOutcome, Recording, TriggerKind
from pipeline.errors import (
    AccountRefusedError,
    AccountWriteError,
    CameraUnknownError,
    SourceUnreachableError,
)
from pipeline.ring_simulator.partner_service import PARTNER_HOSTS, PartnerAsked, PartnerService
from pipeline.ring_simulator.partner_webhooks import Webhooks
from pipeline.ring_simulator.partner_world import PartnerFault
from tests.acquire.partner_story import (
    BETH,
    PORCH,
    a_partner_event,
    a_partner_story,
    a_partner_world,
    open_partner,
)
from tests.acquire.ring_story import NOW, FakeClock, all_triggers, play


class Asked:
    """One recording asked for, and what the simulator and the clock saw of it."""

    recording: Recording
    trigger: CameraTrigger
    requests: list[PartnerAsked]
    clock: FakeClock


def ask(clip: Path, world: dict[str, Any] | None = None, settings: dict[str, Any] | None = None, **event: Any) -> Asked:
    asked = Asked()

    async def act() -> None:
        one = a_partner_event(**{"clip": clip, **event})
        async with (
            a_partner_story(a_partner_world(one, **(world or {})), **(settings or {})) as story,
            open_partner(story) as source,
        ):
            (camera,) = await source.cameras()
            (asked.trigger,) = await all_triggers(source, camera)
            before = len(story.simulator.service.asked)
            story.clock.naps.clear()
            asked.recording = await source.recording(asked.trigger)
            asked.requests = story.simulator.service.asked[before:]
            asked.clock = story.clock

    play(act)
    return asked


def test_a_recording_comes_byte_for_byte_with_what_was_asked_for(clip: Path) -> None:
    asked = ask(clip, seconds=12.5, sub_type="human")

    assert (asked.recording.outcome, asked.recording.content) == (FetchOutcome.READY, clip.read_bytes())
    assert asked.recording.method == "ring_partner"
    kept = json.loads(asked.recording.provenance)
    assert kept["request"].encode() == asked.requests[0].body
    assert json.loads(kept["request"]) == {"timestamp": 1795590000000, "duration": 12_500}
    assert kept["answer"]["status"] == "200"
    assert asked.recording.starts_at == asked.trigger.at
    assert (asked.trigger.kind, asked.trigger.vendor_labels) == (TriggerKind.MOTION, ("human",))


def test_a_part_of_what_was_asked_for_is_kept_with_when_it_starts(clip: Path) -> None:
    asked = ask(clip, fault=PartnerFault.PARTIAL)

    assert asked.recording.outcome is FetchOutcome.READY
    assert asked.recording.starts_at == asked.trigger.at + timedelta(seconds=1)
    assert "part" in asked.recording.detail
    assert json.loads(asked.recording.provenance)["answer"]["X-Media-Length"] == "9000"


def test_a_signed_link_is_followed_and_not_told_who_asks(clip: Path) -> None:
    asked = ask(clip, fault=PartnerFault.REDIRECT)

    assert asked.recording.content == clip.read_bytes()
    assert [(one.host, one.told_who_asks) for one in asked.requests] == [
        ("api.amazonvision.com", True),
        (PARTNER_HOSTS[2], False),
    ]


@pytest.mark.parametrize(
    ("fault", "outcome", "detail"),
    [
        (PartnerFault.NOT_READY, FetchOutcome.NOT_READY, "prepared"),
        (PartnerFault.MISSING, FetchOutcome.NOT_READY, "no recording of it yet"),
        (PartnerFault.CORRUPT, FetchOutcome.NONE_RECORDED, "damaged"),
        (PartnerFault.FORBIDDEN, FetchOutcome.REFUSED, "not shared"),
        (PartnerFault.SERVER_ERROR, FetchOutcome.NOT_READY, "500"),
        (PartnerFault.BUSY, FetchOutcome.NOT_READY, "503"),
        (PartnerFault.THROTTLED, FetchOutcome.THROTTLED, "3600 s"),
        (PartnerFault.TRUNCATED, FetchOutcome.TRUNCATED, "100006 of 200012"),
        (PartnerFault.ENCRYPTED, FetchOutcome.ENCRYPTED, "no MP4"),
        (PartnerFault.PAGE, FetchOutcome.NOT_READY, "text/html"),
    ],
)
def test_each_fault_that_lasts_is_an_outcome(
    clip: Path, fault: PartnerFault, outcome: FetchOutcome, detail: str
) -> None:
    asked = ask(clip, fault=fault)

    assert asked.recording.outcome is outcome
    assert detail in asked.recording.detail
    assert not asked.recording.content
    assert not asked.recording.provenance


@pytest.mark.parametrize("fault", [PartnerFault.NOT_READY, PartnerFault.BUSY, PartnerFault.TRUNCATED])
def test_each_fault_that_passes_ends_with_the_whole_recording(clip: Path, fault: PartnerFault) -> None:
    assert ask(clip, fault=fault, fault_tries=2).recording.content == clip.read_bytes()


def test_a_day_later_what_is_missing_was_never_recorded(clip: Path) -> None:
    asked = ask(clip, fault=PartnerFault.MISSING, at=NOW - timedelta(hours=25))

    assert asked.recording.outcome is FetchOutcome.NONE_RECORDED


def test_sound_is_asked_for_only_where_the_operator_says_so_and_never_more_than_a_quarter_of_an_hour(
    clip: Path,
) -> None:
    asked = ask(clip, settings={"sound": True}, seconds=2000)

    body = json.loads(asked.requests[0].body)
    assert body["audio_options"] == {"audio_enabled": True}
    assert body["duration"] == 900_000


def test_the_whole_history_comes_by_pages_and_each_entry_once() -> None:
    async def act() -> None:
        events = [a_partner_event(number) for number in range(120)]
        async with a_partner_story(a_partner_world(*events)) as story, open_partner(story) as source:
            (camera,) = await source.cameras()
            found = await all_triggers(source, camera)
            assert [one.trigger_id for one in found] == [event.event_id for event in reversed(events)]
            early = await all_triggers(source, camera, events[100].at)
            assert len(early) == 20
            histories = [one for one in story.simulator.service.asked if "history" in one.path]
            assert len(histories) == 3 + 1

    play(act)


def test_a_token_that_ended_is_renewed_once_for_many_calls_and_saved_before_it_is_used(clip: Path) -> None:
    async def act() -> None:
        async with (
            a_partner_story(a_partner_world(a_partner_event(clip=clip))) as story,
            open_partner(story) as source,
        ):
            story.simulator.service.tokens.expire_access_tokens()
            (camera,) = await source.cameras()
            (trigger,) = await all_triggers(source, camera)
            assert len(story.tokens.saved) == 2
            story.simulator.service.tokens.expire_access_tokens()
            assert (await source.recording(trigger)).outcome is FetchOutcome.READY
            assert len(story.tokens.saved) == 3

    play(act)


def test_when_the_owner_removed_the_app_the_account_is_refused() -> None:
    async def act() -> None:
        async with a_partner_story(a_partner_world(a_partner_event())) as story, open_partner(story) as source:
            story.simulator.service.remove_app(BETH)
            with pytest.raises(AccountRefusedError, match="link it again"):
                await source.cameras()

    play(act)


def test_a_device_that_its_owner_took_away_is_a_camera_that_is_not_known(clip: Path) -> None:
    async def act() -> None:
        async with (
            a_partner_story(a_partner_world(a_partner_event(clip=clip))) as story,
            open_partner(story) as source,
        ):
            (camera,) = await source.cameras()
            (trigger,) = await all_triggers(source, camera)
            story.simulator.service.removed.add(PORCH)
            with pytest.raises(CameraUnknownError):
                await source.recording(trigger)
            with pytest.raises(CameraUnknownError):
                await all_triggers(source, camera)
            assert await source.cameras() == ()

    play(act)


def test_what_lies_before_the_link_is_neither_told_nor_given(clip: Path) -> None:
    async def act() -> None:
        world = a_partner_world(a_partner_event(clip=clip, at=NOW - timedelta(days=400)), is_gated=True)
        async with a_partner_story(world) as story, open_partner(story) as source:
            (camera,) = await source.cameras()
            assert await all_triggers(source, camera, NOW - timedelta(days=500)) == []
            trigger = CameraTrigger("event", camera.camera_id, TriggerKind.MOTION, NOW - timedelta(days=400))
            recording = await source.recording(trigger)
            assert recording.outcome is FetchOutcome.REFUSED
            assert "before the link" in recording.detail

    play(act)


def test_the_pause_that_ring_asks_for_is_kept_by_all_calls() -> None:
    async def act() -> None:
        world = a_partner_world(a_partner_event(), throttle_every=2, pause_seconds=7)
        async with a_partner_story(world, is_linked=False) as story:
            await story.link()
            assert 7.0 in story.clock.naps

    play(act)


def test_a_used_code_and_a_wrong_nonce_link_nothing() -> None:
    async def act() -> None:
        async with a_partner_story(a_partner_world(), is_linked=False) as story:
            service = story.simulator.service
            transport = PartnerTransport(story.settings, story.limiter)
            code = service.tokens.code(BETH)
            arrived = await exchange_code(transport, code)
            assert (arrived.ring_account, arrived.shown) == (BETH, "b***@***.example")
            with pytest.raises(AccountRefusedError):
                await exchange_code(transport, code)
            await transport.close()

    play(act)


def test_nothing_is_written_at_ring_but_the_link_and_no_other_host_is_reached() -> None:
    async def act() -> None:
        async with a_partner_story(a_partner_world()) as story:
            transport = PartnerTransport(story.settings, story.limiter)
            for method, path in (("DELETE", "/v1/devices/x"), ("POST", "/v1/devices/x/media/audio/playback")):
                with pytest.raises(AccountWriteError):
                    await transport.call(method, f"{API_URL}{path}", "token")
            await transport.close()
            assert set(REDIRECTED_HOSTS) == set(PARTNER_HOSTS)

    play(act)


def test_an_interface_that_is_away_is_said_without_an_address() -> None:
    async def act() -> None:
        async with a_partner_story(a_partner_world(), connect_to="127.0.0.1:1", is_linked=False) as story:
            story.tokens.save("x", {"access_token": "a", "refresh_token": "r", "expires_at": 9e9})
            async with open_partner(story) as source:
                with pytest.raises(SourceUnreachableError) as caught:
                    await source.cameras()
                assert "amazonvision" not in str(caught.value)

    play(act)


def test_a_nonce_names_one_account_at_one_moment() -> None:
    query = PartnerService(a_partner_world()).link_query(BETH, NOW)

    assert is_nonce("simulated-key", query["nonce"], query["time"], BETH)
    assert not is_nonce("simulated-key", query["nonce"], query["time"], f"{BETH}2")
    assert not is_nonce("another-key", query["nonce"], query["time"], BETH)
    assert is_fresh(query["time"], NOW + timedelta(seconds=600))
    assert not is_fresh(query["time"], NOW + timedelta(seconds=601))
    assert not is_fresh(query["time"], NOW - timedelta(seconds=1))
    assert not is_fresh("now", NOW)


def test_a_webhook_is_signed_over_its_bytes() -> None:
    webhook = Webhooks("simulated-key").make("motion_detected", BETH, PORCH)
    signature = webhook.headers["X-Signature"]

    assert is_signed("simulated-key", webhook.body, signature)
    assert not is_signed("simulated-key", webhook.body + b" ", signature)
    assert not is_signed("another-key", webhook.body, signature)
    assert not is_signed("simulated-key", webhook.body, signature.removeprefix("sha256="))
    assert not is_signed("simulated-key", webhook.body, "sha256=ÿ")


@pytest.mark.parametrize(("email", "shown"), [("ann@home.example.org", "a***@***.org"), ("nobody", ""), ("@x", "")])
def test_a_mail_address_is_masked(email: str, shown: str) -> None:
    assert masked(email) == shown


def test_a_camera_of_the_interface_belongs_to_who_linked_it() -> None:
    async def act() -> None:
        async with (
            a_partner_story(a_partner_world(), time_zone="America/New_York") as story,
            open_partner(story) as one,
        ):
            (camera,) = await one.cameras()
            assert camera == Camera(
                f"ring-partner:{PORCH}", "partner-b1", "Porch", "resident-beth", True, "America/New_York"
            )

    play(act)
