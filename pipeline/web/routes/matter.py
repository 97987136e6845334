"""On what matter an agent looks: asked once a case, not once a click."""

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.casework.agents.matters import begin_matter, choose_matter, offered_purposes
from pipeline.casework.proofs.secrets import digest_of
from pipeline.errors import InputRefusedError
from pipeline.web.desk import desk_of
from pipeline.web.pages import render
from pipeline.web.seat import Seat, Seated, desk_router
from pipeline.web.ways import landing, safe_way

router = desk_router()

Text = Annotated[str, Form(max_length=400)]
_DIGITS = 16


@router.get("/matter", name="matter", include_in_schema=False)
def matter(request: Request, seat: Seat, next: str = "") -> Response:  # noqa: A002 - the word of the address
    """The purposes that live grants name, and a case number."""
    return _page(request, seat, next)


@router.post("/matter", name="begin_matter", include_in_schema=False)
def begin(
    request: Request,
    seat: Seat,
    chosen: Text,
    case_number: Text = "",
    next: Text = "",  # noqa: A002 - the word of the form
) -> Response:
    """Begins it, and goes where somebody wanted to go."""
    pairs = {name_of(pair): pair for pair in offered_purposes(seat.services)}
    try:
        purpose, recipient = pairs.get(chosen, ("", ""))
        made = choose_matter(seat.services, seat.agent, purpose, recipient, case_number)
    except InputRefusedError as error:
        return _page(request, seat, next, case_number, error)
    begin_matter(seat.services, seat.signed_in, made)
    return RedirectResponse(safe_way(next) or landing(desk_of(request), seat.role), 303)


def name_of(pair: tuple[str, str]) -> str:
    """A short name of a purpose with its recipient, for a form."""
    return digest_of("\0".join(pair).casefold())[:_DIGITS]


def _page(
    request: Request, seat: Seated, way: str, case_number: str = "", error: InputRefusedError | None = None
) -> Response:
    offered = [(name_of(pair), *pair) for pair in offered_purposes(seat.services)]
    known = {name for name, _, _ in offered}
    recent = [
        (name_of((one.purpose, one.recipient)), one)
        for one in seat.services.catalogue.sessions.recent_matters(seat.agent)
        if name_of((one.purpose, one.recipient)) in known
    ]
    wrong = {error.field: f"{error}."} if error else {}
    return render(
        request, seat, "matter.html", status=422 if error else 200,
        offered=offered, recent=recent, next=safe_way(way), case_number=case_number, wrong=wrong,
    )  # fmt: skip
