"""Linking an account, and tokens that rotate under way."""

import asyncio
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.paced import RingCallError
from pipeline.acquire.ring_auth import AccountDoor, Login, RingAccess, Token, link_account
from pipeline.acquire.ring_session import RingSession
from pipeline.acquire.ring_transport import TOKEN_URL, RingTransport
from pipeline.domain.cameras import Account, FetchOutcome
from pipeline.errors import (
    AccountRefusedError,
    AccountUnknownError,
    SourceUnreachableError,
    StorageError,
    TwoFactorNeededError,
)
from pipeline.settings import RingSettings
from tests.acquire.ring_story import (
    ANN,
    CODE,
    HARDWARE,
    PASSWORD,
    MemoryTokens,
    a_story,
    a_world,
    all_triggers,
    an_event,
    open_source,
    play,
)


def outdated(token: Token) -> Token:
    return {**token, "expires_at": int(time.time()) - 10}


def test_an_account_is_linked_with_a_code_and_reaches_its_cameras() -> None:
    async def act() -> None:
        async with a_story(a_world(), is_linked=False) as story:
            with pytest.raises(TwoFactorNeededError):
                await story.link(code=None)
            token = await story.link(code=CODE)
            async with open_source(story) as source:
                (camera,) = await source.cameras()
            assert token["refresh_token"]
            assert camera.camera_id == "ring:1001"
            assert {request.path for request in story.simulator.log.requests if request.method == "POST"} == {
                "/oauth/token",
                "/clients_api/session",
            }

    play(act)


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ({"password": "wrong"}, "user name or password"),
        ({"user_name": "nobody@invented.example"}, "user name or password"),
        ({"code": "000000"}, "code is wrong"),
    ],
)
def test_a_wrong_login_is_refused_in_words(login: dict[str, Any], words: str) -> None:
    async def act() -> None:
        async with a_story(a_world(), is_linked=False) as story:
            with pytest.raises(AccountRefusedError, match=words) as caught:
                await story.link(**login)
            assert caught.value.account == "ring-a1"
            assert story.tokens.saved == []

    play(act)


def test_too_many_codes_are_no_wish_for_a_code_and_no_dead_account() -> None:
    async def act() -> None:
        async with a_story(a_world(most_codes=1), is_linked=False, throttle_patience_seconds=0) as story:
            with pytest.raises(AccountRefusedError):
                await story.link(code="000000")
            with pytest.raises(SourceUnreachableError):
                await story.link(code=CODE)

    play(act)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (412, b"{}", TwoFactorNeededError),
        (500, b"internal error", RingCallError),
        (503, b"<html></html>", RingCallError),
        (401, b'{"error":"invalid_grant"}', AccountRefusedError),
        (
            400,
            b'{"error":"access_denied","error_description":"too many requests from dependency service"}',
            RingCallError,
        ),
    ],
)
def test_only_a_412_asks_for_a_code(status: int, body: bytes, expected: type[Exception]) -> None:
    class Answer:
        def __init__(self) -> None:
            self.status = status

        async def __aenter__(self) -> "Answer":
            return self

        async def __aexit__(self, *_: object) -> None:
            return None

        async def text(self, **_: object) -> str:
            return body.decode()

    class Scripted:
        async def request(self, *_: object, **__: object) -> Answer:
            return Answer()

    async def act() -> None:
        door = AccountDoor("ring-a1", Scripted())  # type: ignore[arg-type]
        with pytest.raises(expected):
            await door.request("POST", TOKEN_URL, data={"grant_type": "refresh_token"})

    play(act)


def test_a_login_never_shows_what_was_typed() -> None:
    shown = repr(Login(ANN, PASSWORD, CODE))

    assert ANN not in shown
    assert PASSWORD not in shown
    assert CODE not in shown


def test_an_account_that_is_not_linked_is_told_so() -> None:
    async def act() -> None:
        async with a_story(a_world(), is_linked=False) as story, open_source(story) as source:
            with pytest.raises(AccountUnknownError):
                await source.cameras()
            assert story.simulator.log.requests == ()

    play(act)


def test_a_rotated_token_is_saved_before_it_is_used() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            seen: list[int] = []

            class Watching(MemoryTokens):
                def save(self, account_id: str, token: Token) -> None:
                    seen.append(len(story.simulator.log.requests))
                    super().save(account_id, token)

            story.tokens = Watching([outdated(story.tokens.saved[-1])])
            async with open_source(story) as source:
                await source.cameras()
            paths = [request.path for request in story.simulator.log.requests]
            assert paths[seen[0] - 1] == "/oauth/token"
            assert paths[seen[0]] == "/clients_api/session"

    play(act)


def test_a_process_that_dies_between_rotation_and_use_leaves_a_working_account() -> None:
    class Killed(BaseException):
        pass

    class Dying(MemoryTokens):
        def save(self, account_id: str, token: Token) -> None:
            super().save(account_id, token)
            raise Killed

    async def act() -> None:
        async with a_story(a_world()) as story:
            first = story.tokens.saved[-1]
            story.tokens = Dying([outdated(first)])
            async with open_source(story) as source:
                with pytest.raises(Killed):
                    await source.cameras()
            story.tokens = MemoryTokens(story.tokens.saved)
            async with open_source(story) as source:
                assert len(await source.cameras()) == 1
            assert story.tokens.saved[-1]["refresh_token"] != first["refresh_token"]

    play(act)


def test_a_token_that_cannot_be_saved_is_not_used_until_it_is() -> None:
    class Full(MemoryTokens):
        is_full = True

        def save(self, account_id: str, token: Token) -> None:
            if self.is_full:
                raise StorageError("save a token", "no space left")
            super().save(account_id, token)

    async def act() -> None:
        async with a_story(a_world()) as story:
            story.tokens = tokens = Full([outdated(story.tokens.saved[-1])])
            async with open_source(story) as source:
                before = len(story.simulator.log.requests)
                for _ in range(2):
                    with pytest.raises(StorageError):
                        await source.cameras()
                assert [request.path for request in story.simulator.log.requests[before:]] == ["/oauth/token"]
                tokens.is_full = False
                assert len(await source.cameras()) == 1
                assert len(tokens.saved) == 2

    play(act)


def test_a_refused_access_token_is_renewed_once_and_the_call_succeeds(clip: Path) -> None:
    async def act() -> None:
        async with a_story(a_world(an_event(clip=clip))) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            story.simulator.tokens.expire_access_tokens()
            (trigger,) = await all_triggers(source, camera)
            story.simulator.tokens.expire_access_tokens()
            assert (await source.recording(trigger)).outcome is FetchOutcome.READY
            assert len(story.tokens.saved) == 3

    play(act)


def test_an_account_whose_tokens_were_ended_is_refused_as_a_whole(clip: Path) -> None:
    async def act() -> None:
        async with a_story(a_world(an_event(clip=clip))) as story, open_source(story) as source:
            (camera,) = await source.cameras()
            (trigger,) = await all_triggers(source, camera)
            story.simulator.tokens.revoke(ANN)
            with pytest.raises(AccountRefusedError, match="no longer valid"):
                await source.recording(trigger)

    play(act)


def test_a_token_that_another_process_rotated_is_taken_from_the_store() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story, open_source(story) as mine, open_source(story) as theirs:
            await mine.cameras()
            story.simulator.tokens.expire_access_tokens()
            await theirs.cameras()
            story.simulator.tokens.expire_access_tokens()
            assert len(await mine.cameras()) == 1

    play(act)


def test_calls_at_once_rotate_the_token_once() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            story.tokens = MemoryTokens([outdated(story.tokens.saved[-1])])
            async with open_source(story) as source:
                found = await asyncio.gather(*(source.cameras() for _ in range(5)))
            assert {len(cameras) for cameras in found} == {1}
            assert len(story.tokens.saved) == 2

    play(act)


@pytest.mark.parametrize("is_deadline", [False, True])
def test_a_night_that_is_stopped_during_a_rotation_keeps_the_account(is_deadline: bool) -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            story.tokens = MemoryTokens([outdated(story.tokens.saved[-1])])
            seen = len(story.simulator.log.requests)

            async def until_it_is_stopped() -> None:
                async with asyncio.timeout(None) as deadline, open_source(story) as source:
                    asking = asyncio.create_task(until_rotated(deadline))
                    try:
                        await source.cameras()
                    finally:
                        await asking

            async def until_rotated(deadline: asyncio.Timeout) -> None:
                while len(story.simulator.log.requests) == seen:
                    await asyncio.sleep(0)
                if is_deadline:
                    deadline.reschedule(0)
                else:
                    night.cancel()

            night = asyncio.create_task(until_it_is_stopped())
            with pytest.raises(TimeoutError if is_deadline else asyncio.CancelledError):
                await night
            assert len(story.tokens.saved) == 2
            assert [request.path for request in story.simulator.log.requests[seen:]] == ["/oauth/token"]
            async with open_source(story) as source:
                assert len(await source.cameras()) == 1

    play(act)


def test_the_direct_way_renews_an_outdated_token_too() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            story.tokens = MemoryTokens([outdated(story.tokens.saved[-1])])
            transport = RingTransport(story.settings, story.limiter)
            access = RingAccess(Account("ring-a1", "resident-ann", "ring"), HARDWARE, story.tokens)
            session = RingSession(access, transport, "doorstep")
            async with await session.get("/clients_api/dings/1/recording") as response:
                assert response.status == 404
            story.simulator.tokens.expire_access_tokens()
            async with await session.get("/clients_api/dings/1/recording") as response:
                assert response.status == 404
            assert len(story.tokens.saved) == 3
            await transport.close()

    play(act)


def test_a_service_that_is_away_is_unreachable_and_not_a_refusal() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            here = story.settings
        away = RingSettings(connect_to=here.connect_to, timeout_seconds=2)
        with pytest.raises(SourceUnreachableError, match="no connection"):
            await link_account("ring-a1", Login(ANN, PASSWORD), HARDWARE, away, RateLimiter.from_settings(away))

    play(act)


def test_an_unknown_certificate_is_not_trusted() -> None:
    async def act() -> None:
        async with a_story(a_world()) as story:
            blind = RingSettings(connect_to=story.simulator.connect_to)
            transport = RingTransport(blind, story.limiter)
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await transport.request("GET", "https://api.ring.com/clients_api/ring_devices")
            await transport.close()

    play(act)
