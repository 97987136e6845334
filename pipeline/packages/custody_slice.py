"""The part of the custody log that is about a package: records, proofs that they lie in the log, its signed head."""

from collections.abc import Iterator
from typing import Any

from pipeline.catalogue import Catalogue
from pipeline.domain.evidence import CustodyRecord
from pipeline.evidence.checkpoint import read_checkpoint
from pipeline.packages.contents import Contents
from pipeline.packages.documents import line

_MOST_LEAVES = 200_000
"""Beyond so many records the list of all leaf hashes, 13 MB by then, is left out; an older checkpoint then needs a
consistency proof from the log's owner."""


def custody_files(catalogue: Catalogue, contents: Contents, checkpoint: str) -> Iterator[tuple[str, bytes]]:
    """Paths in the package and their bytes.

    Args:
        catalogue: Holds the log.
        contents: The package's.
        checkpoint: The signed head of the log, read before anything was gathered.

    Raises:
        CustodyChainError: The database has lost what the proofs are made of.
    """
    size = read_checkpoint(checkpoint).size
    records = _records(catalogue, contents, size)
    proofs = catalogue.custody.inclusions([record.index for record in records], size)
    yield "data/custody/checkpoint", checkpoint.encode()
    yield "data/custody/events.jsonl", b"".join(line(_row(record, contents)) for record in records)
    hexed = {str(record.index): [part.hex() for part in proofs[record.index]] for record in records}
    yield "data/custody/inclusion.json", _ordered(size, hexed)
    if size <= _MOST_LEAVES:
        leaves = "".join(f"{leaf.hex()}\n" for leaf in catalogue.custody.level(0, size))
        yield "data/custody/leaf-hashes.txt", leaves.encode()


def subjects(contents: Contents) -> frozenset[str]:
    """What records are about when they belong to a package."""
    clips = {part.clip.item.digest for part in contents.clips}
    cameras = {name for part in contents.clips for name in (part.camera.camera_id, part.camera.account_id)}
    made = {name for one in contents.highlights for name in (one.highlight_id, one.digest)}
    grants = {signed.grant.grant_id for signed in contents.grants}
    return frozenset({*clips, *cameras, *made, *grants, contents.incident.incident_id})


def _records(catalogue: Catalogue, contents: Contents, size: int) -> list[CustodyRecord]:
    found = {
        record.index: record
        for subject in subjects(contents)
        for record in catalogue.custody.records(size=size, subject=subject)
    }
    return [found[index] for index in sorted(found)]


def _row(record: CustodyRecord, contents: Contents) -> dict[str, Any]:
    """A record with its leaf as it was hashed; words of another incident stay sealed."""
    other = record.entry.detail.get("incident", contents.incident.incident_id) != contents.incident.incident_id
    openings = () if other else record.openings
    return {"index": record.index, "leaf": record.leaf, "openings": openings}


def _ordered(size: int, proofs: dict[str, list[str]]) -> bytes:
    """Keys in the order of the records, which sorting them as text would lose."""
    rows = ",\n".join(f'  "{index}": {line(path).decode().strip()}' for index, path in proofs.items())
    return f'{{\n "proofs": {{\n{rows}\n }},\n "size": {size}\n}}\n'.encode()
