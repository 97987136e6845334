"""Many ids in several queries: more of them than every database takes in one."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def portions(ids: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Ids in portions that every database takes in one query."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
