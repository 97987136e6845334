"""The Merkle tree of RFC 6962 over a list that only grows; pure, without a database.

A *subtree* is named by its level and its place in that level: ``(level, place)`` covers the leaves from
``place << level`` to just before ``(place + 1) << level``. Only whole subtrees are ever kept, so that what is kept
never changes: a leaf that is appended completes a few of them, one on average besides itself. Roots and proofs of any
size, also of the past, are made from a number of them that grows with the logarithm of the size.

Source: RFC 6962, 2.1 (hashes, proofs); RFC 9162, 2.1.3.2 and 2.1.4.2 (how proofs are checked).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pipeline.errors import ProofError

HASH_BYTES = 32

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

SubtreeHash = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree at this level and place."""


class Subtree(NamedTuple):
    """A whole subtree and its hash."""

    level: int
    place: int
    digest: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes; the leading zero byte keeps it apart from that of an inner node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node from those of its two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class GrowingTree:
    """A tree of which only the peaks are in memory: what appending needs, and nothing else."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Goes on with a tree of ``size`` leaves.

        Args:
            size: How many leaves there are.
            peaks: Hashes of the subtrees that ``peak_places(size)`` names, in that order.

        Raises:
            ValueError: There are not as many peaks as the size has.
        """
        self._size = size
        self._peaks = list(peaks)
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(self._peaks)}")

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._size

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """What goes on from here needs, as ``__init__`` takes it."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> tuple[Subtree, ...]:
        """Appends a leaf by its hash.

        Returns:
            The subtrees that it completes, smallest first; the first is the leaf itself, at level 0.
        """
        completed = [Subtree(0, self._size, leaf)]
        while (self._size >> completed[-1].level) & 1:
            level, place, digest = completed[-1]
            completed.append(Subtree(level + 1, place >> 1, node_hash(self._peaks.pop(), digest)))
        self._peaks.append(completed[-1].digest)
        self._size += 1
        return tuple(completed)

    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return _fold(self._peaks)


def peak_places(size: int) -> tuple[tuple[int, int], ...]:
    """Level and place of the whole subtrees that make a tree of ``size`` leaves, largest first; empty for none."""
    return _places(0, size)


def root(size: int, subtree: SubtreeHash) -> bytes:
    """The root of the first ``size`` leaves."""
    return _range_hash(0, size, subtree)


def inclusion_proof(index: int, size: int, subtree: SubtreeHash) -> tuple[bytes, ...]:
    """What proves that the leaf at ``index`` is among the first ``size``: PATH of RFC 6962, leaf's neighbour first.

    Args:
        index: Counts from 0.
        size: Of the tree in which the leaf lies.
        subtree: Knows every whole subtree of the first ``size`` leaves.

    Raises:
        ProofError: A tree of this size has no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError(f"there is no record {index} among {size}")
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_hash(middle, high, subtree))
            high = middle
        else:
            path.append(_range_hash(low, middle, subtree))
            low = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, subtree: SubtreeHash) -> tuple[bytes, ...]:
    """What proves that the first ``old`` leaves are the beginning of the first ``new``: PROOF of RFC 6962.

    Empty when the sizes are equal, and for an empty old tree, with which every tree is consistent.

    Raises:
        ProofError: The old tree is the larger one.
    """
    if not 0 <= old <= new:
        raise ProofError(f"a log of {old} records is no beginning of one of {new}")
    if old in (0, new):
        return ()
    path, low, high, is_whole = [], 0, new, True
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_range_hash(middle, high, subtree))
            high = middle
        else:
            path.append(_range_hash(low, middle, subtree))
            low, is_whole = middle, False
    if not is_whole:
        path.append(_range_hash(low, high, subtree))
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> None:
    """Returns when the proof leads from the leaf to the root.

    Args:
        leaf: The leaf's hash, not its bytes.
        index: Where the leaf lies; counts from 0.
        size: Of the tree.
        proof: As ``inclusion_proof`` gives it.
        expected: The tree's root, from a checkpoint whose signature was checked.

    Raises:
        ProofError: It does not.
    """
    claim = f"record {index} among {size}"
    _require_hashes((leaf, *proof, expected), claim)
    if not 0 <= index < size:
        raise ProofError(f"there is no record {index} among {size}")
    place, last, digest = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            raise ProofError(f"{claim}: the proof is too long")
        if place & 1 or place == last:
            digest = node_hash(beside, digest)
            place, last = _up_to_a_right_half(place, last)
        else:
            digest = node_hash(digest, beside)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofError(f"{claim}: the proof is too short")
    if digest != expected:
        raise ProofError(f"{claim}: the proof leads to another root")


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Returns when the proof shows that the old tree is the beginning of the new one.

    Args:
        old: Size of the old tree.
        old_root: Its root, from a checkpoint whose signature was checked.
        new: Size of the new tree.
        new_root: Its root, likewise.
        proof: As ``consistency_proof`` gives it.

    Raises:
        ProofError: It does not.
    """
    claim = f"{old} records as the beginning of {new}"
    _require_hashes((old_root, *proof, new_root), claim)
    if not 0 <= old <= new:
        raise ProofError(f"a log of {old} records is no beginning of one of {new}")
    if old in (0, new):
        _require_trivial(claim, proof, old_root == (new_root if old else EMPTY_ROOT))
        return
    if not proof:
        raise ProofError(f"{claim}: the proof is too short")
    found_old, found_new = _roots_by(old, new, old_root, proof, claim)
    if found_old != old_root:
        raise ProofError(f"{claim}: the proof leads to another old root")
    if found_new != new_root:
        raise ProofError(f"{claim}: the proof leads to another new root")


def _roots_by(old: int, new: int, old_root: bytes, proof: Sequence[bytes], claim: str) -> tuple[bytes, bytes]:
    """Both roots as a consistency proof implies them."""
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    of_old = of_new = path[0]
    for beside in path[1:]:
        if last == 0:
            raise ProofError(f"{claim}: the proof is too long")
        if place & 1 or place == last:
            of_old, of_new = node_hash(beside, of_old), node_hash(beside, of_new)
            place, last = _up_to_a_right_half(place, last)
        else:
            of_new = node_hash(of_new, beside)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofError(f"{claim}: the proof is too short")
    return of_old, of_new


def _up_to_a_right_half(place: int, last: int) -> tuple[int, int]:
    """Past the levels at which the last node of a tree has no neighbour."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _require_trivial(claim: str, proof: Sequence[bytes], is_consistent: bool) -> None:
    if proof:
        raise ProofError(f"{claim}: the proof is too long")
    if not is_consistent:
        raise ProofError(f"{claim}: the roots differ")


def _require_hashes(digests: Iterable[bytes], claim: str) -> None:
    if any(len(digest) != HASH_BYTES for digest in digests):
        raise ProofError(f"{claim}: a hash is not {HASH_BYTES} bytes long")


def _split(count: int) -> int:
    """The largest power of two below ``count``, which is 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(low: int, high: int, subtree: SubtreeHash) -> bytes:
    return _fold([subtree(level, place) for level, place in _places(low, high)])


def _places(low: int, high: int) -> tuple[tuple[int, int], ...]:
    """The whole subtrees from ``low`` to just before ``high``, largest first; each begins at a multiple of its size."""
    places = []
    while low < high:
        level = (high - low).bit_length() - 1
        places.append((level, low >> level))
        low += 1 << level
    return tuple(places)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root over subtrees that grow smaller from left to right."""
    if not peaks:
        return EMPTY_ROOT
    digest = peaks[-1]
    for peak in reversed(peaks[:-1]):
        digest = node_hash(peak, digest)
    return digest
