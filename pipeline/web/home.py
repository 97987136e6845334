"""Pages of residents: what each is given. They stand on ``templates/home/base.html``."""

from starlette.requests import Request
from starlette.responses import HTMLResponse

from pipeline.casework.proofs.secrets import new_secret
from pipeline.casework.residents.accounts import mail_of
from pipeline.domain.agents import Stage
from pipeline.web import cookies
from pipeline.web.desk import Desk, desk_of
from pipeline.web.forgery import token_for
from pipeline.web.gate import Knock
from pipeline.web.places import Place

PLACES = (
    Place("home", "/home", "Home"),
    Place("home_ring", "/home/ring", "Ring"),
    Place("home_partner", "/home/partner", "Ring's app"),
    Place("home_cameras", "/home/cameras", "Cameras"),
    Place("home_grants", "/home/grants", "What you share"),
    Place("home_requests", "/home/requests", "Requests"),
    Place("home_looked", "/home/looked", "Who looked"),
)
"""Where a resident goes, in order; shown when their routes are served."""


def render_home(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page for a resident, or for somebody who is not signed in yet.

    Args:
        request: As it came through the gate.
        template: Name of the template, for example ``home/cameras.html``.
        status: Of the answer.
        context: What the template needs besides. It may replace what every page is given, ``here`` for example.
    """
    desk = desk_of(request)
    knock: Knock | None = getattr(request.state, "knock", None)
    is_in = knock is not None and knock.resident is not None and knock.stage is Stage.OPEN
    given: dict[str, object] = {
        "resident": _named(desk, knock) if is_in and knock else "",
        "places": _places(desk) if is_in else (),
        "here": here(request.url.path),
        "agency": desk.services.settings.agency,
        "csrf": token_for(knock.secret) if knock else "",
        "served": desk.served,
    }
    return HTMLResponse(desk.templates.page(template, given | context), status)


def render_at_door(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A form that is shown before anybody is signed in; its token is bound to a cookie of its own."""
    knock: Knock = request.state.knock
    secret = knock.secret or new_secret()
    page = render_home(request, template, status=status, csrf=token_for(secret), **context)
    if knock.resident is None:
        desk_of(request).jar.put(page, cookies.HOME_DOOR, secret)
    return page


def here(path: str) -> str:
    """The key of the place that an address belongs to; empty for none."""
    below = [place for place in PLACES if place.url != "/home" and path.startswith(f"{place.url}/")]
    matching = below + [place for place in PLACES if path == place.url]
    return max(matching, key=lambda place: len(place.url), default=Place("", "", "")).key


def _places(desk: Desk) -> tuple[Place, ...]:
    """Those that are served; Ring's own way only where the agency has set it up."""
    left_out = () if desk.services.settings.partner.is_on else ("home_partner",)
    return tuple(place for place in PLACES if place.key in desk.served and place.key not in left_out)


def _named(desk: Desk, knock: Knock) -> str:
    """By what residents know their account: the mail address, or else the id."""
    if knock.resident is None:
        return ""
    account = knock.resident.account
    return mail_of(desk.services, account) or account.resident_id
