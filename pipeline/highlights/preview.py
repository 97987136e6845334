"""Previews of a clip for a browser, and the stamps of its frames, made behind walls; the clip is only read."""

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import ffmpeg

import pipeline
from pipeline.domain.evidence import Recipe
from pipeline.domain.video import ClipProbe, ClipSpan, Timestamp
from pipeline.errors import UnreadableClipError
from pipeline.ffmpeg import ffmpeg_version, find_ffmpeg, run
from pipeline.highlights.cut import SOUND, time_scale
from pipeline.settings import HighlightSettings

_PACKETS, _VIDEO = "packets.txt", "preview.mp4"
_TIME_BASE = re.compile(r"^#tb 0: (\d+)/(\d+)$", re.MULTILINE)
_PACKET = re.compile(r"^0,\s*-?\d+,\s*(-?\d+),", re.MULTILINE)
_EVEN = 2
"""yuv420p has half as many colours as pixels, each way."""


@dataclass(frozen=True, slots=True)
class FrameStamps:
    """When each frame of a video stands, as its container says, without a frame being decoded.

    Attributes:
        time_base: Seconds a unit.
        pts: In order of presentation, in units of ``time_base``; at least one.
    """

    time_base: Fraction
    pts: tuple[int, ...]

    def within(self, wanted: ClipSpan, clip: str) -> ClipSpan:
        """From the first frame of a span to its last.

        Args:
            wanted: On the same time line, in whatever units.
            clip: SHA-256 of the video, for messages.

        Raises:
            UnreadableClipError: No frame lies in it.
        """
        inside = [pts for pts in self.pts if wanted.start.seconds <= pts * self.time_base <= wanted.end.seconds]
        if not inside:
            raise UnreadableClipError(clip[:12], "no frame lies in the part that may be shown")
        return ClipSpan(Timestamp(inside[0], self.time_base), Timestamp(inside[-1], self.time_base))


def frame_stamps(video: Path, folder: Path, settings: HighlightSettings) -> FrameStamps:
    """Reads the stamps of a video's packets.

    Args:
        video: Only read.
        folder: Where the child may write; the caller removes it.
        settings: Limits of the child process.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
        UnreadableClipError: No packet has a stamp.
    """
    packets = ffmpeg.input(str(video.resolve()), copyts=None)["v:0"]
    _run(ffmpeg.output(packets, _PACKETS, c="copy", format="framecrc"), folder, settings)
    listing = (folder / _PACKETS).read_text(encoding="ascii")
    base, stamps = _TIME_BASE.search(listing), sorted({int(pts) for pts in _PACKET.findall(listing)})
    if base is None or not stamps:
        raise UnreadableClipError(video.name[:12], "no packet of its video has a stamp")
    return FrameStamps(Fraction(int(base[1]), int(base[2])), tuple(stamps))


def without_sound(video: Path, folder: Path, settings: HighlightSettings) -> tuple[Path, str]:
    """The video's own packets in a new MP4, without the sound.

    Returns:
        The file, inside ``folder``, and how it was made, in ffmpeg's words.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
    """
    options = {"c": "copy", "map_metadata": -1, "movflags": "+faststart", "fflags": "+bitexact"}
    packets = ffmpeg.input(str(video.resolve()))["v:0"]
    _run(ffmpeg.output(packets, _VIDEO, **options), folder, settings)
    return folder / _VIDEO, f"{_words(options)} without sound"


def encoded(
    video: Path,
    probe: ClipProbe,
    folder: Path,
    settings: HighlightSettings,
    *,
    with_sound: bool,
    part: ClipSpan | None = None,
) -> tuple[Path, str]:
    """The video as every browser plays it, each frame at its own stamp; of a part, counted from its first.

    Args:
        video: Only read.
        probe: Of the video; gives the picture's size and the unit of its stamps.
        folder: Where the child may write; the caller removes it.
        settings: Limits of the child process, widest picture and quality.
        with_sound: Whether a grant lets the sound be heard.
        part: From the stamp of one frame to that of another; None for the whole video.

    Returns:
        The file, inside ``folder``, and how it was made, in ffmpeg's words.

    Raises:
        FfmpegError: ffmpeg fails or is ended by a limit.
    """
    frames, heard, cut = _streams(video, part)
    width = min(settings.width, probe.width) // _EVEN * _EVEN
    height = round(probe.height * width / probe.width / _EVEN) * _EVEN
    picture = frames.filter("scale", width, height).filter("setsar", 1).filter("format", "yuv420p")
    scale = time_scale(probe.first.time_base)
    options: dict[str, object] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": settings.crf,
        "g": 48,  # a jump decodes at most so many frames
        "threads": 1,
        "fps_mode": "passthrough",
        "enc_time_base": f"1:{scale}",
        "video_track_timescale": scale,
        "map_metadata": -1,
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    }
    has_sound = with_sound and bool(probe.audio_codecs)
    streams = [picture, heard] if has_sound else [picture]
    options |= SOUND if has_sound else {}
    _run(ffmpeg.output(*streams, _VIDEO, **options), folder, settings)
    filters = f"{cut}scale={width}:{height},setsar=1,format=yuv420p; "
    return folder / _VIDEO, f"{filters}{_words(options)}{'' if has_sound else ' without sound'}"


def _streams(video: Path, part: ClipSpan | None) -> tuple[Any, Any, str]:
    """The frames, the sound, and how they were cut, in ffmpeg's words."""
    if part is None:
        source = ffmpeg.input(str(video.resolve()))
        return source["v:0"], source["a:0"], ""
    source, base = ffmpeg.input(str(video.resolve()), copyts=None), part.start.time_base
    first, last = (f"{float(edge.seconds):.6f}" for edge in (part.start, part.end))
    frames = (
        source["v:0"]
        .filter("settb", f"{base.numerator}/{base.denominator}")
        .filter("trim", start_pts=part.start.pts, end_pts=part.end.pts + 1)
        .filter("setpts", f"PTS-({part.start.pts})")
    )
    heard = source["a:0"].filter("atrim", start=first, end=last).filter("asetpts", f"PTS-({first})/TB")
    return frames, heard, f"trim={first}:{last},"


def recipe_of(source: str, probe: ClipProbe, last: Timestamp, how: str) -> Recipe:
    """The recipe of a preview of a whole clip.

    Args:
        source: SHA-256 of what it was made of.
        probe: Of the source.
        last: Stamp of its last video packet.
        how: In ffmpeg's words.
    """
    base = probe.first.time_base
    return Recipe(
        source=source,
        first_pts=probe.first.pts,
        last_pts=int(last.seconds / base),
        time_base=f"{base.numerator}/{base.denominator}",
        filters=how.partition("; ")[0] if "; " in how else "none",
        encoder=how.rpartition("; ")[2],
        tool=f"doorstep {pipeline.__version__}, ffmpeg {ffmpeg_version(find_ffmpeg())}",
    )


def _words(options: dict[str, object]) -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(options.items()))


def _run(stream: object, folder: Path, settings: HighlightSettings) -> None:
    run(
        stream,  # type: ignore[arg-type]  # ffmpeg-python has no types
        wall_seconds=settings.wall_seconds,
        memory_megabytes=settings.memory_megabytes,
        cwd=folder,
    )
