"""Small files that ask for much: pixels, time, samples, streams, boxes."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.hostile.boxes import Place, box, find, full_box, places, replaced
from bench.hostile.files import HostileFile, Seed, black, encode

_HUGE = 16384, 8192
_MANY_SAMPLES = (1 << 20, 30_000_000, 0x0FFFFFFF, 0xFFFFFFFF)
_TWO_HOURS = 7200
_STREAMS = (9, 2000)
_DEEP = 20_000


def bombs(clip: Seed, folder: Path) -> Iterator[HostileFile]:
    """Every bomb.

    Args:
        clip: A sound MP4.
        folder: Where clips are encoded.
    """
    yield from _pixels(clip, folder)
    yield from _time(clip, folder)
    yield from _samples(clip)
    yield from _structure(clip)


def _pixels(clip: Seed, folder: Path) -> Iterator[HostileFile]:
    entry = find(clip.content, b"stsd")
    claimed = bytearray(clip.content)
    struct.pack_into(">HH", claimed, entry.content + 8 + 32, *_HUGE)
    yield HostileFile(b"pixels-in-container.mp4", "pixel bomb", bytes(claimed))

    small = np.zeros((180, 320, 3), np.uint8)
    path = folder / "pixels.avi"
    encode(path, (small,) * 12, codec="mjpeg")
    marker = b"\xff\xc0\x00\x11\x08"
    in_stream = path.read_bytes().replace(
        marker + struct.pack(">HH", 180, 320), marker + struct.pack(">HH", *reversed(_HUGE))
    )
    yield HostileFile(b"pixels-in-stream.avi", "pixel bomb", in_stream)

    large = np.zeros((_HUGE[1] // 2, _HUGE[0] // 2, 3), np.uint8)
    path = folder / "pixels.mp4"
    encode(path, (large,), codec="mjpeg")
    yield HostileFile(b"pixels-for-real.mp4", "pixel bomb", path.read_bytes())


def _time(clip: Seed, folder: Path) -> Iterator[HostileFile]:
    yield HostileFile(b"two-hours.mp4", "duration bomb", black(folder / "long.mp4", _TWO_HOURS))
    for name, count, delta in (
        ("all-at-once", 20, 0),
        ("years-apart", 20, 0x7FFFFFFF),
        ("backwards", 20, 0xFFFFFFFF),
        ("a-million-a-second", 20, 1),
    ):
        stts = full_box(b"stts", struct.pack(">III", 1, count, delta))
        content = replaced(clip.content, _of_video(clip.content, b"stts"), stts)
        yield HostileFile(f"{name}.mp4".encode(), "frame rate extreme", content)
    for scale in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
        changed = bytearray(clip.content)
        struct.pack_into(">I", changed, _of_video(clip.content, b"mdhd").content + 12, scale)
        yield HostileFile(f"scale-{scale}.mp4".encode(), "frame rate extreme", bytes(changed))


def _samples(clip: Seed) -> Iterator[HostileFile]:
    """Tables of a few bytes that stand for millions of samples, each of which would be a packet."""
    for count in _MANY_SAMPLES:
        content = clip.content
        stsz = full_box(b"stsz", struct.pack(">II", 1, count))
        content = replaced(content, _of_video(content, b"stsz"), stsz)
        stts = full_box(b"stts", struct.pack(">III", 1, count, 1))
        content = replaced(content, _of_video(content, b"stts"), stts)
        stsc = full_box(b"stsc", struct.pack(">IIII", 1, 1, count, 1))
        content = replaced(content, _of_video(content, b"stsc"), stsc)
        yield HostileFile(f"samples-{count}.mp4".encode(), "sample bomb", content)
        ctts = full_box(b"ctts", struct.pack(">III", 1, count, 0x7FFFFFFF))
        with_offsets = replaced(content, _of_video(content, b"stts"), stts + ctts)
        yield HostileFile(f"offsets-{count}.mp4".encode(), "sample bomb", with_offsets)
        lie = full_box(b"stts", struct.pack(">III", count, 1, 1))
        yield HostileFile(
            f"entries-{count}.mp4".encode(),
            "sample bomb",
            replaced(clip.content, _of_video(clip.content, b"stts"), lie),
        )


def _structure(clip: Seed) -> Iterator[HostileFile]:
    moov, trak = find(clip.content, b"moov"), find(clip.content, b"trak")
    track = clip.content[trak.start : trak.end]
    for count in _STREAMS:
        yield HostileFile(f"streams-{count}.mp4".encode(), "stream bomb", replaced(clip.content, trak, track * count))
    yield HostileFile(b"streams-200000.mp4", "stream bomb", clip.content + box(b"moov", box(b"trak") * 200_000))
    for kind in (b"moov", b"udta", b"trak"):
        deep = bytearray()
        for depth in range(_DEEP, 0, -1):
            deep += struct.pack(">I4s", 8 * depth, kind)
        yield HostileFile(b"deep-" + kind + b".mp4", "box bomb", clip.content + bytes(deep))
        inside = replaced(clip.content, Place(kind, moov.end - 0, moov.end, moov.end), bytes(deep))
        yield HostileFile(b"deep-inside-" + kind + b".mp4", "box bomb", inside)
    for size in (0, 1, 7, 0x7FFFFFFF, 0xFFFFFFFF):
        changed = bytearray(clip.content)
        struct.pack_into(">I", changed, moov.start, size)
        yield HostileFile(f"moov-size-{size}.mp4".encode(), "box bomb", bytes(changed))
    wide = struct.pack(">I4sQ", 1, b"free", (1 << 64) - 1)
    yield HostileFile(b"wide-size.mp4", "box bomb", wide + clip.content)
    yield HostileFile(b"million-boxes.mp4", "box bomb", box(b"free") * 1_000_000 + clip.content)


def _of_video(content: bytes, kind: bytes) -> Place:
    """The box of this kind in the first track, which is the video's."""
    trak = find(content, b"trak")
    return next(place for place in places(content, trak.start, trak.end) if place.kind == kind)
