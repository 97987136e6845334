"""An agent's own account: password, second factor, sessions."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.agents.one_time import begin_enrolment, finish_enrolment
from pipeline.casework.agents.own import change_password, require_old_password
from pipeline.casework.agents.sessions import end_other_sessions, end_session, live_sessions
from pipeline.errors import DeskError, InputRefusedError, NotHereError, SignInPausedError
from pipeline.web.pages import render
from pipeline.web.refusals import status_of
from pipeline.web.seat import Knocking, Seat, Seated, desk_router

router = desk_router()

Text = Annotated[str, Form(max_length=400)]


@router.get("/account", name="account", include_in_schema=False)
def account(request: Request, seat: Seat, said: str = "") -> Response:
    """Everything about the own account."""
    return _page(request, seat, said=said)


@router.post("/account/password", name="account_password", include_in_schema=False)
def change(request: Request, seat: Seat, visitor: Knocking, old: Text, password: Text) -> Response:
    """Another password; every other session ends."""
    try:
        change_password(seat.services, seat.signed_in, old, password, visitor)
    except (InputRefusedError, SignInPausedError) as error:
        return _page(request, seat, error)
    return _back("password")


@router.post("/account/sessions/{session_id}/end", name="account_session", include_in_schema=False)
def end_one(seat: Seat, session_id: str) -> Response:
    """Ends one of the own sessions."""
    if not end_session(seat.services, seat.agent, session_id):
        raise NotHereError
    return _back("ended")


@router.post("/account/sessions/end", name="account_sessions", include_in_schema=False)
def end_others(seat: Seat) -> Response:
    """Ends every other session."""
    end_other_sessions(seat.services, seat.agent, seat.session.session_id)
    return _back("ended")


@router.post("/account/second-factor", name="account_enrol", include_in_schema=False)
def enrol(request: Request, seat: Seat, visitor: Knocking, old: Text) -> Response:
    """A new square to scan, for whoever knows the password."""
    try:
        require_old_password(seat.services, seat.signed_in, old, visitor)
    except (InputRefusedError, SignInPausedError) as error:
        return _page(request, seat, error)
    return _enrolment(request, seat)


@router.post("/account/second-factor/done", name="account_enrolled", include_in_schema=False)
def enrolled(request: Request, seat: Seat, sealed: Text, code: Text) -> Response:
    """Sets the new second factor up and shows its recovery codes, once."""
    try:
        codes = finish_enrolment(seat.services, seat.agent, sealed, code)
    except InputRefusedError as error:
        return _enrolment(request, seat, str(error))
    return render(request, seat, "recovery.html", codes=codes, onwards="/account")


_SAID = {"password": "Your password was changed; every other session has ended.", "ended": "Signed out there."}


def _page(request: Request, seat: Seated, error: DeskError | None = None, said: str = "") -> Response:
    status = status_of(error) if error else HTTPStatus.OK
    sessions = live_sessions(seat.services, seat.agent.agent_id)
    wrong = {getattr(error, "field", "old"): f"{error}."} if error else {}
    return render(
        request, seat, "account.html", status=status, account=seat.agent, sessions=sessions, wrong=wrong,
        present=seat.session.session_id, said=_SAID.get(said, ""),
    )  # fmt: skip


def _enrolment(request: Request, seat: Seated, wrong: str = "") -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    enrolment = begin_enrolment(seat.services, seat.agent)
    return render(
        request,
        seat,
        "enrol.html",
        status=status,
        enrolment=enrolment,
        action="/account/second-factor/done",
        wrong=wrong,
    )


def _back(said: str) -> Response:
    return RedirectResponse(f"/account?said={said}", HTTPStatus.SEE_OTHER)
