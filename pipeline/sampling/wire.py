"""How the decoding child speaks: fixed binary headers over a pipe, plain JSON for records, raw bytes for pictures.

Both sides use this file, and it imports the standard library alone. Nothing that comes from the child is executed or
unpickled: lengths and sizes are checked against what was agreed before a byte is believed.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

HEADER = struct.Struct("<4sBI")
FRAME = struct.Struct("<qqqHHf")
MAGIC = b"DSF1"
LARGEST_RECORD_BYTES = 64 * 1024 * 1024


class Kind(IntEnum):
    """What a message carries."""

    PROBE = 1
    FRAME = 2
    REPORT = 3
    UNREADABLE = 4


class WireError(Exception):
    """The child said something that was not agreed."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the child is asked to do, as its one command line argument.

    Attributes:
        path: Absolute path of the clip.
        probe_only: End after the probe.
        frames_per_second: Looked at while something moves.
        idle_seconds: Longest time between two looks.
        gated: Whether stillness saves looks; without, every step is looked at.
        working_width: Longer side of a picture handed on, pixels.
        largest_pixels: Width times height that is still decoded.
        longest_seconds: Of the clip; the rest is not looked at.
        most_streams: Streams of the file.
    """

    path: str
    probe_only: bool
    frames_per_second: float
    idle_seconds: float
    gated: bool
    working_width: int
    largest_pixels: int
    longest_seconds: float
    most_streams: int

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The request that the parent wrote."""
        return cls(**json.loads(text))

    @property
    def step(self) -> float:
        """Seconds between two looks while something moves."""
        return 1.0 / self.frames_per_second


@dataclass(frozen=True, slots=True)
class Picture:
    """One frame as it travels: stamp, size, share that moved, and height x width x 3 bytes of BGR."""

    pts: int
    time_base: tuple[int, int]
    width: int
    height: int
    moved: float
    pixels: bytes | memoryview

    def to_bytes(self) -> bytes:
        """The payload of a ``Kind.FRAME`` message."""
        return FRAME.pack(self.pts, *self.time_base, self.width, self.height, self.moved) + self.pixels

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload.

        Raises:
            WireError: Its size is not what it says.
        """
        if len(payload) < FRAME.size:
            raise WireError("a frame without its header")
        pts, numerator, denominator, width, height, moved = FRAME.unpack_from(payload)
        pixels = memoryview(payload)[FRAME.size :]
        if len(pixels) != width * height * 3 or not pixels or numerator <= 0 or denominator <= 0:
            raise WireError(f"a frame of {width}x{height} with {len(pixels)} bytes")
        return cls(pts, (numerator, denominator), width, height, moved, pixels)


def message(kind: Kind, payload: bytes) -> bytes:
    """One message, header first."""
    return HEADER.pack(MAGIC, kind, len(payload)) + payload


def record(kind: Kind, facts: dict[str, Any]) -> bytes:
    """One message of plain facts."""
    return message(kind, json.dumps(facts, sort_keys=True).encode())


def read_message(read_exactly: Callable[[int], bytes], largest_frame_bytes: int) -> tuple[Kind, bytes]:
    """The next message.

    Args:
        read_exactly: Gives that many bytes or raises.
        largest_frame_bytes: Pixels of a frame may not take more.

    Raises:
        WireError: The header is not ours, or announces more than was agreed.
    """
    magic, kind, size = HEADER.unpack(read_exactly(HEADER.size))
    if magic != MAGIC or kind not in set(Kind):
        raise WireError("not a message of the decoding child")
    largest = largest_frame_bytes + FRAME.size if kind == Kind.FRAME else LARGEST_RECORD_BYTES
    if size > largest:
        raise WireError(f"a message of {size} bytes, where at most {largest} were agreed")
    return Kind(kind), read_exactly(size)
