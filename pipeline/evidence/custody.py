"""How the custody log is sealed, grown and signed, for whoever stores it; and where its signed heads are kept besides.

What a signed head cannot show is that the log as a whole was exchanged by somebody who holds the key: for that, heads
are written to a second place. A head is signed only over what goes on from the last signed one.

Source: RFC 6962, RFC 8785, c2sp.org/tlog-checkpoint; docs/adr/0019.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.domain.evidence import ChainHead, Checkpoint, CustodyEntry, CustodyRecord
from pipeline.domain.plain import from_plain
from pipeline.errors import CheckpointError, CustodyChainError, EvidenceError, StorageError
from pipeline.evidence.chain import chain_digest, require_signed
from pipeline.evidence.checkpoint import read_checkpoint, sign_checkpoint, verify_checkpoint
from pipeline.evidence.files import READ_ONLY, make_once
from pipeline.evidence.leaves import seal
from pipeline.evidence.merkle import (
    GrowingTree,
    SubtreeHash,
    consistency_proof,
    inclusion_proof,
    peak_places,
)
from pipeline.evidence.signing import SigningKey, VerifyingKey

_LOG_NAME_BYTES = 8
_NOTES, _CHAIN_HEADS = "*.checkpoint", "*.json"


class CustodyChain:
    """Seals entries, grows the tree and signs its head, for whoever stores the log."""

    def __init__(self, signer: SigningKey, older: Iterable[VerifyingKey] = ()) -> None:
        """Signs with one key, and goes on with what older ones signed.

        Args:
            signer: Our key.
            older: Public keys of ours from before it.
        """
        self._signer = signer
        self._keys = (signer.verifying, *older)

    def seal(self, index: int, entry: CustodyEntry) -> CustodyRecord:
        """The entry in its place of the log, with fresh salts."""
        return seal(index, entry)

    def new_name(self) -> str:
        """A name for a new log, which no other has."""
        return f"doorstep/custody/{secrets.token_hex(_LOG_NAME_BYTES)}"

    def tree(self, size: int, peaks: Sequence[bytes]) -> GrowingTree:
        """The tree that goes on from these peaks; nothing is checked."""
        return GrowingTree(size, peaks)

    def resume(self, note: str, size: int, peaks: Sequence[bytes]) -> GrowingTree:
        """The tree that goes on from these peaks, if they are what we signed last.

        Raises:
            CheckpointError: The last head is not signed by us.
            CustodyChainError: The peaks belong to another state than the head.
        """
        head = verify_checkpoint(note, self._keys)
        if head.size != size or size.bit_count() != len(peaks):
            raise CustodyChainError(size, f"{head.size} records by the signed head", f"{size} records")
        tree = GrowingTree(size, peaks)
        if tree.root() != head.root:
            raise CustodyChainError(size, f"the signed root {head.root.hex()}", tree.root().hex())
        return tree

    def require_chain_head(self, head: ChainHead, last: CustodyRecord) -> None:
        """Returns when a log of the first kind ends as its head says, and the head is signed.

        Raises:
            CustodyChainError: It does not, or is not.
        """
        require_signed(head, self._keys)
        if (head.size, head.digest) != (last.index + 1, chain_digest(last)):
            raise CustodyChainError(last.index, f"{head.size} records to {head.digest}", chain_digest(last))

    def sign(self, name: str, tree: GrowingTree) -> str:
        """The signed head of the log of this name."""
        return sign_checkpoint(Checkpoint(name, tree.size, tree.root()), self._signer)

    def read(self, note: str) -> Checkpoint:
        """What a head says; its signature is not checked."""
        return read_checkpoint(note)

    def peak_places(self, size: int) -> tuple[tuple[int, int], ...]:
        """Level and place of the subtrees that ``tree`` wants the hashes of."""
        return peak_places(size)

    def inclusion(self, index: int, size: int, subtree: SubtreeHash) -> tuple[bytes, ...]:
        """As ``merkle.inclusion_proof``."""
        return inclusion_proof(index, size, subtree)

    def consistency(self, old: int, new: int, subtree: SubtreeHash) -> tuple[bytes, ...]:
        """As ``merkle.consistency_proof``."""
        return consistency_proof(old, new, subtree)


def write_checkpoint(folder: Path, note: str) -> Path:
    """Writes a signed head into a second place; one that is there stays.

    Raises:
        CheckpointError: It is no checkpoint.
        StorageError: It cannot be written.
    """
    head = read_checkpoint(note)
    path = folder / f"{head.size:012d}-{head.root.hex()[:12]}.checkpoint"
    make_once(path, note.encode(), READ_ONLY)
    return path


def read_checkpoints(folder: Path) -> tuple[str, ...]:
    """The signed heads in a second place as texts, in order of size; empty when there are none or no such folder.

    Raises:
        StorageError, CheckpointError: One cannot be read.
    """
    texts = _texts(folder, _NOTES)
    for name, text in texts.items():
        try:
            read_checkpoint(text)
        except CheckpointError as error:
            raise CheckpointError(f"{name}: {error.detail}") from error
    return tuple(texts.values())


def read_chain_heads(folder: Path) -> tuple[ChainHead, ...]:
    """Heads that were kept while the log was a hash chain, in order of size; empty when there are none.

    Raises:
        StorageError, EvidenceError: One cannot be read.
    """
    heads = []
    for name, text in _texts(folder, _CHAIN_HEADS).items():
        try:
            heads.append(from_plain(ChainHead, json.loads(text)))
        except (ValueError, TypeError, KeyError) as error:
            raise EvidenceError(f"checkpoint {name} is no signed head") from error
    return tuple(heads)


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    try:
        return {path.name: path.read_text("utf-8") for path in sorted(folder.glob(pattern))}
    except OSError as error:
        raise StorageError("read the checkpoints", str(error)) from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"a checkpoint in {folder.name} is no text") from error
