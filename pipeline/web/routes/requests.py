"""Requests for footage at the desk: written under the rules, decided by a second person, closed."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.requests.log import answers_in_words
from pipeline.casework.requests.writing import check_request, close_request, decide_request, write_request
from pipeline.domain.agents import Role
from pipeline.domain.events import EventKind
from pipeline.domain.footage_requests import FootageRequest, Refusal
from pipeline.domain.request_log import FiledRequest, PublicRequest, RequestState
from pipeline.errors import FootageRequestRefusedError, InputRefusedError, NotHereError, RecordNotFoundError
from pipeline.reports.words import kind_words
from pipeline.web.access import Reach
from pipeline.web.pages import render
from pipeline.web.reached import incident_of
from pipeline.web.request_form import RequestForm
from pipeline.web.seat import Seat, Seated, SeatedWithMatter, SeatWithMatter, desk_router
from pipeline.web.views.requests import asked_view, refusals_view

router = desk_router()

Note = Annotated[str, Form(max_length=2000)]
Sent = Annotated[RequestForm, Form()]


@router.get("/requests", name="requests", include_in_schema=False)
def requests(request: Request, seat: Seat) -> Response:
    """Those that wait, and those that were published; an investigator's own, and what is public anyway."""
    catalogue, now = seat.services.catalogue, seat.services.now()
    filed = [one for one in catalogue.footage_requests.list_filed() if _is_reached(seat, one)]
    published = catalogue.footage_requests.published()
    return render(
        request, seat, "requests.html",
        waiting=[one for one in filed if one.decided_at is None],
        refused=[one for one in filed if one.decided_at is not None and not one.is_published],
        open=[one for one in published if one.is_open(now)],
        closed=[one for one in published if not one.is_open(now)],
    )  # fmt: skip


@router.get("/requests/new", name="request_new", include_in_schema=False)
def new(request: Request, seat: SeatWithMatter, incident: str = "") -> Response:
    """The form, begun with the place and the window of an incident where one is named."""
    zone = _zone(seat)
    if incident:
        return _form(request, seat, RequestForm.of(incident_of(seat, incident), zone))
    night = seat.services.settings.night
    return _form(request, seat, RequestForm(case_number=seat.matter.case_number, purpose=night.purpose))


@router.post("/requests/check", name="request_check", include_in_schema=False)
def check(request: Request, seat: SeatWithMatter, given: Sent) -> Response:
    """What the rules say of what is typed; nothing is written down."""
    return render(request, seat, "parts/request_rules.html", rules=_rules(seat, given))


@router.post("/requests", name="request_write", include_in_schema=False)
def write(request: Request, seat: SeatWithMatter, given: Sent) -> Response:
    """Sends it to the supervisors, or shows what the rules refuse: that they did is public from then on."""
    try:
        asked = _asked(seat, given)
        filed = write_request(seat.services, seat.agent.name, asked)
    except InputRefusedError as error:
        return _form(request, seat, given, error=error)
    except FootageRequestRefusedError as error:
        return _form(request, seat, given, refused=error.request_id)
    return RedirectResponse(f"/requests/{filed.request_id}", 303)


@router.get("/requests/{request_id}", name="request_one", include_in_schema=False)
def one(request: Request, seat: Seat, request_id: str) -> Response:
    """One request: what is asked, where it stands, and what this agent can do with it."""
    return _page(request, seat, _filed(seat, request_id))


@router.post("/requests/{request_id}/decide", name="request_decide", include_in_schema=False)
def decide(request: Request, seat: Seat, request_id: str, decision: str = Form(""), note: Note = "") -> Response:
    """A supervisor publishes what another person wrote, or refuses it."""
    filed = _filed(seat, request_id)
    if decision not in ("publish", "refuse"):
        raise InputRefusedError("decision", "a request is published or refused")
    is_given = decision == "publish"
    try:
        decide_request(seat.services, seat.agent.name, seat.role, request_id, is_given=is_given, note=note.strip())
    except FootageRequestRefusedError as error:
        return _page(request, seat, _filed(seat, filed.request_id), error=str(error))
    return RedirectResponse(f"/requests/{request_id}", 303)


@router.post("/requests/{request_id}/close", name="request_close", include_in_schema=False)
def close(seat: Seat, request_id: str) -> Response:
    """Ends it before its time."""
    filed = _filed(seat, request_id)
    seat.require_own(filed.written_by)
    if not filed.is_published:
        raise NotHereError
    close_request(seat.services, seat.agent.name, seat.role, request_id)
    return RedirectResponse(f"/requests/{request_id}", 303)


def _is_reached(seat: Seated, filed: FiledRequest) -> bool:
    """What was published everybody reads; what was not, whoever wrote it and those who decide."""
    return filed.is_published or seat.reach is Reach.ALL or filed.written_by == seat.agent.name


def _filed(seat: Seated, request_id: str) -> FiledRequest:
    filed = seat.services.catalogue.footage_requests.filed(request_id)
    if not _is_reached(seat, filed):
        raise NotHereError
    return filed


def _page(request: Request, seat: Seated, filed: FiledRequest, *, error: str = "") -> Response:
    services, now = seat.services, seat.services.now()
    is_own = filed.written_by == seat.agent.name
    waits = filed.decided_at is None
    public = _public(seat, filed)
    is_open = public is not None and public.is_open(now)
    return render(
        request, seat, "request.html", status=409 if error else 200,
        filed=filed, asked=asked_view(filed.asked), public=public, error=error, is_own=is_own,
        state=public.state(now) if public else RequestState.WAITING if waits else RequestState.REFUSED,
        answered=answers_in_words(services, public, now) if public else "",
        may_decide=waits and seat.role is Role.SUPERVISOR and not is_own,
        may_close=is_open and (is_own or seat.role is Role.SUPERVISOR),
    )  # fmt: skip


def _public(seat: Seated, filed: FiledRequest) -> PublicRequest | None:
    try:
        return seat.services.catalogue.footage_requests.public(filed.request_id)
    except RecordNotFoundError:
        return None


def _form(
    request: Request,
    seat: SeatedWithMatter,
    given: RequestForm,
    *,
    error: InputRefusedError | None = None,
    refused: str = "",
) -> Response:
    return render(
        request, seat, "request_form.html", status=422 if error or refused else 200,
        given=given, wrong={error.field: f"{error}."} if error else {}, refused=refused,
        rules=_rules(seat, given), kinds=tuple(EventKind), kind_words=kind_words, zone=str(_zone(seat)),
        recipient=seat.services.settings.night.recipient,
    )  # fmt: skip


def _rules(seat: SeatedWithMatter, given: RequestForm) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """What is missing before the rules can be asked, or which of them refuse it."""
    try:
        asked = _asked(seat, given)
    except InputRefusedError as error:
        return f"{error}.", ()
    refusals: tuple[Refusal, ...] = check_request(seat.services, asked)
    return "", refusals_view(refusals)


def _asked(seat: SeatedWithMatter, given: RequestForm) -> FootageRequest:
    return given.asked(_zone(seat), seat.services.settings.night.recipient)


def _zone(seat: SeatedWithMatter) -> ZoneInfo:
    return ZoneInfo(seat.services.settings.night.time_zone)
