"""What a measured child process is asked for, and what it says."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Order:
    """One piece of work for one child process.

    Attributes:
        work: Name in ``bench.child.WORKS``.
        clip: Path of the clip; empty when the work needs none.
        model: Name in the manifest; None for the embedded one.
        models: Folder of pulled weights; empty when there is none.
        options: Whatever else the work asks for.
    """

    work: str
    clip: str = ""
    model: str | None = None
    models: str = ""
    options: dict[str, Any] | None = None

    def to_json(self) -> str:
        """As the child's one argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The order that the bench wrote."""
        return cls(**json.loads(text))

    def option(self, name: str) -> Any:  # noqa: ANN401 - plain JSON has no narrower type
        """An option that the work needs.

        Raises:
            KeyError: The order lacks it.
        """
        return (self.options or {})[name]


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took.

    Attributes:
        cpu: CPU seconds, user and system, of the process and of the children that it waited for.
        wall: Seconds.
    """

    cpu: float
    wall: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.cpu - other.cpu, self.wall - other.wall)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a child measured of itself, and what the bench saw of it from outside.

    Attributes:
        start: Until the work could begin: interpreter, imports, weights, one warm-up picture.
        work: The work alone.
        peak_megabytes: Most resident memory of the child and everything below it at one time, seen every 20 ms;
            pages that two processes share count twice.
        own_megabytes: The child's own high-water mark.
        facts: What the work says of itself.
    """

    start: Cost
    work: Cost
    peak_megabytes: float
    own_megabytes: float
    facts: dict[str, Any]
