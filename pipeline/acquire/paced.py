"""Sending calls at one pace: patient with "slow down", and to one address alone where the operator names one."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Collection
from datetime import UTC
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.acquire.limiter import PauseTooLongError, RateLimiter
from pipeline.errors import SettingsError

_logger = logging.getLogger(__name__)

_UNSAID_PAUSE_SECONDS = 200.0  # what ring-client-api waits after a 429 that names no pause


class RingCallError(Exception):
    """One call to Ring failed; becomes an outcome or a PipelineError, and never leaves ``pipeline.acquire``.

    Attributes:
        detail: In words, free of links and tokens.
        status: HTTP status; None when there was no answer.
        timed_out: Whether patience ended.
        throttled: Whether Ring wants a longer pause than we wait.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, timed_out: bool = False, throttled: bool = False
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.timed_out = timed_out
        self.throttled = throttled


class PacedSession:
    """One session of ``aiohttp`` without cookies, each call of which waits for its turn and follows no redirect."""

    def __init__(
        self, limiter: RateLimiter, patience_seconds: float, connector: Callable[[], aiohttp.TCPConnector]
    ) -> None:
        """Opens nothing yet.

        Args:
            limiter: Paces every call.
            patience_seconds: Longest pause of the service that is waited for.
            connector: Made when the first call leaves.
        """
        self._limiter = limiter
        self._patience = patience_seconds
        self._connector = connector
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, url: str, options: dict[str, Any], *, to_its_end: bool = False
    ) -> aiohttp.ClientResponse:
        """Sends one request when its turn has come; again after each pause that the service asks for.

        Args:
            method: Of HTTP.
            url: Whole.
            options: As of ``aiohttp``.
            to_its_end: Whether the answer is awaited even when the caller is cancelled meanwhile, as for a token.

        Raises:
            RingCallError: It asked for a longer pause than we wait.
            aiohttp.ClientError, TimeoutError: As of aiohttp; their text can hold the address.
        """
        give_up_at = self._limiter.clock.monotonic() + self._patience
        session = self._opened()
        while True:
            try:
                await self._limiter.acquire(give_up_at)
            except PauseTooLongError as error:
                raise RingCallError(
                    f"it asks for a pause of {error.seconds:.0f} s", status=429, throttled=True
                ) from error
            if to_its_end:
                response = await _awaited(session, method, url, options)
            else:
                response = await session.request(method, url, allow_redirects=False, **options)
            if response.status != 429:  # noqa: PLR2004 - too many requests
                return response
            pause = self._pause_asked_for(response)
            response.release()
            _logger.info("the source asks for a pause of %.0f s", pause)
            self._limiter.pause(pause)

    async def close(self) -> None:
        """Closes every connection."""
        if self._session is not None:
            await self._session.close()

    def _pause_asked_for(self, response: aiohttp.ClientResponse) -> float:
        said = response.headers.get("Retry-After", "").strip()
        if said.isdecimal():
            return float(said)
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            return _UNSAID_PAUSE_SECONDS
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - self._limiter.clock.utc_now()).total_seconds())

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=self._connector(), cookie_jar=aiohttp.DummyCookieJar())
        return self._session


async def _awaited(
    session: aiohttp.ClientSession, method: str, url: str, options: dict[str, Any]
) -> aiohttp.ClientResponse:
    """Sends a request for a token, and awaits it to its end even when the caller is cancelled meanwhile.

    Ring ends the old refresh token when it answers: whoever stops listening then has lost the account. The cancellation
    is delivered at the caller's next pause, and there is none before the token was handed over.
    """

    async def with_body() -> aiohttp.ClientResponse:
        response = await session.request(method, url, allow_redirects=False, **options)
        await response.read()
        return response

    caller = asyncio.current_task()
    exchange = asyncio.ensure_future(with_body())
    while not exchange.done():
        try:
            await asyncio.wait({exchange})
        except asyncio.CancelledError:
            if caller is not None:
                caller.uncancel()
                exchange.add_done_callback(lambda _: caller.cancel())
    return exchange.result()


def connector_to(
    hosts: Collection[str], connect_to: str | None, authority: Path | None, section: str
) -> aiohttp.TCPConnector:
    """How calls leave: by the system's own resolver, or to the one address that ``connect_to`` names.

    Args:
        hosts: For which ``connect_to`` answers; while it is set, no other host is reached.
        connect_to: ``address:port``; None for the real hosts.
        authority: PEM that vouches for ``connect_to``.
        section: Of the settings, for errors.

    Raises:
        SettingsError: The authority cannot be read, or ``connect_to`` is no address with a port.
    """
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
    except OSError as error:
        raise SettingsError(f"{section}.certificate_authority cannot be read: {error.strerror or error}") from error
    if connect_to is None:
        return aiohttp.TCPConnector(ssl=context)
    resolver = _OnlyHere(frozenset(hosts), *_address(connect_to, section))
    return aiohttp.TCPConnector(resolver=resolver, ssl=context, use_dns_cache=False)


class _OnlyHere(AbstractResolver):
    """Resolves some hosts to one address, and no other host at all."""

    def __init__(self, hosts: frozenset[str], host: str, port: int) -> None:
        self._hosts = hosts
        self._host = host
        self._port = port

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        if host not in self._hosts:
            raise OSError(f"{host} is not reached while connect_to is set")
        kind = socket.AF_INET6 if ip_address(self._host).version == 6 else socket.AF_INET  # noqa: PLR2004
        return [
            ResolveResult(
                hostname=host, host=self._host, port=self._port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
        ]

    async def close(self) -> None:
        return None


def _address(connect_to: str, section: str) -> tuple[str, int]:
    host, _, port = connect_to.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        return str(ip_address(host)), int(port)
    except ValueError as error:
        raise SettingsError(f"{section}.connect_to must be address:port, got {connect_to!r}") from error
