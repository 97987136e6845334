"""The boxes of an MP4 file: found, cut out, and put together again with sizes that fit, or on purpose do not.

Source: ISO/IEC 14496-12, 4.2 (a box is a 32-bit size, four letters, and its content; size 1 means a 64-bit size).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER_BYTES = 8
_WIDE_HEADER_BYTES = 16
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"mvex"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box lies in a file.

    Attributes:
        kind: Its four letters.
        start: Offset of its size field.
        end: Offset of the byte after it.
        content: Offset of its content.
    """

    kind: bytes
    start: int
    end: int
    content: int


def box(kind: bytes, *content: bytes) -> bytes:
    """A box with a size that fits."""
    body = b"".join(content)
    return struct.pack(">I4s", HEADER_BYTES + len(body), kind) + body


def full_box(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box whose content begins with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def places(content: bytes, start: int = 0, end: int | None = None) -> Iterator[Place]:
    """Every box of a well-formed file, each before the boxes inside it."""
    spans = [
        (start, len(content) if end is None else end)
    ]  # a stack, for boxes may be nested as deep as a file is long
    while spans:
        start, end = spans.pop()
        place = _place(content, start, end)
        if place is None:
            continue
        yield place
        spans.append((place.end, end))
        if place.kind in _CONTAINERS:
            spans.append((place.content, place.end))


def _place(content: bytes, start: int, end: int) -> Place | None:
    """The box that begins there; None where there is no room for one, or its size does not fit."""
    if start + HEADER_BYTES > end:
        return None
    size, kind = struct.unpack_from(">I4s", content, start)
    header = HEADER_BYTES
    if size == 1 and start + _WIDE_HEADER_BYTES <= end:
        (size,) = struct.unpack_from(">Q", content, start + HEADER_BYTES)
        header = _WIDE_HEADER_BYTES
    if size < header or start + size > end:
        return None
    return Place(kind, start, start + size, start + header)


def find(content: bytes, kind: bytes) -> Place:
    """The first box of a kind.

    Raises:
        ValueError: There is none.
    """
    for place in places(content):
        if place.kind == kind:
            return place
    raise ValueError(f"no {kind!r} in the file")


def replaced(content: bytes, place: Place, new: bytes) -> bytes:
    """The file with another box in that place: the boxes around it grow with it, and so do the chunks' offsets.

    The chunks' offsets are moved only where the media lies behind the place, so that a clip still plays.
    """
    grown = len(new) - (place.end - place.start)
    changed = bytearray(content[: place.start] + new + content[place.end :])
    for around in places(content):
        if around.start < place.start and around.end >= place.end:
            struct.pack_into(">I", changed, around.start, around.end - around.start + grown)
    if grown and _media_start(content) > place.start:
        _move_chunks(changed, grown)
    return bytes(changed)


def _media_start(content: bytes) -> int:
    return find(content, b"mdat").start


def _move_chunks(changed: bytearray, by: int) -> None:
    for place in list(places(bytes(changed))):
        if place.kind != b"stco":
            continue
        (count,) = struct.unpack_from(">I", changed, place.content + 4)
        for number in range(min(count, (place.end - place.content - 8) // 4)):
            at = place.content + 8 + 4 * number
            (offset,) = struct.unpack_from(">I", changed, at)
            struct.pack_into(">I", changed, at, max(0, offset + by))
