"""How long the stages of one piece of work take."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Stopwatch:
    """Wall seconds of each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Counts what is done inside for ``stage``."""
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + perf_counter() - started

    def each(self, stage: str, values: Iterable[T]) -> Iterator[T]:
        """Hands values on, and counts the waiting for each for ``stage``."""
        waiting = iter(values)
        while True:
            with self.on(stage):
                value = next(waiting, None)
            if value is None:
                return
            yield value

    def laps(self) -> tuple[tuple[str, float], ...]:
        """In the order in which the stages began."""
        return tuple((stage, round(seconds, 4)) for stage, seconds in self.seconds.items())
