"""Which ffmpeg there is, and which version it says it is."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from pipeline.errors import FfmpegError, FfmpegMissingError

_PATIENCE_SECONDS = 20


def find_ffmpeg() -> Path:
    """The system's ffmpeg when it is on PATH, otherwise the one in the wheel of imageio-ffmpeg.

    Raises:
        FfmpegMissingError: There is neither.
    """
    if found := shutil.which("ffmpeg"):
        return Path(found)
    return _from_the_wheel()


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
