"""The simulated service seen with a plain HTTP client: it insists on what Ring insists on."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pipeline.ring_simulator.request_log import most_within
from pipeline.ring_simulator.server import RingSimulator, running_simulator
from pipeline.ring_simulator.world import Fault, SimulatedAccount, SimulatedDevice, SimulatedEvent, World

USER, PASSWORD = "bob@invented.example", "pw"
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
BASIC = {"Authorization": "Basic cmluZ19vZmZpY2lhbF9hbmRyb2lkOg=="}
Ask = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "visit.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(1000))
    return path


def a_world(*events: SimulatedEvent, **changes: Any) -> World:
    return World((SimulatedAccount(USER, PASSWORD, None, (SimulatedDevice(7, "Door", events=events),)),), **changes)


def visit(world: World, act: Callable[[Ask, dict[str, str], RingSimulator], Awaitable[None]]) -> None:
    """Logs in and acts; ``ask`` answers with status and JSON, bytes or headers."""

    async def whole() -> None:
        async with RingSimulator(world) as simulator:
            context = ssl.create_default_context(cafile=str(simulator.certificate_authority))
            connector = aiohttp.TCPConnector(ssl=context)
            async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

                async def ask(method: str, host: str, path: str, **options: Any) -> tuple[int, Any]:
                    headers = {"Host": host, **options.pop("headers", {})}
                    url = f"https://{simulator.connect_to}{path}"
                    async with session.request(method, url, headers=headers, allow_redirects=False, **options) as got:
                        if got.status == 302:
                            return 302, got.headers["Location"]
                        is_plain = got.content_type == "application/json" and await got.read()
                        return got.status, await got.json() if is_plain else await got.read()

                form = {"grant_type": "password", "username": USER, "password": PASSWORD}
                headers = {**BASIC, "hardware_id": "hw"}
                status, token = await ask("POST", "oauth.ring.com", "/oauth/token", data=form, headers=headers)
                assert status == 200
                bearer = {"Authorization": f"Bearer {token['access_token']}", "hardware_id": "hw"}
                await act(ask, {**bearer, "refresh": token["refresh_token"]}, simulator)

    asyncio.run(asyncio.wait_for(whole(), 30))


def split(link: str) -> tuple[str, str]:
    host, _, path = link.removeprefix("https://").partition("/")
    return host, f"/{path}"


def test_a_token_and_a_hardware_id_are_demanded() -> None:
    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        devices = ("GET", "api.ring.com", "/clients_api/ring_devices")
        assert (await ask(*devices))[0] == 401
        assert (await ask(*devices, headers={"Authorization": me["Authorization"]}))[0] == 400
        status, families = await ask(*devices, headers=me)
        assert status == 200
        assert [device["id"] for device in families["doorbots"]] == [7]

    visit(a_world(), act)


def test_a_refresh_token_is_good_for_one_use_and_needs_no_hardware_id() -> None:
    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": me["refresh"]}
        first, token = await ask("POST", "oauth.ring.com", "/oauth/token", data=form, headers=BASIC)
        second, refusal = await ask("POST", "oauth.ring.com", "/oauth/token", data=form, headers=BASIC)
        assert (first, second) == (200, 401)
        assert token["refresh_token"] != me["refresh"]
        assert refusal["error"] == "invalid_grant"

    visit(a_world(), act)


def test_history_is_paged_by_an_exclusive_id_and_capped() -> None:
    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        async def ids(query: str) -> list[int]:
            status, page = await ask("GET", "api.ring.com", f"/clients_api/doorbots/7/history{query}", headers=me)
            assert status == 200
            return [entry["id"] for entry in page]

        assert await ids("") == list(range(150, 120, -1))
        assert await ids("?limit=500") == list(range(150, 50, -1))
        assert await ids("?limit=2&older_than=51") == [50, 49]
        assert await ids("?older_than=1") == []

    visit(a_world(*(SimulatedEvent(number, AT) for number in range(1, 151))), act)


def test_a_signed_link_wants_its_signature_and_nobody_who_says_who_asks(clip: Path) -> None:
    async def act(ask: Ask, me: dict[str, str], simulator: RingSimulator) -> None:
        share = await ask("GET", "api.ring.com", "/clients_api/dings/5/share/play", headers=me)
        host, path = split(share[1]["url"])
        assert host != "api.ring.com"
        assert (await ask("GET", host, path, headers=me))[0] == 400
        assert (await ask("GET", host, path.partition("?")[0]))[0] == 403
        assert await ask("GET", host, path) == (200, clip.read_bytes())
        status, location = await ask("GET", "api.ring.com", "/clients_api/dings/5/recording", headers=me)
        assert status == 302
        assert await ask("GET", *split(location)) == (200, clip.read_bytes())
        assert simulator.log.recordings_asked == {(USER, 7, 5)}
        assert all("X-Amz" not in request.path for request in simulator.log.requests)

    visit(a_world(SimulatedEvent(5, AT, clip)), act)


def test_a_signed_link_ends(clip: Path) -> None:
    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        share = await ask("GET", "api.ring.com", "/clients_api/dings/5/share/play", headers=me)
        assert (await ask("GET", *split(share[1]["url"])))[0] == 403

    visit(a_world(SimulatedEvent(5, AT, clip), link_seconds=0), act)


def test_every_so_many_calls_one_is_throttled() -> None:
    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        asked = [(await ask("GET", "api.ring.com", "/clients_api/dings/active", headers=me))[0] for _ in range(6)]
        assert asked == [200, 200, 429, 200, 200, 429]

    visit(a_world(throttle_every=3), act)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_a_write_is_refused_and_flagged(method: str) -> None:
    async def act(ask: Ask, me: dict[str, str], simulator: RingSimulator) -> None:
        assert (await ask(method, "api.ring.com", "/clients_api/doorbots/7", headers=me))[0] == 405
        assert [request.method for request in simulator.log.writes] == [method]

    visit(a_world(), act)


def test_half_a_body_ends_the_connection(clip: Path) -> None:
    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        share = await ask("GET", "api.ring.com", "/clients_api/dings/5/share/play", headers=me)
        with pytest.raises(aiohttp.ClientPayloadError):
            await ask("GET", *split(share[1]["url"]))

    visit(a_world(SimulatedEvent(5, AT, clip, fault=Fault.TRUNCATED)), act)


def test_an_event_of_another_account_is_not_found(clip: Path) -> None:
    stranger = SimulatedDevice(8, "Elsewhere", events=(SimulatedEvent(6, AT, clip),))
    world = World((*a_world().accounts, SimulatedAccount("eve@invented.example", "x", None, (stranger,))))

    async def act(ask: Ask, me: dict[str, str], _: RingSimulator) -> None:
        assert (await ask("GET", "api.ring.com", "/clients_api/dings/6/recording", headers=me))[0] == 404
        assert (await ask("GET", "api.ring.com", "/clients_api/doorbots/8/history", headers=me))[0] == 404

    visit(world, act)


def test_a_simulator_in_a_thread_stops_and_takes_its_certificates_along() -> None:
    with running_simulator(a_world()) as simulator:
        authority = simulator.certificate_authority
        assert authority.is_file()
        port = int(simulator.connect_to.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), running_simulator(a_world(), port):
            raise AssertionError("two simulators on one port")
    assert not authority.exists()
    assert simulator.log.requests == ()


def test_the_busiest_span_is_counted() -> None:
    assert most_within(1.0, [0.0, 0.5, 1.0, 1.4, 3.0]) == 3
    assert most_within(1.0, []) == 0
