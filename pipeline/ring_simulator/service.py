"""The simulated hosts: which request is about what, and what is answered."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from pipeline.ring_simulator.recordings import DIRECT_HOST, SHARE_HOST, Recordings, Way
from pipeline.ring_simulator.records import devices_record, event_record, session_record
from pipeline.ring_simulator.reply import Manner, Reply
from pipeline.ring_simulator.request_log import LoggedRequest, RequestLog
from pipeline.ring_simulator.token_desk import TokenDesk
from pipeline.ring_simulator.world import SimulatedAccount, World

TOKEN_HOST, API_HOST = "oauth.ring.com", "api.ring.com"
HOSTS = (TOKEN_HOST, API_HOST, "app.ring.com", "prd-api-us.prd.rings.solutions", SHARE_HOST, DIRECT_HOST)

_SESSION_PATH, _TOKEN_PATH = "/clients_api/session", "/oauth/token"
_MOST_ENTRIES, _USUAL_ENTRIES = 100, 30
_UNKNOWN = Reply.of(404, {"error": "not found"})
_HISTORY = re.compile(r"/clients_api/doorbots/(\d+)/history")
_HEALTH = re.compile(r"/clients_api/(?:doorbots|chimes)/(\d+)/health")
_GROUPS = re.compile(r"/groups/v1/locations/[^/]+/groups")
_RECORDING = re.compile(r"/clients_api/dings/(\d+)/(recording|share/play)")
_LINK = re.compile(r"/(?:v1/download/)?([0-9a-f]{32})\.mp4")


@dataclass(slots=True)
class _About:
    """What a request turns out to be about, for the log."""

    account: str = ""
    device_id: int | None = None
    event_id: int | None = None


class RingService:
    """Answers for every simulated host and keeps the log."""

    def __init__(self, world: World) -> None:
        self.log = RequestLog()
        self.tokens = TokenDesk(world)
        self.closing = asyncio.Event()
        self._world = world
        self._recordings = Recordings(world)
        self._api_calls = 0

    def application(self) -> web.Application:
        """For ``aiohttp.web``."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        return application

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        came, came_monotonic = datetime.now(UTC), time.monotonic()
        about = _About()
        host = request.host.partition(":")[0]
        reply = await self._reply(host, request, about)
        self.log.add(
            LoggedRequest(
                method=request.method,
                host=host,
                path=request.path,
                at=came,
                monotonic=came_monotonic,
                status=reply.status,
                account=about.account,
                device_id=about.device_id,
                event_id=about.event_id,
                is_write=_is_write(host, request),
            )
        )
        return await self._send(request, reply)

    async def _reply(self, host: str, request: web.Request, about: _About) -> Reply:
        if _is_write(host, request):
            return Reply.of(405, {"error": "the simulator changes nothing"})
        if host == TOKEN_HOST:
            form = {key: str(value) for key, value in (await request.post()).items()}
            about.account = form.get("username", "")
            return self.tokens.answer(form, request.headers)
        if host == API_HOST:
            return self._api(request, about)
        if host in (SHARE_HOST, DIRECT_HOST):
            return self._download(request, about)
        return _UNKNOWN

    def _api(self, request: web.Request, about: _About) -> Reply:
        self._api_calls += 1
        if self._world.throttle_every and self._api_calls % self._world.throttle_every == 0:
            return Reply(429, headers={"Retry-After": str(self._world.pause_seconds)})
        user_name = self.tokens.user_of(request.headers.get("Authorization", ""))
        account = None if user_name is None else self._world.account(user_name)
        if account is None:
            return Reply.of(401, {"error": "unauthorised"})
        about.account = account.user_name
        if not request.headers.get("hardware_id"):
            return Reply.of(400, {"error": "hardware_id is missing"})
        return self._for_account(account, request, about)

    def _for_account(self, account: SimulatedAccount, request: web.Request, about: _About) -> Reply:
        plain: dict[str, Callable[[], object]] = {
            _SESSION_PATH: lambda: session_record(account.user_name),
            "/clients_api/ring_devices": lambda: devices_record(account),
            "/clients_api/dings/active": list,
        }
        if request.path in plain:
            return Reply.of(200, plain[request.path]())
        if match := _HISTORY.fullmatch(request.path):
            return _history(account, int(match[1]), request, about)
        if match := _RECORDING.fullmatch(request.path):
            return self._recording(account, int(match[1]), "direct" if match[2] == "recording" else "share", about)
        if _GROUPS.fullmatch(request.path):
            return Reply.of(200, {"device_groups": []})
        return Reply.of(200, {"device_health": {}}) if _HEALTH.fullmatch(request.path) else _UNKNOWN

    def _recording(self, account: SimulatedAccount, event_id: int, way: Way, about: _About) -> Reply:
        about.event_id = event_id
        for device, event in self._world.reached(account.user_name):
            if event.event_id == event_id:
                about.device_id = device.device_id
                return self._recordings.ask(account.user_name, device, event, way)
        return _UNKNOWN

    def _download(self, request: web.Request, about: _About) -> Reply:
        match = _LINK.fullmatch(request.path)
        reply, link = self._recordings.follow(
            match[1] if match else "",
            request.query.get("X-Amz-Signature", ""),
            tells_who_asks="Authorization" in request.headers,
        )
        if link is not None:
            about.account, about.device_id, about.event_id = (
                link.user_name,
                link.device.device_id,
                link.event.event_id,
            )
        return reply

    async def _send(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        if reply.manner is Manner.WHOLE:
            return web.Response(
                status=reply.status, body=reply.body, content_type=reply.content_type, headers=reply.headers
            )
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        response.content_type = reply.content_type
        if reply.manner is Manner.CHUNKED:
            response.enable_chunked_encoding()
            await response.prepare(request)
            await response.write(reply.body)
            return response
        response.content_length = len(reply.body)
        response.force_close()
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        if reply.manner is Manner.STALL:
            await self.closing.wait()
        return response


def _history(account: SimulatedAccount, device_id: int, request: web.Request, about: _About) -> Reply:
    about.device_id = device_id
    devices = [device for device in account.devices if device.device_id == device_id]
    if not devices:
        return _UNKNOWN
    try:
        limit = min(int(request.query.get("limit", _USUAL_ENTRIES)), _MOST_ENTRIES)
        older_than = int(request.query["older_than"]) if "older_than" in request.query else None
    except ValueError:
        return Reply.of(400, {"error": "limit and older_than are numbers"})
    entries = [(event, device) for device in devices for event in device.events]
    entries.sort(key=lambda entry: entry[0].event_id, reverse=True)
    wanted = [entry for entry in entries if older_than is None or entry[0].event_id < older_than]
    return Reply.of(200, [event_record(event, device) for event, device in wanted[: max(0, limit)]])


def _is_write(host: str, request: web.Request) -> bool:
    is_allowed_post = (host, request.path) in ((TOKEN_HOST, _TOKEN_PATH), (API_HOST, _SESSION_PATH))
    return request.method not in ("GET", "HEAD") and not (request.method == "POST" and is_allowed_post)
