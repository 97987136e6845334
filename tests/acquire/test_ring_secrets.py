"""What an account is never exposed to: writes, foreign hosts, and its secrets in a log or an error."""

import logging
import re
import traceback
from pathlib import Path

import aiohttp
import pytest

from pipeline.acquire import ring_transport
from pipeline.acquire.paced import RingCallError
from pipeline.acquire.ring_transport import RingTransport
from pipeline.errors import AccountRefusedError, AccountWriteError, PipelineError
from pipeline.ring_simulator import service
from pipeline.ring_simulator.world import Fault
from tests.acquire.ring_story import (
    ANN,
    CODE,
    HARDWARE,
    PASSWORD,
    a_story,
    a_world,
    all_triggers,
    an_event,
    open_source,
    play,
)

FAULTS = [fault for fault in Fault if fault is not Fault.THROTTLED]


def test_no_secret_reaches_a_log_at_any_level(clip: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets: list[str] = [PASSWORD, CODE, ANN, HARDWARE]

    async def act() -> None:
        events = tuple(an_event(number, clip=clip, fault=fault) for number, fault in enumerate(FAULTS))
        async with a_story(a_world(*events), download_timeout_seconds=0.25) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            story.simulator.tokens.expire_access_tokens()
            for trigger in await all_triggers(source, camera):
                recording = await source.recording(trigger)
                assert "http" not in recording.detail
            story.simulator.tokens.revoke(ANN)
            with pytest.raises(AccountRefusedError) as caught:
                await source.cameras()
            logging.getLogger("pipeline.test").error("told", exc_info=caught.value)
            secrets.extend(str(token[key]) for token in story.tokens.saved for key in ("access_token", "refresh_token"))

    play(act)

    assert "told" in caplog.text
    assert len(secrets) >= 8
    assert [secret for secret in secrets if secret in caplog.text] == []
    assert re.findall(r"https?://\S+|X-Amz|Bearer", caplog.text) == []
    caplog.clear()


def test_a_link_does_not_leak_with_an_error_of_the_network(clip: Path) -> None:
    async def act() -> None:
        async with a_story(a_world(an_event(clip=clip))) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            (trigger,) = await all_triggers(source, camera)
            story.changes["connect_to"] = "127.0.0.1:1"
            async with open_source(story) as cut_off:
                with pytest.raises(PipelineError) as caught:
                    await cut_off.recording(trigger)
            told = "".join(traceback.format_exception(caught.value))
            assert "https://" not in told

    play(act)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/clients_api/doorbots/1001"),
        ("PATCH", "/devices/v1/devices/1001/settings"),
        ("DELETE", "/clients_api/dings/1"),
        ("POST", "/clients_api/snapshots/timestamps"),
        ("POST", "/clients_api/session/other"),
        ("POST", "/clients_api/doorbots/1001/siren_on"),
    ],
)
def test_what_could_change_the_account_never_leaves(method: str, path: str) -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            transport = RingTransport(story.settings, story.limiter)
            before = story.simulator.log.requests
            with pytest.raises(AccountWriteError) as caught:
                await transport.request(method, f"https://api.ring.com{path}?secret=1", json={})
            assert "secret" not in str(caught.value)
            assert story.simulator.log.requests == before
            await transport.close()

    play(act)


def test_while_connect_to_is_set_no_other_host_is_reached() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            transport = RingTransport(story.settings, story.limiter)
            with pytest.raises(aiohttp.ClientConnectorError):
                await transport.open("https://elsewhere.invented.example/x.mp4")
            with pytest.raises(RingCallError, match="not https"):
                await transport.open("http://api.ring.com/x.mp4")
            await transport.close()

    play(act)


def test_the_client_and_the_simulator_mean_the_same_hosts() -> None:
    assert set(ring_transport.REDIRECTED_HOSTS) == set(service.HOSTS)


def test_the_simulator_tells_a_write_from_a_read() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            transport = RingTransport(story.settings, story.limiter)
            session = aiohttp.ClientSession(connector=ring_transport._connector(story.settings))
            async with session, session.put("https://api.ring.com/clients_api/doorbots/1001") as response:
                assert response.status == 405
            (write,) = story.simulator.log.writes
            assert (write.method, write.path) == ("PUT", "/clients_api/doorbots/1001")
            await transport.close()

    play(act)
