"""Vectors of things in memory, compared exactly, one model's alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from pipeline.catalogue.appearance import Appearances, ShelfState

_SHORTEST = 1e-9
_BLOCK = 1_024
"""Vectors that become floating-point numbers at once: as many as stay in a processor's cache."""


@dataclass(slots=True)
class VectorShelf:
    """All vectors of one model; read once, then only what is new.

    A row that went with its acquisition leaves the memory at the next question, and no answer is given from memory
    alone: whoever asks reads each row again that it hands on.
    """

    model_id: str
    _numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    _vectors: NDArray[np.int8] = field(default_factory=lambda: np.zeros((0, 0), np.int8))
    _lengths: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    _lock: Lock = field(default_factory=Lock)

    def ranked(
        self, kept: Appearances, wanted: bytes, allowed: Sequence[int] | None, most: int
    ) -> list[tuple[int, float]]:
        """Numbers of the most similar vectors with their cosines, -1 to 1, the most similar first.

        Args:
            kept: Where they are kept.
            wanted: The vector that is compared.
            allowed: Numbers of those that are compared; None for all.
            most: At most so many.
        """
        with self._lock:
            self._refresh(kept)
            numbers, vectors, lengths = self._numbers, self._vectors, self._lengths
        if allowed is not None:
            found = np.searchsorted(numbers, np.asarray(allowed, np.int64))
            found = found[found < numbers.size]
            found = found[np.isin(numbers[found], np.asarray(allowed, np.int64))]
            numbers, vectors, lengths = numbers[found], vectors[found], lengths[found]
        if not numbers.size:
            return []
        cosines = _products(vectors, np.frombuffer(wanted, np.int8)) / lengths
        best = np.argpartition(-cosines, most - 1)[:most] if most < numbers.size else np.arange(numbers.size)
        best = best[np.lexsort((numbers[best], -cosines[best]))]
        return [(int(numbers[at]), float(cosines[at])) for at in best]

    def _refresh(self, kept: Appearances) -> None:
        state = kept.state(self.model_id)
        if state == self._state():
            return
        self._read(kept, after=self._state().last)
        if self._state() != state:  # rows went: what is held of them goes too
            self._numbers, self._vectors = np.zeros(0, np.int64), np.zeros((0, 0), np.int8)
            self._lengths = np.zeros(0, np.float32)
            self._read(kept, after=0)

    def _read(self, kept: Appearances, after: int) -> None:
        numbers, vectors = [self._numbers], [self._vectors] if self._numbers.size else []
        for page in kept.vectors(self.model_id, after):
            numbers.append(np.fromiter((number for number, _ in page), np.int64, len(page)))
            vectors.append(np.frombuffer(b"".join(values for _, values in page), np.int8).reshape(len(page), -1))
        if vectors:
            self._numbers, self._vectors = np.concatenate(numbers), np.concatenate(vectors)
            self._lengths = _lengths(self._vectors)

    def _state(self) -> ShelfState:
        return ShelfState(self._numbers.size, int(self._numbers[-1]) if self._numbers.size else 0)


def _products(vectors: NDArray[np.int8], wanted: NDArray[np.int8]) -> NDArray[np.float32]:
    """Of each vector with the wanted one, which is brought to the length of one."""
    query = wanted.astype(np.float32)
    query /= max(float(np.linalg.norm(query)), _SHORTEST)
    products = np.empty(len(vectors), np.float32)
    block = np.empty((_BLOCK, query.size), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        part = vectors[start : start + _BLOCK]
        np.copyto(block[: len(part)], part)
        np.dot(block[: len(part)], query, out=products[start : start + len(part)])
    return products


def _lengths(vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    lengths = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), _BLOCK):
        part = vectors[start : start + _BLOCK].astype(np.float32)
        lengths[start : start + _BLOCK] = np.sqrt(np.einsum("ij,ij->i", part, part))
    return np.maximum(lengths, np.float32(_SHORTEST))


_shelves: WeakKeyDictionary[Appearances, dict[str, VectorShelf]] = WeakKeyDictionary()
_making = Lock()


def shelf_of(kept: Appearances, model_id: str) -> VectorShelf:
    """The shelf of an open catalogue and a model; it goes when the catalogue does."""
    with _making:
        return _shelves.setdefault(kept, {}).setdefault(model_id, VectorShelf(model_id))
