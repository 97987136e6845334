"""The targets, and whether a run met them."""

from dataclasses import dataclass

from bench.clips import FULL_HD
from bench.lost import EVERY_FRAME
from bench.measuring import Spread
from bench.run import Run

_CPU = 0.20
_HELP_SECONDS = 0.3
_WORKER_MEGABYTES = 1000.0
_OVERHEAD = 0.10


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target; figures in words."""

    what: str
    target: str
    measured: str
    is_met: bool


def verdicts(run: Run) -> list[Verdict]:
    """Every target of speed."""
    ours = [result for result in run.results if result.contestant.startswith("doorstep")]
    speed = [_speed(result.contestant, result.cpu.median) for result in ours if result.clip == FULL_HD]
    peak = max(
        *(result.peak_megabytes.most for result in ours),
        run.night.worker_megabytes,
    )
    helped, night = Spread.of([one.wall for one in run.helped]).median, run.night
    return [
        *speed,
        _lost(run, "frame of the sampling rate", is_full=False),
        _lost(run, "frame of the clip", is_full=True),
        Verdict("start of `doorstep --help`", f"< {_HELP_SECONDS} s", f"{helped:.3f} s", helped < _HELP_SECONDS),
        Verdict(
            "memory of a worker with its decoding child",
            f"< {_WORKER_MEGABYTES / 1000:.0f} GB",
            f"{peak:.0f} MB",
            peak < _WORKER_MEGABYTES,
        ),
        Verdict(
            f"a night's own overhead ({night.clips} clips)",
            f"< {_OVERHEAD:.0%} of its wall time",
            f"{night.overhead:.1%}",
            night.overhead < _OVERHEAD,
        ),
    ]


def _speed(contestant: str, cpu: float) -> Verdict:
    return Verdict(f"{contestant}, {FULL_HD}", f"<= {_CPU:.2f} CPU-s/s", f"{cpu:.3f} CPU-s/s", cpu <= _CPU)


def _lost(run: Run, against: str, *, is_full: bool) -> Verdict:
    compared = [one for one in run.comparisons if (one.rate == EVERY_FRAME) == is_full]
    lost = sum(len(one.lost) for one in compared)
    seen = sum(one.seen for one in compared)
    what = f"events lost against every {against}, {len(compared)} clips"
    return Verdict(what, "none", f"{lost} of {lost + seen}", lost == 0)
