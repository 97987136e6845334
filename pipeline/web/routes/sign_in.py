"""Signing in, step by step, and the first administrator of an installation."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.agents.accounts import add_first_administrator
from pipeline.casework.agents.one_time import begin_enrolment, finish_enrolment, give_code
from pipeline.casework.agents.own import choose_password
from pipeline.casework.agents.sessions import Opened, go_on, sign_out
from pipeline.casework.agents.sign_in import KNOWN_FOR, know_browser, sign_in
from pipeline.casework.proofs.secrets import digest_of, is_same, new_secret
from pipeline.casework.proofs.visitors import Visitor
from pipeline.domain.agents import Stage
from pipeline.errors import DeskError, InputRefusedError, NotHereError, SignInPausedError, SignInRefusedError
from pipeline.reports.sentences import sentence_words
from pipeline.web import cookies
from pipeline.web.desk import Desk, desk_of
from pipeline.web.forgery import token_for
from pipeline.web.gate import Knock
from pipeline.web.pages import render
from pipeline.web.refusals import STEPS, status_of
from pipeline.web.seat import Knocking, Seat, Seated, desk_router
from pipeline.web.ways import landing, safe_way

router = desk_router()

Text = Annotated[str, Form(max_length=400)]
"""A field of these forms."""

_OPENS = "Open the link that `doorstep serve` printed when it started; each start prints another."


@router.get("/sign-in", name="sign_in", include_in_schema=False)
def sign_in_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the word of the address
    """Name and password."""
    desk, signed_in = desk_of(request), _knock(request).signed_in
    if signed_in is not None and signed_in.session.stage is Stage.OPEN:
        return RedirectResponse(safe_way(next) or landing(desk, signed_in.account.role), HTTPStatus.SEE_OTHER)
    if desk.services.catalogue.agents.is_empty():
        return render(request, None, "first_run.html", code="", name="", wrong="", opens=_OPENS)
    return _sign_in_form(request, next)


@router.post("/sign-in", name="sign_in_password", include_in_schema=False)
def sign_in_with_password(
    request: Request,
    visitor: Knocking,
    name: Text,
    password: Text,
    next: Text = "",  # noqa: A002 - the word of the form
) -> Response:
    """Opens a session, or says that something was wrong and never what."""
    desk = desk_of(request)
    desk.rate.require_turn()
    try:
        replaced = _knock(request).secret if _knock(request).signed_in else ""
        opened = sign_in(desk.services, name, password, visitor, replaced)
    except (SignInRefusedError, SignInPausedError) as error:
        return _sign_in_form(request, next, name, error)
    return _entered(desk, opened, visitor, next)


@router.get("/sign-in/code", name="code", include_in_schema=False)
def code_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the word of the address
    """The one-time code."""
    return render(request, None, "code.html", next=safe_way(next), wrong="")


@router.post("/sign-in/code", name="give_code", include_in_schema=False)
def code_given(
    request: Request,
    seat: Seat,
    visitor: Knocking,
    code: Text,
    next: Text = "",  # noqa: A002 - the word of the form
) -> Response:
    """Goes on when the code is right."""
    desk = desk_of(request)
    desk.rate.require_turn()
    try:
        give_code(desk.services, seat.agent, code, visitor)
    except (SignInRefusedError, SignInPausedError) as error:
        return render(
            request, None, "code.html", status=status_of(error), next=safe_way(next), wrong=sentence_words(error)
        )
    return _entered(desk, go_on(desk.services, seat.secret, seat.signed_in), visitor, next)


@router.get("/sign-in/renew", name="renew", include_in_schema=False)
def renew_page(request: Request, seat: Seat) -> Response:
    """Another password, in place of the one that somebody else gave out."""
    return render(request, None, "renew.html", name=seat.agent.name, wrong="")


@router.post("/sign-in/renew", name="renew_password", include_in_schema=False)
def renewed(request: Request, seat: Seat, visitor: Knocking, password: Text) -> Response:
    """Goes on with the new password."""
    desk = desk_of(request)
    try:
        choose_password(desk.services, seat.signed_in, password)
    except InputRefusedError as error:
        return render(request, None, "renew.html", status=422, name=seat.agent.name, wrong=sentence_words(error))
    return _entered(desk, go_on(desk.services, seat.secret, seat.signed_in), visitor, "")


@router.get("/sign-in/second-factor", name="enrol", include_in_schema=False)
def enrol_page(request: Request, seat: Seat) -> Response:
    """The square to scan, before anything else is shown."""
    return _enrolment(request, seat)


@router.post("/sign-in/second-factor", name="finish_enrolment", include_in_schema=False)
def enrolled(request: Request, seat: Seat, visitor: Knocking, sealed: Text, code: Text) -> Response:
    """Shows the recovery codes, once, and goes on."""
    desk = desk_of(request)
    try:
        codes = finish_enrolment(desk.services, seat.agent, sealed, code)
    except InputRefusedError as error:
        return _enrolment(request, seat, error)
    opened = go_on(desk.services, seat.secret, seat.signed_in)
    where = landing(desk, opened.account.role)
    page = render(request, None, "recovery.html", codes=codes, onwards=where, csrf=token_for(opened.secret))
    desk.jar.put(page, cookies.SESSION, opened.secret)
    desk.jar.put(page, cookies.KNOWN, know_browser(desk.services, opened.account, visitor), KNOWN_FOR)
    return page


@router.post("/sign-out", name="sign_out", include_in_schema=False)
def sign_out_now(request: Request, seat: Seat) -> Response:
    """Ends this session."""
    desk = desk_of(request)
    sign_out(desk.services, seat.signed_in)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER, {"Clear-Site-Data": '"storage"'})
    desk.jar.take(answer, cookies.SESSION)
    return answer


@router.get("/first-run", name="first_run", include_in_schema=False)
def first_run_page(request: Request, code: str = "") -> Response:
    """Where the first administrator is added; there is nothing here once there is one."""
    desk = desk_of(request)
    _require_first_run(desk)
    is_theirs = is_same(digest_of(code), desk.first_run_code) if code else False
    opens = "" if is_theirs else _OPENS
    return _with_door(request, "first_run.html", code=code, name="", wrong="", opens=opens)


@router.post("/first-run", name="first_run_add", include_in_schema=False)
def first_run_add(request: Request, visitor: Knocking, code: Text, name: Text, password: Text) -> Response:
    """Adds the first administrator for whoever has the code of this start, and signs them in."""
    desk = desk_of(request)
    desk.rate.require_turn()
    _require_first_run(desk)
    if not is_same(digest_of(code), desk.first_run_code):
        raise NotHereError
    try:
        account = add_first_administrator(desk.services, name, password)
    except InputRefusedError as error:
        return render(
            request, None, "first_run.html", status=422, code=code, name=name, wrong=sentence_words(error), opens=""
        )
    if account is None:
        raise NotHereError
    return _entered(desk, sign_in(desk.services, name, password, visitor), visitor, "")


def _require_first_run(desk: Desk) -> None:
    if not desk.first_run_code or not desk.services.catalogue.agents.is_empty():
        raise NotHereError


def _knock(request: Request) -> Knock:
    knock = request.state.knock
    if not isinstance(knock, Knock):
        raise TypeError("the gate was not passed")
    return knock


def _sign_in_form(request: Request, way: str, name: str = "", error: DeskError | None = None) -> Response:
    wrong, status = (sentence_words(error), status_of(error)) if error else ("", HTTPStatus.OK)
    return _with_door(request, "sign_in.html", status, next=safe_way(way), name=name, wrong=wrong)


def _enrolment(request: Request, seat: Seated, error: InputRefusedError | None = None) -> Response:
    enrolment = begin_enrolment(desk_of(request).services, seat.agent)
    wrong, status = (sentence_words(error), status_of(error)) if error else ("", HTTPStatus.OK)
    return render(request, None, "enrol.html", status=status, enrolment=enrolment, action=request.url.path, wrong=wrong)


def _with_door(request: Request, template: str, status: int = HTTPStatus.OK, **context: object) -> Response:
    """A form that is shown before anybody is signed in; its token is bound to a cookie of its own."""
    knock = _knock(request)
    secret = knock.secret or new_secret()
    page = render(request, None, template, status=status, **{"csrf": token_for(secret), **context})
    if knock.signed_in is None:
        desk_of(request).jar.put(page, cookies.DOOR, secret)
    return page


def _entered(desk: Desk, opened: Opened, visitor: Visitor, way: str) -> Response:
    """Puts the session into the browser, and leads to the next step or to where somebody wanted to go."""
    stage, way = opened.session.stage, safe_way(way)
    if stage is Stage.OPEN:
        answer = RedirectResponse(way or landing(desk, opened.account.role), HTTPStatus.SEE_OTHER)
        desk.jar.put(answer, cookies.KNOWN, know_browser(desk.services, opened.account, visitor), KNOWN_FOR)
    else:
        back = f"?next={quote(way, safe='/')}" if way and stage is Stage.CODE else ""
        answer = RedirectResponse(STEPS[stage] + back, HTTPStatus.SEE_OTHER)
    desk.jar.put(answer, cookies.SESSION, opened.secret)
    desk.jar.take(answer, cookies.DOOR)
    return answer
