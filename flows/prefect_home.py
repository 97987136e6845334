"""Prefect on this machine: its files, its server on loopback, and nothing that phones anybody.

Import this before ``prefect``: Prefect reads its settings when it is imported.

A server of ours is used where the operator names none (PREFECT_API_URL). Prefect's own temporary server gives up after
20 seconds, which a busy machine exceeds, and outlives a flow that is killed; ours is waited for as long as it lives,
and dies with the process that started it.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import NightServerError, StorageError

_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 300.0
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}
_FOR_ONE_NIGHT = {"PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
"""As Prefect starts its own temporary server: it writes down what runs, and looks for nothing to start or to cancel."""


def settle_prefect(home: Path) -> None:
    """Says where Prefect keeps its files, and that it neither phones nor chats; what the operator set stays.

    Raises:
        RuntimeError: Prefect was imported already, so that it would not listen.
    """
    if "prefect" in sys.modules and "PREFECT_HOME" not in os.environ:
        raise RuntimeError("settle_prefect must come before the first import of prefect")
    for name, value in {"PREFECT_HOME": str(home), **_QUIET}.items():
        os.environ.setdefault(name, value)


@contextmanager
def prefect_server(home: Path, *, for_schedules: bool = False) -> Iterator[str]:
    """A Prefect API for the flows inside the block: the operator's where one is named, one of ours otherwise.

    Args:
        home: Where what our server says is written.
        for_schedules: Whether it starts flows by itself; one that only hears of a night is without what that takes.

    Yields:
        Its URL.

    Raises:
        NightServerError: Our server ended or did not come up.
        StorageError: Its folder cannot be written.
    """
    named = os.environ.get("PREFECT_API_URL")
    if named:
        yield named
        return
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    log = home / "server.log"
    with _opened(log) as output:
        server = _start(port, output.fileno(), {} if for_schedules else _FOR_ONE_NIGHT)
        try:
            os.environ["PREFECT_API_URL"] = url
            import_module("flows.overnight")  # takes seconds, as the server does: both at once
            _wait_until_ready(server, port, log)
            yield url
        finally:
            os.environ.pop("PREFECT_API_URL", None)
            server.terminate()
            server.wait()


def _opened(log: Path) -> BinaryIO:
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        return log.open("wb")
    except OSError as error:
        raise StorageError(f"keep {log.name}", f"{error.strerror} ({log.parent})") from error


def _start(port: int, output: int, more: dict[str, str]) -> subprocess.Popen[bytes]:
    arguments = ["-m", "uvicorn", "--factory", "prefect.server.api.server:create_app"]
    options = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--lifespan", "on"]
    return subprocess.Popen(
        [sys.executable, *arguments, *options],
        env={**os.environ, "PREFECT_UI_ENABLED": "0", **more},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,  # Ctrl-C is for the night; the server ends after it
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait_until_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up:
        if server.poll() is not None:
            tail = log.read_text(errors="replace")[-400:]
            raise NightServerError(f"ended with {server.returncode}: {tail}")
        if _is_healthy(port):
            return
        time.sleep(0.1)
    server.terminate()
    raise NightServerError(f"was not ready within {_PATIENCE_SECONDS:.0f} s; see {log}")


def _is_healthy(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/api/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
