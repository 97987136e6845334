"""A custody log in memory, for tests of what checks one; and the old kind, whose records became leaves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import rfc8785

from pipeline.domain.evidence import ChainHead, Checkpoint, CustodyAction, CustodyEntry, CustodyRecord
from pipeline.domain.plain import to_plain
from pipeline.domain.sealed import grants_named
from pipeline.evidence.chain import NO_RECORD, chain_digest, head_form
from pipeline.evidence.checkpoint import sign_checkpoint
from pipeline.evidence.leaves import digest_of, seal
from pipeline.evidence.merkle import GrowingTree, consistency_proof
from pipeline.evidence.signing import SigningKey
from tests.builders import EVENING

ORIGIN = "doorstep/custody/0123456789abcdef"


@dataclass
class MemoryLog:
    """As the catalogue keeps one; whatever is changed in it stays changed."""

    key: SigningKey
    kept: list[CustodyRecord] = field(default_factory=list)
    subtrees: dict[tuple[int, int], bytes] = field(default_factory=dict)
    chained: ChainHead | None = None
    note: str = ""

    def append(self, *records: CustodyRecord) -> "MemoryLog":
        tree = GrowingTree()
        self.kept += records
        for record in self.kept:
            for level, place, digest in tree.append(bytes.fromhex(record.digest)):
                self.subtrees[level, place] = digest
        self.note = sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), self.key)
        return self

    def checkpoint(self) -> str:
        return self.note

    def chain_head(self) -> ChainHead | None:
        return self.chained

    def records(self, first: int = 0, size: int | None = None) -> Iterator[CustodyRecord]:
        return iter(self.kept[first:size])

    def level(self, level: int, count: int) -> Iterator[bytes]:
        return (self.subtrees[level, place] for place in range(count) if (level, place) in self.subtrees)

    def kept_grants(self, first: int, size: int) -> Mapping[int, frozenset[str]]:
        named = ((record.index, grants_named(record.entry.authority)) for record in self.kept[first:size])
        return {index: frozenset(grants) for index, grants in named if grants}

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        return consistency_proof(old, new, lambda level, place: self.subtrees[level, place])


def an_entry(subject: str, **changes: object) -> CustodyEntry:
    facts = {"size": "5", "purpose": f"looking for {subject}"}
    words: dict[str, object] = {
        "at": EVENING,
        "agent": "jane",
        "action": CustodyAction.ACQUIRED,
        "detail": facts,
        **changes,
    }
    return CustodyEntry(subject=subject, **words)  # type: ignore[arg-type]


def a_log(key: SigningKey, size: int) -> MemoryLog:
    return MemoryLog(key).append(*(seal(index, an_entry(f"aq-{index}")) for index in range(size)))


def chain(entries: Sequence[CustodyEntry]) -> list[CustodyRecord]:
    """Records of a hash chain, as leaves."""
    records: list[CustodyRecord] = []
    for index, entry in enumerate(entries):
        previous = chain_digest(records[-1]) if records else NO_RECORD
        leaf = rfc8785.dumps({"index": index, "previous": previous, "entry": to_plain(entry)}).decode()
        records.append(CustodyRecord(index, leaf, digest_of(leaf), entry))
    return records


def chain_head(records: Sequence[CustodyRecord], key: SigningKey) -> ChainHead:
    digest = chain_digest(records[-1])
    return ChainHead(len(records), digest, key.sign(head_form(len(records), digest)), key.key_id)
