"""Refusals and faults as pages for people, and as problem details for programs (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.domain.agents import Stage
from pipeline.errors import (
    AgentNameTakenError,
    AgentUnknownError,
    CatalogueLockedError,
    ConsentError,
    DeskError,
    EvidenceNotFoundError,
    ForgedRequestError,
    InputRefusedError,
    LastAdministratorError,
    LinkEndedError,
    MatterNeededError,
    NotAssignedError,
    NotHereError,
    NotSignedInError,
    OutsideAreasError,
    PipelineError,
    RecordNotFoundError,
    ReportFileError,
    RequestTooLargeError,
    ResidentTakenError,
    ResidentUnknownError,
    SignatureRefusedError,
    SignInPausedError,
    SignInRefusedError,
    StorageError,
    TooOftenError,
    UploadMismatchError,
)
from pipeline.web.access import is_home
from pipeline.web.desk import desk_of
from pipeline.web.gate import who
from pipeline.web.guard import NOT_KEPT, headers_of
from pipeline.web.home import render_home
from pipeline.web.near import is_near, render_near
from pipeline.web.pages import render
from pipeline.web.seat import Seated, seated

_logger = logging.getLogger(__name__)

PROBLEM = "application/problem+json"

_STATUS: tuple[tuple[type[PipelineError], HTTPStatus], ...] = (
    (NotSignedInError, HTTPStatus.UNAUTHORIZED),
    (SignInRefusedError, HTTPStatus.UNAUTHORIZED),
    (SignatureRefusedError, HTTPStatus.UNAUTHORIZED),
    (SignInPausedError, HTTPStatus.TOO_MANY_REQUESTS),
    (TooOftenError, HTTPStatus.TOO_MANY_REQUESTS),
    (ForgedRequestError, HTTPStatus.FORBIDDEN),
    (MatterNeededError, HTTPStatus.PRECONDITION_REQUIRED),
    (RequestTooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (AgentNameTakenError, HTTPStatus.CONFLICT),
    (LastAdministratorError, HTTPStatus.CONFLICT),
    (ResidentTakenError, HTTPStatus.CONFLICT),
    (LinkEndedError, HTTPStatus.GONE),
    (NotHereError, HTTPStatus.NOT_FOUND),
    (AgentUnknownError, HTTPStatus.NOT_FOUND),
    (ResidentUnknownError, HTTPStatus.NOT_FOUND),
    (RecordNotFoundError, HTTPStatus.NOT_FOUND),
    (NotAssignedError, HTTPStatus.NOT_FOUND),
    (EvidenceNotFoundError, HTTPStatus.NOT_FOUND),
    (ConsentError, HTTPStatus.NOT_FOUND),
    (OutsideAreasError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ReportFileError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (UploadMismatchError, HTTPStatus.CONFLICT),
    (InputRefusedError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (DeskError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (CatalogueLockedError, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
    (PipelineError, HTTPStatus.CONFLICT),
)
"""The first that fits. What may not be seen answers as what is not there."""

STEPS = {Stage.CODE: "/sign-in/code", Stage.RENEW: "/sign-in/renew", Stage.ENROL: "/sign-in/second-factor"}
"""Where the next step of signing in is taken."""

HOME_STEPS = {Stage.CODE: "/home/sign-in/code"}

_AGAIN_SECONDS = 10

_HEADINGS = {
    HTTPStatus.UNAUTHORIZED: "Not signed in",
    HTTPStatus.FORBIDDEN: "Not taken",
    HTTPStatus.NOT_FOUND: "Nothing here",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too much at once",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Something is not as it must be",
    HTTPStatus.GONE: "Not good any more",
    HTTPStatus.CONFLICT: "Not as things are",
    HTTPStatus.TOO_MANY_REQUESTS: "A moment, please",
    HTTPStatus.INTERNAL_SERVER_ERROR: "A mistake of the desk",
    HTTPStatus.SERVICE_UNAVAILABLE: "Busy",
}
"""For people; others are called by their own phrase."""


class Problem(BaseModel):
    """What went wrong, for a program (RFC 9457)."""

    type: str = Field(description="`urn:doorstep:` and the name of the error")
    title: str = Field(description="what the status says")
    status: int
    detail: str = Field(description="for a person")
    remedy: str = Field(description="what can be done about it; empty when nothing is known")


_PROBLEMS = {
    "400": "The body or a header cannot be read.",
    "401": "No token, or one that ended.",
    "403": "The request does not come from the desk.",
    "404": "There is no such thing, or none that this agent may see.",
    "405": "There is such an address, and not for this method.",
    "409": "It cannot be done as things are.",
    "413": "Too much was sent.",
    "422": "A parameter or the body is not as described.",
    "428": "The request names no matter.",
    "503": "Something is busy or away; the same request may succeed later.",
}

PROBLEMS: dict[int | str, dict[str, Any]] = {status: {"description": words} for status, words in _PROBLEMS.items()}
"""By status, what every route of the API may answer with, as a ``Problem``; the description names it by itself."""


def answer_refusals(app: Starlette) -> None:
    """Gives an application one answer for each kind of refusal and fault."""
    app.add_exception_handler(PipelineError, _refused)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(RequestValidationError, _not_as_described)
    app.add_exception_handler(Exception, _fault)


def status_of(error: PipelineError) -> HTTPStatus:
    """The status with which an error is answered."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, PipelineError):
        raise error
    status = status_of(error)
    if isinstance(error, (NotSignedInError, MatterNeededError)) and _is_page(request):
        return _led(request, error)
    if status is HTTPStatus.NOT_FOUND:
        error = NotHereError()
    answer = _answer(request, status, type(error).__name__, str(error), error.remedy)
    if error.retryable:
        answer.headers["Retry-After"] = str(getattr(error, "seconds", _AGAIN_SECONDS))
    if isinstance(error, NotSignedInError):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="desk"'
    return answer


def _led(request: Request, error: PipelineError) -> Response:
    """To where what is missing can be given, and back from there."""
    knock = getattr(request.state, "knock", None)
    at_home = is_home(request.url.path)
    steps = HOME_STEPS if at_home else STEPS
    pending = steps.get(knock.stage) if knock is not None and knock.stage else None
    door = "/home/sign-in" if at_home else "/sign-in"
    where = "/matter" if isinstance(error, MatterNeededError) else pending or door
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "GET" and "hx-request" not in request.headers and back != "/" and not pending:
        where = f"{where}?next={quote(back, safe='/')}"
    if "hx-request" in request.headers:
        return Response(status_code=HTTPStatus.OK, headers={"HX-Redirect": where})
    return RedirectResponse(where, HTTPStatus.SEE_OTHER)


def _by_status(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        return _refused(request, NotHereError())
    answer = _answer(request, status, "HttpError", str(error.detail), "")
    answer.headers.update(error.headers or {})
    return answer


def _not_as_described(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    words = "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors())
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, "InputRefusedError", words, InputRefusedError.remedy)


def _fault(request: Request, error: Exception) -> Response:
    _logger.error("a fault of this program while answering %s (%s)", request.scope.get("path"), type(error).__name__)
    words = "The desk made a mistake. It is written in the operator's log."
    remedy = "nothing was changed that was not said to be; try again, and tell the operator when it stays"
    answer = _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "UnexpectedFaultError", words, remedy)
    answer.headers.update({**headers_of(is_https=desk_of(request).is_https), "Cache-Control": NOT_KEPT})
    return answer


def _heading(status: HTTPStatus) -> str:
    return _HEADINGS.get(status, status.phrase)


def _is_page(request: Request) -> bool:
    if request.url.path.startswith("/api/"):
        return False
    return "hx-request" in request.headers or "text/html" in request.headers.get("accept", "")


def _answer(request: Request, status: HTTPStatus, kind: str, words: str, remedy: str) -> Response:
    if not _is_page(request):
        problem = Problem(type=f"urn:doorstep:{kind}", title=status.phrase, status=status, detail=words, remedy=remedy)
        return JSONResponse(problem.model_dump(), status, media_type=PROBLEM)
    said = {"X-Said": quote(words, safe=" ,;:!?()'")} if "hx-request" in request.headers else {}
    name = _heading(status)
    if is_near(request.url.path):
        page = render_near(request, "near/refusal.html", status=status, heading=name, words=words, remedy=remedy)
    elif is_home(request.url.path):
        _whoever(request)
        page = render_home(request, "home/refusal.html", status=status, heading=name, words=words, remedy=remedy)
    else:
        who_is_there = _whoever(request)
        page = render(request, who_is_there, "refusal.html", status=status, heading=name, words=words, remedy=remedy)
    page.headers.update(said)
    return page


def _whoever(request: Request) -> Seated | None:
    """Who sits there, as far as it is known; the navigation is shown to them, and else nothing."""
    knock = getattr(request.state, "knock", None)
    if knock is None:  # no route was found, so that nobody was at the gate
        knock = request.state.knock = who(desk_of(request), request)
    if knock.signed_in is None or knock.signed_in.session.stage is not Stage.OPEN:
        return None
    return seated(request)
