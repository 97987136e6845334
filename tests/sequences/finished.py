"""Portions of sequences that were played to their end: a run that was interrupted goes on behind them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Step = tuple[str, int]
"""An act, and the seed of its own chance: a step does the same whether or not another was left out before it."""

ROOT = Path(__file__).resolve().parent.parent.parent
_WHAT_DECIDES = ("pipeline", "tests/sequences", "tests/catalogue/stories.py", "tests/builders.py")


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


@dataclass(frozen=True)
class Portion:
    """What came of some sequences: what was counted in all of them, and those that broke a promise, made short."""

    counts: Counter[str]
    broken: tuple[Played, ...]


@dataclass(frozen=True)
class Finished:
    """A folder of portions. They count for the source that they were played with, and for no other."""

    folder: Path

    def get(self, seeds: Sequence[int], length: int) -> Portion | None:
        """What was kept; None when this portion was never played to its end by this source."""
        path = self._path(seeds, length)
        if not path.exists():
            return None
        told = json.loads(path.read_text(encoding="utf-8"))
        broken = tuple(
            Played(tuple((name, seed) for name, seed in one["steps"]), Counter(one["counts"]), one["breach"])
            for one in told["broken"]
        )
        return Portion(Counter(told["counts"]), broken)

    def keep(self, seeds: Sequence[int], length: int, portion: Portion) -> None:
        path = self._path(seeds, length)
        path.parent.mkdir(parents=True, exist_ok=True)
        broken = [{"steps": one.steps, "counts": one.counts, "breach": one.breach} for one in portion.broken]
        new = path.with_suffix(".new")
        new.write_text(json.dumps({"counts": portion.counts, "broken": broken}), encoding="utf-8")
        new.replace(path)

    def _path(self, seeds: Sequence[int], length: int) -> Path:
        named = hashlib.sha256(json.dumps([list(seeds), length]).encode()).hexdigest()[:12]
        return self.folder / source_digest()[:16] / f"{seeds[0]}-{named}.json"


def source_digest() -> str:
    """Of everything by which a sequence is played and judged."""
    said = hashlib.sha256()
    for path in _sources():
        said.update(f"{path.relative_to(ROOT).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return said.hexdigest()


def _sources() -> Iterator[Path]:
    for name in _WHAT_DECIDES:
        place = ROOT / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else (place,)
