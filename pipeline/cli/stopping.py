"""Ctrl-C in the middle of a night: one clear line, and an end that the next run goes on behind."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT
"""Exit code of a command that Ctrl-C ended, as shells count."""

_QUIET = "ignore:resource_tracker:UserWarning"
"""For Python's own helper process, which outlives us for a moment and tells of what the system frees anyway."""

_SHOW_CURSOR = "\x1b[?25h"


@contextmanager
def ends_at_once(again: str) -> Iterator[None]:
    """Inside the block Ctrl-C ends the process without another step, as ``kill -9`` does, which loses nothing.

    Threads wait for workers there and Prefect for its server; unwinding them takes minutes and would write down clips
    as failed that were merely interrupted. Workers, decoders and Prefect's server end with this process by themselves.

    Args:
        again: The command that goes on where this one stood.
    """

    def end(_signal: int, _frame: FrameType | None) -> None:
        cursor = _SHOW_CURSOR if sys.stderr.isatty() else ""
        words = f"{cursor}\nstopped. Nothing is lost: what was fetched and looked at is kept.\n"
        os.write(2, f"{words}what to do: run `{again}` again; it goes on where it stood\n".encode())
        os._exit(INTERRUPTED)

    os.environ.setdefault("PYTHONWARNINGS", _QUIET)
    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
