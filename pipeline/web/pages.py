"""Pages: what every one of them is given, besides what the route has found."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.web.access import Reach, reach_of
from pipeline.web.desk import desk_of
from pipeline.web.forgery import token_for
from pipeline.web.gate import Knock
from pipeline.web.places import here, places_of
from pipeline.web.seat import Seated


def render(
    request: Request, seat: Seated | None, template: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    """A page for whoever sits at the desk; with the notice, the navigation and the token that ``base.html`` asks for.

    Args:
        request: As it came.
        seat: Who sits there; None before sign-in.
        template: Name of the template.
        status: Of the answer.
        context: What the template needs besides. It may replace what every page is given, ``here`` for example.
    """
    desk = desk_of(request)
    settings = desk.services.settings
    role = seat.role if seat else None
    knock: Knock | None = getattr(request.state, "knock", None)
    given: dict[str, object] = {
        "agent": {"name": seat.agent.name, "role": seat.role.words} if seat else None,
        "matter": seat.matter_or_none if seat else None,
        "places": places_of(role, desk.served) if role else (),
        "here": here(request.url.path),
        "agency": settings.agency,
        "csrf": token_for(knock.secret) if knock else "",
        "reaches": lambda name: role is not None and name in desk.served and reach_of(name, role) is not Reach.NOTHING,
    }
    return HTMLResponse(desk.templates.page(template, given | context), status)
