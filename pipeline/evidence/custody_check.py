"""Whether a custody log is whole: every leaf, the tree, the signed heads of all times, and the words that are left.

Everything is computed anew from the leaves; what the database keeps of the tree is compared and never believed.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from pipeline.domain.evidence import ChainHead, Checkpoint, CustodyAction, CustodyRecord
from pipeline.domain.sealed import grants_named, read_erased
from pipeline.errors import CheckpointError, CustodyChainError, ProofError
from pipeline.evidence.chain import ChainWalk, require_signed
from pipeline.evidence.checkpoint import verify_checkpoint
from pipeline.evidence.leaves import commitment, digest_of, sealed_words
from pipeline.evidence.merkle import GrowingTree, node_hash, verify_consistency
from pipeline.evidence.signing import VerifyingKey

_PORTION = 1000
"""Records of which the grants are read at once."""


class KeptLog(Protocol):
    """A custody log where it is kept."""

    def checkpoint(self) -> str:
        """Its newest signed head."""
        ...

    def chain_head(self) -> ChainHead | None:
        """The last head of the chain that it was in its first form."""
        ...

    def records(self, first: int = 0, size: int | None = None) -> Iterator[CustodyRecord]:
        """Its records in order."""
        ...

    def level(self, level: int, count: int) -> Iterator[bytes]:
        """The kept hashes of one level of its tree."""
        ...

    def kept_grants(self, first: int, size: int) -> Mapping[int, frozenset[str]]:
        """By index, from ``first`` to just before ``size``, under which grants its records are found."""
        ...

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """What proves that a log is the beginning of a longer one."""
        ...


@dataclass(frozen=True, slots=True)
class LogCheck:
    """What was found to hold.

    Attributes:
        head: The newest signed head, which every record was checked against.
        checkpoints: How many other heads agree, those of the chain too.
        chained: How many records were written while the log was a hash chain.
        sealed: How many words are sealed.
        erased: How many of them are gone, each with a record of its erasure.
    """

    head: Checkpoint
    checkpoints: int
    chained: int
    sealed: int
    erased: int


def verify_log(
    log: KeptLog,
    keys: Iterable[VerifyingKey],
    checkpoints: Sequence[str] = (),
    chain_heads: Sequence[ChainHead] = (),
) -> LogCheck:
    """Returns what holds when the log is whole.

    Args:
        log: Where it is kept.
        keys: Ours, older ones too.
        checkpoints: Heads that were kept elsewhere, as texts; each must be a state that this log went through.
        chain_heads: Heads from the time when the log was a chain.

    Raises:
        CheckpointError: A head is not signed by us, or belongs to another log.
        CustodyChainError: A record has another digest than its own words, is missing, moved, doubled or of another
            form; the log is shorter than a head, or never was in a head's state; the kept tree is not that of the
            leaves; words do not fit their salted digest, or are gone without a record of it; a record is found under
            other grants than its leaf names, so that a resident would see a look that was none, or miss one.
    """
    keys = tuple(keys)
    head = verify_checkpoint(log.checkpoint(), keys)
    states = _signed_states(head, checkpoints, keys)
    chained = log.chain_head()
    ends = [one for one in (chained, *chain_heads) if one is not None]
    for one in ends:
        require_signed(one, keys)
    words = _Words()
    _follow(log, head, states, ChainWalk(ends), words)
    _require_consistency(log, states)
    _require_kept_tree(log, head.size)
    words.require_records_of_erasure(lambda: log.records(first=head.size))
    return LogCheck(head, len(checkpoints) + len(chain_heads), chained.size if chained else 0, words.sealed, words.gone)


def require_going_on(log: KeptLog, keys: Iterable[VerifyingKey], checkpoints: Sequence[str]) -> Checkpoint:
    """Returns the head when the log went through the states of these checkpoints, by proofs alone: no record is read.

    Args:
        log: Where it is kept.
        keys: Ours, older ones too.
        checkpoints: Heads that were kept elsewhere, as texts.

    Raises:
        CheckpointError: A head is not signed by us, or belongs to another log.
        CustodyChainError: The log is shorter than a head, or never was in its state.
    """
    keys = tuple(keys)
    head = verify_checkpoint(log.checkpoint(), keys)
    _require_consistency(log, _signed_states(head, checkpoints, keys))
    return head


def _signed_states(head: Checkpoint, notes: Sequence[str], keys: Sequence[VerifyingKey]) -> Mapping[int, bytes]:
    """Roots by size, of all heads together."""
    states = {head.size: head.root}
    for note in notes:
        other = verify_checkpoint(note, keys)
        if other.origin != head.origin:
            raise CheckpointError(f"it is of another log, {other.origin}; ours is {head.origin}")
        if other.size > head.size:
            raise CustodyChainError(head.size, f"{other.size} records by a checkpoint", f"{head.size} records")
        if states.setdefault(other.size, other.root) != other.root:
            raise CustodyChainError(other.size, f"the root {states[other.size].hex()}", f"the root {other.root.hex()}")
    return states


def _follow(log: KeptLog, head: Checkpoint, states: Mapping[int, bytes], chain: ChainWalk, words: "_Words") -> None:
    tree, grants = GrowingTree(), _Grants(log, head.size)
    _require_state(states, tree)
    if chain.size > head.size:
        raise CustodyChainError(head.size, f"{chain.size} records by a head of the chain", f"{head.size} records")
    for record in log.records(size=head.size):
        if record.index != tree.size:
            raise CustodyChainError(tree.size, f"index {tree.size}", f"index {record.index}")
        leaf = _leaf_of(record)
        is_old = "entry" in leaf
        if is_old is not (record.index < chain.size):
            raise CustodyChainError(record.index, "a leaf of the form of its time", "another")
        if is_old:
            chain.step(record, leaf)
        words.read(record, leaf)
        grants.read(record)
        tree.append(bytes.fromhex(record.digest))
        _require_state(states, tree)
    if tree.size != head.size:
        raise CustodyChainError(tree.size, f"{head.size} records", f"{tree.size} records")


def _leaf_of(record: CustodyRecord) -> Mapping[str, Any]:
    if record.digest != digest_of(record.leaf):
        raise CustodyChainError(record.index, digest_of(record.leaf), record.digest)
    leaf: Mapping[str, Any] = json.loads(record.leaf)
    if leaf.get("index") != record.index:
        raise CustodyChainError(record.index, f"index {record.index}", f"index {leaf.get('index')}")
    return leaf


def _require_state(states: Mapping[int, bytes], tree: GrowingTree) -> None:
    wanted = states.get(tree.size)
    if wanted is not None and tree.root() != wanted:
        raise CustodyChainError(max(tree.size - 1, 0), f"the signed root {wanted.hex()}", tree.root().hex())


def _require_consistency(log: KeptLog, states: Mapping[int, bytes]) -> None:
    """Each head is the beginning of the next, by the proofs that the database would hand out."""
    for (old, old_root), (new, new_root) in pairwise(sorted(states.items())):
        try:
            verify_consistency(old, old_root, new, new_root, log.consistency(old, new))
        except ProofError as error:
            raise CustodyChainError(old, f"the beginning of {new} records", error.claim) from error


def _require_kept_tree(log: KeptLog, size: int) -> None:
    level, count = 0, size
    while count > 1:
        below = log.level(level, count)
        level, count = level + 1, count // 2
        made = (node_hash(left, right) for left, right in zip(below, below, strict=False))
        found = log.level(level, count)
        for place in range(count):
            if next(made, None) != next(found, b""):
                raise CustodyChainError(place << level, f"the subtree of level {level} over it", "another, or none")


class _Grants:
    """Compares under which grants records are kept with what their leaves name, a portion at a time."""

    def __init__(self, log: KeptLog, size: int) -> None:
        self._log, self._size = log, size
        self._kept: Mapping[int, frozenset[str]] = {}
        self._until = 0

    def read(self, record: CustodyRecord) -> None:
        if record.index >= self._until:
            first, self._until = record.index, min(record.index + _PORTION, self._size)
            self._kept = self._log.kept_grants(first, self._until)
        named, kept = frozenset(grants_named(record.entry.authority)), self._kept.get(record.index, frozenset())
        if named != kept:
            raise CustodyChainError(record.index, f"under {_listed(named)}", f"under {_listed(kept)}")


def _listed(grants: frozenset[str]) -> str:
    return ", ".join(sorted(grants)) or "no grant"


class _Words:
    """Checks openings as records pass, and remembers those that are gone."""

    def __init__(self) -> None:
        self.sealed = self.gone = 0
        self._missing: dict[str, set[int]] = defaultdict(set)
        self._erased: list[tuple[str, range]] = []

    def read(self, record: CustodyRecord, leaf: Mapping[str, Any]) -> None:
        sealed = sealed_words(leaf)
        self.sealed += len(sealed)
        for opening in record.openings:
            said = sealed.pop(opening.name, None)
            if said != commitment(opening):
                raise CustodyChainError(record.index, f"{opening.name} with the salted digest {said}", "other words")
        self.gone += len(sealed)
        for name in sealed:
            self._missing[name].add(record.index)
        self._erased += self._erasures(record)

    def require_records_of_erasure(self, newer: Callable[[], Iterable[CustodyRecord]]) -> None:
        """Records that are newer than the head count too: words may have been erased while the log was read."""
        self._account()
        if any(self._missing.values()):
            for record in newer():
                self._erased += self._erasures(record)
            self._account()
        for name, indices in sorted(self._missing.items()):
            for index in sorted(indices):
                raise CustodyChainError(index, f"the words of {name}, or a record of their erasure", "neither")

    def _account(self) -> None:
        for name, span in self._erased:
            self._missing[name].difference_update(span)

    def _erasures(self, record: CustodyRecord) -> list[tuple[str, range]]:
        if record.entry.action is not CustodyAction.OPENINGS_ERASED:
            return []
        try:
            spans = list(read_erased(record.entry.detail.get("erased", "")))
        except ValueError as error:
            raise CustodyChainError(record.index, "a list of what was erased", "another text") from error
        return [(name, range(span.start, min(span.stop, record.index))) for name, span in spans]
