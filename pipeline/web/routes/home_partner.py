"""A resident's accounts of Ring's partner interface: linked with Ring's own link, and unlinked."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.partner.linking import claim, find_waiting, linked_accounts, same_names
from pipeline.casework.partner.webhooks import end_link
from pipeline.casework.residents.accounts import mail_of
from pipeline.errors import (
    AccountRefusedError,
    InputRefusedError,
    NameTakenError,
    NotHereError,
    PipelineError,
    SourceUnreachableError,
)
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router

router = home_router()

Text = Annotated[str, Form(max_length=400)]
"""A field of these forms."""

_TAKEN = "this Ring account was linked here by somebody else; ask the agency if that cannot be"


@router.get("/home/partner", name="home_partner")
def partner_page(request: Request, seat: HomeSeat) -> Response:
    """What is linked, and how to link."""
    services = seat.services
    accounts = [
        {
            "account_id": account.account_id,
            "cameras": [one.name for one in services.catalogue.cameras.list(account.account_id)],
            "twice": same_names(services, account),
        }
        for account in linked_accounts(services, seat.resident_id)
    ]
    partner = services.settings.partner
    return render_home(request, "home/partner.html", accounts=accounts, is_on=partner.is_on, app_name=partner.app_name)


@router.get("/home/partner/link", name="home_partner_link")
def link_page(request: Request, seat: HomeSeat, nonce: str = "", time: str = "") -> Response:
    """Says which account Ring sent here, and asks; nothing is linked before the button is pressed.

    Whose it is, Ring's own link says: it is made for the account in whose app it was begun.
    """
    try:
        _require_on(seat)
        waiting = find_waiting(seat.services, nonce, time)
    except InputRefusedError as error:
        return _refused(request, error)
    return render_home(
        request, "home/partner_link.html", nonce=nonce, time=time, shown=waiting.shown, wrong="", remedy=""
    )


@router.post("/home/partner/link", name="home_partner_claim")
def link_claimed(request: Request, seat: HomeSeat, nonce: Text, time: Text) -> Response:
    """Links the account with the resident who is signed in."""
    told = mail_of(seat.services, seat.resident)
    try:
        _require_on(seat)
        claim(seat.services, seat.resident_id, nonce, time, shown_to_ring=told)
    except NameTakenError:
        return _refused(request, InputRefusedError("link", _TAKEN))
    except (InputRefusedError, AccountRefusedError, SourceUnreachableError) as error:
        return _refused(request, error)
    return RedirectResponse("/home/partner", HTTPStatus.SEE_OTHER)


@router.post("/home/partner/{account_id}/unlink", name="home_partner_unlink")
def unlinked(request: Request, seat: HomeSeat, account_id: str, sure: Text = "") -> Response:
    """Ends a link with all that rests on it, once the resident said twice that they mean it."""
    account = next(
        (one for one in linked_accounts(seat.services, seat.resident_id) if one.account_id == account_id), None
    )
    if account is None:
        raise NotHereError
    if sure != "yes":
        return _refused(request, InputRefusedError("sure", "tick the box to say that you mean it"))
    changed = end_link(seat.services, account, seat.resident_id)
    return render_home(request, "home/partner_ended.html", grants=changed, app_name=_app_name(seat))


def _require_on(seat: SeatedAtHome) -> None:
    if not seat.services.settings.partner.is_on:
        raise InputRefusedError("link", "the agency has not set this up")


def _app_name(seat: SeatedAtHome) -> str:
    return seat.services.settings.partner.app_name


def _refused(request: Request, error: PipelineError) -> Response:
    words = str(error)
    remedy = "" if isinstance(error, InputRefusedError) else error.remedy  # what to fill in anew is in the words
    shown = {"nonce": "", "time": "", "shown": "", "wrong": f"{words[:1].upper()}{words[1:]}.", "remedy": remedy}
    return render_home(request, "home/partner_link.html", status=503 if error.retryable else 422, **shown)
