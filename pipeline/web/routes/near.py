"""Published reports around a place: as a list that works without any script, and on a map. For everybody."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.casework.near.around import read_neighbourhood, reports_around
from pipeline.domain.found_places import FoundPlace
from pipeline.domain.neighbour_reports import ReportCategory
from pipeline.domain.neighbourhoods import Neighbourhood, rounded
from pipeline.errors import InputRefusedError, TooOftenError
from pipeline.geocoding import Found
from pipeline.web.desk import Desk, desk_of
from pipeline.web.near import base_of, render_near, require_asking
from pipeline.web.seat import desk_router
from pipeline.web.views.near import SOURCE_WORDS, choices_view, leaving_view, page_words, report_view
from pipeline.web.views.near_map import map_view

router = desk_router()


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address of the page says."""

    q: str
    at: str
    metres: int | None
    days: int | None
    category: list[str]


def _asked(
    q: Annotated[str, Query(max_length=200)] = "",
    at: Annotated[str, Query(max_length=60)] = "",
    metres: int | None = None,
    days: Annotated[int | None, Query(ge=1, le=366)] = None,
    category: Annotated[list[str] | None, Query(max_length=20)] = None,
) -> Asked:
    return Asked(q.strip(), at.strip(), metres, days, category or [])


Choice = Annotated[Asked, Depends(_asked)]


@router.get("/near", name="near", include_in_schema=False)
def near(request: Request, asked: Choice) -> Response:
    """What was reported around a place, or everywhere while none is chosen."""
    desk = desk_of(request)
    services, zone = desk.services, desk.services.settings.night.time_zone
    found, wrong = _found(request, desk, asked)
    at = _at(found.places) or ("" if asked.q else asked.at)
    try:
        where = read_neighbourhood(services, at, asked.metres, asked.category)
    except InputRefusedError as error:
        wrong, where = error.detail, read_neighbourhood(services)
    days = asked.days or services.settings.near.days
    around = reports_around(services, where, days)
    agency = services.settings.agency.name
    place = found.places[0] if found.places else None
    reports = [report_view(one.report, zone, one.metres if where.place else None) for one in around]
    return render_near(
        request,
        "near/reports.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        q=asked.q,
        at=f"{where.place[0]:.3f},{where.place[1]:.3f}" if where.place else "",
        metres=where.metres if where.place else 0,
        place=place,
        exact=f"{place.latitude:.5f},{place.longitude:.5f}" if place else "",
        found_by=SOURCE_WORDS[place.source] if place else "",
        others=[{"name": one.name, "url": _url(asked, one)} for one in found.places[1:]],
        said=found.said,
        is_lost=bool(asked.q) and not found.places and not wrong,
        wrong=wrong,
        choices=choices_view(where, days),
        words=page_words(where, days, around, agency, place.name if place else ""),
        reports=reports,
        map=map_view(desk.town, where, reports),
        most=services.settings.near.most_reports,
        start=",".join(f"{one:.5f}" for one in desk.town.start) if desk.town.start else "",
        tiles=services.settings.web.map_tiles_url or "",
        has_ground=bool(desk.town.ground.streets or desk.town.areas),
        leaving=leaving_view(base_of(request), where, days),
        categories=[one.value for one in ReportCategory],
    )


def _found(request: Request, desk: Desk, asked: Asked) -> tuple[Found, str]:
    """Where the words lie, and why it was not looked for."""
    if not asked.q:
        return Found(()), ""
    try:
        require_asking(request, "places")
    except TooOftenError as error:
        return Found(()), str(error)
    return desk.town.finder.find(asked.q), ""


def _at(places: tuple[FoundPlace, ...]) -> str:
    return "{},{}".format(*rounded((places[0].latitude, places[0].longitude))) if places else ""


def _url(asked: Asked, place: FoundPlace) -> str:
    said = [("at", _at((place,))), *(("category", one) for one in asked.category)]
    said += [(name, str(value)) for name, value in (("metres", asked.metres), ("days", asked.days)) if value]
    return f"/near?{urlencode(said)}"


@router.get("/near/places.json", name="near_places", include_in_schema=False)
def places(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Where words lie, for the form of a report; asked when somebody presses the button, and never while they type."""
    require_asking(request, "places")
    found = desk_of(request).town.finder.find(q)
    told = [{"name": one.name, "latitude": one.latitude, "longitude": one.longitude, "by": SOURCE_WORDS[one.source],
             "credit": one.credit} for one in found.places]  # fmt: skip
    return JSONResponse({"places": told, "said": found.said})


@router.get("/near/reports/{report_id}", name="near_one", include_in_schema=False)
def near_one(request: Request, report_id: str) -> Response:
    """One report, as everybody may see it."""
    desk = desk_of(request)
    report = desk.services.catalogue.neighbour_reports.published_one(report_id)
    web = desk.services.settings.web
    shown = report_view(report, desk.services.settings.night.time_zone)
    around = urlencode(Neighbourhood(rounded(report.block), 800).query())
    return render_near(request, "near/one.html", report=shown, around=around, tiles=web.map_tiles_url or "")
