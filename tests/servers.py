"""Real servers that tests run against: PostgreSQL from the system's binaries, S3 from moto; both on loopback."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POSTGRES_BIN = Path(os.environ.get("DOORSTEP_TEST_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
"""Where ``initdb`` and ``postgres`` lie; Debian's place by default."""

_PATIENCE_SECONDS = 60


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own; gives the URL of its first database.

    PostgreSQL refuses to run as root, so root hands it to the user ``postgres``, or ``nobody`` when there is none.
    """
    if not (POSTGRES_BIN / "initdb").exists():
        raise FileNotFoundError(
            f"no PostgreSQL in {POSTGRES_BIN}: install it (Debian: postgresql), or set DOORSTEP_TEST_POSTGRES_BIN"
        )
    folder = Path(tempfile.mkdtemp(prefix="doorstep-pg-", dir="/tmp"))
    as_user = _other_user()
    if as_user:
        shutil.chown(folder, as_user)
    folder.chmod(0o700)
    port = _free_port()
    data = folder / "data"
    _run(as_user, "initdb", "-D", str(data), "-U", "doorstep", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
    options = ("-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off")
    command = [*_prefix(as_user), str(POSTGRES_BIN / "postgres"), "-D", str(data), *options]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")
    try:
        _wait(server, port, folder / "log")
        yield f"postgresql://doorstep@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: it waits for no client
        server.wait(timeout=_PATIENCE_SECONDS)
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
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
