"""Two addresses at which Ring's partner interface calls: for the code of a new link, and for webhooks.

No browser comes here. The webhooks are signed over their bytes; a code is worth something to whoever has the app's own
secret, which is how Ring answers for it. Where the interface is off, there is nothing here.
"""

import json
import logging
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from pipeline.casework.partner.linking import receive_code
from pipeline.casework.partner.webhooks import receive, work_off
from pipeline.errors import (
    AccountRefusedError,
    InputRefusedError,
    NotHereError,
    PipelineError,
    RequestTooLargeError,
    SignatureRefusedError,
    SourceUnreachableError,
)
from pipeline.night.services import Services
from pipeline.web.desk import desk_of
from pipeline.web.seat import desk_router

_logger = logging.getLogger(__name__)

router = desk_router()

_SIGNATURE = "x-signature"


async def _body(request: Request) -> bytes:
    """The bytes as they came, up to the limit of the interface.

    Raises:
        RequestTooLargeError: There are more.
    """
    limit = desk_of(request).services.settings.partner.webhook_kilobytes << 10
    came = bytearray()
    async for part in request.stream():
        came += part
        if len(came) > limit:
            raise RequestTooLargeError(limit)
    return bytes(came)


Body = Annotated[bytes, Depends(_body)]


@router.post("/partner/webhooks", name="partner_webhook", include_in_schema=False)
def partner_webhook(request: Request, body: Body) -> Response:
    """Writes a webhook down and answers; what follows from it comes afterwards.

    What Ring must send again answers 5xx; any other refusal is for good, and Ring does not send it again.
    """
    services = _services(request)
    try:
        receive(services, body, request.headers.get(_SIGNATURE, ""))
    except SignatureRefusedError:
        _logger.warning("a webhook without the signature of Ring was refused")
        return _plain(HTTPStatus.UNAUTHORIZED)
    except InputRefusedError:
        _logger.warning("a webhook of another time was refused")
        return _plain(HTTPStatus.BAD_REQUEST)
    return _plain(HTTPStatus.OK, BackgroundTask(_work, services))


@router.post("/partner/token-exchange", name="partner_code", include_in_schema=False)
def partner_code(request: Request, body: Body) -> Response:
    """Exchanges the code of a new link; the token waits for its owner."""
    services = _services(request)
    if not desk_of(request).codes.has_turn():
        return _plain(HTTPStatus.SERVICE_UNAVAILABLE)
    try:
        receive_code(services, _code(request, body))
    except (AccountRefusedError, InputRefusedError):
        return _plain(HTTPStatus.BAD_REQUEST)
    except SourceUnreachableError:
        return _plain(HTTPStatus.BAD_GATEWAY)
    return _plain(HTTPStatus.OK)


def _services(request: Request) -> Services:
    services = desk_of(request).services
    if not services.settings.partner.is_on:
        raise NotHereError
    return services


def _code(request: Request, body: bytes) -> str:
    """The code, from wherever Ring puts it: its documents say that it sends one, and not how."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        given = found.get("code") if isinstance(found, dict) else None
    else:
        given = next(iter(parse_qs(body.decode("utf-8", "replace")).get("code", ())), None)
    given = given or request.query_params.get("code")
    return given if isinstance(given, str) else ""


def _work(services: Services) -> None:
    """After the answer: nobody waits for it, and what fails is tried by the next webhook and by the night."""
    try:
        work_off(services)
    except PipelineError as error:
        _logger.warning("webhooks wait for the next run: %s", type(error).__name__)


def _plain(status: HTTPStatus, then: BackgroundTask | None = None) -> Response:
    return PlainTextResponse(f"{status.phrase}\n", status, background=then)
