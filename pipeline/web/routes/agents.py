"""The agents of the desk, for administrators."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import Form
from starlette.requests import Request
from starlette.responses import Response

from pipeline.casework.agents.accounts import add_agent, change_role, reset, set_enabled
from pipeline.domain.agents import AgentAccount, Role
from pipeline.errors import DeskError, InputRefusedError
from pipeline.web.pages import render
from pipeline.web.refusals import status_of
from pipeline.web.seat import Seat, Seated, desk_router

router = desk_router()

Text = Annotated[str, Form(max_length=400)]
Change = Literal["enable", "disable", "role", "reset"]


@router.get("/agents", name="agents", include_in_schema=False)
def agents(request: Request, seat: Seat) -> Response:
    """Every agent."""
    return _page(request, seat)


@router.post("/agents", name="add_agent", include_in_schema=False)
def add(request: Request, seat: Seat, name: Text, role: Annotated[Role, Form()]) -> Response:
    """Adds one; the password is shown once, to be handed on."""
    try:
        account, password = add_agent(seat.services, seat.agent.name, name, role)
    except DeskError as error:
        return _page(request, seat, error, name=name)
    return _page(request, seat, given=(account, password))


@router.post("/agents/{agent_id}", name="change_agent", include_in_schema=False)
def change(
    request: Request,
    seat: Seat,
    agent_id: str,
    change: Annotated[Change, Form()],
    role: Annotated[Role | None, Form()] = None,
) -> Response:
    """Lets sign in, forbids it, gives another role or another password."""
    account = seat.services.catalogue.agents.get(agent_id)
    by = seat.agent.name
    try:
        if change == "reset":
            return _page(request, seat, given=(account, reset(seat.services, by, account)))
        if change == "role":
            if role is None:
                raise InputRefusedError("all", "choose a role")
            change_role(seat.services, by, account, role)
        else:
            set_enabled(seat.services, by, account, enabled=change == "enable")
    except DeskError as error:
        return _page(request, seat, error)
    return Response(status_code=HTTPStatus.SEE_OTHER, headers={"Location": "/agents"})


def _page(
    request: Request,
    seat: Seated,
    error: DeskError | None = None,
    *,
    name: str = "",
    given: tuple[AgentAccount, str] | None = None,
) -> Response:
    everyone = seat.services.catalogue.agents.list()
    wrong = {getattr(error, "field", "all"): f"{error}. {error.remedy}."} if error else {}
    return render(
        request, seat, "agents.html", status=status_of(error) if error else HTTPStatus.OK,
        everyone=everyone, roles=tuple(Role), given=given, name=name, wrong=wrong,
    )  # fmt: skip
