"""Bytes of a video or a picture as a browser asks for them: whole, in parts, or not again."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pipeline.casework.filmed import Medium
from pipeline.casework.media import opened
from pipeline.night.services import Services
from pipeline.web.ranges import Answer, Asked, answer

_PORTION = 1 << 18
"""Bytes sent at a time."""


def stream(request: Request, services: Services, medium: Medium, look: Callable[[], None]) -> Response:
    """The answer to a request for something that may be shown.

    Args:
        request: As it came.
        services: The installation.
        medium: What is shown.
        look: Writes down that somebody looks; called before the first byte leaves.

    Raises:
        EvidenceError: The bytes are not in the store, or no longer what they were.
    """
    kept = ExitStack()
    try:
        path = kept.enter_context(opened(services, medium))
        size, etag = path.stat().st_size, f'"{medium.digest}"'
        headers = request.headers
        asked = Asked(request.method, headers.get("range"), headers.get("if-range"), headers.get("if-none-match"))
        told = answer(asked, etag, size)
        if told.length and request.method == "GET":
            look()
        return _response(request, medium, told, size, kept, path)
    except BaseException:
        kept.close()
        raise


def part_of(request: Request, digest: str, media_type: str, content: bytes) -> Response:
    """The answer to a request for something small that lies in memory, whole or in parts.

    Args:
        request: As it came.
        digest: SHA-256 of the bytes.
        media_type: As browsers know it.
        content: The bytes; whoever calls has asked whether they may be shown.
    """
    etag, headers = f'"{digest}"', request.headers
    asked = Asked(request.method, headers.get("range"), headers.get("if-range"), headers.get("if-none-match"))
    told = answer(asked, etag, len(content))
    said = {"ETag": etag, "Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    content_range = told.content_range(len(content))
    if content_range is not None:
        said["Content-Range"] = content_range
    shown = content[told.first : told.first + told.length] if request.method == "GET" else b""
    return Response(shown, told.status, said, media_type)


def _response(request: Request, medium: Medium, told: Answer, size: int, opened: ExitStack, path: Path) -> Response:
    headers = {
        "ETag": f'"{medium.digest}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": "inline",
        "Content-Length": str(told.length),
        "X-Doorstep-Made": "original" if medium.is_original else "derivative",
    }
    content_range = told.content_range(size)
    if content_range is not None:
        headers["Content-Range"] = content_range
    if request.method == "HEAD" or not told.length:
        opened.close()
        if not told.length:
            del headers["Content-Length"]
        return Response(status_code=told.status, headers=headers, media_type=medium.media_type)
    portions = _portions(opened, path, told)
    return StreamingResponse(portions, told.status, headers, medium.media_type)


def _portions(opened: ExitStack, path: Path, told: Answer) -> Iterator[bytes]:
    """The bytes that were asked for, and the store's file is let go at the end, also when nobody listens any more."""
    with opened, path.open("rb") as file:
        file.seek(told.first)
        left = told.length
        while left and (portion := file.read(min(_PORTION, left))):
            left -= len(portion)
            yield portion
