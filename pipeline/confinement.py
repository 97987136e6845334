"""Walls around a process that reads foreign bytes: limits, no network, no files but those named.

Standard library only, and no import of the project: this file is also run by its path, as a launcher::

    python -I -S pipeline/confinement.py '{"memory_megabytes": 512, ...}' program argument...

Each wall is asked for and, where the kernel has no such wall, reported as missing; limits always hold.

Source: getrlimit(2), unshare(2), prctl(2), landlock(7); the limits follow docs/threat-model.md.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_MEGABYTE = 1024 * 1024
_PROBE_SECONDS = 20
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWNET = 0x40000000
_CLONE_NEWUSER = 0x10000000
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every architecture
_LANDLOCK_VERSION_ONLY = 1
_LANDLOCK_PATH_BENEATH = 1
_FILE_RIGHTS_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
_TCP_RIGHTS_SINCE_ABI = 4
_TCP_RIGHTS = 0x3
_READ_FILE, _READ_DIRECTORY, _EXECUTE, _WRITE_FILE = 1 << 2, 1 << 3, 1 << 0, 1 << 1
_RIGHTS_OF_A_FILE = 0x1 | 0x2 | 0x4 | 1 << 14 | 1 << 15
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/opt", "/nix", "/etc/ld.so.cache", "/etc/fonts", "/dev/urandom")


@dataclass(frozen=True, slots=True)
class Walls:
    """What a confined process may use.

    Attributes:
        memory_megabytes: Address space.
        cpu_seconds: CPU time over all threads; whole seconds, at least one.
        file_megabytes: Size of one written file; zero writes nothing.
        open_files: Open descriptors.
        readable: Files and folders that may be read, besides the system's programs and this Python.
        writable: Folders that may be written and read; empty means none.
    """

    memory_megabytes: int
    cpu_seconds: int
    file_megabytes: int = 0
    open_files: int = 64
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The form that the launcher reads."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Walls":
        """The walls that ``to_json`` wrote."""
        given = json.loads(text)
        return cls(**{**given, "readable": tuple(given["readable"]), "writable": tuple(given["writable"])})


@dataclass(frozen=True, slots=True)
class WallState:
    """One wall: its name, whether it stands on this machine, and what is lost or mended where it does not."""

    name: str
    stands: bool
    detail: str


def confine(walls: Walls) -> tuple[WallState, ...]:
    """Put this process, and all that it starts, behind ``walls``; there is no way back.

    Returns:
        Every wall that was asked for, in a fixed order.
    """
    _set_limits(walls)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    return (
        WallState("limits", True, "address space, CPU time, file size, open files, no core dump"),
        _no_new_privileges(libc),
        _no_network(libc),
        _only_named_files(libc, walls),
    )


def _set_limits(walls: Walls) -> None:
    for kind, wanted in (
        (resource.RLIMIT_AS, walls.memory_megabytes * _MEGABYTE),
        (resource.RLIMIT_CPU, max(1, walls.cpu_seconds)),
        (resource.RLIMIT_FSIZE, walls.file_megabytes * _MEGABYTE),
        (resource.RLIMIT_NOFILE, walls.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hardest = resource.getrlimit(kind)
        limit = wanted if hardest == resource.RLIM_INFINITY else min(wanted, hardest)
        resource.setrlimit(kind, (limit, limit))


def _no_new_privileges(libc: ctypes.CDLL) -> WallState:
    stands = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    return WallState("no new privileges", stands, "set-user-id programs give no rights" if stands else _reason())


def _no_network(libc: ctypes.CDLL) -> WallState:
    """A network namespace of its own, in which not even loopback is up."""
    for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
        if libc.unshare(flags) == 0:
            return WallState("no network", True, "a network namespace of its own, with nothing in it")
    return WallState("no network", False, f"{_reason()}; allow unprivileged user namespaces on this machine")


def _only_named_files(libc: ctypes.CDLL, walls: Walls) -> WallState:
    name = "only named files"
    abi = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), _LANDLOCK_VERSION_ONLY)
    if abi < 1:
        return WallState(name, False, f"{_reason()}; a kernel with Landlock (5.13 or later) has it")
    rights = max(bits for since, bits in _FILE_RIGHTS_BY_ABI.items() if since <= abi)
    words = (rights, _TCP_RIGHTS) if abi >= _TCP_RIGHTS_SINCE_ABI else (rights,)
    wanted = struct.pack(f"={len(words)}Q", *words)
    ruleset = libc.syscall(_LANDLOCK_CREATE, wanted, ctypes.c_size_t(len(wanted)), 0)
    if ruleset < 0:
        return WallState(name, False, _reason())
    for path, access in _allowed(walls, rights):
        _allow(libc, ruleset, path, access)
    stands = libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return WallState(name, stands, f"Landlock version {abi}" if stands else _reason())


def _allowed(walls: Walls, rights: int) -> Iterator[tuple[str, int]]:
    look = _READ_FILE | _READ_DIRECTORY | _EXECUTE
    for path in (*_SYSTEM, sys.prefix, sys.base_prefix):
        yield path, look & rights
    yield "/dev/null", (_READ_FILE | _WRITE_FILE) & rights
    for path in walls.readable:
        yield path, (_READ_FILE | _READ_DIRECTORY | _EXECUTE) & rights
    for path in walls.writable:
        yield path, rights & ~_EXECUTE


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    """Add one path; a path that is not there allows nothing."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    with suppress(OSError):
        if not Path(path).is_dir():
            access &= _RIGHTS_OF_A_FILE
        rule = struct.pack("=Qi", access, descriptor)
        libc.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0)
    os.close(descriptor)


def _reason() -> str:
    return os.strerror(ctypes.get_errno())


def probe_walls() -> tuple[WallState, ...]:
    """Which walls this machine has, tried in a child process that ends at once."""
    told = subprocess.run(
        (sys.executable, "-I", "-S", __file__), capture_output=True, timeout=_PROBE_SECONDS, check=True
    ).stdout
    return tuple(WallState(**state) for state in json.loads(told))


def main() -> None:
    """Confine this process, then become the program that was named; without one, say which walls stand."""
    if len(sys.argv) == 1:
        states = confine(Walls(memory_megabytes=1024, cpu_seconds=_PROBE_SECONDS))
        sys.stdout.write(json.dumps([asdict(state) for state in states]))
        return
    walls, program, *arguments = sys.argv[1:]
    confine(Walls.from_json(walls))
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
