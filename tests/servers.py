"""Real servers that tests run against: PostgreSQL from the system's binaries, S3 from moto; both on loopback."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

POSTGRES_BIN = Path(os.environ.get("DOORSTEP_TEST_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
"""Where ``initdb`` and ``postgres`` lie; Debian's place by default."""

_PATIENCE_SECONDS = 60
_SHORT = Path("/").joinpath("tmp")
"""A socket's path has at most a hundred characters."""


@dataclass(slots=True)
class PostgresServer:
    """A server that can be killed and started again on what it left.

    Attributes:
        folder: Where it lies.
        port: On which it listens.
        command: How it is started.
    """

    folder: Path
    port: int
    command: list[str]
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Of its first database."""
        return f"postgresql://doorstep@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Starts it, and waits until it answers; what a killed one left running ends first."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd="/")
            try:
                _wait(self._process, self.port, self.folder / "log")
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """Kill -9 of the postmaster; its backends end by themselves when they notice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=_PATIENCE_SECONDS)

    def stop(self) -> None:
        """A fast shutdown: it waits for no client."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=_PATIENCE_SECONDS)


@contextmanager
def postgres(place: Path | None = None, settings: Sequence[str] = ()) -> Iterator[str]:
    """A PostgreSQL server of our own; gives the URL of its first database; see ``postgres_server``."""
    with postgres_server(place, settings) as server:
        yield server.url


@contextmanager
def postgres_server(place: Path | None = None, settings: Sequence[str] = ()) -> Iterator[PostgresServer]:
    """A PostgreSQL server of our own, which may be killed and started again.

    Args:
        place: In which folder it lies; None for the system's own for temporary ones.
        settings: Of the server, as ``name=value``.

    PostgreSQL refuses to run as root, so root hands it to the user ``postgres``, or ``nobody`` when there is none.
    """
    if not (POSTGRES_BIN / "initdb").exists():
        raise FileNotFoundError(
            f"no PostgreSQL in {POSTGRES_BIN}: install it (Debian: postgresql), or set DOORSTEP_TEST_POSTGRES_BIN"
        )
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-", dir=place or _SHORT))
    as_user = _other_user()
    if as_user:
        shutil.chown(folder, as_user)
    folder.chmod(0o700)
    port = _free_port()
    data = folder / "data"
    _run(as_user, "initdb", "-D", str(data), "-U", "doorstep", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
    options: tuple[str, ...] = (
        "-p",
        str(port),
        "-k",
        str(folder),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "fsync=off",
    )
    options += tuple(part for one in settings for part in ("-c", one))
    command = [*_prefix(as_user), str(POSTGRES_BIN / "postgres"), "-D", str(data), *options]
    server = PostgresServer(folder, port, command)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _wait(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    ask = [str(POSTGRES_BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ask, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not come up: {log.read_text()[-2000:]}")
        time.sleep(0.05)


def _run(as_user: str, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [*_prefix(as_user), str(POSTGRES_BIN / program), *arguments], capture_output=True, check=False, cwd="/"
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr.decode()}")


def _prefix(as_user: str) -> tuple[str, ...]:
    if not as_user:
        return ()
    entry = pwd.getpwnam(as_user)
    return ("setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups")


def _other_user() -> str:
    if os.geteuid() != 0:
        return ""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def s3() -> Iterator[str]:
    """An S3-compatible server; gives its endpoint."""
    with s3_server() as server:
        yield server.endpoint


class S3Server:
    """A server that can go away and come again on the same port with what it held."""

    def __init__(self) -> None:
        self._port = 0

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Starts it; what it held lies in this process's memory."""
        from moto.server import ThreadedMotoServer

        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=self._port, verbose=False)
        self._server.start()
        _, self._port = self._server.get_host_and_port()

    def stop(self) -> None:
        """From now on connections are refused."""
        self._server.stop()


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """An S3-compatible server that can go away."""
    server = S3Server()
    server.start()
    try:
        yield server
    finally:
        server.stop()
