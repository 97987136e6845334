"""A resident's first page, and their own account: how they sign in, a copy of everything, the end."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from pipeline.casework.proofs.one_time import Enrolment, begin_for
from pipeline.casework.residents.accounts import mail_of
from pipeline.casework.residents.cameras import cameras_of
from pipeline.casework.residents.closing import STAYS, close_account
from pipeline.casework.residents.held import held_about, own_grants
from pipeline.casework.residents.own import begin_password, drop_password, finish_password
from pipeline.casework.residents.ring import LinkState, own_accounts
from pipeline.casework.residents.sessions import end_resident_sessions, live_resident_sessions
from pipeline.errors import InputRefusedError, NotHereError, PipelineError, SignInPausedError
from pipeline.reports.sentences import sentence_words
from pipeline.web import cookies
from pipeline.web.desk import desk_of
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router
from pipeline.web.refusals import status_of
from pipeline.web.seat import Knocking

router = home_router()

Text = Annotated[str, Form(max_length=1000)]

_SAID = {
    "ended": "Signed out there.",
    "dropped": "Links by mail sign you in from now on.",
    "address": "Links to sign in go to your new address from now on.",
}


@router.get("/home", name="home")
def home(request: Request, seat: HomeSeat) -> Response:
    """Where the resident stands, and what there is to do next."""
    services, now = seat.services, seat.services.now()
    accounts = own_accounts(services, seat.resident_id)
    cameras = cameras_of(services, seat.resident_id)
    return render_home(
        request,
        "home/home.html",
        is_linked=any(one.state is not LinkState.UNLINKED for one in accounts),
        asks_again=any(one.state is LinkState.ASKS_AGAIN for one in accounts),
        own=[one for one in cameras if one.is_theirs],
        shared=[one for one in cameras if one.grants],
        in_force=[grant for grant in own_grants(services, seat.resident_id) if grant.is_in_force(now)],
    )


@router.get("/home/account", name="home_account")
def account(request: Request, seat: HomeSeat, said: str = "") -> Response:
    """Everything about the own account."""
    return account_page(request, seat, said=_SAID.get(said, ""))


@router.post("/home/account/password", name="home_password_begin")
def begin(request: Request, seat: HomeSeat, visitor: Knocking, password: Text = "", old: Text = "") -> Response:
    """The square to scan; nothing is changed before its first code."""
    try:
        desk_of(request).rate.require_turn()
        enrolment, sealed = begin_password(seat.services, seat.signed_in, old, password, visitor)
    except (InputRefusedError, SignInPausedError) as error:
        return account_page(request, seat, error)
    return _enrolment(request, enrolment, sealed)


@router.post("/home/account/second-factor", name="home_password_done")
def done(request: Request, seat: HomeSeat, sealed_password: Text = "", sealed: Text = "", code: Text = "") -> Response:
    """Sets both up and shows the recovery codes, once."""
    try:
        codes = finish_password(seat.services, seat.signed_in, sealed_password, sealed, code)
    except InputRefusedError as error:
        if error.field == "password":
            return account_page(request, seat, error)
        name = mail_of(seat.services, seat.resident) or seat.resident_id
        again = begin_for(seat.services, seat.resident_id, name)
        return _enrolment(request, again, sealed_password, f"{error}.")
    return render_home(request, "home/recovery.html", codes=codes)


@router.post("/home/account/password/drop", name="home_password_drop")
def drop(request: Request, seat: HomeSeat, visitor: Knocking, old: Text = "") -> Response:
    """Back to links by mail."""
    try:
        drop_password(seat.services, seat.signed_in, old, visitor)
    except (InputRefusedError, SignInPausedError) as error:
        return account_page(request, seat, error)
    return _back("dropped")


@router.post("/home/account/sessions/{session_id}/end", name="home_session_end")
def end_one(seat: HomeSeat, session_id: str) -> Response:
    """Ends one of the own sessions."""
    if not end_resident_sessions(seat.services, seat.resident_id, session_id=session_id):
        raise NotHereError
    return _back("ended")


@router.post("/home/account/sessions/end", name="home_sessions_end")
def end_others(seat: HomeSeat) -> Response:
    """Ends every other session."""
    end_resident_sessions(seat.services, seat.resident_id, keep=seat.session.session_id)
    return _back("ended")


@router.post("/home/account/held", name="home_held")
def held(seat: HomeSeat, originals: Text = "") -> Response:
    """Everything that is held about the resident, as one archive that is made while it is sent."""
    pieces = held_about(seat.services, seat.resident, originals=bool(originals))
    name = f"doorstep-{seat.resident_id}-{seat.services.now():%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(pieces, media_type="application/zip", headers=headers)


@router.get("/home/account/close", name="home_close")
def close_page(request: Request, seat: HomeSeat) -> Response:
    """What deleting the account does, and what stays."""
    grants = [grant for grant in own_grants(seat.services, seat.resident_id) if grant.revoked_at is None]
    return render_home(request, "home/close.html", grants=grants, stays=STAYS, wrong="")


@router.post("/home/account/close", name="home_closed")
def closed(request: Request, seat: HomeSeat, yes: Text = "") -> Response:
    """The account is gone."""
    if not yes:
        grants = [grant for grant in own_grants(seat.services, seat.resident_id) if grant.revoked_at is None]
        wrong = "Tick that you mean it; nothing was changed."
        return render_home(request, "home/close.html", status=422, grants=grants, stays=STAYS, wrong=wrong)
    done = close_account(seat.services, seat.resident)
    request.state.knock = None  # whoever it was is nobody now
    page = render_home(request, "home/closed.html", done=done, stays=STAYS)
    desk_of(request).jar.take(page, cookies.HOME)
    return page


def account_page(
    request: Request,
    seat: SeatedAtHome,
    error: PipelineError | None = None,
    said: str = "",
    *,
    about: str = "",
    mail: str = "",
) -> Response:
    """The page of the account, with what is wrong at its field: ``about``, or the one that the error names."""
    wrong = {about or getattr(error, "field", "old"): sentence_words(error)} if error else {}
    return render_home(
        request,
        "home/account.html",
        status=status_of(error) if error else HTTPStatus.OK,
        account=seat.resident,
        sessions=live_resident_sessions(seat.services, seat.resident_id),
        present=seat.session.session_id,
        wrong=wrong,
        said=said,
        mail=mail,
        sends_mail=seat.services.settings.mail.is_on,
    )


def _enrolment(request: Request, enrolment: Enrolment, sealed_password: str, wrong: str = "") -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
    return render_home(
        request,
        "home/enrol.html",
        status=status,
        enrolment=enrolment,
        sealed_password=sealed_password,
        wrong=wrong,
    )


def _back(said: str) -> Response:
    return RedirectResponse(f"/home/account?said={said}", HTTPStatus.SEE_OTHER)
