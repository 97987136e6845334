"""A fixity survey: every object that the catalogue names is looked at, and everything that is wrong is said at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.evidence import EvidenceItem
from pipeline.errors import EvidenceNotFoundError, FixityError
from pipeline.evidence.fixity import FixityLevel, check_fixity
from pipeline.evidence.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Survey:
    """What a survey found.

    Attributes:
        looked_at: How many objects.
        wrong: What is wrong, by digest; empty when nothing is.
        unnamed: Objects in the store that nobody names, sorted: what an interrupted ingest left; they do no harm.
    """

    looked_at: int
    wrong: Mapping[str, str]
    unnamed: tuple[str, ...]


def survey(store: ObjectStore, items: Iterable[EvidenceItem], level: FixityLevel) -> Survey:
    """Looks at each object.

    Args:
        store: Where they lie.
        items: What the catalogue names, each once.
        level: How closely.

    Raises:
        StorageError: The store cannot be read at all.
    """
    named: set[str] = set()
    wrong: dict[str, str] = {}
    for item in items:
        named.add(item.digest)
        try:
            check_fixity(store, item, level)
        except (EvidenceNotFoundError, FixityError) as error:
            wrong[item.digest] = str(error)
    return Survey(len(named), wrong, tuple(digest for digest in store.digests() if digest not in named))


def items_named(store: ObjectStore, digests: Iterable[str]) -> tuple[EvidenceItem, ...]:
    """Derivatives as items: their size is recorded nowhere, so it is what the store says, or zero when it lacks one."""
    return tuple(
        EvidenceItem(digest, store.size(digest) if store.has(digest) else 0) for digest in sorted(set(digests))
    )
