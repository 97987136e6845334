"""Fixity checks: presence, size, digest, each at the cost of the one before it and more."""

from enum import IntEnum

from pipeline.domain.evidence import EvidenceItem
from pipeline.errors import EvidenceNotFoundError, FixityError
from pipeline.evidence.store import ObjectStore


class FixityLevel(IntEnum):
    """How closely an object is looked at; each level includes the ones below."""

    PRESENCE = 1
    SIZE = 2
    DIGEST = 3


def check_fixity(store: ObjectStore, item: EvidenceItem, level: FixityLevel = FixityLevel.DIGEST) -> None:
    """Returns when the object is what its name and the catalogue say.

    Raises:
        EvidenceNotFoundError: It is not there.
        FixityError: It has another size or digest.
        StorageError: It cannot be read.
    """
    if not store.has(item.digest):
        raise EvidenceNotFoundError(item.digest)
    if level >= FixityLevel.SIZE:
        size = store.size(item.digest)
        if size != item.size:
            raise FixityError(item.digest, f"{item.size} bytes", f"{size} bytes")
    if level >= FixityLevel.DIGEST:
        found = store.measure(item.digest)
        if found.digest != item.digest:
            raise FixityError(item.digest, item.digest, found.digest)
