"""A figure of trust: what it says, the bound that it must keep, and the probe that finds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is tried.

    Attributes:
        scale: Share of the whole, above 0 up to 1.
        folder: Empty; a probe makes its files here, and they are removed afterwards.
        say: Tells a person how far the probe has come.
    """

    scale: float
    folder: Path
    say: Callable[[str], None]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.scale >= 1

    def of(self, whole: int) -> int:
        """This share of ``whole``, at least one."""
        return max(1, round(whole * self.scale))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found.

    Attributes:
        value: The figure, as it stands in the table.
        holds: Whether it keeps its bound; what a smaller run does not reach by its size alone is no breach.
        counts: Everything that was counted, by name.
        commands: What can be run to see the same.
    """

    value: str
    holds: bool
    counts: Mapping[str, int | float | str]
    commands: tuple[str, ...]


Probe = Callable[[Extent], Finding]


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the figures.

    Attributes:
        number: Its number on the page.
        title: What is counted.
        bound: What it must keep.
        how: How it is obtained, for somebody who wants to doubt it.
        probe: Finds it; None where it cannot be found yet.
        lacking: Why it, or a part of it, is not there; empty when nothing is lacking.
    """

    number: int
    title: str
    bound: str
    how: str
    probe: Probe | None = None
    lacking: str = ""
