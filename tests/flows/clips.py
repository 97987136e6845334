"""Seconds of a sample clip, small: real people for the real detector, in little time."""

from fractions import Fraction
from pathlib import Path

import av

_RATE = 10


def cut(source: Path, path: Path, start: float, seconds: float, width: int = 640) -> Path:
    """Writes ``seconds`` of ``source`` from ``start`` on, ``width`` pixels wide, as H.264 with ten frames a second."""
    with av.open(str(source)) as clip, av.open(str(path), "w") as short:
        shown = clip.streams.video[0]
        stream = short.add_stream("libx264", rate=_RATE, options={"crf": "23", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, width * shown.height // shown.width // 2 * 2, "yuv420p"
        wanted = 0
        for frame in clip.decode(shown):
            moment = float(frame.time or 0) - start
            if moment >= seconds:
                break
            if moment < wanted / _RATE:
                continue
            small = frame.reformat(stream.width, stream.height, "yuv420p")
            small.pts, small.time_base = wanted, Fraction(1, _RATE)
            short.mux(stream.encode(small))
            wanted += 1
        short.mux(stream.encode(None))
    return path
