"""From an entry to the leaf of the tree: canonical JSON, in which people's words are salted digests.

A sealed word stands in the leaf as ``{"sealed": "<digest>"}``. The digest is the SHA-256 of the salt's 32 hexadecimal
digits, a colon and the words in UTF-8, so that ``printf '%s:%s' SALT WORDS | sha256sum`` checks an opening.

Source: RFC 8785 (canonical JSON); docs/adr/0019.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import rfc8785

from pipeline.domain.evidence import CustodyEntry, CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.domain.sealed import DETAIL, Opening, is_open
from pipeline.evidence.merkle import leaf_hash

_SALT_BYTES = 16
_VERSION = 2
"""Of the leaf's form; the first was the record of a hash chain."""


def seal(index: int, entry: CustodyEntry) -> CustodyRecord:
    """The entry in its place of the log, with fresh salts."""
    openings: list[Opening] = []

    def put(name: str, words: str) -> str | Mapping[str, str]:
        words = _storable(words)
        if is_open(name, words):
            return words
        opening = Opening(name, secrets.token_hex(_SALT_BYTES), words)
        openings.append(opening)
        return {"sealed": commitment(opening)}

    leaf: dict[str, Any] = {
        "action": entry.action.value,
        "agent": put("agent", entry.agent),
        "at": to_plain(entry.at),
        "authority": put("authority", entry.authority),
        "detail": {name: put(DETAIL + name, words) for name, words in sorted(entry.detail.items())},
        "index": index,
        "once": _storable(entry.once),
        "subject": _storable(entry.subject),
        "version": _VERSION,
    }
    text = rfc8785.dumps(leaf).decode()
    return CustodyRecord(index, text, digest_of(text), entry, tuple(openings))


def commitment(opening: Opening) -> str:
    """The salted digest that stands in a leaf for these words."""
    return hashlib.sha256(f"{opening.salt}:{opening.words}".encode()).hexdigest()


def digest_of(leaf: str) -> str:
    """The hash of a leaf by its text."""
    return leaf_hash(leaf.encode()).hex()


def sealed_words(leaf: Mapping[str, Any]) -> dict[str, str]:
    """The salted digests of a leaf by the names of their openings; empty when nothing is sealed."""
    found = {"agent": leaf.get("agent"), "authority": leaf.get("authority")}
    found |= {DETAIL + name: words for name, words in leaf.get("detail", {}).items()}
    return {name: words["sealed"] for name, words in found.items() if isinstance(words, dict)}


def _storable(words: str) -> str:
    """What no database and no JSON takes (NUL, half a character) is replaced before anything is hashed."""
    return words.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
