"""The public log of requests for footage: for everybody, for programs, and as a feed."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.casework.requests.log import decided_by, entry_plain, read_log
from pipeline.domain.request_log import LogEntry
from pipeline.night.morning import agency
from pipeline.web.desk import desk_of
from pipeline.web.near import render_near
from pipeline.web.seat import desk_router
from pipeline.web.views.request_feed import log_feed
from pipeline.web.views.requests import asked_view

router = desk_router()

Page = Annotated[int, Query(ge=1, le=1_000_000)]
_SECONDS = 60
"""For which an answer may be kept: the log is the same for everybody."""
_KEPT = {"Cache-Control": f"public, max-age={_SECONDS}"}


@router.get("/requests/log", name="requests_log", include_in_schema=False)
def log(request: Request, page: Page = 1) -> Response:
    """What was asked, refused, published and closed; the newest first."""
    found = read_log(desk_of(request).services, page)
    rows = [(entry, found.states[entry.request_id], _asked(entry), decided_by(entry)) for entry in found.entries]
    return render_near(request, "near/requests_log.html", rows=rows, page=page, earlier=found.earlier)


@router.get("/requests/log.json", name="requests_log_json", include_in_schema=False)
def log_json(request: Request, page: Page = 1) -> Response:
    """The same for programs."""
    found = read_log(desk_of(request).services, page)
    entries = [entry_plain(entry, found.states[entry.request_id]) for entry in found.entries]
    earlier = f"/requests/log.json?page={found.earlier}" if found.earlier else ""
    return JSONResponse({"entries": entries, "earlier": earlier}, headers=_KEPT)


@router.get("/requests/log.atom", name="requests_log_atom", include_in_schema=False)
def log_atom(request: Request) -> Response:
    """The newest entries as an Atom feed (RFC 4287)."""
    desk = desk_of(request)
    base = desk.services.settings.web.public_url or str(request.base_url)
    content = log_feed(agency(desk.services), base.rstrip("/"), read_log(desk.services).entries)
    return Response(content, media_type="application/atom+xml", headers=_KEPT)


def _asked(entry: LogEntry) -> object:
    return asked_view(entry.asked) if entry.asked is not None else None
