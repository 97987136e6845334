"""Starts the decoding child, reads from it with patience, and ends it."""

import fcntl
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress

from pipeline.sampling.wire import WireError

_PIPE_BYTES = 1024 * 1024
_F_SETPIPE_SZ = 1031
_TAIL_BYTES = 2000
_FAREWELL_SECONDS = 10


class DecoderProcess:
    """A running child; ``close`` ends it in any case."""

    def __init__(self, command: Sequence[str], wall_seconds: float) -> None:
        """Start it.

        Args:
            command: What to start; it is given no input, no network and an empty environment.
            wall_seconds: Patience, counted only while waiting for the child: a slow reader does not use it up.
        """
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._patience = wall_seconds
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            cwd="/",
            env={"OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
            start_new_session=True,
            bufsize=0,
        )
        if self._child.stdout is None:
            raise ValueError("a child without a pipe")
        self._pipe = self._child.stdout.fileno()
        with suppress(OSError):  # a machine that allows no larger pipe is only slower
            fcntl.fcntl(self._pipe, _F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    def read_exactly(self, count: int) -> bytes:
        """The next ``count`` bytes.

        Raises:
            WireError: The child ended, or patience did.
        """
        buffer = bytearray(count)
        view, filled = memoryview(buffer), 0
        while filled < count:
            self._await_bytes()
            got = os.readv(self._pipe, [view[filled:]])
            if got == 0:
                raise WireError("the decoding child ended early")
            filled += got
        return bytes(buffer)

    def _await_bytes(self) -> None:
        began = time.monotonic()
        ready, _, _ = select.select([self._pipe], [], [], max(0.0, self._patience))
        self._patience -= time.monotonic() - began
        if not ready:
            raise WireError("patience with the decoding child ended")

    def end(self, because: str) -> str:
        """End the child, and say how it went: the cause, its signal or exit status, and its last words."""
        try:
            status = self._child.wait(timeout=_FAREWELL_SECONDS if "ended early" in because else 0)
        except subprocess.TimeoutExpired:
            self._kill()
            return f"{because}; it was ended"
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _TAIL_BYTES))
        words = self._said.read().decode(errors="replace").strip().splitlines()
        how = signal.Signals(-status).name if status < 0 else f"status {status}"
        return f"{because} ({how})" + (f": {words[-1]}" if words else "")

    def close(self) -> None:
        """End the child and give back what it held; a second call does nothing."""
        self._kill()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._said.close()

    def _kill(self) -> None:
        if self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
