"""How residents come in: a link by mail, or address and password; the one-time code where there is one."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import Form
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.residents.links import ask_for_link, follow_link, mail_link, whose_link
from pipeline.casework.residents.sessions import OpenedAtHome, code_was_right, end_resident_sessions
from pipeline.casework.residents.sign_in import give_resident_code, sign_in_with_password
from pipeline.domain.agents import Stage
from pipeline.errors import (
    InputRefusedError,
    PipelineError,
    SettingsError,
    SignInPausedError,
    SignInRefusedError,
)
from pipeline.reports.sentences import sentence_words
from pipeline.web import cookies
from pipeline.web.access import HOME, is_home
from pipeline.web.desk import Desk, desk_of
from pipeline.web.gate import Knock
from pipeline.web.home import render_at_door, render_home
from pipeline.web.home_address import home_address
from pipeline.web.home_seat import HomeSeat, home_router
from pipeline.web.refusals import status_of
from pipeline.web.seat import Knocking
from pipeline.web.ways import safe_way

router = home_router()

Text = Annotated[str, Form(max_length=400)]
_CODE = "/home/sign-in/code"


@router.get("/home/sign-in", name="home_sign_in")
def sign_in_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the word of the address
    """Both ways in."""
    knock: Knock = request.state.knock
    if knock.resident is not None and knock.stage is Stage.OPEN:
        return RedirectResponse(_way(next), HTTPStatus.SEE_OTHER)
    return _form(request, next)


@router.post("/home/sign-in/link", name="home_mail_link")
def mail_me_a_link(
    request: Request,
    visitor: Knocking,
    mail: Text,
    next: Text = "",  # noqa: A002 - the word of the form
) -> Response:
    """Says that a link was sent, whoever the address belongs to; the mail leaves after the answer."""
    desk = desk_of(request)
    try:
        desk.link_rate.require_turn(visitor.address)
        wanted = ask_for_link(desk.services, mail)
    except (InputRefusedError, SignInPausedError, SettingsError) as error:
        return _form(request, next, mail, error, "mail")
    minutes = desk.services.settings.home.link_minutes
    page = render_at_door(request, "home/link_sent.html", mail=wanted.address, minutes=minutes)
    page.background = BackgroundTask(mail_link, desk.services, wanted, home_address(request))
    return page


@router.post("/home/sign-in/password", name="home_password")
def sign_in(
    request: Request,
    visitor: Knocking,
    mail: Text,
    password: Text,
    next: Text = "",  # noqa: A002 - the word of the form
) -> Response:
    """Goes on to the one-time code, or says that something was wrong and never what."""
    desk = desk_of(request)
    try:
        desk.rate.require_turn()
        opened = sign_in_with_password(desk.services, mail, password, visitor)
    except (SignInRefusedError, SignInPausedError) as error:
        return _form(request, next, mail, error, "password")
    return _entered(desk, opened, next)


@router.get("/home/enter", name="home_enter")
def enter_page(request: Request, link: str = "") -> Response:
    """One button: what reads people's mail before them follows links, and presses none.

    It says whose account it opens: whoever is sent a stranger's link would link their cameras with the stranger's.
    """
    whose = whose_link(desk_of(request).services, link)
    return render_at_door(request, "home/enter.html", link=link, whose=whose)


@router.post("/home/enter", name="home_follow")
def follow(request: Request, visitor: Knocking, link: Text) -> Response:
    """Signs in, once."""
    desk = desk_of(request)
    return _entered(desk, follow_link(desk.services, link, visitor), "")


@router.get(_CODE, name="home_code")
def code_page(request: Request, next: str = "") -> Response:  # noqa: A002 - the word of the address
    """The one-time code."""
    return render_home(request, "home/code.html", next=_way(next), wrong="")


@router.post(_CODE, name="home_give_code")
def code_given(
    request: Request,
    seat: HomeSeat,
    visitor: Knocking,
    code: Text,
    next: Text = "",  # noqa: A002 - the word of the form
) -> Response:
    """Signed in, when the code is right."""
    desk = desk_of(request)
    try:
        desk.rate.require_turn()
        give_resident_code(desk.services, seat.resident, code, visitor)
    except (SignInRefusedError, SignInPausedError) as error:
        status = status_of(error)
        return render_home(request, "home/code.html", status=status, next=_way(next), wrong=sentence_words(error))
    return _entered(desk, code_was_right(desk.services, seat.secret, seat.signed_in), next)


@router.post("/home/sign-out", name="home_sign_out")
def sign_out(request: Request, seat: HomeSeat) -> Response:
    """Ends this session."""
    end_resident_sessions(seat.services, seat.resident_id, session_id=seat.session.session_id)
    return gone(desk_of(request))


def gone(desk: Desk) -> Response:
    """To the door, without a session."""
    answer = RedirectResponse("/home/sign-in", HTTPStatus.SEE_OTHER, {"Clear-Site-Data": '"storage"'})
    desk.jar.take(answer, cookies.HOME)
    return answer


def _entered(desk: Desk, opened: OpenedAtHome, way: str) -> Response:
    if opened.session.stage is Stage.OPEN:
        answer = RedirectResponse(_way(way), HTTPStatus.SEE_OTHER)
    else:
        answer = RedirectResponse(f"{_CODE}?next={quote(_way(way), safe='/')}", HTTPStatus.SEE_OTHER)
    desk.jar.put(answer, cookies.HOME, opened.secret, opened.session.ends_at - opened.session.created_at)
    desk.jar.take(answer, cookies.HOME_DOOR)
    return answer


def _form(request: Request, way: str, mail: str = "", error: PipelineError | None = None, about: str = "") -> Response:
    section = desk_of(request).services.settings
    status = status_of(error) if error else HTTPStatus.OK
    wrong = {about: sentence_words(error)} if error else {}
    return render_at_door(
        request, "home/sign_in.html", status=status, next=_way(way), mail=mail, wrong=wrong,
        has_mail=section.mail.is_on, is_open=section.home.is_open,
    )  # fmt: skip


def _way(way: str) -> str:
    """Where somebody wanted to go, within home."""
    found = safe_way(way)
    return found if is_home(found.partition("?")[0]) and not found.startswith("/home/sign-in") else HOME
