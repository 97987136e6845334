"""The one door to Ring's partner interface: paced, unable to write but for what a link needs, silent about secrets."""

from typing import Any
from urllib.parse import urlsplit

import aiohttp

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.paced import PacedSession, RingCallError, connector_to
from pipeline.errors import AccountWriteError
from pipeline.settings import RingPartnerSettings

API_URL = "https://api.amazonvision.com"
TOKEN_URL = "https://oauth.ring.com/oauth/token"  # noqa: S105 - an address
INTEGRATIONS_URL = f"{API_URL}/v1/accounts/me/app-integrations"
DOWNLOAD_HOST = "download-us-east-1.prod.phoenix.devices.amazon.dev"
REDIRECTED_HOSTS = ("oauth.ring.com", "api.amazonvision.com", DOWNLOAD_HOST)
"""The hosts for which ``settings.connect_to`` answers; while it is set, no other host is reached."""

USER_AGENT = "doorstep"
_DOWNLOAD = "/media/video/download"


class PartnerTransport:
    """All calls to the interface go through it; it follows no redirect and keeps no cookies."""

    def __init__(self, settings: RingPartnerSettings, limiter: RateLimiter) -> None:
        self._settings = settings
        self._session = PacedSession(
            limiter,
            settings.throttle_patience_seconds,
            lambda: connector_to(REDIRECTED_HOSTS, settings.connect_to, settings.certificate_authority, "partner"),
        )

    async def ask_for_token(self, form: dict[str, str]) -> aiohttp.ClientResponse:
        """Sends one token request with the app's own secret; its answer is awaited to the end and read.

        Raises:
            RingCallError: There was no answer.
        """
        secret = self._settings.client_secret
        whole = form | {
            "client_id": self._settings.client_id or "",
            "client_secret": secret.get_secret_value() if secret else "",
        }
        return await self._sent("POST", TOKEN_URL, {"data": whole}, self._settings.timeout_seconds, to_its_end=True)

    async def call(
        self, method: str, url: str, bearer: str, body: bytes | None = None, *, is_download: bool = False
    ) -> aiohttp.ClientResponse:
        """Sends one request in the name of an account; the caller reads and releases the answer.

        Raises:
            AccountWriteError: It could change something at Ring beyond the link of this account; it was not sent.
            RingCallError: There was no answer.
        """
        _refuse_writes(method, url)
        options: dict[str, Any] = {"headers": {"Authorization": f"Bearer {bearer}"}}
        if body is not None:
            options["data"] = body
            options["headers"]["Content-Type"] = "application/json"
        return await self._sent(method, url, options, self._patience(is_download=is_download))

    async def open(self, link: str) -> aiohttp.ClientResponse:
        """Opens a signed link, which is not told who asks.

        Raises:
            RingCallError: The link is not https, or there was no answer.
        """
        if urlsplit(link).scheme != "https":
            raise RingCallError("it gave a link that is not https", status=200)
        return await self._sent("GET", link, {"headers": {}}, self._patience(is_download=True))

    async def close(self) -> None:
        """Closes every connection."""
        await self._session.close()

    def _patience(self, *, is_download: bool) -> float:
        return self._settings.download_timeout_seconds if is_download else self._settings.timeout_seconds

    async def _sent(
        self, method: str, url: str, options: dict[str, Any], seconds: float, *, to_its_end: bool = False
    ) -> aiohttp.ClientResponse:
        headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **options.pop("headers", {})}
        whole = {**options, "headers": headers, "timeout": aiohttp.ClientTimeout(total=seconds)}
        try:
            return await self._session.send(method, url, whole, to_its_end=to_its_end)
        except TimeoutError:
            failure = RingCallError("no answer in time", timed_out=True)
        except (aiohttp.ClientError, OSError) as error:
            failure = RingCallError(f"no connection ({type(error).__name__})")
        raise failure  # out here, so that the vendor's error, whose text can hold addresses, does not hang on


def _refuse_writes(method: str, url: str) -> None:
    parts = urlsplit(url)
    is_clip = method == "POST" and url.startswith(f"{API_URL}/v1/devices/") and parts.path.endswith(_DOWNLOAD)
    if method == "GET" or is_clip or (method in ("POST", "PATCH") and url == INTEGRATIONS_URL):
        return
    raise AccountWriteError(method, f"{parts.hostname}{parts.path}")
