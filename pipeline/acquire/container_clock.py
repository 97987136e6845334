"""When a file says itself that it was recorded: the creation time in the head of MP4 and QuickTime files.

Read by hand, a few bytes of each box, so that nothing of a foreign file is decoded before it is fetched.
Source: ISO/IEC 14496-12, boxes ``moov`` and ``mvhd``.
"""

from datetime import UTC, datetime, timedelta
from io import BufferedReader

SUFFIXES = frozenset({".mp4", ".mov"})
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Clocks that were never set, and programs that count from 1970, state earlier ones."""
_MOST_BOXES = 64
_HEAD, _LONG_HEAD = 8, 16
_LONG = 1


def creation_time(clip: BufferedReader, latest: datetime) -> datetime | None:
    """The creation time in a file's head, UTC; None where it states none that can be.

    Args:
        clip: From which to read; its place is moved.
        latest: Of what can be: a file that was made later than it was last changed states nonsense.
    """
    inside = _find(clip, b"moov", 0, None)
    header = None if inside is None else _find(clip, b"mvhd", *inside)
    if header is None:
        return None
    clip.seek(header[0])
    body = clip.read(12)
    wide = body[:1] == b"\x01"
    field = body[4:12] if wide else body[4:8]
    if len(field) != (8 if wide else 4):
        return None
    try:
        stated = _EPOCH + timedelta(seconds=int.from_bytes(field))
    except OverflowError:
        return None
    return stated if _EARLIEST <= stated <= latest else None


def _find(clip: BufferedReader, kind: bytes, start: int, end: int | None) -> tuple[int, int | None] | None:
    """Where the inside of the first box of a kind begins and ends; None where there is none within reason."""
    at = start
    for _ in range(_MOST_BOXES):
        if end is not None and at + _HEAD > end:
            return None
        clip.seek(at)
        head = clip.read(_LONG_HEAD)
        if len(head) < _HEAD:
            return None
        size, skip = int.from_bytes(head[:4]), _HEAD
        if size == _LONG:
            size, skip = int.from_bytes(head[8:16]), _LONG_HEAD
        if head[4:8] == kind:
            return at + skip, at + size if size else None
        if size < skip:
            return None  # the last box reaches to the end, or the file is no such container
        at += size
    return None
