"""The measured process: gets ready, does its work once, and says what both took."""

import json
import os
import resource
import sys
import time
from pathlib import Path

from bench.contestants import Work, contestants
from bench.orders import Order
from bench.probes import probes

WORKS = {**contestants(), **probes()}


def main() -> None:
    """Reads the order; the answer goes to the pipe of the bench, as JSON."""
    pipe, text = sys.argv[1:]
    order = Order.from_json(text)
    work: Work = WORKS[order.work](order)
    ready = _spent()
    began = time.perf_counter()
    facts = work()
    wall = time.perf_counter() - began
    done = _spent()
    answer = {
        "start": [ready, _age(began)],
        "work": [done - ready, wall],
        "own_megabytes": high_water_megabytes(),
        "facts": facts,
    }
    with os.fdopen(int(pipe), "w") as out:
        json.dump(answer, out)


def _age(began: float) -> float:
    """Seconds from the start of this process until ``began`` of the performance counter."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    return uptime - ticks / os.sysconf("SC_CLK_TCK") - (time.perf_counter() - began)


def _spent() -> float:
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


def high_water_megabytes() -> float:
    """Most resident memory that this process had at one time."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1_000_000


if __name__ == "__main__":
    main()
