"""The gate before every route: who knocks, what the matrix lets them reach, and whether the request is theirs.

It runs before a body is read or a parameter looked at. What it refuses says no more than that there is nothing here.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from pipeline.casework.agents.sessions import find_session
from pipeline.casework.agents.tokens import find_token
from pipeline.casework.residents.sessions import find_resident_session
from pipeline.catalogue.agent_sessions import SignedIn
from pipeline.catalogue.resident_sessions import ResidentSignedIn
from pipeline.domain.agents import Stage
from pipeline.errors import NotHereError, NotSignedInError, RequestTooLargeError
from pipeline.web import cookies
from pipeline.web.access import MATRIX, Reach, Row, is_home
from pipeline.web.forgery import SAFE_METHODS, require_same_origin, require_token

if TYPE_CHECKING:
    from pipeline.web.desk import Desk

_KILOBYTE = 1024


@dataclass(frozen=True, slots=True)
class Knock:
    """Who knocks.

    Attributes:
        signed_in: The session with its agent; None before sign-in, and always at home.
        secret: What binds the tokens of forms: the session's, or the door's; empty for a program.
        is_program: Whether a bearer token was given.
        reach: How much of this route the agent or the resident reaches.
        resident: The session with its resident; None before sign-in, and always outside of home.
    """

    signed_in: SignedIn | None
    secret: str
    is_program: bool = False
    reach: Reach = Reach.NOTHING
    resident: ResidentSignedIn | None = None

    @property
    def stage(self) -> Stage | None:
        """How far whoever knocks has come in signing in; None when they have not begun."""
        found = self.signed_in or self.resident
        return found.session.stage if found else None


class DeskRoute(APIRoute):
    """A route behind the gate."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, reached only through the gate."""
        handle, name = super().get_route_handler(), self.name

        async def gated(request: Request) -> Response:
            desk: Desk = request.app.state.desk
            row = MATRIX[name]
            request = Request(request.scope, _bounded(request, desk, row))
            try:
                request.state.knock = await _admit(desk, request, row)
                return await handle(request)
            except HTTPException as error:
                if isinstance(error.__cause__, RequestTooLargeError):
                    raise error.__cause__ from error
                raise
            finally:
                await request.close()

        return gated


async def _admit(desk: "Desk", request: Request, row: Row) -> Knock:
    """Who knocks, when they may come in.

    Raises:
        NotSignedInError: Nobody is signed in, or not far enough.
        NotHereError: The matrix says no.
        ForgedRequestError: The request changes something, and does not come from the desk.
    """
    knock = await run_in_threadpool(who, desk, request)
    request.state.knock = knock
    if not row.is_public:
        knock = _with_reach(knock, row)
    if request.method not in SAFE_METHODS and not (knock.is_program or row.is_for_programs):
        require_same_origin(request.headers, desk.origins)
        await require_token(request, knock.secret)
    return knock


def _with_reach(knock: Knock, row: Row) -> Knock:
    if knock.stage is None or knock.stage is not row.stage:
        raise NotHereError if knock.stage is Stage.OPEN else NotSignedInError
    reach = row.reaches[knock.signed_in.account.role] if knock.signed_in else row.home
    if reach is Reach.NOTHING:
        raise NotHereError
    return replace(knock, reach=reach)


def who(desk: "Desk", request: Request) -> Knock:
    """Who knocks, whether they may come in or not.

    Raises:
        InputRefusedError: A program names a matter that no live grant does.
    """
    if is_home(request.url.path):
        return _who_at_home(desk, request)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        if not request.url.path.startswith("/api/"):
            return Knock(None, "")
        found = find_token(desk.services, given.strip(), request.headers)
        return Knock(found, "", is_program=found is not None)
    secret = desk.jar.get(request, cookies.SESSION)
    signed_in = find_session(desk.services, secret) if secret else None
    return Knock(signed_in, secret if signed_in else desk.jar.get(request, cookies.DOOR))


def _who_at_home(desk: "Desk", request: Request) -> Knock:
    """Which resident knocks; no agent's session and no token of a program opens home."""
    secret = desk.jar.get(request, cookies.HOME)
    resident = find_resident_session(desk.services, secret) if secret else None
    return Knock(None, secret if resident else desk.jar.get(request, cookies.HOME_DOOR), resident=resident)


def _bounded(request: Request, desk: "Desk", row: Row) -> Receive:
    """Receives the body up to what the route takes.

    Raises:
        RequestTooLargeError: The request says that it is larger; later, when it turns out to be.
    """
    web = desk.services.settings.web
    limit = web.largest_upload_megabytes * _KILOBYTE**2 if row.large else web.largest_request_kilobytes * _KILOBYTE
    said = request.headers.get("content-length", "0")
    if not said.isdecimal() or int(said) > limit:
        raise RequestTooLargeError(limit)
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > limit:
            raise RequestTooLargeError(limit)
        return message

    return receive
