"""The two runs of ffmpeg that make a highlight: cut and draw, then put tags and chapters in.

The first run also hands out the untouched frames of which evidence pictures are made, so that nothing is decoded twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.errors import UnreadableClipError
from pipeline.ffmpeg import run
from pipeline.highlights.context import Shape
from pipeline.highlights.overlay import DARK
from pipeline.settings import HighlightSettings

OVERLAY = "overlay.mov"
"""Where the first run looks for what it lays over the picture."""
SOUND: dict[str, object] = {"c:a": "aac", "b:a": "96k", "ac": 2, "flags:a": "+bitexact"}
"""How sound is encoded, where it is allowed."""
_STAMPS, _VIDEO, _WHOLE = "stamps.txt", "cut.mp4", "whole.mp4"
_STAMP = re.compile(r"^frame:\d+\s+pts:(-?\d+)\s", re.MULTILINE)
_FIRST_SEEK = 8
"""Seconds into a clip before which reading from the start is as quick as seeking."""
_SEEK_MARGIN = 4
"""Seconds by which a seek falls short, so that no frame is lost where an index is inexact."""
_SEEKABLE = "mov"
"""The container whose index is good enough to seek by time; others are read from the start."""
_CLOCKS = range(1000, 1_000_001)
"""Units a second that every player takes."""
_FRAMES, _FRAME = "frame-%03d.ppm", "frame-{:03d}.ppm"
"""Untouched frames, numbered from 1 in order of time."""
_SCALING = "bicubic+accurate_rnd+full_chroma_int+bitexact"


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of the first run.

    Attributes:
        video: Silent H.264 in MP4; its time starts with the first frame.
        stamps: Of the frames used, in order, on the original's time line; at least one.
        filters: ffmpeg's filter graph, without paths.
        encoder: The encoder's options.
        frames: The untouched frames that were asked for, with their stamps, in order of time; each once.
    """

    video: Path
    stamps: tuple[Timestamp, ...]
    filters: str
    encoder: str
    frames: tuple[tuple[Timestamp, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class CutOrder:
    """What the first run is asked to do; the overlay lies in its folder, its time starting with ``span``.

    Attributes:
        clip: SHA-256 of the original, for messages.
        source: The original's bytes; only read.
        container: ffmpeg's name of the source's format.
        span: Both ends belong to it; both stamps in the source's time base.
        key_frames: Seconds of the result at which a player must be able to enter.
        wanted: Moments whose untouched frames are wanted besides: the first frame at or after each.
        size: Width and height of those frames, in pixels: the picture as shown.
        mask_film: Movie in the folder that is laid over the picture before the overlay; empty for none.
    """

    clip: str
    source: Path
    container: str
    span: ClipSpan
    key_frames: tuple[Fraction, ...] = ()
    wanted: tuple[Timestamp, ...] = ()
    size: tuple[int, int] = (0, 0)
    mask_film: str = ""


def cut(order: CutOrder, shape: Shape, settings: HighlightSettings, directory: Path) -> Cut:
    """Cuts by time stamp, scales, draws, encodes; the frames' own distances in time are kept.

    Raises:
        FfmpegError: ffmpeg fails, or is ended by a limit.
        UnreadableClipError: The span holds no frame that decodes.
    """
    encoder = _encoder(order, settings)
    used = _used(order)
    if order.wanted:
        parts = used.filter_multi_output("split")
        drawn = ffmpeg.output(_drawn(parts[0], order, shape), _VIDEO, **encoder)
        stream = ffmpeg.merge_outputs(drawn, _frames_output(parts[1], order))
    else:
        stream = ffmpeg.output(_drawn(used, order, shape), _VIDEO, **encoder)
    _run(stream, settings, directory)
    stamps = _stamps(directory / _STAMPS, order.span.start.time_base)
    if not stamps:
        start, end = (f"{float(edge.seconds):.3f}" for edge in (order.span.start, order.span.end))
        raise UnreadableClipError(order.clip[:12], f"no frame decodes between {start} s and {end} s")
    written = " ".join(f"{key}={encoder[key]}" for key in sorted(encoder))
    return Cut(directory / _VIDEO, stamps, _graph(stream), written, _frames(order, stamps, directory))


def take_frames(order: CutOrder, settings: HighlightSettings, directory: Path) -> tuple[tuple[Timestamp, Path], ...]:
    """The untouched frames alone, as ``cut`` hands them out; empty when none decodes.

    Raises:
        FfmpegError: ffmpeg fails, or is ended by a limit.
    """
    _run(_frames_output(_used(order), order), settings, directory)
    return _frames(order, _stamps(directory / _STAMPS, order.span.start.time_base), directory)


def finish(cut_clip: Cut, tags: Path, settings: HighlightSettings, audio_of: Path | None = None) -> Path:
    """Puts tags and chapters into the clip, with sound of ``audio_of`` where given, ready to play while loading.

    Args:
        cut_clip: The silent clip.
        tags: ffmetadata file.
        settings: Limits of the child process.
        audio_of: The original, when its sound may be used and it has some.

    Returns:
        The finished MP4, beside the silent clip.

    Raises:
        FfmpegError: ffmpeg fails.
    """
    streams = [
        ffmpeg.input(str(cut_clip.video))["v:0"],
        ffmpeg.input(str(tags), format="ffmetadata")["?"],  # of the tags no stream is taken; there is none
    ]
    options: dict[str, object] = {
        "c:v": "copy",
        "map_metadata": 1,
        "map_chapters": 1,
        "movflags": "+faststart+use_metadata_tags",
        "fflags": "+bitexact",
    }
    if audio_of is not None:
        streams.append(_sound(cut_clip, audio_of))
        options |= SOUND
    directory = cut_clip.video.parent
    _run(ffmpeg.output(*streams, _WHOLE, **options), settings, directory)
    return directory / _WHOLE


def _run(stream: Any, settings: HighlightSettings, directory: Path) -> None:  # noqa: ANN401 - ffmpeg-python has no types
    run(
        stream,
        wall_seconds=settings.wall_seconds,
        memory_megabytes=settings.memory_megabytes,
        cwd=directory,
    )


def _used(order: CutOrder) -> Any:  # noqa: ANN401
    """The frames of the span as they are, each listed with its stamp."""
    start, end, base = order.span.start, order.span.end, order.span.start.time_base
    reading: dict[str, object] = {"copyts": None}
    if order.container.startswith(_SEEKABLE) and start.seconds > _FIRST_SEEK:
        reading["ss"] = f"{float(start.seconds - _SEEK_MARGIN):.6f}"
        reading["noaccurate_seek"] = None
    return (
        ffmpeg.input(str(order.source.resolve()), **reading)["v:0"]
        .filter("settb", f"{base.numerator}/{base.denominator}")
        .filter("trim", start_pts=start.pts, end_pts=end.pts + 1)
        .filter("metadata", mode="add", key="doorstep", value="used")  # only frames with a key are listed
        .filter("metadata", mode="print", file=_STAMPS)
    )


def _drawn(used: Any, order: CutOrder, shape: Shape) -> Any:  # noqa: ANN401
    picture = (
        used.filter("setpts", f"PTS-({order.span.start.pts})")
        .filter("scale", shape.width, shape.height, flags=_SCALING)
        .filter("setsar", 1)
        .filter("format", "yuv420p")
    )
    if order.mask_film:
        masks = ffmpeg.input(order.mask_film)["v:0"]
        picture = ffmpeg.overlay(picture, masks, format="yuv420", eof_action="repeat").filter("format", "yuv420p")
    picture = picture.filter("pad", shape.width, shape.whole, 0, 0, color=f"0x{DARK[1:]}")
    drawn = ffmpeg.overlay(picture, ffmpeg.input(OVERLAY)["v:0"], shortest=1, format="yuv420")
    return drawn.filter("format", "yuv420p").filter("setpts", "PTS-STARTPTS")


def _frames_output(used: Any, order: CutOrder) -> Any:  # noqa: ANN401
    # Before the first frame there is no prev_pts: ``gte`` of it is 0.
    picks = "+".join(f"gte(pts,{pts})*not(gte(prev_pts,{pts}))" for pts in _units(order))
    picked = used.filter("select", picks).filter("scale", *order.size, flags=_SCALING).filter("format", "rgb24")
    return ffmpeg.output(picked, _FRAMES, **{"c:v": "ppm", "fps_mode": "passthrough", "flags:v": "+bitexact"})


def _units(order: CutOrder) -> list[int]:
    """The wanted moments inside the span, in its own units, each once."""
    base, start, end = order.span.start.time_base, order.span.start.pts, order.span.end.pts
    return sorted({min(max(round(moment.seconds / base), start), end) for moment in order.wanted})


def _frames(order: CutOrder, stamps: Sequence[Timestamp], directory: Path) -> tuple[tuple[Timestamp, Path], ...]:
    """Which stamp each written frame has: that of the first frame at or after each wanted moment."""
    picked = {next((stamp for stamp in stamps if stamp.pts >= pts), None): None for pts in _units(order)}
    paths = [directory / _FRAME.format(number) for number in range(1, len(picked) + 1)]
    numbered = zip((stamp for stamp in picked if stamp is not None), paths, strict=False)
    return tuple((stamp, path) for stamp, path in numbered if path.exists())


def _sound(cut_clip: Cut, source: Path) -> Any:  # noqa: ANN401
    first, last = (f"{float(cut_clip.stamps[edge].seconds):.6f}" for edge in (0, -1))
    heard = ffmpeg.input(str(source.resolve()), copyts=None)["a:0"]
    return heard.filter("atrim", start=first, end=last).filter("asetpts", f"PTS-({first})/TB")


def _encoder(order: CutOrder, settings: HighlightSettings) -> dict[str, object]:
    scale = time_scale(order.span.start.time_base)
    encoder: dict[str, object] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": settings.crf,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "g": 120,
        "threads": 1,  # the same bytes on any number of processors
        "fps_mode": "passthrough",  # since ffmpeg 5.1
        "enc_time_base": f"1:{scale}",
        "video_track_timescale": scale,
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    }
    if order.key_frames:
        encoder["force_key_frames"] = ",".join(f"{float(moment):.3f}" for moment in order.key_frames)
    return encoder


def time_scale(base: Fraction) -> int:
    """Units a second in which the stamps of a clip with this time base can be written, exact where that is possible."""
    for scale in (90_000, base.denominator, base.denominator * 1000):
        if scale % base.denominator == 0 and scale in _CLOCKS:
            return scale
    return 90_000


def _stamps(listing: Path, base: Fraction) -> tuple[Timestamp, ...]:
    if not listing.exists():
        return ()
    return tuple(Timestamp(int(pts), base) for pts in _STAMP.findall(listing.read_text(encoding="utf-8")))


def _graph(stream: Any) -> str:  # noqa: ANN401
    argv = stream.compile()
    return str(argv[argv.index("-filter_complex") + 1])
