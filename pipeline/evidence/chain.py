"""The hash chain that the custody log was in its first form, still checkable from the leaves that it became.

The leaf of a record of the chain is the canonical JSON of its index, the digest of the record before it, and its entry;
its digest in the chain is the SHA-256 of that text, without the byte that a tree puts before a leaf.

Source: docs/adr/0011.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.domain.evidence import ChainHead, CustodyRecord
from pipeline.errors import CustodyChainError
from pipeline.evidence.signing import VerifyingKey

NO_RECORD = "0" * 64
"""What the first record names as the one before it."""

_ORIGIN = "doorstep custody log v1"
"""First line of what a head of the chain signs."""


def chain_digest(record: CustodyRecord) -> str:
    """The digest of a record in the chain."""
    return hashlib.sha256(record.leaf.encode()).hexdigest()


def head_form(size: int, digest: str) -> bytes:
    """The bytes that a head of the chain signs: origin, size and digest, a line each."""
    return f"{_ORIGIN}\n{size}\n{digest}\n".encode()


def require_signed(head: ChainHead, keys: Iterable[VerifyingKey]) -> None:
    """Returns when one of these keys signed the head.

    Raises:
        CustodyChainError: None did.
    """
    form = head_form(head.size, head.digest)
    if not any(key.is_signed(form, head.signature, head.key_id) for key in keys):
        raise CustodyChainError(head.size, "a head signed by us", f"a head with a wrong signature ({head.key_id})")


class ChainWalk:
    """Follows the chain from its first record, and meets the states that heads name."""

    def __init__(self, heads: Iterable[ChainHead]) -> None:
        """Follows a chain.

        Raises:
            CustodyChainError: Two heads of one size name different records.
        """
        self._wanted: dict[int, str] = {0: NO_RECORD}
        for head in heads:
            if self._wanted.setdefault(head.size, head.digest) != head.digest:
                raise CustodyChainError(head.size, self._wanted[head.size], head.digest)
        self.size = max(self._wanted)
        self._previous = NO_RECORD

    def step(self, record: CustodyRecord, leaf: Mapping[str, Any]) -> None:
        """Takes the next record.

        Raises:
            CustodyChainError: It does not follow the one before it, or a head names another.
        """
        if leaf.get("previous") != self._previous:
            raise CustodyChainError(record.index, f"previous {self._previous}", f"previous {leaf.get('previous')}")
        self._previous = chain_digest(record)
        wanted = self._wanted.get(record.index + 1, self._previous)
        if wanted != self._previous:
            raise CustodyChainError(record.index, wanted, self._previous)
