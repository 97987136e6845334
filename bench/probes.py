"""Measured work beside the contestants: analysis of every frame, CPU by stage, a night."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.contestants import Maker, Work, ours
from bench.orders import Order


def probes() -> dict[str, Maker]:
    """The works, by name."""
    return {
        "every_frame": every_frame,
        "stages": stages,
        "decoder_start": decoder_start,
        "night": night,
    }


def every_frame(order: Order) -> Work:
    """Our analysis without the gate: all is decoded, and every frame of the order's rate is looked at and detected."""
    with _without_gate(float(order.option("rate"))):
        work = ours(order)

    def analyse() -> dict[str, Any]:
        with _without_gate(float(order.option("rate"))):
            return work()

    return analyse


@contextmanager
def _without_gate(rate: float) -> Iterator[None]:
    """Sampling without a gate, and a detector that is asked at every look."""
    from pipeline.sampling import sample_clip

    ungated = partial(sample_clip, every_frame_rate=rate)
    with patch("pipeline.analysis.sample_clip", ungated), patch("pipeline.analysis._MOST_CARRIED", 0):
        yield


def stages(order: Order) -> Work:
    """CPU seconds of this process by stage, and of the decoding child."""
    work = ours(order)

    def analyse() -> dict[str, Any]:
        before = _children_cpu()
        with patch("pipeline.stopwatch.perf_counter", time.process_time):
            facts = work()
        return {**facts, "decoding_child": _children_cpu() - before}

    return analyse


def decoder_start(order: Order) -> Work:
    """The decoding child's own start, walls, demuxing and one key frame."""
    from bench.looking import request_of
    from pipeline.sampling.clip import probe_clip

    def probe() -> dict[str, Any]:
        probe_clip(Path(order.clip), request_of().sampling)
        return {}

    return probe


def night(order: Order) -> Work:
    """A whole night under Prefect; see ``bench.night_child``."""
    from bench.night_child import night_of

    return night_of(order)


def _children_cpu() -> float:
    below = resource.getrusage(resource.RUSAGE_CHILDREN)
    return below.ru_utime + below.ru_stime
