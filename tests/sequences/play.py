"""Plays sequences of acts, and makes one that breaks a promise as short as it goes."""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from pipeline.errors import PipelineError
from tests.sequences.acts import ACTS
from tests.sequences.checks import require_no_breach
from tests.sequences.stand_ins import boundaries
from tests.sequences.street import Street, a_street, build_template

Step = tuple[str, int]
"""An act, and the seed of its own chance: a step does the same whether or not another was left out before it."""
BEGINNING = ("begin", "incident", "night")


@dataclass(frozen=True)
class Played:
    """What came of a sequence.

    Attributes:
        steps: As far as it went.
        counts: What was done, seen and refused on the way, by name.
        breach: The promise that was broken, in words; empty when none was.
    """

    steps: tuple[Step, ...]
    counts: Counter[str]
    breach: str = ""


def sequence_of(seed: int, length: int) -> tuple[Step, ...]:
    """Begins with something to lose; the rest is chance, and it ends with a revocation."""
    chance = random.Random(seed)
    names = list(ACTS)
    drawn = chance.choices(names, [weight for _, weight in ACTS.values()], k=length)
    return tuple((name, chance.getrandbits(32)) for name in (*BEGINNING, *drawn, "revoke", "revoke"))


def play(template: Path, folder: Path, steps: Sequence[Step]) -> Played:
    """One sequence in a fresh installation."""
    with boundaries(), a_street(template, folder) as street:
        for number, (name, seed) in enumerate(steps, start=1):
            try:
                _act(street, name, seed)
            except (AssertionError, PipelineError) as error:  # an act that fails for no reason of its own is a breach
                words = f"{name}: {error}"
                return Played(tuple(steps[:number]), Counter(street.counts), words)
        return Played(tuple(steps), Counter(street.counts))


def _act(street: Street, name: str, seed: int) -> None:
    ACTS[name][0](street, random.Random(seed))
    street.count(f"act {name}")
    require_no_breach(street)


def shortened(template: Path, folder: Path, steps: Sequence[Step]) -> Played:
    """Leaves out what is not needed for a breach, step by step, until nothing more can go."""
    kept = list(steps)
    best = play(template, folder, kept)
    for place in reversed(range(len(kept) - 1)):
        tried = [*kept[:place], *kept[place + 1 :]]
        found = play(template, folder, tried)
        if found.breach:
            kept, best = list(found.steps), found
            if place >= len(kept):
                continue
    return best


def play_many(seeds: Sequence[int], length: int, workers: int) -> tuple[Counter[str], list[Played]]:
    """Plays sequences in parallel processes.

    Returns:
        What was counted in all of them, and those that broke a promise, made short.
    """
    portions = [seeds[start : start + _PORTION] for start in range(0, len(seeds), _PORTION)]
    counts: Counter[str] = Counter()
    broken: list[Played] = []
    if workers == 1:
        answers = map(_play_portion, portions, [length] * len(portions))
        for counted, found in answers:
            counts += counted
            broken += found
        return counts, broken
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for counted, found in pool.map(_play_portion, portions, [length] * len(portions)):
            counts += counted
            broken += found
    return counts, broken


_PORTION = 25


def _play_portion(seeds: Sequence[int], length: int) -> tuple[Counter[str], list[Played]]:
    counts: Counter[str] = Counter()
    broken: list[Played] = []
    with tempfile.TemporaryDirectory(dir=in_memory(), prefix="doorstep-sequences-") as name:
        template = Path(name) / "template"
        build_template(template)
        for seed in seeds:
            played = play(template, Path(name) / "street", sequence_of(seed, length))
            counts += played.counts
            counts["sequences"] += 1
            if played.breach:
                broken.append(shortened(template, Path(name) / "street", played.steps))
    return counts, broken


def in_memory() -> str | None:
    """A folder that no disk stands behind, where there is one: thousands of installations are made and thrown away."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own is made in it
