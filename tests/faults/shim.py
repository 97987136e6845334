"""Compiles the shim that lets the n-th write go wrong, and arms it in a process that was started with it."""

import ctypes
import errno
import shutil
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

SOURCE = Path(__file__).with_name("shim.c")


class Kind(Enum):
    """What happens at the n-th step: which way, and with which error number."""

    NOTHING = (0, 0)
    KILL = (1, 0)
    """The process ends before the step."""
    TORN = (2, 0)
    """Half of what is written arrives, then the process ends."""
    IO_ERROR = (3, errno.EIO)
    """This step fails, later ones do not."""
    DISK_FULL = (4, errno.ENOSPC)
    """From this step on everything that needs room fails."""
    CUT_OFF = (3, errno.ECONNRESET)
    """This message does not reach its server, which resets the connection; later ones do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and at which step below the folder, counted from 1; at 0 nothing does."""

    kind: Kind
    at: int = 0


def compile_shim(folder: Path) -> Path:
    """The shared library, made by the system's C compiler.

    Raises:
        FileNotFoundError: There is no C compiler.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise FileNotFoundError("no C compiler: install one (Debian: gcc libc6-dev); the faults are injected by it")
    made = folder / "shim.so"
    subprocess.run((compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"), check=True)
    return made


def arm(prefix: Path, fault: Fault, *, with_sockets: bool) -> None:
    """From now on steps below ``prefix`` are counted, and the fault strikes."""
    way, number = fault.kind.value
    libc = ctypes.CDLL(None)
    libc.fault_arm(str(prefix).encode(), ctypes.c_long(fault.at), way, number, int(with_sockets))


def steps() -> int:
    """How many steps were counted."""
    libc = ctypes.CDLL(None)
    libc.fault_count.restype = ctypes.c_long
    return int(libc.fault_count())
