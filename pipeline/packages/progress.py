"""How far an export is, told as it goes: a stage, and how much of it is done in bytes or steps."""

from typing import Protocol

COPIES = "making redacted copies"
WRITING = "writing originals, highlights and documents"
CHECKING = "checking the package as its recipient will"
PACKING = "putting it into one file"


class Teller(Protocol):
    """Hears how far it is; may be called very often."""

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        """Hears of one step.

        Args:
            stage: One of this module's.
            done: Of ``unit``.
            total: Likewise; 0 when it is not known.
            unit: ``bytes`` or ``steps``.
        """
        ...


def silent(stage: str, done: int, total: int, unit: str) -> None:
    """Hears, and says nothing."""


class Meter:
    """Counts the bytes of one stage."""

    def __init__(self, tell: Teller, stage: str, total: int) -> None:
        self._tell = tell
        self._stage = stage
        self._total = total
        self._done = 0
        tell(stage, 0, total, "bytes")

    def add(self, size: int) -> None:
        """So many bytes more; never said to be more than there are, since documents are not counted beforehand."""
        self._done = min(self._total, self._done + size)
        self._tell(self._stage, self._done, self._total, "bytes")
