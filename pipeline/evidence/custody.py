"""The custody log as a chain of canonical records with a signed head; pure, without a database.

The digest of a record covers the one before it, so that nothing can be changed or taken out without changing every
digest that follows; the signed head covers the last. What a signed head cannot show is that the log as a whole was
exchanged by somebody who holds the key: for that, heads are written to a second place (``checkpoints``).

Source: RFC 8785 (canonical JSON); design of the log in docs/evidence.md.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import rfc8785

from pipeline.domain.evidence import CustodyEntry, CustodyHead, CustodyRecord
from pipeline.domain.plain import from_plain, to_plain
from pipeline.domain.signing import Signer, Verifier
from pipeline.errors import CustodyChainError, EvidenceError, StorageError
from pipeline.evidence.files import READ_ONLY, make_once

NO_RECORD = "0" * 64
"""What the first record names as the one before it, and the digest of an empty log's head."""

_ORIGIN = "doorstep custody log v1"
"""First line of what a head signs, so that the signature can be of nothing else."""


def canonical_form(index: int, previous: str, entry: CustodyEntry) -> bytes:
    """The bytes that a record's digest is taken of: RFC 8785 over ``entry``, ``index`` and ``previous``."""
    return rfc8785.dumps({"index": index, "previous": previous, "entry": to_plain(entry)})


def link(index: int, previous: str, entry: CustodyEntry) -> CustodyRecord:
    """The entry in its place of the chain.

    Args:
        index: Counts from 0.
        previous: Digest of the record before it; ``NO_RECORD`` for the first.
        entry: What happened.
    """
    digest = hashlib.sha256(canonical_form(index, previous, entry)).hexdigest()
    return CustodyRecord(index, previous, digest, entry)


def head_form(size: int, digest: str) -> bytes:
    """The bytes that a head signs: origin, size and digest, a line each."""
    return f"{_ORIGIN}\n{size}\n{digest}\n".encode()


def sign_head(size: int, digest: str, signer: Signer) -> CustodyHead:
    """The signed state of a log of ``size`` records whose last has this digest."""
    return CustodyHead(size, digest, signer.sign(head_form(size, digest)), signer.key_id)


class CustodyChain:
    """Links and signs for whoever stores the log."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    def link(self, index: int, previous: str, entry: CustodyEntry) -> CustodyRecord:
        """The entry in its place of the chain."""
        return link(index, previous, entry)

    def sign_head(self, size: int, digest: str) -> CustodyHead:
        """The signed state of the log."""
        return sign_head(size, digest, self._signer)


def verify_chain(
    records: Iterable[CustodyRecord], head: CustodyHead, verifier: Verifier, checkpoints: Iterable[CustodyHead] = ()
) -> int:
    """Returns how many records there are when the log is whole.

    Args:
        records: All of them, in order.
        head: The newest signed head.
        verifier: Knows our keys.
        checkpoints: Older heads that were kept elsewhere; each must be a state that this log went through.

    Raises:
        CustodyChainError: A record does not follow the one before it, has another digest than its own words, the log is
            shorter or longer than its head, a head is not signed, or the log never was in a checkpoint's state.
    """
    wanted = _signed_states((head, *checkpoints), verifier)
    previous, size = NO_RECORD, 0
    _require_state(wanted, size, previous)
    for record in records:
        _require_link(record, size, previous)
        previous, size = record.digest, size + 1
        _require_state(wanted, size, previous)
    if size != head.size:
        raise CustodyChainError(size, f"{head.size} records", f"{size} records")
    if wanted and max(wanted) > size:
        raise CustodyChainError(size, f"{max(wanted)} records by a checkpoint", f"{size} records")
    return size


def _signed_states(heads: Iterable[CustodyHead], verifier: Verifier) -> Mapping[int, str]:
    wanted: dict[int, str] = {}
    for head in heads:
        if not verifier.is_signed(head_form(head.size, head.digest), head.signature, head.key_id):
            raise CustodyChainError(head.size, "a head signed by us", f"a head with a wrong signature ({head.key_id})")
        if wanted.setdefault(head.size, head.digest) != head.digest:
            raise CustodyChainError(head.size, wanted[head.size], head.digest)
    return wanted


def _require_state(wanted: Mapping[int, str], size: int, digest: str) -> None:
    if wanted.get(size, digest) != digest:
        raise CustodyChainError(max(size - 1, 0), wanted[size], digest)


def _require_link(record: CustodyRecord, index: int, previous: str) -> None:
    if record.index != index:
        raise CustodyChainError(index, f"index {index}", f"index {record.index}")
    if record.previous != previous:
        raise CustodyChainError(index, f"previous {previous}", f"previous {record.previous}")
    words = link(index, previous, record.entry).digest
    if record.digest != words:
        raise CustodyChainError(index, words, record.digest)


def write_checkpoint(folder: Path, head: CustodyHead) -> Path:
    """Writes a signed head into a second place; one that is there stays.

    Raises:
        StorageError: It cannot be written.
    """
    path = folder / f"{head.size:012d}-{head.digest[:12]}.json"
    make_once(path, rfc8785.dumps(to_plain(head)) + b"\n", READ_ONLY)
    return path


def read_checkpoints(folder: Path) -> tuple[CustodyHead, ...]:
    """The signed heads in a second place, in order of size; empty when there are none or no such folder.

    Raises:
        StorageError, EvidenceError: One cannot be read.
    """
    try:
        texts = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.json"))}
    except OSError as error:
        raise StorageError("read the checkpoints", str(error)) from error
    heads = []
    for name, text in texts.items():
        try:
            heads.append(from_plain(CustodyHead, json.loads(text)))
        except (ValueError, TypeError, KeyError) as error:
            raise EvidenceError(f"checkpoint {name} is no signed head") from error
    return tuple(heads)
