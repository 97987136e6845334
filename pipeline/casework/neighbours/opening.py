"""Opens what a neighbour sent behind walls, and makes the few pictures by which an agent decides."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.neighbour_reports import MediumKind
from pipeline.errors import ReportFileError, StorageError, VideoError
from pipeline.ffmpeg.picture import open_picture
from pipeline.highlights.stills import Picture
from pipeline.sampling import sample_clip
from pipeline.settings import SamplingSettings

_LOOKED_AT_SECONDS = 60.0
"""Of a video, for the triage; the rest is for whoever accepts it."""
_PATIENCE_SECONDS = 120.0


def pictures_of(path: Path, kind: MediumKind, name: str, most: int, sampling: SamplingSettings) -> tuple[Picture, ...]:
    """The photo, or up to so many pictures of a video, in order; at least one.

    Raises:
        ReportFileError: It does not open.
        StorageError: It cannot be read.
    """
    try:
        if kind is MediumKind.PHOTO:
            return (open_picture(path.read_bytes()),)
        return _of_video(path, most, sampling)
    except OSError as error:
        raise StorageError("read what a neighbour sent", error.strerror or type(error).__name__) from error
    except VideoError as error:
        raise ReportFileError(name, "it does not open as a photo or a video") from error


def _of_video(path: Path, most: int, sampling: SamplingSettings) -> tuple[Picture, ...]:
    short = sampling.model_copy(
        update={
            "longest_seconds": min(_LOOKED_AT_SECONDS, sampling.longest_seconds),
            "wall_seconds": min(_PATIENCE_SECONDS, sampling.wall_seconds),
            "cpu_seconds": min(_PATIENCE_SECONDS, sampling.cpu_seconds),
        }
    )
    with sample_clip(path, short) as sampler:
        seen = [frame.image.copy() for frame in sampler.frames()]
    return tuple(_apart(seen, most))


def _apart(seen: Sequence[Picture], most: int) -> list[Picture]:
    """So many of them, evenly apart, the first and the last among them."""
    if len(seen) <= most:
        return list(seen)
    steps = max(1, most - 1)
    return [seen[round(number * (len(seen) - 1) / steps)] for number in range(most)]
