"""Runs probes one after another, and remembers what each found."""

import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import this_machine
from bench.trust.figure import Extent, Figure, Finding
from bench.trust.remembered import Memory, Result


@dataclass(frozen=True, slots=True)
class Orders:
    """What a run is asked for.

    Attributes:
        scale: Share of the whole, above 0 up to 1.
        again: Whether figures that are remembered at this scale or a larger one are tried again.
        say: Tells a person how far it has come.
    """

    scale: float
    again: bool
    say: Callable[[str], None]


def run_all(figures: Iterable[Figure], memory: Memory, orders: Orders) -> list[int]:
    """Runs the probes of the figures.

    A probe that fails by a fault of its own is reported and leaves what is remembered of its figure as it was.

    Returns:
        The numbers of the figures whose probes failed.
    """
    failed = []
    for figure in figures:
        if figure.probe is None:
            continue
        known = memory.get(figure.number)
        if known is not None and known.scale >= orders.scale and not orders.again:
            orders.say(f"{figure.number:2d} {figure.title}: remembered from {known.at:%Y-%m-%d %H:%M} UTC")
            continue
        try:
            result = _run(figure, orders)
        except Exception as error:  # noqa: BLE001 - one probe's fault must not cost the others' hours; it is said
            orders.say(f"{figure.number:2d} {figure.title}: the probe failed: {type(error).__name__}: {error}")
            failed.append(figure.number)
            continue
        memory.keep(result)
        word = "holds" if result.finding.holds else "DOES NOT HOLD"
        orders.say(f"{figure.number:2d} {figure.title}: {result.finding.value} ({word}, {result.seconds:.0f} s)")
    return failed


def _run(figure: Figure, orders: Orders) -> Result:
    orders.say(f"{figure.number:2d} {figure.title} ...")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"trust-{figure.number:02d}-") as folder:
        finding = _probed(figure, Extent(orders.scale, Path(folder), lambda words: orders.say(f"   {words}")))
    machine = this_machine()
    words = (
        f"{machine.model}, {machine.cores} cores, {machine.system}, Python {machine.python}, ffmpeg {machine.ffmpeg}"
    )
    seconds = time.monotonic() - began
    return Result(figure.number, finding, datetime.now(UTC), seconds, orders.scale, machine.commit, words)


def _probed(figure: Figure, extent: Extent) -> Finding:
    if figure.probe is None:
        raise ValueError(f"figure {figure.number} has no probe")
    return figure.probe(extent)
