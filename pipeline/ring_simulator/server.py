"""Running the simulator: in the loop that is there, beside it in a thread, or until it is interrupted."""

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from aiohttp import web

from pipeline.ring_simulator.certificates import make_certificates
from pipeline.ring_simulator.request_log import RequestLog
from pipeline.ring_simulator.service import HOSTS, RingService
from pipeline.ring_simulator.token_desk import TokenDesk
from pipeline.ring_simulator.world import World

_LOOPBACK = "127.0.0.1"
_START_SECONDS = 30.0


class Service(Protocol):
    """What answers for some hosts.

    Attributes:
        closing: Set when the simulator stops, so that nobody waits for an answer any more.
    """

    closing: asyncio.Event

    def application(self) -> web.Application:
        """For ``aiohttp.web``."""
        ...


S = TypeVar("S", bound=Service)
R = TypeVar("R", bound="Simulator[Any]")


class Simulator(Generic[S]):
    """A simulated service on loopback, over TLS, as an async context manager.

    Attributes:
        connect_to: ``address:port``, for the setting of this name; empty before it runs.
    """

    def __init__(self, hosts: tuple[str, ...], make: Callable[[], S], port: int = 0) -> None:
        """Starts nothing yet.

        Args:
            hosts: Names for which it answers.
            make: Makes the service when the simulator starts.
            port: On loopback; 0 takes a free one.
        """
        self._service: S | None = None
        self._hosts = hosts
        self._make = make
        self._port = port
        self._runner: web.AppRunner | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._authority: Path | None = None
        self.connect_to = ""

    async def __aenter__(self) -> Self:
        """Starts.

        Raises:
            OSError: The port is taken.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="ring-simulator-")
        certificates = make_certificates(self._hosts, Path(self._folder.name))
        self._authority = certificates.authority
        self._service = self._make()
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
        """PEM file for the setting of this name; gone when the simulator stops."""
        if self._authority is None:
            raise ValueError("the simulator does not run")
        return self._authority

    @property
    def service(self) -> S:
        """What answers, and what it remembers; stays readable after the end."""
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


class RingSimulator(Simulator[RingService]):
    """A simulated Ring service."""

    def __init__(self, world: World, port: int = 0) -> None:
        super().__init__(HOSTS, lambda: RingService(world), port)

    @property
    def log(self) -> RequestLog:
        """What was asked so far; stays readable after the end."""
        return self.service.log

    @property
    def tokens(self) -> TokenDesk:
        """Who is logged in; a test ends tokens here."""
        return self.service.tokens


@contextmanager
def running(simulator: R) -> Iterator[R]:
    """A simulator in a thread and loop of its own, for callers that are busy or have no loop.

    Raises:
        OSError: The port is taken.
    """
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


def running_simulator(world: World, port: int = 0) -> AbstractContextManager[RingSimulator]:
    """A simulated Ring service in a thread of its own, as ``running``."""
    return running(RingSimulator(world, port))


async def serve(simulator: R, when_ready: Callable[[R], None]) -> None:
    """Runs a simulator until the task is cancelled.

    Raises:
        OSError: The port is taken.
    """
    async with simulator:
        when_ready(simulator)
        await asyncio.Event().wait()
