"""Running the simulator: in the loop that is there, beside it in a thread, or until it is interrupted."""

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from aiohttp import web

from pipeline.ring_simulator.certificates import make_certificates
from pipeline.ring_simulator.request_log import RequestLog
from pipeline.ring_simulator.service import HOSTS, RingService
from pipeline.ring_simulator.token_desk import TokenDesk
from pipeline.ring_simulator.world import World

_LOOPBACK = "127.0.0.1"
_START_SECONDS = 30.0


class RingSimulator:
    """A simulated Ring service on loopback, as an async context manager.

    Attributes:
        connect_to: ``address:port``, for ``RingSettings.connect_to``; empty before it runs.
    """

    def __init__(self, world: World, port: int = 0) -> None:
        self._service: RingService | None = None
        self._world = world
        self._port = port
        self._runner: web.AppRunner | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._authority: Path | None = None
        self.connect_to = ""

    async def __aenter__(self) -> "RingSimulator":
        """Starts.

        Raises:
            OSError: The port is taken.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="ring-simulator-")
        certificates = make_certificates(HOSTS, Path(self._folder.name))
        self._authority = certificates.authority
        self._service = RingService(self._world)
        self._runner = web.AppRunner(
            self._service.application(), access_log=None, handler_cancellation=True, shutdown_timeout=1.0
        )
        try:
            await self._runner.setup()
            site = web.TCPSite(self._runner, _LOOPBACK, self._port, ssl_context=certificates.context)
            await site.start()
        except OSError:
            await self._stop()
            raise
        self.connect_to = f"{_LOOPBACK}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops, and removes the certificates."""
        await self._stop()

    @property
    def certificate_authority(self) -> Path:
        """PEM file for ``RingSettings.certificate_authority``; gone when the simulator stops."""
        if self._authority is None:
            raise ValueError("the simulator does not run")
        return self._authority

    @property
    def log(self) -> RequestLog:
        """What was asked so far; stays readable after the end."""
        return self._running().log

    @property
    def tokens(self) -> TokenDesk:
        """Who is logged in; a test ends tokens here."""
        return self._running().tokens

    def _running(self) -> RingService:
        if self._service is None:
            raise ValueError("the simulator does not run")
        return self._service

    async def _stop(self) -> None:
        if self._service is not None:
            self._service.closing.set()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._folder is not None:
            self._folder.cleanup()


@contextmanager
def running_simulator(world: World, port: int = 0) -> Iterator[RingSimulator]:
    """A simulator in a thread and loop of its own, for callers that are busy or have no loop.

    Raises:
        OSError: The port is taken.
    """
    simulator = RingSimulator(world, port)
    started = threading.Event()
    ending: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    failures: list[BaseException] = []

    async def run() -> None:
        async with simulator:
            stop = asyncio.Event()
            ending.append((asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()

    def run_in_thread() -> None:
        try:
            asyncio.run(run())
        except OSError as error:
            failures.append(error)
        finally:
            started.set()

    thread = threading.Thread(target=run_in_thread, name="ring-simulator", daemon=True)
    thread.start()
    started.wait(_START_SECONDS)
    if not ending:
        raise failures[0] if failures else OSError("the simulator did not start")
    try:
        yield simulator
    finally:
        loop, stop = ending[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def serve(world: World, port: int, when_ready: Callable[[RingSimulator], None]) -> None:
    """Runs a simulator until the task is cancelled.

    Raises:
        OSError: The port is taken.
    """
    async with RingSimulator(world, port) as simulator:
        when_ready(simulator)
        await asyncio.Event().wait()
