"""A neighbour sends a report, comes back with the code of its receipt, and takes it back. Nobody is signed in."""

import math
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.casework.neighbours.ending import SENDER, withdraw
from pipeline.casework.neighbours.sending import Told, by_code, send_report
from pipeline.casework.neighbours.triage import erase_contact
from pipeline.domain.incidents import metres_between
from pipeline.domain.neighbour_reports import NeighbourReport, ReportCategory, ReportTombstone
from pipeline.errors import InputRefusedError, OutsideAreasError, RecordNotFoundError
from pipeline.reports.near_words import AIM_WORDS, CATEGORY_WORDS
from pipeline.reports.sentences import sentence_words
from pipeline.web.desk import desk_of
from pipeline.web.near import render_near, require_asking
from pipeline.web.seat import Knocking, desk_router

router = desk_router()

Code = Annotated[str, Form(max_length=60)]
_ONE_PLACE = 300.0
"""Metres between two answers that are still one place."""
_NAMED = 4
_NO_SUCH_CODE = "No report has this code; see that it is typed as it stands on the receipt."


class ReportForm(BaseModel):
    """What the form holds; words as they were typed. ``found`` are those that the coordinates were found by."""

    model_config = ConfigDict(extra="ignore")

    category: ReportCategory = ReportCategory.OTHER
    happened: str = Field("", max_length=40)
    where: str = Field("", max_length=200)
    found: str = Field("", max_length=200)
    latitude: str = Field("", max_length=40)
    longitude: str = Field("", max_length=40)
    words: str = Field("", max_length=20_000)
    contact: str = Field("", max_length=1000)
    may_publish: bool = False


@router.get("/near/report", name="near_report", include_in_schema=False)
def form(request: Request, at: str = "", where: str = "") -> Response:
    """The form; it is kept on the device, and works without a network until it is sent."""
    latitude, _, longitude = at.partition(",")
    words = where.strip()[:200]
    place = {"latitude": latitude.strip()[:40], "longitude": longitude.strip()[:40]}
    return _form(request, ReportForm(where=words, found=words, **place))


@router.post("/near/report", name="near_send", include_in_schema=False)
def send(request: Request, visitor: Knocking, given: Annotated[ReportForm, Form()]) -> Response:
    """Keeps the report, and answers with its receipt: as a page, or to the page's own script."""
    desk = desk_of(request)
    is_script = "text/html" not in request.headers.get("accept", "")
    try:
        told = _told(given, _place(request, given), ZoneInfo(desk.services.settings.night.time_zone))
        desk.sending.require_turn("reports", visitor.address)
        receipt = send_report(desk.services, told)
    except (InputRefusedError, OutsideAreasError) as error:
        if is_script:
            raise
        field = error.field if isinstance(error, InputRefusedError) else "place"
        return _form(request, given, {field: f"{sentence_words(error)} {error.remedy}."})
    if is_script:
        return JSONResponse({"code": receipt.code}, HTTPStatus.CREATED)
    return _receipt(request, receipt.report, receipt.code, is_new=True)


@router.get("/near/return", name="near_return", include_in_schema=False)
def come_back(request: Request) -> Response:
    """Asks for the code of a receipt."""
    return render_near(request, "near/return.html", has_form=True, wrong="", code="")


@router.post("/near/return", name="near_receipt", include_in_schema=False)
def receipt(request: Request, visitor: Knocking, code: Code = "") -> Response:
    """What became of a report; its code stands in no address."""
    try:
        found = _found(request, visitor.address, code)
    except RecordNotFoundError:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render_near(request, "near/return.html", status=status, has_form=True, wrong=_NO_SUCH_CODE, code=code)
    return _receipt(request, found, code)


@router.post("/near/return/take-back", name="near_take_back", include_in_schema=False)
def take_back(request: Request, visitor: Knocking, code: Code = "", sure: Annotated[bool, Form()] = False) -> Response:
    """The sender takes the report back, at once and for good."""
    found = _found(request, visitor.address, code)
    if isinstance(found, NeighbourReport) and sure:
        found = withdraw(desk_of(request).services, found)
    return _receipt(request, found, code)


@router.post("/near/return/forget", name="near_forget", include_in_schema=False)
def forget(request: Request, visitor: Knocking, code: Code = "") -> Response:
    """The sender has the contact forgotten."""
    found = _found(request, visitor.address, code)
    if isinstance(found, NeighbourReport):
        erase_contact(desk_of(request).services, SENDER, found.report_id)
    return _receipt(request, found, code)


def _found(request: Request, address: str, code: str) -> NeighbourReport | ReportTombstone:
    desk = desk_of(request)
    desk.sending.require_turn("codes", address)
    return by_code(desk.services, code)


def _place(request: Request, given: ReportForm) -> tuple[float, float]:
    """The coordinates that were given, or where the words lie, if that is one place."""
    is_other = given.found and given.found != given.where  # typed anew where no script took the coordinates away
    if given.where.strip() and (is_other or not (given.latitude or given.longitude)):
        return _looked_up(request, given.where)
    try:
        place = float(given.latitude), float(given.longitude)
    except ValueError as error:
        raise InputRefusedError("place", "say where it happened: an address, or coordinates") from error
    if not (math.isfinite(place[0]) and abs(place[0]) <= 90 and math.isfinite(place[1]) and abs(place[1]) <= 180):  # noqa: PLR2004
        raise InputRefusedError("place", "these are no coordinates: latitude and longitude in degrees")
    return place


def _looked_up(request: Request, where: str) -> tuple[float, float]:
    require_asking(request, "places")
    places = desk_of(request).town.finder.find(where).places
    if not places:
        raise InputRefusedError("place", "nobody here knows that place: try the street alone, or coordinates")
    first = places[0].latitude, places[0].longitude
    others = [one for one in places if metres_between(first, (one.latitude, one.longitude)) > _ONE_PLACE]
    if others:
        names = "; ".join(one.name for one in (places[0], *others)[:_NAMED])
        raise InputRefusedError("place", f"more than one place is called so: {names}. Say which, or give coordinates")
    return first


def _told(given: ReportForm, place: tuple[float, float], zone: ZoneInfo) -> Told:
    try:
        happened = datetime.fromisoformat(given.happened)
    except ValueError as error:
        raise InputRefusedError("happened", "say when it happened, as a day and a time") from error
    happened = happened if happened.tzinfo is not None else happened.replace(tzinfo=zone)
    return Told(given.category, happened, place, given.words, given.contact, given.may_publish)


def _form(request: Request, given: ReportForm, wrong: dict[str, str] | None = None) -> Response:
    settings = desk_of(request).services.settings
    return render_near(
        request, "near/report.html", status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        has_form=True, given=given, wrong=wrong or {}, categories=tuple(ReportCategory),
        category_words=CATEGORY_WORDS, aim_words=AIM_WORDS, any_category=ReportCategory.OTHER, night=settings.night,
        limits=settings.neighbours, is_open=settings.agency.areas is not None,
    )  # fmt: skip


def _receipt(
    request: Request, found: NeighbourReport | ReportTombstone, code: str, *, is_new: bool = False
) -> Response:
    services = desk_of(request).services
    report = found if isinstance(found, NeighbourReport) else None
    files = services.catalogue.neighbour_files
    return render_near(
        request, "near/receipt.html", has_form=True, report=report, gone=None if report else found, code=code,
        is_new=is_new, category_words=CATEGORY_WORDS, files=files.of_report(report.report_id) if report else (),
        coming=files.under_way(report.report_id) if report else (),
        has_contact=report is not None and services.catalogue.neighbour_reports.contact(report.report_id) is not None,
    )  # fmt: skip
