"""Films a shot: draws every frame, writes the clip, tells the truth."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.stream import VideoStream
from maker.footage import Picture

from bench.composites.shot import Shot
from bench.composites.truth import entry


def film(shot: Shot, path: Path) -> dict[str, Any]:
    """Writes the clip, unless it is there already; its entry of the truth file.

    The clip appears whole or not at all, so that a run that was stopped can be taken up.
    """
    count = round(shot.scene.seconds * shot.rate)
    seen: list[tuple[float, ...]] = []
    if path.exists():
        seen = [shot.stage.visible(number / shot.rate + shot.scene.starts) for number in range(count)]
    else:
        unfinished = path.with_name(f"unfinished_{path.name}")
        _write(unfinished, _pictures(shot, count, seen), shot)
        unfinished.rename(path)
    return entry(shot, path.name, count, seen)


def _pictures(shot: Shot, count: int, seen: list[tuple[float, ...]]) -> Iterator[Picture]:
    for number in range(count):
        second = number / shot.rate
        shown = shot.stage.at(second + shot.scene.starts)
        seen.append(shown.visible)
        yield shot.weather.on(shown.picture, second)


def _write(path: Path, pictures: Iterator[Picture], shot: Shot) -> None:
    width, height = shot.stage.frame.size
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=shot.rate)
        if not isinstance(stream, VideoStream):
            raise TypeError("libx264 made no video stream")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.time_base = Fraction(1, shot.rate)
        stream.options = {
            "preset": "superfast", "crf": str(shot.quality), "threads": "1", "g": str(2 * shot.rate), "bf": "0",
            "flags": "+bitexact",
        }  # fmt: skip
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
