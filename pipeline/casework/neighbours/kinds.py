"""What a file is by its bytes. Nothing is decoded here: the beginning is read, and the parts beside the picture.

A file that is two things at once (a picture that is also a page, a script or an archive) is refused: whoever opens it
by its name would get the other one. Source: ISO/IEC 10918-1 (markers), PNG 3rd edition (chunks), ISO/IEC
14496-12 (boxes).
"""

import os
import re
import struct
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipeline.domain.neighbour_reports import LONGEST_NAME, MediumKind
from pipeline.errors import ReportFileError

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png"})
VIDEO_SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".qt", ".3gp", ".mkv", ".webm", ".avi", ".ts", ".m2ts", ".mts"})
_HEAD = 4096
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc", b"hevx")
_MOVIE_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_OTHER_THINGS = re.compile(
    rb"<(?:!doctype|html|svg|script|iframe|body|\?php)|%PDF-|PK\x03\x04|\x7fELF|Rar!\x1a|7z\xbc\xaf\x27\x1c|^MZ|^#!",
    re.IGNORECASE,
)
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_EOI, _SOS = 0xD9, 0xDA
_MOST_SEGMENTS = 100_000
_TS_PACKET = 188


def harmless_name(name: str) -> str:
    """The sender's name for a file, to be shown and nothing else: no folders, no signs that cannot be seen."""
    last = PurePosixPath(name.replace("\\", "/")).name
    seen = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
    return " ".join(seen.split())[:LONGEST_NAME] or "a file without a name"


def require_promising(name: str, declared: str) -> MediumKind:
    """What a file says that it is, before a byte of it is taken.

    Args:
        name: Made harmless.
        declared: Its media type by the browser; empty when it said none.

    Raises:
        ReportFileError: It says that it is neither photo nor video.
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".heic", ".heif", ".avif"):
        raise ReportFileError(name, "this kind of photo is not taken: let the telephone share it as JPEG")
    if suffix not in PHOTO_SUFFIXES | VIDEO_SUFFIXES:
        raise ReportFileError(name, "its name does not end like that of a photo or a video")
    kind = MediumKind.PHOTO if suffix in PHOTO_SUFFIXES else MediumKind.VIDEO
    is_media = declared.partition("/")[0] in ("", "image", "video") or declared == "application/octet-stream"
    if not is_media or "svg" in declared:
        raise ReportFileError(name, "the browser says that it is neither photo nor video")
    return kind


def kind_of(path: Path, name: str) -> MediumKind:
    """What a whole file is.

    Raises:
        ReportFileError: It is neither a photo nor a video that is taken, or is something else besides.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith((_JPEG, _PNG)):
            beside = _beside_jpeg(file) if head.startswith(_JPEG) else _beside_png(file)
            try:
                parts = list(beside)
            except (struct.error, ValueError) as error:
                raise ReportFileError(name, "it is cut off, or damaged") from error
            if any(_OTHER_THINGS.search(part) for part in parts):
                raise ReportFileError(name, "it is a photo and something else in one file")
            return MediumKind.PHOTO
        if not _is_movie(head, name):
            raise ReportFileError(name, "it is neither a photo nor a video that is taken here")
        file.seek(-min(_HEAD, os.fstat(file.fileno()).st_size), os.SEEK_END)
        if _OTHER_THINGS.search(head[:1024]) or _OTHER_THINGS.search(file.read()):
            raise ReportFileError(name, "it is a video and something else in one file")
    return MediumKind.VIDEO


def _is_movie(head: bytes, name: str) -> bool:
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        raise ReportFileError(name, "this kind of photo is not taken: let the telephone share it as JPEG")
    if head[4:8] in _MOVIE_BOXES or head.startswith(b"\x1a\x45\xdf\xa3"):
        return True
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return True
    starts = [head[start : start + 1] for start in range(0, min(len(head), 10 * _TS_PACKET), _TS_PACKET)]
    return len(starts) > 2 and all(start == b"\x47" for start in starts)  # noqa: PLR2004


def _beside_jpeg(file: BinaryIO) -> Iterator[bytes]:
    """Comments and facts of a JPEG, and what follows its end; the picture's own data is passed over."""
    file.seek(2)
    for _ in range(_MOST_SEGMENTS):
        marker = _next_marker(file)
        if marker == _EOI:
            yield _after(file)
            return
        if marker in _ALONE:
            continue
        (length,) = struct.unpack(">H", file.read(2))
        content = file.read(length - 2) if length >= 2 else b""  # noqa: PLR2004
        if len(content) != length - 2:
            raise ValueError("a segment is cut off")
        if marker == _SOS:
            _pass_scan(file)
        else:
            yield content
    raise ValueError("it has too many segments")


def _next_marker(file: BinaryIO) -> int:
    if file.read(1) != b"\xff":
        raise ValueError("no marker where one must be")
    while (sign := file.read(1)) == b"\xff":
        pass
    if not sign:
        raise ValueError("it ends before its end")
    return sign[0]


def _pass_scan(file: BinaryIO) -> None:
    """To the marker that ends the picture's data."""
    before = b""
    while portion := file.read(1 << 16):
        text = before + portion
        for found in re.finditer(rb"\xff([^\x00\xff])", text):
            if found[1][0] not in _ALONE:
                file.seek(found.start() - len(text), os.SEEK_CUR)
                return
        before = text[-1:]
    raise ValueError("the picture has no end")


def _beside_png(file: BinaryIO) -> Iterator[bytes]:
    file.seek(len(_PNG))
    for _ in range(_MOST_SEGMENTS):
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind == b"IDAT":
            file.seek(length + 4, os.SEEK_CUR)
            continue
        content = file.read(length + 4)
        if len(content) != length + 4:
            raise ValueError("a chunk is cut off")
        if kind == b"IEND":
            yield _after(file)
            return
        yield content[:-4]
    raise ValueError("it has too many chunks")


def _after(file: BinaryIO) -> bytes:
    """What follows the end; the short film that some telephones put behind a photo is none of our business."""
    rest = file.read()
    return b"" if rest[4:8] == b"ftyp" else rest
