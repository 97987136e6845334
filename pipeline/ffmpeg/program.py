"""Which ffmpeg there is, and which version it says it is."""

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from pipeline.errors import FfmpegError, FfmpegMissingError

_PATIENCE_SECONDS = 20
_OLDEST = (5, 1)


def find_ffmpeg() -> Path:
    """The system's ffmpeg when it is on PATH and new enough, otherwise the one in the wheel of imageio-ffmpeg.

    Raises:
        FfmpegMissingError: There is neither.
        FfmpegError: The one on PATH does not say its version.
    """
    if (found := shutil.which("ffmpeg")) and _is_new_enough(ffmpeg_version(Path(found))):
        return Path(found)
    return _from_the_wheel()


def _is_new_enough(version: str) -> bool:
    """Whether a version word names a release with what highlights use; builds without a number are of today's source.

    Source: ffmpeg's changelog of 5.1 (``-fps_mode``).
    """
    numbers = re.match(r"n?(\d+)\.(\d+)", version)
    return numbers is None or (int(numbers[1]), int(numbers[2])) >= _OLDEST


def _from_the_wheel() -> Path:
    try:
        import imageio_ffmpeg  # wanted only where the system has none

        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise FfmpegMissingError from error


@cache
def ffmpeg_version(path: Path) -> str:
    """The version word of the program at ``path``, for the record: for example ``5.1.9-0+deb12u1``.

    Raises:
        FfmpegError: The program does not say.
    """
    argv = (str(path), "-hide_banner", "-nostdin", "-version")
    try:
        told = subprocess.run(argv, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FfmpegError(argv, -1, str(error)) from error
    words = told.stdout.split(maxsplit=3)
    if told.returncode != 0 or words[:2] != ["ffmpeg", "version"]:
        raise FfmpegError(argv, told.returncode, told.stderr or told.stdout)
    return words[2]
