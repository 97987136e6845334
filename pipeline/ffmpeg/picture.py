"""Opens a foreign still picture behind walls: nothing of ours decodes a byte of it."""

import tempfile
from pathlib import Path

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from pipeline.errors import FfmpegError, UnreadablePictureError
from pipeline.ffmpeg.run import run

LARGEST_MEGABYTES = 20
LONGEST_SIDE = 640
"""Pixels to which a picture is made smaller: what a sampled frame of a clip has."""
_FORMATS = ((b"\xff\xd8\xff", "jpeg_pipe"), (b"\x89PNG\r\n\x1a\n", "png_pipe"))
_MOST_PIXELS = 50_000_000
_MEMORY_MEGABYTES, _WALL_SECONDS = 1024, 20.0
_OUT = "opened.ppm"
_MOST_HEADER = 32


def open_picture(content: bytes) -> NDArray[np.uint8]:
    """The picture, its longer side at most ``LONGEST_SIDE`` pixels; nothing of it is kept on disk afterwards.

    Returns:
        Height x width x 3, blue, green, red.

    Raises:
        UnreadablePictureError: It is no JPEG and no PNG, too large, or does not decode.
        FfmpegMissingError: There is no ffmpeg.
    """
    if len(content) > LARGEST_MEGABYTES * 1_000_000:
        raise UnreadablePictureError(f"it has more than {LARGEST_MEGABYTES} MB")
    form = next((form for magic, form in _FORMATS if content.startswith(magic)), None)
    if form is None:
        raise UnreadablePictureError("it is neither JPEG nor PNG")
    with tempfile.TemporaryDirectory(prefix="doorstep-picture-") as name:
        folder = Path(name)
        source = folder / "foreign"
        source.write_bytes(content)
        try:
            run(_stream(source, form), wall_seconds=_WALL_SECONDS, memory_megabytes=_MEMORY_MEGABYTES, cwd=folder)
            return _read(folder / _OUT)
        except (FfmpegError, OSError, ValueError) as error:
            raise UnreadablePictureError("it does not decode") from error


def _stream(source: Path, form: str) -> "ffmpeg.nodes.OutputStream":
    seen = ffmpeg.input(str(source), f=form, max_pixels=_MOST_PIXELS)["v:0"]
    side = f"min({LONGEST_SIDE},max(iw,ih))"
    small = seen.filter("scale", f"if(gte(iw,ih),{side},-1)", f"if(gte(iw,ih),-1,{side})", flags="area")
    return ffmpeg.output(small, _OUT, **{"c:v": "ppm", "f": "image2", "update": 1, "frames:v": 1, "pix_fmt": "rgb24"})


def _read(path: Path) -> NDArray[np.uint8]:
    """A binary PPM as ffmpeg writes it.

    Raises:
        ValueError: It is none, or not of the size that it states.
    """
    content = path.read_bytes()
    kind, width, height, most = content[:_MOST_HEADER].split(maxsplit=4)[:4]
    columns, rows = int(width), int(height)
    size = rows * columns * 3
    if (kind, most) != (b"P6", b"255") or not 0 < max(rows, columns) <= LONGEST_SIDE or size > len(content):
        raise ValueError("no picture came out")
    pixels = np.frombuffer(content[-size:], np.uint8).reshape(rows, columns, 3)
    return np.ascontiguousarray(pixels[..., ::-1])
