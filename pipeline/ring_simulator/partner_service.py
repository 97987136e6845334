"""The simulated partner interface: which request is about what, and what is answered.

Modelled on Ring's public documents; docs/ring-partner.md names the pages, and what of this is invented.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from pipeline.ring_simulator.partner_tokens import PartnerTokens
from pipeline.ring_simulator.partner_webhooks import Webhooks
from pipeline.ring_simulator.partner_world import Household, PartnerDevice, PartnerEvent, PartnerFault, PartnerWorld
from pipeline.ring_simulator.reply import Manner, Reply

TOKEN_HOST, API_HOST = "oauth.ring.com", "api.amazonvision.com"
DOWNLOAD_HOST = "download-us-east-1.prod.phoenix.devices.amazon.dev"
PARTNER_HOSTS = (TOKEN_HOST, API_HOST, DOWNLOAD_HOST)

_HISTORY = re.compile(r"/v1/history/devices/([^/]+)/events")
_CLIP = re.compile(r"/v1/devices/([^/]+)/media/video/download")
_INTEGRATIONS = "/v1/accounts/me/app-integrations"
_LONGEST_MS = 900_000
_REFUSALS = {
    PartnerFault.NOT_READY: (425, "RECORDING_NOT_READY"),
    PartnerFault.MISSING: (416, "MEDIA_NOT_FOUND"),
    PartnerFault.CORRUPT: (422, "CORRUPT_RECORDING"),
    PartnerFault.FORBIDDEN: (403, "REQUEST_FORBIDDEN"),
    PartnerFault.SERVER_ERROR: (500, "INTERNAL_ERROR"),
    PartnerFault.BUSY: (503, "SERVER_BUSY"),
}


@dataclass(frozen=True, slots=True)
class PartnerAsked:
    """One request; never a token.

    Attributes:
        method: HTTP method.
        host: Asked for.
        path: Without the query.
        status: Answered.
        body: What was sent, for downloads alone; empty elsewhere.
        told_who_asks: Whether it carried a token.
    """

    method: str
    host: str
    path: str
    status: int
    body: bytes = b""
    told_who_asks: bool = False


class PartnerService:
    """Answers for every simulated host, and remembers what the owners of households did.

    Attributes:
        world: What it holds.
        tokens: Who holds which.
        webhooks: Makes them.
        asked: Every request so far.
        linked: By account, the state of the link and the moment of it.
        removed: Devices that their owner took away from the app.
    """

    def __init__(self, world: PartnerWorld) -> None:
        self.world = world
        self.closing = asyncio.Event()
        self.tokens = PartnerTokens(world)
        self.webhooks = Webhooks(world.signing_key)
        self.asked: list[PartnerAsked] = []
        self.linked: dict[str, tuple[str, datetime]] = {}
        self.removed: set[str] = set()
        self._links: dict[str, bytes] = {}
        self._nonces: dict[str, str] = {}
        self._faults: Counter[str] = Counter()
        self._calls = 0

    def application(self) -> web.Application:
        """For ``aiohttp.web``."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    def link_query(self, ring_account: str, at: datetime | None = None) -> dict[str, str]:
        """What Ring sends a browser with: the moment, and the nonce that proves it."""
        time_ms = str(round((at or datetime.now(UTC)).timestamp() * 1000))
        digest = hmac.digest(self.world.signing_key.encode(), f"{time_ms}:{ring_account}".encode(), hashlib.sha256)
        nonce = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        self._nonces[nonce] = ring_account
        return {"nonce": nonce, "time": time_ms}

    def remove_app(self, ring_account: str) -> None:
        """The owner removes the app: its tokens end."""
        self.tokens.revoke(ring_account)
        self.linked.pop(ring_account, None)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host, body = request.host.partition(":")[0], await request.read()
        reply = await self._reply(host, request, body)
        is_clip = _CLIP.fullmatch(request.path) is not None
        told = "Authorization" in request.headers
        self.asked.append(
            PartnerAsked(request.method, host, request.path, reply.status, body if is_clip else b"", told)
        )
        if reply.manner is Manner.WHOLE:
            return web.Response(
                status=reply.status, body=reply.body, content_type=reply.content_type, headers=reply.headers
            )
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_type, response.content_length = reply.content_type, len(reply.body)
        response.force_close()
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        return response

    async def _reply(self, host: str, request: web.Request, body: bytes) -> Reply:
        if host == TOKEN_HOST and request.method == "POST" and request.path == "/oauth/token":
            return self.tokens.answer({key: str(value) for key, value in (await request.post()).items()})
        if host == DOWNLOAD_HOST:
            return self._download(request)
        if host != API_HOST:
            return _refusal(404, "NOT_FOUND")
        self._calls += 1
        if self.world.throttle_every and self._calls % self.world.throttle_every == 0:
            return Reply(429, headers={"Retry-After": str(self.world.pause_seconds)})
        household = self.world.household(self.tokens.account_of(request.headers.get("Authorization", "")))
        if household is None:
            return _refusal(401, "UNAUTHORIZED")
        return self._for(household, request, body)

    def _for(self, household: Household, request: web.Request, body: bytes) -> Reply:
        if request.method == "GET" and request.path == "/v1/users/me":
            user = {"type": "users", "id": household.ring_account, "attributes": {"email": household.email}}
            return Reply.of(200, {"data": user})
        if request.path == _INTEGRATIONS:
            return self._integration(household, request.method, body)
        if household.ring_account not in self.linked:
            return _refusal(403, "REQUEST_FORBIDDEN")
        devices = {one.device_id: one for one in household.devices if one.device_id not in self.removed}
        if request.method == "GET" and request.path == "/v1/devices":
            return Reply.of(200, {"data": [_device_record(device) for device in devices.values()]})
        return self._of_device(household, devices, request, body)

    def _of_device(
        self, household: Household, devices: Mapping[str, PartnerDevice], request: web.Request, body: bytes
    ) -> Reply:
        for pattern, answer in ((_HISTORY, self._history), (_CLIP, self._clip)):
            if match := pattern.fullmatch(request.path):
                device = devices.get(match[1])
                found = _refusal(404, "DEVICE_NOT_FOUND")
                return found if device is None else answer(household, device, request, body)
        return _refusal(404, "NOT_FOUND")

    def _integration(self, household: Household, method: str, body: bytes) -> Reply:
        said = _object(body)
        if method == "POST":
            if self._nonces.pop(str(said.get("nonce")), "") != household.ring_account:
                return _refusal(400, "INVALID_NONCE")
            self.linked[household.ring_account] = "awaiting", datetime.now(UTC)
            return Reply.of(200, {"status": "awaiting"})
        if method == "PATCH" and household.ring_account in self.linked and said.get("status") == "completed":
            self.linked[household.ring_account] = "completed", self.linked[household.ring_account][1]
            return Reply.of(200, {"status": "completed"})
        return _refusal(404, "NOT_FOUND")

    def _history(self, household: Household, device: PartnerDevice, request: web.Request, _: bytes) -> Reply:
        since = self.linked[household.ring_account][1] if self.world.is_gated else None
        events = sorted((one for one in device.events if since is None or one.at >= since), key=_at, reverse=True)
        if key := request.query.get("page[key]"):
            before = datetime.fromisoformat(key)
            events = [one for one in events if one.at < before]
        page, rest = events[: self.world.page_size], events[self.world.page_size :]
        document: dict[str, object] = {"data": [_event_record(event, device) for event in page], "links": {}}
        if rest:
            key = page[-1].at.isoformat().replace("+00:00", "Z")
            document["links"] = {"next": f"{request.path}?page%5Bkey%5D={key}"}
        return Reply.of(200, document)

    def _clip(self, household: Household, device: PartnerDevice, _: web.Request, body: bytes) -> Reply:
        said = _object(body)
        start, length = said.get("timestamp"), said.get("duration")
        if not (isinstance(start, int) and isinstance(length, int) and 0 < length <= _LONGEST_MS):
            return _refusal(400, "INVALID_PAYLOAD")
        if self.world.is_gated and start < _ms(self.linked[household.ring_account][1]):
            return _refusal(403, "TIME_RANGE_NOT_AUTHORIZED")
        event = next((one for one in device.events if _ms(one.at) == start), None)
        if event is None or event.clip is None:
            return _refusal(416, "MEDIA_NOT_FOUND")
        return self._with_fault(event, event.clip.read_bytes(), start)

    def _with_fault(self, event: PartnerEvent, content: bytes, start: int) -> Reply:
        whole = Reply(200, content, "video/mp4", {"X-Media-Timestamp": str(start)})
        self._faults[event.event_id] += 1
        if event.fault_tries and self._faults[event.event_id] > event.fault_tries:
            return whole
        if event.fault in _REFUSALS:
            return _refusal(*_REFUSALS[event.fault])
        if event.fault is PartnerFault.REDIRECT:
            name = secrets.token_hex(16)
            self._links[name] = content
            return Reply(303, headers={"Location": f"https://{DOWNLOAD_HOST}/v1/download?security_token={name}"})
        others = {
            PartnerFault.THROTTLED: Reply(429, headers={"Retry-After": str(self.world.long_pause_seconds)}),
            PartnerFault.PARTIAL: Reply(
                206, content, "video/mp4", {"X-Media-Timestamp": str(start + 1000), "X-Media-Length": "9000"}
            ),
            PartnerFault.TRUNCATED: Reply(200, content, "video/mp4", manner=Manner.HALF),
            PartnerFault.ENCRYPTED: Reply(200, bytes(reversed(content)), "video/mp4"),
            PartnerFault.PAGE: Reply(200, b"<html>maintenance</html>", "text/html"),
        }
        return others.get(event.fault, whole)

    def _download(self, request: web.Request) -> Reply:
        if "Authorization" in request.headers:
            return _refusal(400, "INVALID_REQUEST")
        content = self._links.pop(request.query.get("security_token", ""), None)
        return Reply(200, content, "video/mp4") if content is not None else _refusal(403, "EXPIRED")


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _at(event: PartnerEvent) -> datetime:
    return event.at


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(status: int, code: str) -> Reply:
    error = {"status": str(status), "code": code, "title": code.replace("_", " ").title()}
    return Reply.of(status, {"errors": [error]})


def _device_record(device: PartnerDevice) -> dict[str, object]:
    status = {"data": {"type": "device-status", "id": f"{device.device_id}.status"}}
    return {
        "type": "devices",
        "id": device.device_id,
        "attributes": {"name": device.name},
        "relationships": {"status": status},
    }


def _event_record(event: PartnerEvent, device: PartnerDevice) -> dict[str, object]:
    attributes: dict[str, object] = {
        "event_type": event.kind,
        "is_third_party_reviewed": False,
        "start": _ms(event.at),
    }
    if event.seconds:
        attributes["end"] = _ms(event.at) + round(event.seconds * 1000)
    if event.sub_type:
        attributes["sub_type"] = event.sub_type
    source = {"data": {"type": "devices", "id": device.device_id}}
    return {
        "type": "history-events",
        "id": event.event_id,
        "attributes": attributes,
        "relationships": {"source": source},
    }
