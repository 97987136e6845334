"""Tiles below a map: none by default, and no address leaves the desk; a page with a map may ask one server for them."""

from urllib.parse import urlsplit

from starlette.responses import Response

from pipeline.settings import WebSettings
from pipeline.web.guard import CONTENT_SECURITY_POLICY

_PICTURES = "img-src 'self' data:"


def with_tiles(page: Response, web: WebSettings) -> Response:
    """The page, allowed to show pictures of the server of tiles that the operator named, if any, and of no other."""
    if web.map_tiles_url is not None:
        parts = urlsplit(web.map_tiles_url)
        policy = CONTENT_SECURITY_POLICY.replace(_PICTURES, f"{_PICTURES} {parts.scheme}://{parts.netloc}")
        page.headers["Content-Security-Policy"] = policy
    return page
