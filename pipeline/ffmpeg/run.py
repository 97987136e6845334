"""Run what ffmpeg-python composed, in a child process with walls."""

import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Protocol

from pipeline import confinement
from pipeline.confinement import Walls
from pipeline.errors import FfmpegError
from pipeline.ffmpeg.program import find_ffmpeg

_LARGEST_OUTPUT_MEGABYTES = 8192
_TAIL_BYTES = 4000
_INPUT_OPTIONS = (
    *("-protocol_whitelist", "file,pipe"),
    *("-format_whitelist", "mov,avi,matroska,mpegts,lavfi,image2,png_pipe,jpeg_pipe,rawvideo,ffmetadata,wav,srt"),
    *("-threads", "2"),
)
"""Before each input. A playlist or a concat script has no place on the list, whatever its name says."""


class FfmpegStream(Protocol):
    """What ffmpeg-python's ``output``, ``merge_outputs`` and ``overwrite_output`` return."""

    def compile(self, cmd: str = "ffmpeg", overwrite_output: bool = False) -> list[str]:
        """The command line of the stream, program first."""
        ...


def run(
    stream: FfmpegStream,
    *,
    wall_seconds: float,
    memory_megabytes: int,
    cwd: Path,
    readable: Sequence[Path] = (),
) -> None:
    """Run ``stream`` to its end: no network, no standard input, no files but those that it names.

    The inputs of ``stream`` may be read; the folders of its outputs and ``cwd`` may be read and written. An output that
    exists is overwritten. How many threads an encoder starts is for the stream to say (``threads=``).

    Args:
        stream: An output of ffmpeg-python.
        wall_seconds: Patience; its CPU limit is this times the number of processors.
        memory_megabytes: Address space of ffmpeg.
        cwd: Folder in which ffmpeg runs, and against which relative names are read.
        readable: Further files or folders that filters open: a font, a text file, a picture.

    Raises:
        FfmpegMissingError: There is no ffmpeg.
        FfmpegError: It ended with a failure, or was ended by a limit.
    """
    program = find_ffmpeg()
    argv = _bounded_arguments(stream.compile(cmd=str(program), overwrite_output=True))
    reads, writes = _named_paths(argv, cwd)
    walls = Walls(
        memory_megabytes=memory_megabytes,
        cpu_seconds=math.ceil(wall_seconds * (os.cpu_count() or 1)),
        file_megabytes=_LARGEST_OUTPUT_MEGABYTES,
        readable=(str(program.resolve()), *reads, *(str(path.resolve()) for path in readable)),
        writable=(str(cwd.resolve()), *writes),
    )
    launcher = (sys.executable, "-I", "-S", confinement.__file__, walls.to_json())
    _run_to_the_end((*launcher, *argv), argv, wall_seconds, cwd)


def _bounded_arguments(compiled: Sequence[str]) -> tuple[str, ...]:
    program, *arguments = compiled
    bounded = [program, "-nostdin", "-hide_banner", "-loglevel", "error", "-filter_complex_threads", "1"]
    for argument in arguments:
        if argument == "-i":
            bounded.extend(_INPUT_OPTIONS)
        bounded.append(argument)
    return tuple(bounded)


def _named_paths(argv: Sequence[str], cwd: Path) -> tuple[list[str], list[str]]:
    """Files that ``argv`` reads, and folders that it writes in; words that are no paths name neither."""
    reads: list[str] = []
    writes: list[str] = []
    for before, argument in pairwise(argv):
        path = Path(cwd, argument.removeprefix("file:"))
        if before == "-i":
            reads.append(str(path.resolve()))
        elif not argument.startswith("-") and "/" in argument and _is_folder(path.parent):
            writes.append(str(path.parent.resolve()))
    return reads, writes


def _is_folder(path: Path) -> bool:
    """Whether ``path`` is a folder that an output may lie in; the root of the file system is none."""
    try:
        return path.is_dir() and path != path.parent
    except (OSError, ValueError):  # a filter graph is no path: too long, or with a NUL
        return False


def _run_to_the_end(command: Sequence[str], argv: Sequence[str], wall_seconds: float, cwd: Path) -> None:
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )
        try:
            returncode = child.wait(timeout=wall_seconds)
        except subprocess.TimeoutExpired as error:
            raise FfmpegError(argv, -signal.SIGKILL, f"no end after {wall_seconds:g} s; {_tail(said)}") from error
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        if returncode != 0:
            raise FfmpegError(argv, returncode, _tail(said))


def _tail(said: IO[bytes]) -> str:
    size = said.seek(0, os.SEEK_END)
    said.seek(max(0, size - _TAIL_BYTES))
    return said.read().decode(errors="replace")
