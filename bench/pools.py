"""Nights of the same clips with one worker of two threads, and with two workers of one."""

import sys
from dataclasses import dataclass

from bench.measuring import Spread
from bench.nights import NightResult, run_night

SETTINGS = ((1, 2), (2, 1))
_CLIPS = 8
_BATCH = 2


@dataclass(frozen=True, slots=True)
class PoolResult:
    """Nights with so many workers, each with so many threads of an inference.

    Attributes:
        flow: Wall seconds of the flow, without the start of Prefect's server.
        peak_megabytes: Of all processes of the night together.
    """

    workers: int
    threads: int
    clips: int
    flow: Spread
    cpu: Spread
    peak_megabytes: Spread


def compare_pools(repetitions: int) -> list[PoolResult]:
    """The settings take turns."""
    runs: dict[tuple[int, int], list[NightResult]] = {}
    for turn in range(repetitions):
        for workers, threads in SETTINGS if turn % 2 == 0 else reversed(SETTINGS):
            print(f"{turn + 1} of {repetitions}: {workers} workers, {threads} threads", file=sys.stderr)
            runs.setdefault((workers, threads), []).append(run_night(_CLIPS, _settings(workers, threads)))
    return [_result(workers, threads, runs[workers, threads]) for workers, threads in SETTINGS]


def _settings(workers: int, threads: int) -> dict[str, str]:
    return {
        "DOORSTEP_NIGHT__WORKERS": str(workers),
        "DOORSTEP_DETECTION__THREADS": str(threads),
        "DOORSTEP_NIGHT__BATCH_SIZE": str(_BATCH),
    }


def _result(workers: int, threads: int, nights: list[NightResult]) -> PoolResult:
    return PoolResult(
        workers=workers,
        threads=threads,
        clips=_CLIPS,
        flow=Spread.of([float(night.facts["flow"]) for night in nights]),
        cpu=Spread.of([night.cpu for night in nights]),
        peak_megabytes=Spread.of([night.peak_megabytes for night in nights]),
    )
