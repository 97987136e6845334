"""Copies for everybody: what is masked is filled, and nothing of the original's facts or sound is in them."""

from collections.abc import Sequence
from pathlib import Path

import ffmpeg

from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipProbe, ClipSpan
from pipeline.ffmpeg import run
from pipeline.highlights.context import shape_of
from pipeline.highlights.mask_film import FILL, MASK_FILM, write_mask_film
from pipeline.highlights.masks import Masks
from pipeline.highlights.stills import Picture
from pipeline.settings import HighlightSettings

_VIDEO = "public.mp4"


def masked_picture(picture: Picture, boxes: Sequence[Box], margin: float) -> Picture:
    """A copy of a picture in which the boxes are filled, grown by a share of their longer side."""
    height, width = picture.shape[:2]
    painted = picture.copy()
    for box in boxes:
        grown = box.grown(margin * max(box.height, box.width))
        left, top = max(0, int(grown.x1)), max(0, int(grown.y1))
        right, bottom = min(width, int(grown.x2) + 1), min(height, int(grown.y2) + 1)
        painted[top:bottom, left:right] = FILL
    return painted


def masked_video(
    source: Path, probe: ClipProbe, span: ClipSpan, masks: Masks, folder: Path, settings: HighlightSettings
) -> Path:
    """The span of a video, silent, small enough for a telephone, with what the masks say filled.

    Args:
        source: The original's bytes; only read.
        probe: Of the source.
        span: Both ends belong to it; nothing outside of it is in the copy.
        masks: What is hidden.
        folder: Where the child may write.
        settings: Limits of the child process, widest picture and quality.

    Returns:
        The file, inside ``folder``.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
    """
    shape, base = shape_of(probe, settings.width), span.start.time_base
    picture = (
        ffmpeg.input(str(source.resolve()), copyts=None)["v:0"]
        .filter("settb", f"{base.numerator}/{base.denominator}")
        .filter("trim", start_pts=span.start.pts, end_pts=span.end.pts + 1)
        .filter("setpts", f"PTS-({span.start.pts})")
        .filter("scale", shape.width, shape.height)
        .filter("setsar", 1)
        .filter("format", "yuv420p")
    )
    if masks.masks:
        write_mask_film(masks, probe, span, shape, folder / MASK_FILM)
        film = ffmpeg.input(MASK_FILM)["v:0"]
        picture = ffmpeg.overlay(picture, film, format="yuv420", shortest=1).filter("format", "yuv420p")
    options = {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": settings.crf,
        "threads": 1,
        "fps_mode": "passthrough",
        "map_metadata": -1,
        "map_chapters": -1,
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    }
    run(
        ffmpeg.output(picture, _VIDEO, **options),
        wall_seconds=settings.wall_seconds,
        memory_megabytes=settings.memory_megabytes,
        cwd=folder,
    )
    return folder / _VIDEO
