"""Calls to Ring in the name of one account, with tokens that rotate under way."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
from ring_doorbell import Auth, Ring

from pipeline.acquire.paced import RingCallError
from pipeline.acquire.ring_auth import AccountDoor, RingAccess, Token, translated
from pipeline.acquire.ring_transport import API_URL, RingTransport
from pipeline.errors import AccountRefusedError, AccountUnknownError

T = TypeVar("T")

_UNAUTHORISED = 401


class RingSession:
    """One account's calls, one at a time.

    One at a time because a refresh token is good for one use: two calls that both find the access token expired would
    otherwise both refresh, and the second would lose the account.

    Attributes:
        ring: The client library's account.
    """

    def __init__(self, access: RingAccess, transport: RingTransport, user_agent: str) -> None:
        stored = access.tokens.load(access.account.account_id)
        if stored is None:
            raise AccountUnknownError(access.account.account_id)
        self._access = access
        self._account_id = access.account.account_id
        self._transport = transport
        self._user_agent = user_agent
        self._lock = asyncio.Lock()
        self._token: Token = stored
        self._is_saved = True
        self.ring = Ring(self._client())

    async def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to one call; an access token that Ring refuses is renewed once.

        Raises:
            AccountRefusedError: Ring refuses the account, also with the newest token in the store.
            RingCallError: The call failed otherwise.
            PipelineError: A rotated token could not be saved; it is not used until it is.
        """
        async with self._lock:
            self._save_what_is_unsaved()
            try:
                return await self._ask_twice(ask)
            except AccountRefusedError:
                if not self._adopted_newer_token():
                    raise
            return await self._ask_twice(ask)

    async def get(self, path: str) -> aiohttp.ClientResponse:
        """The answer to a GET of the API, body unread and redirect unfollowed; the caller releases it.

        Raises:
            AccountRefusedError, RingCallError, PipelineError: As for ``call``.
        """
        return await self.call(lambda: self._get(path))

    async def _get(self, path: str) -> aiohttp.ClientResponse:
        if self._token.get("expires_at", 0) < time.time():  # the clock by which the client library judges
            await self.ring.auth.async_refresh_tokens()
        headers = {
            "Authorization": f"Bearer {self._token['access_token']}",
            "hardware_id": self._access.hardware_id,
        }
        response = await self._transport.open(f"{API_URL}{path}", headers)
        if response.status == _UNAUTHORISED:
            response.release()
            await self.ring.auth.async_refresh_tokens()
            raise RingCallError("it refuses the access token", status=_UNAUTHORISED)
        return response

    async def _ask_twice(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The client library renews a token that Ring answers with 401, and fails that call all the same."""
        for _ in range(2):
            try:
                return await translated(self._account_id, ask())
            except RingCallError as error:
                if error.status != _UNAUTHORISED:
                    raise
        raise AccountRefusedError(self._account_id, "it refuses a token that it has just given")

    def _client(self) -> Auth:
        door = AccountDoor(self._account_id, self._transport)
        return door.client(self._user_agent, self._access.hardware_id, self._token, self._keep)

    def _keep(self, token: Token) -> None:
        """Called by the client library with each new token, before it uses it."""
        self._token = dict(token)
        self._is_saved = False
        self._save_what_is_unsaved()

    def _save_what_is_unsaved(self) -> None:
        if not self._is_saved:
            self._access.tokens.save(self._account_id, self._token)
            self._is_saved = True

    def _adopted_newer_token(self) -> bool:
        """Whether another process has rotated the token meanwhile; its token is ours from here on."""
        stored = self._access.tokens.load(self._account_id)
        if stored is None or stored.get("refresh_token") == self._token.get("refresh_token"):
            return False
        self._token = stored
        self.ring.auth = self._client()
        return True
