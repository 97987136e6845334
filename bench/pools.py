"""One worker with two threads beside two workers with one."""

import sys
from dataclasses import dataclass

from bench.clips import SAMPLES
from bench.measuring import Spread, run_child
from bench.orders import Order

_CLIPS = (
    *("package_delivered_drive", "empty_lawn_exposure_steps", "drive_man_in_blue_visit", "lawn_couple_visit"),
    *("package_waiting_light_changes", "package_picked_up_drive", "drive_two_visitors", "package_picked_up_dusk"),
    *(
        "package_delivered_infrared",
        "package_delivered_evening",
        "drive_passers_by",
        "package_waiting_drive_people_pass",
    ),
)
SETTINGS = ((1, 2), (1, 1), (2, 1), (2, 2))


@dataclass(frozen=True, slots=True)
class PoolResult:
    """Analysis of the same clips with so many workers, each with so many threads of an inference.

    Attributes:
        peak_megabytes: Of the parent and all workers together.
    """

    workers: int
    threads: int
    clips: int
    wall: Spread
    cpu: Spread
    peak_megabytes: Spread


def compare_pools(repetitions: int) -> list[PoolResult]:
    """The settings take turns; each run includes the workers' start."""
    clips = [str(SAMPLES / f"{name}.mp4") for name in _CLIPS]
    runs: dict[tuple[int, int], list[tuple[float, float, float]]] = {}
    for turn in range(repetitions):
        shift = turn % len(SETTINGS)
        for workers, threads in (*SETTINGS[shift:], *SETTINGS[:shift]):
            print(f"{turn + 1} of {repetitions}: {workers} workers, {threads} threads", file=sys.stderr)
            options = {"workers": workers, "threads": threads, "clips": clips}
            outcome = run_child(Order("workers", options=options))
            taken = (outcome.work.wall, outcome.work.cpu, outcome.peak_megabytes)
            runs.setdefault((workers, threads), []).append(taken)
    return [
        PoolResult(
            workers, threads, len(clips), *(Spread.of(column) for column in zip(*runs[workers, threads], strict=True))
        )
        for workers, threads in SETTINGS
    ]
