"""Who holds a lease, written so that another process on the same machine can tell that the holder is gone."""

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """Names this process: host, boot, process namespace, process id and the tick at which it started."""
    return "/".join((socket.gethostname(), *_where(), str(os.getpid()), _started(os.getpid())))


def is_gone(holder: str) -> bool:
    """Whether the holder is known to have ended: it ran under our kernel and our process ids, and runs no more.

    Of a holder on another machine nothing is known, and of one in an older boot neither, since two machines may share
    a name: their leases run out by time.
    """
    parts = holder.split("/")
    if len(parts) != 5 or tuple(parts[1:3]) != _where():  # noqa: PLR2004 - what this_process writes
        return False
    process, started = parts[3], parts[4]
    return not process.isdigit() or _started(int(process)) != started


def _where() -> tuple[str, str]:
    """Boot and process namespace; unknown ones never match, since they hold the process's own id."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        namespace = (_PROC / "self/ns/pid").readlink().name.translate({ord(mark): None for mark in ":[]"})
    except OSError:
        return f"unknown-{os.getpid()}", ""
    return boot, namespace


def _started(process: int) -> str:
    """Clock tick since boot at which the process started; empty when there is no such process.

    Source: proc(5), field 22 of /proc/PID/stat; the name in field 2 may hold blanks and parentheses.
    """
    try:
        words = (_PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if words[0] in ("Z", "X") else words[19]
