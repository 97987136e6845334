"""One run of everything."""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.clips import SAMPLES, BenchClip, bench_clips, clip_at
from bench.lost import EVERY_FRAME, SAMPLING_RATE, Comparison, compare
from bench.machine import Machine, this_machine
from bench.measuring import Spread, run_child
from bench.nights import NightResult, run_night, start_of_help
from bench.orders import Cost, Order
from bench.pools import PoolResult, compare_pools
from bench.race import Result, race

Load = tuple[float, float, float]
_HELP_RUNS = 10


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is run.

    Attributes:
        repetitions: Of every contestant on every clip.
        raced: Clips of the race.
        night: Clips of the simulated night.
        is_quick: Fewer clips; the figures are rougher.
    """

    repetitions: int
    raced: int
    night: int
    is_quick: bool


@dataclass(frozen=True, slots=True)
class Stages:
    """CPU seconds of one analysis of the 1080p clip, by what they were spent on; median of the repetitions."""

    seconds: float
    by_stage: dict[str, float]
    looks: int
    frames_decoded: int


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that the document is made of; loads are the averages of 1, 5 and 15 minutes."""

    extent: Extent
    machine: Machine
    began: datetime
    ended: datetime
    load_before: Load
    load_after: Load
    clips: tuple[BenchClip, ...]
    results: list[Result]
    stages: Stages
    comparisons: list[Comparison]
    helped: list[Cost]
    pools: list[PoolResult]
    empty_night: NightResult
    night: NightResult


def run_all(extent: Extent) -> Run:
    """Takes minutes when quick, an hour or so otherwise."""
    began, load = datetime.now(UTC), os.getloadavg()
    clips = bench_clips()
    helped = start_of_help(_HELP_RUNS)
    stages = _stages(clips[0], extent.repetitions)
    pools = compare_pools(1 if extent.is_quick else 2)
    empty, night = run_night(0), run_night(extent.night)
    comparisons = compare(_compared(clips, is_quick=extent.is_quick), (SAMPLING_RATE, EVERY_FRAME))
    results = race(clips[: extent.raced], extent.repetitions)
    return Run(
        extent=extent,
        machine=this_machine(),
        began=began,
        ended=datetime.now(UTC),
        load_before=load,
        load_after=os.getloadavg(),
        clips=clips[: extent.raced],
        results=results,
        stages=stages,
        comparisons=comparisons,
        helped=helped,
        pools=pools,
        empty_night=empty,
        night=night,
    )


def _compared(clips: tuple[BenchClip, ...], *, is_quick: bool) -> tuple[BenchClip, ...]:
    if is_quick:
        return clips
    return (*(clip_at(path) for path in sorted(SAMPLES.glob("*.mp4"))), clips[0])


def _stages(clip: BenchClip, repetitions: int) -> Stages:
    print("CPU by stage", file=sys.stderr)
    starts = [run_child(Order("decoder_start", str(clip.path))).work.cpu for _ in range(repetitions)]
    runs = [run_child(Order("stages", str(clip.path))) for _ in range(repetitions)]
    start = Spread.of(starts).median
    children = Spread.of([run.facts["decoding_child"] for run in runs]).median
    own = {stage: Spread.of([run.facts["stages"][stage] for run in runs]).median for stage in runs[0].facts["stages"]}
    total = Spread.of([run.work.cpu for run in runs]).median
    waiting = own.pop("sampling")
    by_stage = {
        "start of the decoding child, walls, demuxing": start,
        "decoding, scaling and the gate, in the child": children - start,
        "taking pictures from the child": waiting,
        **own,
        "everything else": total - children - waiting - sum(own.values()),
    }
    return Stages(clip.seconds, by_stage, int(runs[0].facts["looks"]), int(runs[0].facts["frames_decoded"]))
