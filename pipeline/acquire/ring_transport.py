"""The one door to Ring: paced, patient with "slow down", unable to write, silent about secrets."""

import logging
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.paced import PacedSession, RingCallError, connector_to
from pipeline.errors import AccountWriteError
from pipeline.settings import RingSettings

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
_FAULT_PAUSE_SECONDS = 5.0  # what ring-client-api waits after a fault of the service
_QUIET_LOGGERS = ("ring_doorbell", "oauthlib", "aiohttp.client", "aiohttp.internal")


class RingTransport:
    """Stands where ``ring_doorbell`` expects an ``aiohttp.ClientSession``; all of our calls go through it.

    It follows no redirect (each hop is a call of its own), keeps no cookies, and adds nothing to a request but a time
    limit: ``settings.timeout_seconds`` where the client library has 10 s of its own. A GET of the API that meets a
    fault of the service is sent once more.
    """

    def __init__(self, settings: RingSettings, limiter: RateLimiter) -> None:
        self._settings = settings
        self._limiter = limiter
        self._session = PacedSession(limiter, settings.throttle_patience_seconds, lambda: _connector(settings))
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
        await self._session.close()

    async def _paced(self, method: str, url: str, options: dict[str, Any]) -> aiohttp.ClientResponse:
        return await self._session.send(method, url, options, to_its_end=url == TOKEN_URL)


def _connector(settings: RingSettings) -> aiohttp.TCPConnector:
    return connector_to(REDIRECTED_HOSTS, settings.connect_to, settings.certificate_authority, "ring")


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
