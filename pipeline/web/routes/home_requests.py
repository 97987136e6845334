"""Requests for footage at home: read, answered clip by clip or for the case, or put aside without anybody knowing."""

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.requests.answering import (
    USUAL_DAYS,
    RequestAtHome,
    answer_for_case,
    answer_with_clips,
    clips_to_choose,
    hide_request,
    request_at_home,
    requests_at_home,
    shared_already,
    show_request_again,
)
from pipeline.casework.requests.own_clip import own_clip
from pipeline.casework.requests.post import ask_for_post, wants_post
from pipeline.casework.residents.accounts import mail_of
from pipeline.errors import AcquisitionError, InputRefusedError
from pipeline.night.tonight import next_night
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router
from pipeline.web.streaming import stream
from pipeline.web.views.requests import asked_view

router = home_router()

Names = Annotated[list[str], Form(max_length=500)]
Text = Annotated[str, Form(max_length=400)]


@router.get("/home/requests", name="home_requests")
def requests(request: Request, seat: HomeSeat) -> Response:
    """Those around the resident's own cameras, and those that they answered."""
    return _list(request, seat)


@router.post("/home/requests/mail", name="home_requests_mail")
def write_me(request: Request, seat: HomeSeat, address: Text = "") -> Response:
    """A letter for each new request, or no more."""
    try:
        ask_for_post(seat.services, seat.resident_id, address)
    except InputRefusedError as error:
        return _list(request, seat, wrong=f"{error}.", address=address)
    return RedirectResponse("/home/requests#mail", 303)


@router.get("/home/requests/{request_id}", name="home_request")
def one(request: Request, seat: HomeSeat, request_id: str, history: bool = False) -> Response:
    """What is asked, and what the resident's cameras recorded then; their source is asked where they say so."""
    return _page(request, seat, request_at_home(seat.services, seat.resident_id, request_id), asks_source=history)


@router.post("/home/requests/{request_id}/clips", name="home_request_clips")
def answer_clips(
    request: Request,
    seat: HomeSeat,
    request_id: str,
    clips: Names = [],  # noqa: B006 - FastAPI copies it
    days: int = Form(USUAL_DAYS),
    audio: bool = Form(False),
) -> Response:
    """Shares the clips that were picked, for the case, and nothing else."""
    at_home = request_at_home(seat.services, seat.resident_id, request_id)
    try:
        answer_with_clips(seat.services, seat.resident_id, request_id, clips, days=days, audio=audio)
    except (InputRefusedError, AcquisitionError) as error:
        return _page(request, seat, at_home, error=str(error))
    return RedirectResponse(f"/home/requests/{request_id}#answered", 303)


@router.post("/home/requests/{request_id}/case", name="home_request_case")
def answer_case(
    request: Request,
    seat: HomeSeat,
    request_id: str,
    cameras: Names = [],  # noqa: B006 - FastAPI copies it
    days: int = Form(USUAL_DAYS),
    audio: bool = Form(False),
) -> Response:
    """Shares what chosen cameras recorded in the window, for the case."""
    at_home = request_at_home(seat.services, seat.resident_id, request_id)
    try:
        answer_for_case(seat.services, seat.resident_id, request_id, cameras, days=days, audio=audio)
    except InputRefusedError as error:
        return _page(request, seat, at_home, error=str(error))
    return RedirectResponse(f"/home/requests/{request_id}#answered", 303)


@router.post("/home/requests/{request_id}/hide", name="home_request_hide")
def hide(seat: HomeSeat, request_id: str, shown: bool = Form(False)) -> Response:
    """Puts it aside, or takes that back. Nobody learns of either."""
    change = show_request_again if shown else hide_request
    change(seat.services, seat.resident_id, request_id)
    return RedirectResponse("/home/requests", 303)


@router.api_route(
    "/home/requests/{request_id}/clips/{acquisition_id}", methods=["GET", "HEAD"], name="home_request_clip"
)
def clip(request: Request, seat: HomeSeat, request_id: str, acquisition_id: str) -> Response:
    """A clip of the resident's own, to look at before it is shared."""
    medium = own_clip(seat.services, seat.resident_id, request_id, acquisition_id)
    return stream(request, seat.services, medium, _unwritten)


def _unwritten() -> None:
    """A look at the own clip is no record: it would tell who thought about a request and did not answer (P6)."""


def _list(request: Request, seat: SeatedAtHome, *, wrong: str = "", address: str = "") -> Response:
    now = seat.services.now()
    found = [(one, asked_view(one.public.asked)) for one in requests_at_home(seat.services, seat.resident_id)]
    kept = wants_post(seat.services, seat.resident_id)
    return render_home(
        request, "home/requests.html", status=422 if wrong else 200,
        open=[pair for pair in found if pair[0].public.is_open(now) and not pair[0].is_hidden],
        hidden=[pair for pair in found if pair[0].public.is_open(now) and pair[0].is_hidden],
        over=[pair for pair in found if not pair[0].public.is_open(now)],
        is_written_to=bool(kept), wrong=wrong,
        address=address or kept or mail_of(seat.services, seat.resident),
    )  # fmt: skip


def _page(
    request: Request, seat: SeatedAtHome, at_home: RequestAtHome, *, error: str = "", asks_source: bool = False
) -> Response:
    is_open = at_home.public.is_open(seat.services.now()) and bool(at_home.cameras)
    try:
        clips = clips_to_choose(seat.services, at_home, asks_source=asks_source) if is_open else ()
    except AcquisitionError as refused:
        error = error or str(refused)
        clips = clips_to_choose(seat.services, at_home)
    return render_home(
        request, "home/request.html", status=422 if error else 200,
        at_home=at_home, asked=asked_view(at_home.public.asked), is_open=is_open, clips=clips, error=error,
        days=USUAL_DAYS, asked_source=asks_source, shared=shared_already(seat.services, at_home, clips),
        next_night=next_night(seat.services.now(), seat.services.settings.night),
    )  # fmt: skip
