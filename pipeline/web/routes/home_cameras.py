"""The cameras that a resident's accounts reach. None is ticked, and nothing of them is fetched without a grant."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.residents.cameras import cameras_of, write_own_address
from pipeline.casework.residents.ring import LinkState, own_accounts, refresh
from pipeline.errors import AccountRefusedError, InputRefusedError, SourceUnreachableError
from pipeline.web.home import render_home
from pipeline.web.home_seat import HomeSeat, SeatedAtHome, home_router

router = home_router()

Text = Annotated[str, Form(max_length=400)]

_SAID = {
    "linked": "Your account is linked. Linking shares nothing: these are the cameras that it reaches.",
    "unread": "Your account is linked, and Ring did not say which cameras it has. Ask Ring again in a moment.",
    "asked": "Ring was asked just now.",
    "address": "The address was written.",
}
_WRONG = {
    "away": "Ring does not answer. Nothing was changed; try again later.",
}


@router.get("/home/cameras", name="home_cameras")
def cameras(request: Request, seat: HomeSeat, said: str = "") -> Response:
    """Each camera with what must be known before it is granted."""
    return _page(request, seat, said=_SAID.get(said, ""), wrong=_WRONG.get(said, ""))


@router.post("/home/cameras/ask", name="home_cameras_ask")
def ask_again(seat: HomeSeat) -> Response:
    """Asks the sources which cameras there are now."""
    said = "asked"
    for one in own_accounts(seat.services, seat.resident_id):
        if one.state is LinkState.UNLINKED:
            continue
        try:
            refresh(seat.services, one.account)
        except AccountRefusedError:
            said = "again"
        except SourceUnreachableError:
            said = "away"
    return RedirectResponse(f"/home/cameras?said={said}", HTTPStatus.SEE_OTHER)


@router.post("/home/cameras/{camera_id}/address", name="home_camera_address")
def address(request: Request, seat: HomeSeat, camera_id: str, address: Text = "") -> Response:
    """Writes where a camera stands."""
    try:
        write_own_address(seat.services, seat.resident_id, camera_id, address)
    except InputRefusedError as error:
        return _page(request, seat, status=HTTPStatus.UNPROCESSABLE_ENTITY, wrong=f"{error}.")
    return RedirectResponse("/home/cameras?said=address", HTTPStatus.SEE_OTHER)


def _page(
    request: Request, seat: SeatedAtHome, *, status: int = HTTPStatus.OK, said: str = "", wrong: str = ""
) -> Response:
    accounts = own_accounts(seat.services, seat.resident_id)
    return render_home(
        request,
        "home/cameras.html",
        status=status,
        cameras=cameras_of(seat.services, seat.resident_id),
        is_linked=any(one.state is not LinkState.UNLINKED for one in accounts),
        asks_again=any(one.state is LinkState.ASKS_AGAIN for one in accounts),
        said=said,
        wrong=wrong,
    )
