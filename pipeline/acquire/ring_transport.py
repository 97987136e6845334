"""The one door to Ring: paced, patient with "slow down", unable to write, silent about secrets."""

import asyncio
import logging
import socket
import ssl
from datetime import UTC
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.acquire.limiter import PauseTooLongError, RateLimiter
from pipeline.errors import AccountWriteError, SettingsError
from pipeline.settings import RingSettings

_logger = logging.getLogger(__name__)

API_URL = "https://api.ring.com"
TOKEN_URL = "https://oauth.ring.com/oauth/token"  # noqa: S105 - an address
SESSION_URL = f"{API_URL}/clients_api/session"
DOWNLOAD_HOSTS = (
    "download-us-east-2.prod.phoenix.devices.amazon.dev",
    "share-service-download-bucket.s3.amazonaws.com",
)
REDIRECTED_HOSTS = ("oauth.ring.com", "api.ring.com", "app.ring.com", "prd-api-us.prd.rings.solutions", *DOWNLOAD_HOSTS)
"""The hosts for which ``settings.connect_to`` answers; while it is set, no other host is reached."""

_WRITES_ALLOWED = frozenset({TOKEN_URL, SESSION_URL})
_UNSAID_PAUSE_SECONDS = 200.0  # what ring-client-api waits after a 429 that names no pause
_FAULT_PAUSE_SECONDS = 5.0  # what ring-client-api waits after a fault of the service
_QUIET_LOGGERS = ("ring_doorbell", "oauthlib", "aiohttp.client", "aiohttp.internal")


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


class RingTransport:
    """Stands where ``ring_doorbell`` expects an ``aiohttp.ClientSession``; all of our calls go through it.

    It follows no redirect (each hop is a call of its own), keeps no cookies, and adds nothing to a request but a time
    limit: ``settings.timeout_seconds`` where the client library has 10 s of its own. A GET of the API that meets a
    fault of the service is sent once more.
    """

    def __init__(self, settings: RingSettings, limiter: RateLimiter) -> None:
        self._settings = settings
        self._limiter = limiter
        self._session: aiohttp.ClientSession | None = None
        _quiet_vendor_loggers()

    async def request(self, method: str, url: str, **options: Any) -> aiohttp.ClientResponse:  # noqa: ANN401
        """Sends one request of the client library.

        Raises:
            AccountWriteError: It could change the account; it was not sent.
            RingCallError: Ring asked for a longer pause than ``settings.throttle_patience_seconds``.
            aiohttp.ClientError, TimeoutError: As of aiohttp; their text can hold the address.
        """
        _refuse_writes(method, url)
        options["timeout"] = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        auth: aiohttp.BasicAuth | None = options.pop("auth", None)
        if auth is not None:
            options["headers"] = {**options.get("headers", {}), "Authorization": auth.encode()}
        response = await self._paced(method, url, options)
        if method == "GET" and response.status >= 500:  # noqa: PLR2004 - its own fault
            response.release()
            await self._limiter.clock.sleep(_FAULT_PAUSE_SECONDS)
            response = await self._paced(method, url, options)
        return response

    async def open(self, link: str, headers: dict[str, str] | None = None) -> aiohttp.ClientResponse:
        """Opens what may be a recording, with ``settings.download_timeout_seconds``; the caller reads and releases it.

        Args:
            link: Of the API, or a signed link to another host.
            headers: The account's; None for a signed link, which must not be told who asks.

        Raises:
            RingCallError: The link is not https, or as for ``request``.
            aiohttp.ClientError, TimeoutError: As of aiohttp; their text can hold the link.
        """
        if urlsplit(link).scheme != "https":
            raise RingCallError("it gave a link that is not https", status=200)
        agent = {"User-Agent": self._settings.user_agent, "Accept-Encoding": "identity"}
        options = {
            "headers": agent | (headers or {}),
            "timeout": aiohttp.ClientTimeout(total=self._settings.download_timeout_seconds),
        }
        return await self._paced("GET", link, options)

    async def close(self) -> None:
        """Closes every connection."""
        if self._session is not None:
            await self._session.close()

    async def _paced(self, method: str, url: str, options: dict[str, Any]) -> aiohttp.ClientResponse:
        give_up_at = self._limiter.clock.monotonic() + self._settings.throttle_patience_seconds
        session = self._opened()
        while True:
            try:
                await self._limiter.acquire(give_up_at)
            except PauseTooLongError as error:
                raise RingCallError(
                    f"it asks for a pause of {error.seconds:.0f} s", status=429, throttled=True
                ) from error
            response = await _sent(session, method, url, options)
            if response.status != 429:  # noqa: PLR2004 - too many requests
                return response
            pause = self._pause_asked_for(response)
            response.release()
            _logger.info("the source asks for a pause of %.0f s", pause)
            self._limiter.pause(pause)

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
            self._session = aiohttp.ClientSession(
                connector=_connector(self._settings), cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


async def _sent(
    session: aiohttp.ClientSession, method: str, url: str, options: dict[str, Any]
) -> aiohttp.ClientResponse:
    """Sends one request; a request for a token is awaited to its end even when the caller is cancelled meanwhile.

    Ring ends the old refresh token when it answers: whoever stops listening then has lost the account. The cancellation
    is delivered at the caller's next pause, and there is none before the client library has handed the token over.
    """
    if url != TOKEN_URL:
        return await session.request(method, url, allow_redirects=False, **options)

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


class _OnlyHere(AbstractResolver):
    """Resolves Ring's hosts to one address, and no other host at all."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        if host not in REDIRECTED_HOSTS:
            raise OSError(f"{host} is not reached while connect_to is set")
        kind = socket.AF_INET6 if ip_address(self._host).version == 6 else socket.AF_INET  # noqa: PLR2004
        return [
            ResolveResult(
                hostname=host, host=self._host, port=self._port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
        ]

    async def close(self) -> None:
        return None


def _connector(settings: RingSettings) -> aiohttp.TCPConnector:
    authority = settings.certificate_authority
    try:
        context = ssl.create_default_context(cafile=str(authority) if authority else None)
    except OSError as error:
        raise SettingsError(f"ring.certificate_authority cannot be read: {error.strerror or error}") from error
    if settings.connect_to is None:
        return aiohttp.TCPConnector(ssl=context)
    return aiohttp.TCPConnector(resolver=_OnlyHere(*_address(settings.connect_to)), ssl=context, use_dns_cache=False)


def _address(connect_to: str) -> tuple[str, int]:
    host, _, port = connect_to.rpartition(":")
    host = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        return str(ip_address(host)), int(port)
    except ValueError as error:
        raise SettingsError(f"ring.connect_to must be address:port, got {connect_to!r}") from error


def _refuse_writes(method: str, url: str) -> None:
    if method == "GET" or (method == "POST" and url in _WRITES_ALLOWED):
        return
    parts = urlsplit(url)
    raise AccountWriteError(method, f"{parts.hostname}{parts.path}")


def _quiet_vendor_loggers() -> None:
    """Keeps the client library and what it stands on from logging below WARNING: they log addresses and bodies."""
    for name in _QUIET_LOGGERS:
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)
