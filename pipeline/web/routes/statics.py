"""Static files, and whether the desk is up."""

from fastapi import Response
from starlette.requests import Request

from pipeline.errors import NotHereError
from pipeline.web.desk import desk_of
from pipeline.web.seat import desk_router

router = desk_router()

_FOR_GOOD = "public, max-age=31536000, immutable"
_ANEW = "no-cache"


@router.get("/static/{digest}/{name:path}", name="static", include_in_schema=False)
def static(request: Request, digest: str, name: str) -> Response:
    """A static file; kept for good under the address that the desk names, and asked for anew under any other."""
    statics = desk_of(request).statics
    file = statics.get(name)
    if file is None:
        raise NotHereError
    headers = {"Cache-Control": _FOR_GOOD if digest == statics.digest else _ANEW, "Vary": "Accept-Encoding"}
    content = file.content
    if file.packed and "gzip" in request.headers.get("accept-encoding", ""):
        content = file.packed
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=file.kind)


@router.get("/health", name="health", include_in_schema=False)
def health() -> Response:
    """For whatever watches the process: it answers."""
    return Response("up\n", media_type="text/plain")
