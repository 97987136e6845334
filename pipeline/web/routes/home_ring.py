"""A resident links a Ring account, and takes it back. What is typed here goes to Ring; nothing of it is shown again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.residents.ring import (
    Linked,
    give_ring_code,
    grants_naming,
    link,
    own_account,
    own_accounts,
    unlink,
)
from pipeline.errors import (
    AccountRefusedError,
    InputRefusedError,
    LoginForgottenError,
    NameTakenError,
    PipelineError,
    SignInPausedError,
    SourceUnreachableError,
)
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router
from pipeline.web.refusals import status_of

router = home_router()

Text = Annotated[str, Form(max_length=2000)]

_REFUSALS = (
    AccountRefusedError,
    InputRefusedError,
    LoginForgottenError,
    NameTakenError,
    SignInPausedError,
    SourceUnreachableError,
)


@router.get("/home/ring", name="home_ring")
def ring(request: Request, seat: HomeSeat) -> Response:
    """The linked accounts, and the form that links one."""
    return _page(request, seat)


@router.post("/home/ring", name="home_ring_link")
def link_account(request: Request, seat: HomeSeat, user: Text = "", password: Text = "") -> Response:
    """Links an account, or asks for the code that Ring sent."""
    try:
        linked = link(seat.services, seat.signed_in, user, password)
    except _REFUSALS as error:
        return _page(request, seat, error)
    return _linked(request, linked)


@router.post("/home/ring/code", name="home_ring_code")
def code_given(request: Request, seat: HomeSeat, sealed: Text = "", code: Text = "") -> Response:
    """Links the account with Ring's code."""
    try:
        linked = give_ring_code(seat.services, seat.signed_in, sealed, code)
    except LoginForgottenError as error:
        return _page(request, seat, error)
    except _REFUSALS as error:
        wrong = _words(error)
        return render_home(request, "home/ring_code.html", status=_status(error), sealed=sealed, wrong=wrong)
    return _linked(request, linked)


@router.get("/home/ring/{account_id}/unlink", name="home_ring_unlink")
def unlink_page(request: Request, seat: HomeSeat, account_id: str) -> Response:
    """What unlinking does, before it does it."""
    account = own_account(seat.services, seat.resident_id, account_id)
    grants = grants_naming(seat.services, account)
    return render_home(request, "home/ring_unlink.html", account=account, grants=grants)


@router.post("/home/ring/{account_id}/unlink", name="home_ring_unlinked")
def unlinked(request: Request, seat: HomeSeat, account_id: str) -> Response:
    """The token is gone, the grants are revoked; their receipts are named."""
    done = unlink(seat.services, seat.resident_id, account_id)
    return render_home(request, "home/ring_unlinked.html", done=done)


def _linked(request: Request, linked: Linked) -> Response:
    if linked.account is None:
        return render_home(request, "home/ring_code.html", sealed=linked.sealed, wrong="")
    said = "unread" if linked.unread else "linked"
    return RedirectResponse(f"/home/cameras?said={said}", HTTPStatus.SEE_OTHER)


def _page(request: Request, seat: SeatedAtHome, error: PipelineError | None = None) -> Response:
    accounts = own_accounts(seat.services, seat.resident_id)
    status = _status(error) if error else HTTPStatus.OK
    return render_home(
        request, "home/ring.html", status=status, accounts=accounts, wrong=_words(error) if error else ""
    )


def _status(error: PipelineError) -> HTTPStatus:
    """Ring's refusals are answers to what was filled in."""
    if isinstance(error, SourceUnreachableError):
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, AccountRefusedError) else status_of(error)


def _words(error: PipelineError) -> str:
    """For residents: without ids and commands."""
    if isinstance(error, AccountRefusedError):
        said = f"Ring does not take it: {error.detail}"
    elif isinstance(error, NameTakenError):
        said = "this Ring account is linked by another resident here; whoever linked it has to unlink it first"
    elif isinstance(error, SourceUnreachableError):
        said = f"Ring does not answer as it should: {error.detail}. Nothing was changed; try again later"
    elif isinstance(error, LoginForgottenError):
        said = f"{error}: begin again"
    else:
        said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
