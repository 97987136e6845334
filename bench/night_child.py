"""A whole night in a measured process: the real flow, with a clock at the doors of the workers."""

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.orders import Order

_LOG = "DOORSTEP_BENCH_WORK_LOG"


def timed(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the function has it
    """Calls the function in the worker, and writes down how long it took and how much memory the worker has had."""
    from bench.child import high_water_megabytes

    began = time.perf_counter()
    try:
        return fn(*args, **kwargs)
    finally:
        seconds = time.perf_counter() - began
        line = {"work": fn.__name__, "seconds": seconds, "own_megabytes": high_water_megabytes()}
        with Path(os.environ[_LOG]).open("a") as log:
            log.write(json.dumps(line) + "\n")


class _TimedPool(Executor):
    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401 - as Executor has it
        return self._pool.submit(timed, fn, *args, **kwargs)


def night_of(order: Order) -> Callable[[], dict[str, Any]]:
    """The night of the settings in the environment; the work begins before Prefect is imported, as for an operator."""
    log = Path(order.option("log"))
    os.environ[_LOG] = str(log)

    def run() -> dict[str, Any]:
        from flows.prefect_home import prefect_server, settle_prefect
        from pipeline.night import workers
        from pipeline.settings import Settings

        settings = Settings()
        began = time.perf_counter()
        settle_prefect(settings.store.directory / "prefect")
        with prefect_server(settings.store.directory / "prefect"):
            served = time.perf_counter()
            from flows import overnight

            imported = time.perf_counter()

            @contextmanager
            def timed_pool(chosen: Settings) -> Iterator[Executor]:
                with workers.worker_pool(chosen) as pool:
                    yield _TimedPool(pool)

            with patch.object(overnight, "worker_pool", timed_pool):
                report = overnight.overnight(None)
            ended = time.perf_counter()
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []
        return {
            "server": served - began,
            "imports": imported - served,
            "flow": ended - imported,
            "workers": workers.worker_count(settings),
            "is_complete": report.is_complete,
            "highlights": len(report.highlights),
            "work": lines,
        }

    return run
