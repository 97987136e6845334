"""Starts the sealing child behind walls, signs what it asks for, and ends it when patience ends."""

import base64
import importlib.util
import json
import math
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from pipeline.confinement import Walls
from pipeline.settings import SealSettings

_CHILD = Path(__file__).with_name("seal_child.py")
_PROJECT = Path(__file__).resolve().parents[2]
_MOST_SIGNATURES = 4
"""Of one manifest; a manifest has one, and its reserve is tried before."""
_LONGEST_LINE = 9 * 1024 * 1024
_LARGEST_TO_SIGN = 1024 * 1024


class SealProcessError(Exception):
    """The child ended early, said something that was not its turn, or took too long."""


def is_installed() -> bool:
    """Whether the extra ``c2pa`` is here; loads nothing."""
    return importlib.util.find_spec("c2pa") is not None


def installed_version() -> str:
    """Of the extra ``c2pa``; empty when it is not here."""
    try:
        return version("c2pa-python")
    except PackageNotFoundError:
        return ""


def ask(
    order: Mapping[str, Any],
    settings: SealSettings,
    *,
    reads: tuple[Path, ...],
    writes: Path | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> dict[str, Any]:
    """What the child answers.

    Args:
        order: For ``seal_child``; paths in it are absolute.
        settings: Limits.
        reads: Files that it may read.
        writes: Folder that it may write in.
        sign: Signs what the child asks to have signed; without it nothing is.

    Raises:
        SealProcessError: There is no answer.
    """
    walls = Walls(
        memory_megabytes=settings.memory_megabytes,
        cpu_seconds=math.ceil(settings.wall_seconds),
        file_megabytes=settings.largest_megabytes if writes else 0,
        readable=(*(str(path) for path in reads), str(_PROJECT / "pipeline"), _libraries()),
        writable=(str(writes),) if writes else (),
    )
    search_path = json.dumps([str(_PROJECT), _libraries()])
    command = (sys.executable, "-I", "-S", str(_CHILD), json.dumps(order), walls.to_json(), search_path)
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            return _converse(child, time.monotonic() + settings.wall_seconds, sign)
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()


def _libraries() -> str:
    spec = importlib.util.find_spec("c2pa")
    if spec is None or spec.origin is None:
        raise SealProcessError("c2pa is not installed")
    return str(Path(spec.origin).parents[1])


def _converse(child: "subprocess.Popen[bytes]", until: float, sign: Callable[[bytes], bytes] | None) -> dict[str, Any]:
    if child.stdin is None or child.stdout is None:
        raise SealProcessError("a child without pipes")
    pending = bytearray()
    for _ in range(_MOST_SIGNATURES + 1):
        told = _message(_line(child.stdout, pending, until))
        wanted = told.get("sign")
        if wanted is None:
            return told
        if sign is None or not isinstance(wanted, str) or len(wanted) > _LARGEST_TO_SIGN:
            raise SealProcessError("a signature was not its turn")
        child.stdin.write(base64.b64encode(sign(base64.b64decode(wanted))) + b"\n")
        child.stdin.flush()
    raise SealProcessError("it asked for signatures without an end")


def _line(pipe: IO[bytes], pending: bytearray, until: float) -> bytes:
    while b"\n" not in pending:
        ready, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise SealProcessError("patience with the sealing child ended")
        got = os.read(pipe.fileno(), 65536)
        if not got:
            raise SealProcessError("the sealing child ended early")
        pending += got
        if len(pending) > _LONGEST_LINE:
            raise SealProcessError("the sealing child said more than it may")
    line, _, rest = bytes(pending).partition(b"\n")
    pending[:] = rest
    return line


def _message(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError as error:
        raise SealProcessError("the sealing child said what is no JSON") from error
    if not isinstance(told, dict):
        raise SealProcessError("the sealing child said what is no object")
    return told
