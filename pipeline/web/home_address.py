"""Where this home is served, for the links in letters."""

from starlette.requests import Request

from pipeline.web.desk import desk_of


def home_address(request: Request) -> str:
    """The operator's word, or else the address that was asked for, which the guard has checked."""
    web = desk_of(request).services.settings.web
    return web.public_url or f"{request.url.scheme}://{request.url.netloc}"
