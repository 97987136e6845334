"""Another mail address of a resident's account: asked for, confirmed from the new one, told to the old one."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.residents.address import ask_for_address, mail_letters, take_address, waiting_address
from pipeline.errors import InputRefusedError, LinkEndedError, SettingsError, SignInPausedError
from pipeline.web.desk import desk_of
from pipeline.web.home import render_home
from pipeline.web.home_address import home_address
from pipeline.web.home_seat import HomeSeat, home_router
from pipeline.web.routes.home_own import account_page
from pipeline.web.seat import Knocking

router = home_router()

Text = Annotated[str, Form(max_length=1000)]


@router.post("/home/account/mail", name="home_mail_ask")
def ask(request: Request, seat: HomeSeat, visitor: Knocking, mail: Text = "", old: Text = "") -> Response:
    """Sends a link to the new address, and a notice to the old one."""
    try:
        desk_of(request).rate.require_turn()
        letters = ask_for_address(seat.services, seat.signed_in, mail, old, visitor)
    except (InputRefusedError, SignInPausedError, SettingsError) as error:
        return account_page(request, seat, error, about="mail_old" if _is_password(error) else "mail", mail=mail)
    page = account_page(
        request, seat, said=f"A link went to {mail.strip()}. Open it in this browser; until then nothing changes."
    )
    page.background = BackgroundTask(mail_letters, seat.services, letters, home_address(request))
    return page


@router.get("/home/account/mail", name="home_mail_page")
def confirm(request: Request, seat: HomeSeat, link: str = "") -> Response:
    """One button: what reads people's mail before them follows links, and presses none."""
    if not link:
        return RedirectResponse("/home/account", HTTPStatus.SEE_OTHER)
    try:
        address = waiting_address(seat.services, seat.resident_id, link)
    except LinkEndedError as error:
        return account_page(request, seat, error, about="mail")
    return render_home(request, "home/address.html", link=link, address=address)


@router.post("/home/account/mail/take", name="home_mail_take")
def take(request: Request, seat: HomeSeat, link: Text) -> Response:
    """The account has the new address, and the old one is told."""
    try:
        letters = take_address(seat.services, seat.signed_in, link)
    except (InputRefusedError, LinkEndedError) as error:
        return account_page(request, seat, error, about="mail")
    answer = RedirectResponse("/home/account?said=address", HTTPStatus.SEE_OTHER)
    answer.background = BackgroundTask(mail_letters, seat.services, letters, home_address(request))
    return answer


def _is_password(error: Exception) -> bool:
    return isinstance(error, SignInPausedError) or (isinstance(error, InputRefusedError) and error.field == "old")
