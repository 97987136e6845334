"""Ring's partner interface as a source of clips. Built from its public documents; not tried against the real service.

A recording is a span of time of a device: what is asked for is a start and a length, and what comes may be shorter. So
the request is kept word for word with the original, beside what Ring said of the answer (docs/ring-partner.md).
"""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import aiohttp
import rfc8785

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.paced import RingCallError
from pipeline.acquire.partner_auth import NAME, PartnerAccess, PartnerSession
from pipeline.acquire.partner_clip import METHOD, Clip, failed, read_clip, refused
from pipeline.acquire.partner_records import device_id_of, milliseconds, read_camera, read_page
from pipeline.acquire.partner_transport import API_URL, PartnerTransport
from pipeline.acquire.ring_download import is_redirect
from pipeline.acquire.source import TriggerPage
from pipeline.domain.cameras import Camera, CameraTrigger, FetchOutcome, Recording
from pipeline.errors import AccountRefusedError, CameraUnknownError, SourceUnreachableError
from pipeline.settings import RingPartnerSettings

_logger = logging.getLogger(__name__)

_OK, _FORBIDDEN, _NOT_FOUND = 200, 403, 404
_LONGEST_MS = 900_000
"""Of one request for a recording: fifteen minutes."""
_UNSAID_MS = 60_000
"""Asked for where the history says no end; what is longer than the recording comes back shorter."""
_MISSING_AFTER = timedelta(hours=24)
_MOST_HOPS = 3
_MOST_BROKEN = 3


class PartnerSource:
    """One linked account of the interface. Several recordings may be asked for at once."""

    def __init__(self, access: PartnerAccess, settings: RingPartnerSettings, limiter: RateLimiter) -> None:
        self._access = access
        self._settings = settings
        self._clock = limiter.clock
        self._transport = PartnerTransport(settings, limiter)
        self._opened: PartnerSession | None = None
        self._reached: frozenset[str] | None = None

    async def cameras(self) -> tuple[Camera, ...]:
        """See ``ClipSource``; devices that the resident chose for this app, each theirs by their own word."""
        document = await self._document(f"{API_URL}/v1/devices")
        records = document.get("data")
        if not isinstance(records, list):
            raise SourceUnreachableError(NAME, "a list of devices that is no list")
        read = [read_camera(record, self._access.account, self._settings.time_zone) for record in records]
        found = tuple(camera for camera in read if camera is not None)
        if len(found) < len(read):
            _logger.warning("%d devices have ids that we do not use", len(read) - len(found))
        self._reached = frozenset(camera.camera_id for camera in found)
        return found

    async def triggers(self, camera: Camera, since: datetime, until: datetime) -> AsyncIterator[TriggerPage]:
        """See ``ClipSource``; Ring tells nothing from before the link."""
        await self._require_reached(camera.camera_id)
        start = f"{API_URL}/v1/history/devices/{quote(device_id_of(camera.camera_id), safe='')}/events"
        url: str | None = start
        for _ in range(self._settings.most_pages):
            document = await self._document(url or start, camera.camera_id)
            entries = document.get("data")
            if not isinstance(entries, list):
                raise SourceUnreachableError(NAME, "a history that is no list")
            page = read_page(entries, camera.camera_id)
            inside = tuple(trigger for trigger in page.triggers if since <= trigger.at < until)
            yield TriggerPage(inside, page.unreadable)
            following = _next_page(document, start, url)
            if following is None or _is_before(page, following, since):
                return
            url = following
        raise SourceUnreachableError(NAME, f"a history of more than {self._settings.most_pages} pages")

    async def recording(self, trigger: CameraTrigger) -> Recording:
        """See ``ClipSource``; pauses between tries are those of ``settings.not_ready_pauses_seconds``."""
        await self._require_reached(trigger.camera_id)
        asked = self._order(trigger)
        tries = broken = 0
        clip = Clip(FetchOutcome.NOT_READY, detail="no try was allowed")
        for pause in self._settings.not_ready_pauses_seconds:
            await self._clock.sleep(pause)
            tries += 1
            clip = await self._try(trigger, asked)
            broken += clip.outcome in (FetchOutcome.TRUNCATED, FetchOutcome.TIMED_OUT)
            if not clip.is_worth_another or broken >= _MOST_BROKEN:
                break
        if clip.is_missing and self._clock.utc_now() - trigger.at > _MISSING_AFTER:
            clip = Clip(FetchOutcome.NONE_RECORDED, detail="a day later Ring has no recording of it")
        _logger.info("trigger %s: %s after %d tries", trigger.trigger_id, clip.outcome, tries)
        if clip.outcome is not FetchOutcome.READY:
            return Recording(clip.outcome, tries=tries, detail=clip.detail)
        return Recording(
            clip.outcome,
            clip.content,
            METHOD,
            tries,
            clip.detail,
            provenance=_provenance(asked, clip),
            starts_at=clip.starts_within(trigger.at, timedelta(milliseconds=json.loads(asked)["duration"])),
        )

    async def close(self) -> None:
        """See ``ClipSource``."""
        await self._transport.close()

    def _order(self, trigger: CameraTrigger) -> bytes:
        """The body of the request, in the bytes in which it is sent and kept."""
        length = round(trigger.seconds * 1000) or _UNSAID_MS
        body: dict[str, Any] = {"timestamp": milliseconds(trigger.at), "duration": min(length, _LONGEST_MS)}
        if self._settings.sound:
            body["audio_options"] = {"audio_enabled": True}
        return rfc8785.dumps(body)

    async def _try(self, trigger: CameraTrigger, body: bytes) -> Clip:
        device = quote(device_id_of(trigger.camera_id), safe="")
        try:
            response = await self._session().call(
                "POST", f"{API_URL}/v1/devices/{device}/media/video/download", body, is_download=True
            )
            for _ in range(_MOST_HOPS):
                async with response:
                    location = response.headers.get("Location") if is_redirect(response) else None
                    if location is None:
                        return await self._read(response, trigger)
                response = await self._transport.open(urljoin(f"{API_URL}/", location))
            response.release()
        except RingCallError as error:
            return failed(error)
        return Clip(FetchOutcome.NOT_READY, detail=f"the link leads on and on, more than {_MOST_HOPS} times")

    async def _read(self, response: aiohttp.ClientResponse, trigger: CameraTrigger) -> Clip:
        if response.status == _NOT_FOUND:
            raise CameraUnknownError(trigger.camera_id)
        if response.status >= 400:  # noqa: PLR2004 - client and server errors
            return await refused(response)
        return await read_clip(response, self._settings.largest_recording_megabytes << 20)

    async def _require_reached(self, camera_id: str) -> None:
        if self._reached is None:
            await self.cameras()
        if camera_id not in (self._reached or frozenset()):
            raise CameraUnknownError(camera_id)

    async def _document(self, url: str, camera_id: str = "") -> Mapping[str, Any]:
        """One answer in JSON.

        Raises:
            AccountRefusedError, CameraUnknownError, SourceUnreachableError: As ``ClipSource`` says.
        """
        try:
            async with await self._session().call("GET", url) as response:
                status, body = response.status, await response.read()
            document = json.loads(body) if status == _OK else None
        except RingCallError as error:
            raise SourceUnreachableError(NAME, error.detail) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise SourceUnreachableError(NAME, f"an answer that cannot be read ({type(error).__name__})") from None
        if status in (_FORBIDDEN, _NOT_FOUND) and camera_id:
            raise CameraUnknownError(camera_id)
        if status == _FORBIDDEN:
            raise AccountRefusedError(self._access.account.account_id, "Ring shares its cameras with us no more")
        if not isinstance(document, dict):
            raise SourceUnreachableError(NAME, f"it answered {status}")
        return document

    def _session(self) -> PartnerSession:
        if self._opened is None:
            self._opened = PartnerSession(self._access, self._transport)
        return self._opened


def _provenance(asked: bytes, clip: Clip) -> str:
    return rfc8785.dumps({"request": asked.decode(), "answer": dict(clip.answer)}).decode()


def _next_page(document: Mapping[str, Any], start: str, before: str | None) -> str | None:
    """Where the history goes on: under the same address, and with another key than before; None after the last page.

    Raises:
        SourceUnreachableError: It leads elsewhere, which nobody is told our token for, or does not move on.
    """
    links = document.get("links")
    said = links.get("next") if isinstance(links, Mapping) else None
    if not said:
        return None
    following = urljoin(start, str(said))
    if following.partition("?")[0] != start:
        raise SourceUnreachableError(NAME, "its history leads to another address")
    if following == before:
        raise SourceUnreachableError(NAME, "its history does not go on")
    return following


def _is_before(page: TriggerPage, following: str, since: datetime) -> bool:
    """Whether nothing that is asked for can follow: by the last entry, or on an empty page by the key of the next."""
    if page.triggers:
        return page.triggers[-1].at < since
    for key in parse_qs(urlsplit(following).query).get("page[key]", ()):
        try:
            return datetime.fromisoformat(key) < since
        except (ValueError, TypeError):
            return False  # a key in a form that we do not know: the number of pages is bounded
    return False
