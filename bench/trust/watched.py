"""Who opens which file and speaks to whom, as the kernel says: strace over a process and all that it starts."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_CALL = re.compile(r"^(?P<pid>\d+)\s+(?P<call>\w+)\((?P<rest>.*)$")
_RESUMED = re.compile(r"^(?P<pid>\d+)\s+<\.\.\. \w+ resumed>(?P<rest>.*)$")
_UNFINISHED = "<unfinished ...>"
_STARTED = re.compile(r"= (\d+)$")
_STARTS = ("clone", "clone3", "fork", "vfork")
_PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LAUNCHERS = ("pipeline/sampling/child.py", "pipeline/confinement.py")


def strace(log: Path) -> tuple[str, ...]:
    """The command that watches what follows it, and writes to ``log``."""
    calls = "trace=execve,open,openat,openat2,connect,sendto,clone,clone3,fork,vfork"
    return ("strace", "-f", "-qq", "--seccomp-bpf", "-s", "4096", "-o", str(log), "-e", calls)


def opened_by_children(log: Path, allowed: Sequence[str]) -> frozenset[str]:
    """Files outside the allowed places that processes which read foreign bytes opened; connections stand as such.

    A process counts from the moment that it becomes the decoding child or the launcher of ffmpeg, with all that it
    starts. An attempt that the kernel refused because there is no such file opened nothing.
    """
    confined: set[str] = set()
    found: set[str] = set()
    for pid, call, rest in _calls(log):
        if call == "execve" and any(name in rest for name in _LAUNCHERS):
            confined.add(pid)
        if pid not in confined:
            continue
        started = _STARTED.search(rest)
        if call in _STARTS and started:
            confined.add(started[1])
        elif call in ("connect", "sendto") and "AF_UNIX" not in rest:
            found.add(f"{call} {rest[:80]}")
        elif call.startswith("open") and (path := _PATH.search(rest)) and not _is_allowed(path[1], rest, allowed):
            found.add(path[1])
    return frozenset(found)


def _calls(log: Path) -> Iterator[tuple[str, str, str]]:
    """Process, call, and the rest of the line; a call that others interrupted is put together again."""
    begun: dict[str, str] = {}
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in map(str.rstrip, lines):
            if resumed := _RESUMED.match(line):
                line = begun.pop(resumed["pid"], "") + resumed["rest"]
            if line.endswith(_UNFINISHED):
                begun[line.split(maxsplit=1)[0]] = line.removesuffix(_UNFINISHED)
            elif match := _CALL.match(line):
                yield match["pid"], match["call"], match["rest"]


def _is_allowed(path: str, rest: str, allowed: Sequence[str]) -> bool:
    is_missing = rest.endswith("(No such file or directory)")
    return is_missing or not path.startswith("/") or any(path.startswith(place) for place in allowed)
