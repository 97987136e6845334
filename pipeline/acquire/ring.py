"""Ring as a source of clips, through the client library ``ring_doorbell`` and one paced, read-only transport.

What is known before asking is never asked for (no plan, encrypted, deleted). What is asked for is asked by share link
first and directly second, with growing pauses while Ring prepares it.
"""

import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from ring_doorbell import RingDoorBell
from ring_doorbell.const import URL_RECORDING
from ring_doorbell.ring import RingDevices

from pipeline.acquire.limiter import RateLimiter
from pipeline.acquire.paced import RingCallError
from pipeline.acquire.ring_auth import RingAccess
from pipeline.acquire.ring_download import Attempt, fetch_link, is_redirect, read_answer
from pipeline.acquire.ring_history import camera_ids, read_camera, read_event_id, read_page
from pipeline.acquire.ring_session import RingSession
from pipeline.acquire.ring_transport import RingTransport
from pipeline.acquire.source import TriggerPage
from pipeline.domain.cameras import Camera, CameraTrigger, FetchOutcome, Recording
from pipeline.errors import CameraUnknownError, SourceUnreachableError, TriggerFormatError
from pipeline.settings import RingSettings

_logger = logging.getLogger(__name__)

SHARE_LINK, DIRECT = "ring_share_link", "ring_direct"
_FORBIDDEN, _NOT_FOUND = 403, 404
_MISSING_AFTER = timedelta(hours=24)  # Ring prepares a recording within minutes; a day later it has none
_MOST_MISSING = 2
_MOST_BROKEN = 3
_ORDER_SLACK = timedelta(hours=1)  # history is ordered by event id, which is nearly the order of time


class RingSource:
    """One linked account. Several recordings may be asked for at once; calls of the API follow each other."""

    def __init__(self, access: RingAccess, settings: RingSettings, limiter: RateLimiter) -> None:
        self._access = access
        self._settings = settings
        self._clock = limiter.clock
        self._transport = RingTransport(settings, limiter)
        self._opened: RingSession | None = None
        self._devices: dict[str, RingDoorBell] | None = None

    async def cameras(self) -> tuple[Camera, ...]:
        """See ``ClipSource``; a camera that is only shared with this account has no owner here."""
        session = self._session()
        try:
            await session.call(session.ring.async_update_devices)
        except RingCallError as error:
            raise SourceUnreachableError("Ring", error.detail) from error
        records: dict[str, dict[int, dict[str, Any]]] = session.ring.devices_data
        ids = camera_ids(records)
        video_devices = RingDevices(session.ring, records).video_devices  # the library's own list is never renewed
        by_place = {(device.family, device.id): device for device in video_devices}
        self._devices = {camera_id: by_place[place] for camera_id, place in ids.items() if place in by_place}
        return tuple(
            read_camera(camera_id, family, records[family][number], self._access.account)
            for camera_id, (family, number) in ids.items()
        )

    async def triggers(self, camera: Camera, since: datetime, until: datetime) -> AsyncIterator[TriggerPage]:
        """See ``ClipSource``."""
        device = await self._device(camera.camera_id)
        older_than: int | None = None
        while True:
            entries = await self._history(device, older_than)
            page = read_page(entries, camera.camera_id)
            inside = tuple(trigger for trigger in page.triggers if since <= trigger.at < until)
            yield TriggerPage(inside, page.unreadable)
            older_than = _next_start(entries, older_than)
            if older_than is None or (page.triggers and page.triggers[-1].at < since - _ORDER_SLACK):
                return

    async def recording(self, trigger: CameraTrigger) -> Recording:
        """See ``ClipSource``; pauses between tries are those of ``settings.not_ready_pauses_seconds``."""
        device = await self._device(trigger.camera_id)
        known = _known_before_asking(trigger, device)
        if known is not None:
            return known
        tries = missing = broken = 0
        attempt = Attempt(FetchOutcome.NOT_READY, detail="no try was allowed")
        for pause in self._settings.not_ready_pauses_seconds:
            await self._clock.sleep(pause)
            tries += 1
            attempt = await self._try(device, trigger.trigger_id)
            missing = missing + 1 if attempt.is_missing else 0
            broken += attempt.outcome in (FetchOutcome.TRUNCATED, FetchOutcome.TIMED_OUT)
            if missing >= _MOST_MISSING and self._clock.utc_now() - trigger.at > _MISSING_AFTER:
                return Recording(FetchOutcome.NONE_RECORDED, tries=tries, detail="a day later it has no recording")
            if not attempt.is_worth_another or broken >= _MOST_BROKEN:
                break
        _logger.info("trigger %s: %s after %d tries", trigger.trigger_id, attempt.outcome, tries)
        return Recording(attempt.outcome, attempt.content, attempt.method, tries, attempt.detail)

    async def close(self) -> None:
        """See ``ClipSource``."""
        await self._transport.close()

    def _session(self) -> RingSession:
        if self._opened is None:
            self._opened = RingSession(self._access, self._transport, self._settings.user_agent)
        return self._opened

    async def _device(self, camera_id: str) -> RingDoorBell:
        if self._devices is None:
            await self.cameras()
        device = (self._devices or {}).get(camera_id)
        if device is None:
            raise CameraUnknownError(camera_id)
        return device

    async def _history(self, device: RingDoorBell, older_than: int | None) -> Sequence[object]:
        """One page as Ring sent it.

        The library's own conversion of times is off: it puts the present moment where it cannot read one.
        """
        try:
            entries = await self._session().call(
                lambda: device.async_history(
                    limit=self._settings.page_size, older_than=older_than, convert_timezone=False
                )
            )
        except RingCallError as error:
            raise SourceUnreachableError("Ring", error.detail) from error
        if not isinstance(entries, list):
            raise SourceUnreachableError("Ring", "a history that is no list")
        return entries

    async def _try(self, device: RingDoorBell, event_id: str) -> Attempt:
        try:
            link = await self._share_link(device, event_id)
            if link is not None:
                return await fetch_link(self._transport, link, SHARE_LINK, self._largest_bytes)
            return await self._try_directly(event_id)
        except RingCallError as error:
            return _failed(error)

    async def _share_link(self, device: RingDoorBell, event_id: str) -> str | None:
        """A fresh signed link, good for minutes; None when Ring gives none, which says nothing about the other way."""
        try:
            link = await self._session().call(lambda: device.async_recording_url(int(event_id)))
        except RingCallError as error:
            if error.status in (_NOT_FOUND, 200):
                return None
            raise
        return link if isinstance(link, str) and link else None

    async def _try_directly(self, event_id: str) -> Attempt:
        response = await self._session().get(URL_RECORDING.format(event_id))
        async with response:
            location = response.headers.get("Location") if is_redirect(response) else None
            if location is None:
                return await self._read_directly(response)
        return await fetch_link(self._transport, location, DIRECT, self._largest_bytes)

    async def _read_directly(self, response: aiohttp.ClientResponse) -> Attempt:
        if response.status == _NOT_FOUND:
            return Attempt(FetchOutcome.NOT_READY, detail="no recording is known yet", is_missing=True)
        if response.status >= 400:  # noqa: PLR2004 - client and server errors
            raise RingCallError(f"it answered {response.status}", status=response.status)
        try:
            return await read_answer(response, DIRECT, self._largest_bytes)
        except TimeoutError:
            return Attempt(FetchOutcome.TIMED_OUT, detail="the recording did not arrive in time")
        except aiohttp.ClientError as error:
            return Attempt(FetchOutcome.TIMED_OUT, detail=f"the connection broke ({type(error).__name__})")

    @property
    def _largest_bytes(self) -> int:
        return self._settings.largest_recording_megabytes << 20


def _known_before_asking(trigger: CameraTrigger, device: RingDoorBell) -> Recording | None:
    if trigger.deleted:
        return Recording(FetchOutcome.DELETED, tries=0, detail="the history says that it was deleted")
    if trigger.end_to_end_encrypted:
        return Recording(FetchOutcome.ENCRYPTED, tries=0, detail="the history says that it is end-to-end encrypted")
    if not trigger.had_plan:
        return Recording(FetchOutcome.NO_PLAN, tries=0, detail="there was no plan when the camera was triggered")
    if not device.has_subscription:
        return Recording(FetchOutcome.NO_PLAN, tries=0, detail="the camera has no plan that keeps recordings")
    return None


def _failed(error: RingCallError) -> Attempt:
    """A call of the API that failed, as the outcome of this try.

    Raises:
        SourceUnreachableError: There was no answer of any kind.
    """
    if error.throttled:
        return Attempt(FetchOutcome.THROTTLED, detail=error.detail, is_worth_another=False)
    if error.timed_out:
        return Attempt(FetchOutcome.TIMED_OUT, detail=error.detail)
    if error.status is None:
        raise SourceUnreachableError("Ring", error.detail) from error
    if error.status == _FORBIDDEN:
        return Attempt(FetchOutcome.REFUSED, detail="it refuses this recording", is_worth_another=False)
    return Attempt(FetchOutcome.NOT_READY, detail=error.detail)


def _next_start(entries: Sequence[object], before: int | None) -> int | None:
    """The id from which the next page goes on, the last that can be read; None after the last page.

    Only an empty page is the last: how many entries Ring gives at most is known from users' reports alone.

    Raises:
        SourceUnreachableError: No id can be read, or the history does not move on; asking again would never end.
    """
    if not entries:
        return None
    for entry in reversed(entries):
        try:
            found = int(read_event_id(entry))
        except TriggerFormatError:
            continue
        if found != before:
            return found
        break
    raise SourceUnreachableError("Ring", "its history does not go on from the last entry")
