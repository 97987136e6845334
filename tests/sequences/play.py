"""Plays sequences of acts, and makes one that breaks a promise as short as it goes."""

import gc
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from pipeline.errors import PipelineError
from tests.sequences.acts import ACTS
from tests.sequences.checks import require_no_breach
from tests.sequences.finished import Finished, Played, Portion, Step
from tests.sequences.stand_ins import boundaries
from tests.sequences.street import Street, a_street, build_template

BEGINNING = ("begin", "incident", "night")


def sequence_of(seed: int, length: int) -> tuple[Step, ...]:
    """Begins with something to lose; then one act or more by chance, up to ``length``; it ends with a revocation."""
    chance = random.Random(seed)
    names = list(ACTS)
    drawn = chance.choices(names, [weight for _, weight in ACTS.values()], k=chance.randint(1, length))
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


def play_many(
    seeds: Sequence[int],
    length: int,
    workers: int,
    finished: Finished | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Portion:
    """Plays sequences in parallel processes.

    Args:
        seeds: One a sequence.
        length: Acts of each at most, beside its beginning and its end.
        workers: How many processes; one plays in this one.
        finished: Where portions are kept, and which need not be played again; None keeps none.
        say: Told how far it has come, a portion at a time.
    """
    counts: Counter[str] = Counter()
    broken: list[Played] = []
    for portion in _portions(seeds, length, workers, finished):
        counts += portion.counts
        broken += portion.broken
        say(f"{counts['sequences']} of {len(seeds)} sequences, {len(broken)} broke a promise")
    return Portion(counts, tuple(broken))


def _portions(seeds: Sequence[int], length: int, workers: int, finished: Finished | None) -> Iterator[Portion]:
    left = []
    for start in range(0, len(seeds), _PORTION):
        some = seeds[start : start + _PORTION]
        known = None if finished is None else finished.get(some, length)
        if known is None:
            left.append(some)
        else:
            yield known
    if workers == 1:
        yield from (_play_portion(some, length, finished) for some in left)
        return
    spawn = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=gc.set_threshold, initargs=_SELDOM) as pool:
        for done in as_completed([pool.submit(_play_portion, some, length, finished) for some in left]):
            yield done.result()


_PORTION = 25
_SELDOM = (50_000, 20, 20)
"""A process of its own collects garbage seldom: hardly any of what an installation leaves behind is in circles."""


def _play_portion(seeds: Sequence[int], length: int, finished: Finished | None) -> Portion:
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
    portion = Portion(counts, tuple(broken))
    if finished is not None:
        finished.keep(seeds, length, portion)
    return portion


def in_memory() -> str | None:
    """A folder that no disk stands behind, where there is one: thousands of installations are made and thrown away."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own is made in it
