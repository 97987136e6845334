"""Recordings by share link and directly, signed links that end, and everything that goes wrong on the way."""

import secrets
import time
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from pipeline.ring_simulator.reply import Manner, Reply
from pipeline.ring_simulator.world import Fault, SimulatedDevice, SimulatedEvent, World

SHARE_HOST = "download-us-east-2.prod.phoenix.devices.amazon.dev"
DIRECT_HOST = "share-service-download-bucket.s3.amazonaws.com"

_VIDEO = "video/mp4"
_PAGE = b"<!DOCTYPE html><html><body><h1>Service unavailable</h1></body></html>"
_NOT_FOUND = Reply(404)
_BEFORE_THE_LINK = {
    Fault.MISSING: _NOT_FOUND,
    Fault.FORBIDDEN: Reply.of(403, {"error": "forbidden"}),
    Fault.SERVER_ERROR: Reply(500, b"internal error", "text/plain"),
}
_BEHIND_THE_LINK = {
    Fault.NOT_READY: Reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml"),
    Fault.EXPIRED_LINK: Reply(403, b"<Error><Code>AccessDenied</Code></Error>", "application/xml"),
    Fault.EMPTY: Reply(200, content_type=_VIDEO),
    Fault.PAGE: Reply(200, _PAGE, "text/html"),
}
_MANNERS = {Fault.TRUNCATED: Manner.HALF, Fault.SLOW: Manner.STALL, Fault.UNANNOUNCED: Manner.CHUNKED}
_DIRECT_ONLY = (Fault.DIRECT_ONLY, Fault.DIRECT_BYTES)

Way = Literal["share", "direct"]


@dataclass(frozen=True, slots=True)
class SignedLink:
    """A link that was given out.

    Attributes:
        user_name: To whom.
        device: Whose recording it is.
        event: The same.
        signature: Without which it is refused.
        ends_at: Moment of ``time.monotonic``.
    """

    user_name: str
    device: SimulatedDevice
    event: SimulatedEvent
    signature: str
    ends_at: float


class Recordings:
    """Gives out links and bytes."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._links: dict[str, SignedLink] = {}
        self._shown: Counter[tuple[str, int]] = Counter()

    def ask(self, user_name: str, device: SimulatedDevice, event: SimulatedEvent, way: Way) -> Reply:
        """Answers a request for a recording, made to the API."""
        if not device.show_recordings or not event.had_subscription:
            return _BEFORE_THE_LINK[Fault.FORBIDDEN]
        if event.clip is None or event.is_e2ee:
            return _NOT_FOUND
        if event.fault in _DIRECT_ONLY:
            return self._by_direct_only(user_name, device, event, way)
        if event.fault in (*_BEFORE_THE_LINK, Fault.THROTTLED) and self._strikes(user_name, event):
            throttled = Reply(429, headers={"Retry-After": str(self._world.long_pause_seconds)})
            return _BEFORE_THE_LINK.get(event.fault, throttled)
        return self._link(user_name, device, event, way)

    def follow(self, name: str, signature: str, *, tells_who_asks: bool) -> tuple[Reply, SignedLink | None]:
        """Answers a request for a signed link, made to another host, which must not be told who asks."""
        link = self._links.get(name)
        if tells_who_asks:
            words = b"<Error><Message>Only one auth mechanism allowed</Message></Error>"
            return Reply(400, words, "application/xml"), link
        if link is None:
            return _NOT_FOUND, None
        if not secrets.compare_digest(signature, link.signature) or link.ends_at <= time.monotonic():
            return _BEHIND_THE_LINK[Fault.EXPIRED_LINK], link
        return self._bytes(link.user_name, link.event), link

    def _by_direct_only(self, user_name: str, device: SimulatedDevice, event: SimulatedEvent, way: Way) -> Reply:
        if way == "share":
            return _NOT_FOUND
        if event.fault is Fault.DIRECT_BYTES:
            return self._bytes(user_name, event)
        return self._link(user_name, device, event, way)

    def _link(self, user_name: str, device: SimulatedDevice, event: SimulatedEvent, way: Way) -> Reply:
        name, signature = uuid.uuid4().hex, secrets.token_hex(32)
        ends_at = time.monotonic() + self._world.link_seconds
        self._links[name] = SignedLink(user_name, device, event, signature, ends_at)
        query = f"X-Amz-Expires={self._world.link_seconds}&X-Amz-Signature={signature}"
        if way == "share":
            return Reply.of(200, {"url": f"https://{SHARE_HOST}/v1/download/{name}.mp4?{query}"})
        return Reply(302, headers={"Location": f"https://{DIRECT_HOST}/{name}.mp4?{query}"})

    def _bytes(self, user_name: str, event: SimulatedEvent) -> Reply:
        is_struck = event.fault not in _DIRECT_ONLY and self._strikes(user_name, event)
        if is_struck and event.fault in _BEHIND_THE_LINK:
            return _BEHIND_THE_LINK[event.fault]
        content = event.clip.read_bytes() if event.clip is not None else b""
        manner = _MANNERS.get(event.fault, Manner.WHOLE) if is_struck else Manner.WHOLE
        return Reply(200, content, _VIDEO, manner=manner)

    def _strikes(self, user_name: str, event: SimulatedEvent) -> bool:
        """Whether the event's fault shows this time."""
        if event.fault is Fault.NONE:
            return False
        self._shown[user_name, event.event_id] += 1
        return event.fault_tries == 0 or self._shown[user_name, event.event_id] <= event.fault_tries
