"""Files of reports by tus 1.0.0: creation, termination, expiration, checksum.

Source: tus.io/protocols/resumable-upload.

The address of an upload is a secret of 256 bits that whoever began it was told. What arrives is written as it comes, in
portions, so that a large file takes no memory.
"""

import base64
import binascii
from email.utils import format_datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from pipeline.casework.neighbours.publishing import public_copy
from pipeline.casework.neighbours.sending import by_code
from pipeline.casework.neighbours.uploads import Piece, begin_upload, complete, end_upload, find_upload, offset_of
from pipeline.domain.neighbour_reports import NeighbourReport, PartialUpload
from pipeline.errors import InputRefusedError, NotHereError, StorageError, UploadMismatchError
from pipeline.web.desk import Desk, desk_of
from pipeline.web.seat import Knocking, desk_router
from pipeline.web.streaming import part_of

router = desk_router()

_VERSION = "1.0.0"
_TUS = {"Tus-Resumable": _VERSION}
_PIECE = "application/offset+octet-stream"
_DAMAGED = 460
"""As the protocol's checksum extension has it."""
_MOST_DIGITS = 15


@router.api_route("/near/uploads", methods=["OPTIONS"], name="near_uploads", include_in_schema=False)
def what_is_spoken(request: Request) -> Response:
    """Which parts of the protocol are spoken, and how large a file may be."""
    largest = desk_of(request).services.settings.neighbours.largest_video_megabytes << 20
    spoken = {
        "Tus-Version": _VERSION,
        "Tus-Extension": "creation,termination,expiration,checksum",
        "Tus-Checksum-Algorithm": "sha256",
        "Tus-Max-Size": str(largest),
    }
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_TUS | spoken)


@router.post("/near/uploads", name="near_upload_begin", include_in_schema=False)
def begin(request: Request, visitor: Knocking) -> Response:
    """Makes place for a file of a report; the metadata has ``receipt``, ``filename`` and ``filetype``."""
    _require_version(request)
    desk = desk_of(request)
    desk.sending.require_turn("files", visitor.address)
    said = _metadata(request.headers.get("upload-metadata", ""))
    report = by_code(desk.services, said.get("receipt", ""))
    if not isinstance(report, NeighbourReport):
        raise NotHereError
    size = _number(request, "upload-length")
    begun = begin_upload(desk.services, report, said.get("filename", ""), size, said.get("filetype", ""))
    headers = {"Location": f"/near/uploads/{begun.secret}", **_ends(begun.upload)}
    return Response(status_code=HTTPStatus.CREATED, headers=_TUS | headers)


@router.head("/near/uploads/{secret}", name="near_upload_offset", include_in_schema=False)
async def how_much(request: Request, secret: str) -> Response:
    """How much is here; a file whose last byte came and that was not opened yet is opened now."""
    _require_version(request)
    desk = desk_of(request)
    upload = await run_in_threadpool(find_upload, desk.services, secret)
    offset = await run_in_threadpool(offset_of, desk.services, upload)
    if offset == upload.size:
        await _complete(desk, upload)
    headers = {"Upload-Offset": str(offset), "Upload-Length": str(upload.size), **_ends(upload)}
    return Response(headers=_TUS | headers)


@router.patch("/near/uploads/{secret}", name="near_upload_piece", include_in_schema=False)
async def piece(request: Request, secret: str) -> Response:
    """Takes a piece as it comes. It is async, since the body is read in portions; files are written in threads."""
    _require_version(request)
    if request.headers.get("content-type", "") != _PIECE:
        return Response(status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, headers=_TUS)
    desk = desk_of(request)
    upload = await run_in_threadpool(find_upload, desk.services, secret)
    try:
        offset = await _taken(request, desk, upload)
    except UploadMismatchError as error:
        status = _DAMAGED if error.is_damaged else int(HTTPStatus.CONFLICT)
        return JSONResponse({"detail": str(error)}, status, headers=_TUS | {"Upload-Offset": str(error.offset)})
    if offset == upload.size:
        await _complete(desk, upload)
    headers = {"Upload-Offset": str(offset), **_ends(upload)}
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_TUS | headers)


@router.delete("/near/uploads/{secret}", name="near_upload_end", include_in_schema=False)
def end(request: Request, secret: str) -> Response:
    """Forgets an upload that its sender gave up; a file that is whole stays with its report."""
    _require_version(request)
    services = desk_of(request).services
    end_upload(services, find_upload(services, secret))
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=_TUS)


@router.api_route("/near/media/{name}", methods=["GET", "HEAD"], name="near_medium", include_in_schema=False)
def media(request: Request, name: str) -> Response:
    """A masked copy that is published; it stays in no cache, since it may be taken off at any moment."""
    copy, content = public_copy(desk_of(request).services, name)
    return part_of(request, copy.digest, copy.media_type, content)


async def _complete(desk: Desk, upload: PartialUpload) -> None:
    """One file is opened at a time; those that wait for it take no thread from whoever asks for a page."""
    async with desk.opening:
        await run_in_threadpool(complete, desk.services, upload)


async def _taken(request: Request, desk: Desk, upload: PartialUpload) -> int:
    coming = Piece(desk.services, upload, _number(request, "upload-offset"), _checksum(request))
    await run_in_threadpool(coming.__enter__)
    try:
        async for portion in request.stream():
            await run_in_threadpool(coming.write, portion)
        offset = coming.keep()
    except ClientDisconnect as error:
        await run_in_threadpool(coming.__exit__, type(error), error, None)
        raise StorageError("take the rest of the piece", "the connection was cut") from error
    except BaseException as error:
        await run_in_threadpool(coming.__exit__, type(error), error, None)
        raise
    await run_in_threadpool(coming.__exit__, None, None, None)
    return offset


def _require_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != _VERSION:
        raise InputRefusedError("Tus-Resumable", f"uploads speak tus {_VERSION}")


def _number(request: Request, name: str) -> int:
    words = request.headers.get(name, "")
    if not (words.isascii() and words.isdecimal() and len(words) <= _MOST_DIGITS):
        raise InputRefusedError(name, f"the header {name} must say how many bytes")
    return int(words)


def _checksum(request: Request) -> bytes:
    """The piece's SHA-256; empty for none."""
    words = request.headers.get("upload-checksum", "")
    if not words:
        return b""
    kind, _, given = words.partition(" ")
    try:
        digest = base64.b64decode(given, validate=True)
    except binascii.Error as error:
        raise InputRefusedError("Upload-Checksum", "it is no base 64") from error
    if kind != "sha256" or len(digest) != 32:  # noqa: PLR2004 - bytes of a SHA-256
        raise InputRefusedError("Upload-Checksum", "it must be sha256")
    return digest


def _metadata(words: str) -> dict[str, str]:
    said = {}
    for pair in filter(None, words.split(",")):
        name, _, value = pair.strip().partition(" ")
        try:
            said[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise InputRefusedError("Upload-Metadata", f"{name[:40]} is no base 64 of UTF-8") from error
    return said


def _ends(upload: PartialUpload) -> dict[str, str]:
    return {"Upload-Expires": format_datetime(upload.ends_at, usegmt=True)}
