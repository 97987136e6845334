"""What of a neighbourhood others show: its feed, its card; and the streets below its map."""

import hashlib
from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.casework.near.around import read_neighbourhood
from pipeline.casework.near.leaving import card_of, feed_of
from pipeline.domain.neighbourhoods import FARTHEST_METRES
from pipeline.errors import InputRefusedError
from pipeline.reports.near_feed import KIND
from pipeline.web.desk import desk_of
from pipeline.web.near import base_of, require_asking
from pipeline.web.seat import desk_router

router = desk_router()

_ASKED_ANEW = "public, no-cache"
"""Whoever keeps it asks each time whether it still stands: a report that was taken back is gone at the next look."""
_FOR_ALL = {"Cache-Control": _ASKED_ANEW, "Cross-Origin-Resource-Policy": "cross-origin"}
_MOST_STREETS = 3000
_WIDEST_DEGREES = FARTHEST_METRES / 111_195 * 4

At = Annotated[str, Query(max_length=60)]
Categories = Annotated[list[str] | None, Query(max_length=20)]


@router.get("/near/feed.atom", name="near_feed", include_in_schema=False)
def feed(request: Request, at: At = "", metres: int | None = None, category: Categories = None) -> Response:
    """The neighbourhood as Atom with places."""
    require_asking(request, "feeds")
    services = desk_of(request).services
    where = read_neighbourhood(services, at, metres, category or ())
    return _unless_known(request, feed_of(services, where, base_of(request)), KIND)


@router.get("/near/card.png", name="near_card", include_in_schema=False)
def card(
    request: Request,
    at: At = "",
    metres: int | None = None,
    category: Categories = None,
    days: Annotated[int | None, Query(ge=1, le=366)] = None,
) -> Response:
    """The neighbourhood as a picture for those who pass its address on."""
    require_asking(request, "cards")
    desk = desk_of(request)
    where = read_neighbourhood(desk.services, at, metres, category or ())
    picture = card_of(desk.services, desk.town, where, days or desk.services.settings.near.days)
    return _unless_known(request, picture, "image/png")


@router.get("/near/ground.json", name="near_ground", include_in_schema=False)
def ground(request: Request, south: float, west: float, north: float, east: float) -> Response:
    """Streets and areas of a part of the map, each line as (latitude, longitude)."""
    if not (south <= north and west <= east):
        raise InputRefusedError("bounds", "south and west come before north and east")
    if max(north - south, east - west) > _WIDEST_DEGREES:
        return JSONResponse({"streets": [], "areas": _areas(request)})
    streets = desk_of(request).town.ground.within((south, west, north, east), _MOST_STREETS)
    lines = [{"name": one.name, "lines": one.lines} for one in streets]
    return JSONResponse({"streets": lines, "areas": _areas(request)}, headers={"Cache-Control": "public, max-age=3600"})


def _areas(request: Request) -> list[dict[str, object]]:
    return [{"name": one.name, "lines": one.lines} for one in desk_of(request).town.areas]


def _unless_known(request: Request, content: bytes, kind: str) -> Response:
    """The content, or that it is still what the reader has (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**_FOR_ALL, "ETag": tag}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=kind)
