"""What the custody log's tables ask of whoever seals, grows and signs; the evidence service has it."""

from collections.abc import Sequence
from typing import Any, Protocol

from pipeline.domain.evidence import ChainHead, Checkpoint, CustodyEntry, CustodyRecord


class Tree(Protocol):
    """A Merkle tree in memory."""

    @property
    def size(self) -> int:
        """How many leaves there are."""
        ...

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Hashes of the subtrees that it is made of, largest first."""
        ...

    def append(self, leaf: bytes) -> Sequence[tuple[int, int, bytes]]:
        """Appends a leaf by its hash; gives level, place and hash of each subtree that it completes, the leaf first."""
        ...


class SubtreeReader(Protocol):
    """Gives the hash of the whole subtree at this level and place."""

    def __call__(self, level: int, place: int, /) -> bytes:
        """Its 32 bytes."""
        ...


class Chain(Protocol):
    """Knows how records are sealed, put into a tree and signed; the evidence service has one."""

    def seal(self, index: int, entry: CustodyEntry) -> CustodyRecord:
        """The entry in its place of the log."""
        ...

    def new_name(self) -> str:
        """A name for a new log."""
        ...

    def tree(self, size: int, peaks: Sequence[bytes]) -> Any:  # noqa: ANN401 - its own kind of Tree
        """The tree that goes on from these peaks."""
        ...

    def resume(self, note: str, size: int, peaks: Sequence[bytes]) -> Any:  # noqa: ANN401
        """The tree that goes on from these peaks, if they are what was signed last."""
        ...

    def require_chain_head(self, head: ChainHead, last: CustodyRecord) -> None:
        """Returns when a log of the first kind ends as its head says, and the head is signed."""
        ...

    def sign(self, name: str, tree: Any) -> str:  # noqa: ANN401
        """The signed head of the log of this name."""
        ...

    def read(self, note: str) -> Checkpoint:
        """What a head says."""
        ...

    def peak_places(self, size: int) -> Sequence[tuple[int, int]]:
        """Level and place of the subtrees that ``tree`` wants the hashes of."""
        ...

    def inclusion(self, index: int, size: int, subtree: SubtreeReader) -> tuple[bytes, ...]:
        """What proves that a record is in the log of this size."""
        ...

    def consistency(self, old: int, new: int, subtree: SubtreeReader) -> tuple[bytes, ...]:
        """What proves that a log is the beginning of a longer one."""
        ...
