"""Pages for everybody: what each is given, and what its answer allows a browser.

They stand on ``templates/near/base.html``. Nobody is signed in, no cookie is set but by a page that has a form, and
their worker and manifest reach ``/near`` alone, never the desk and never home.
"""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from pipeline.casework.proofs.secrets import new_secret
from pipeline.settings import WebSettings
from pipeline.web import cookies
from pipeline.web.desk import desk_of
from pipeline.web.forgery import token_for
from pipeline.web.gate import Knock
from pipeline.web.guard import CONTENT_SECURITY_POLICY, HEADERS
from pipeline.web.places import Place

PLACES = (
    Place("near", "/near", "Reports"),
    Place("near_report", "/near/report", "Send a report"),
    Place("near_return", "/near/return", "Come back"),
    Place("near_digest", "/near/digest", "By mail"),
    Place("requests_log", "/requests/log", "Requests for footage"),
    Place("transparency", "/transparency", "Transparency"),
)
"""Where the public goes, in order; shown when their routes are served."""

Answer = TypeVar("Answer", bound=Response)

PREFIX = "/near"
_PICTURES = "img-src 'self' data:"


def is_near(path: str) -> bool:
    """Whether an address belongs to the public's door."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def render_near(
    request: Request, template: str, *, status: int = 200, has_form: bool = False, **context: object
) -> HTMLResponse:
    """A page for everybody.

    Args:
        request: As it came.
        template: Name of the template, for example ``near/report.html``.
        status: Of the answer.
        has_form: Whether the page sends something. Then the browser gets a cookie that its token ``csrf`` is bound to;
            without, it gets none.
        context: What the template needs besides.
    """
    if has_form:
        return with_door(request, lambda csrf: _page(request, template, status, {"csrf": csrf, **context}))
    return _page(request, template, status, {"csrf": "", **context})


def with_door(request: Request, answer: Callable[[str], Answer]) -> Answer:
    """An answer that carries the token for forms, and the cookie that the token is bound to."""
    knock: Knock | None = getattr(request.state, "knock", None)
    secret = (knock.secret if knock else "") or new_secret()
    made = answer(token_for(secret))
    if knock is None or knock.signed_in is None:
        desk_of(request).jar.put(made, cookies.DOOR, secret)
    return made


def _page(request: Request, template: str, status: int, context: dict[str, object]) -> HTMLResponse:
    desk = desk_of(request)
    settings = desk.services.settings
    given: dict[str, object] = {
        "places": tuple(place for place in PLACES if place.key in desk.served),
        "here": _here(request.url.path),
        "agency": settings.agency,
        "served": desk.served,
    }
    page = HTMLResponse(desk.templates.page(template, given | context), status)
    page.headers.update(near_headers(settings.web))
    return page


def near_headers(web: WebSettings) -> dict[str, str]:
    """What a public page allows besides the desk's: its worker, its manifest, the place of who looks, given tiles."""
    pictures = f"{_PICTURES} blob:"
    if web.map_tiles_url is not None:
        parts = urlsplit(web.map_tiles_url)
        pictures = f"{pictures} {parts.scheme}://{parts.netloc}"
    policy = f"{CONTENT_SECURITY_POLICY.replace(_PICTURES, pictures)}; worker-src 'self'; manifest-src 'self'"
    permissions = HEADERS["Permissions-Policy"].replace("geolocation=()", "geolocation=(self)")
    return {"Content-Security-Policy": policy, "Permissions-Policy": permissions}


def _here(path: str) -> str:
    matching = [place for place in PLACES if path == place.url or path.startswith(f"{place.url}/")]
    return max(matching, key=lambda place: len(place.url), default=Place("", "", "")).key


def base_of(request: Request) -> str:
    """What addresses begin with that leave the page: the public one, or that at which was asked."""
    desk = desk_of(request)
    if len(desk.origins) == 1:
        return next(iter(desk.origins))
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def require_asking(request: Request, what: str) -> None:
    """Counts one question of this address.

    Raises:
        TooOftenError: It is one too many.
    """
    desk_of(request).asking.require_turn(what, request.client.host if request.client else "unknown")
