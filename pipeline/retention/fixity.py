"""The fixity schedule: presence of everything each time, sizes each week, digests in slices that come round.

The slice of an object follows from its name, and the slices that are due follow from the days since the last run: a
schedule that missed nights hashes what it missed, and every object is hashed again within the days of the setting.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pipeline.catalogue.upkeep import FixityRun
from pipeline.domain.evidence import CustodyAction, CustodyEntry, EvidenceItem
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import Leftover
from pipeline.evidence.files import make_once
from pipeline.evidence.fixity import FixityLevel
from pipeline.evidence.store import Namespace, ObjectStore
from pipeline.evidence.survey import items_named, survey
from pipeline.night.services import AGENT, Services

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def check_store(services: Services) -> FixityRun:
    """Runs the schedule once, writes its report and its custody, and returns what it found.

    Raises:
        StorageError: The store cannot be read at all, or the report not written.
        CatalogueError: The database refuses.
    """
    settings, now = services.settings.fixity, services.now()
    day = (now - _EPOCH).days
    runs = services.catalogue.fixity.list()
    sized = [run.day for run in runs if run.has_sizes]
    has_sizes = not sized or day - max(sized) >= settings.size_every_days
    last = runs[-1] if runs else None
    due = slices_due(day, settings.digest_within_days, last)
    level = FixityLevel.SIZE if has_sizes else FixityLevel.PRESENCE
    looked_at, hashed, wrong = 0, 0, dict[str, str]()
    entries: list[CustodyEntry] = []
    for namespace, store, items in _stored(services):
        in_slice = [item for item in items if slice_of(item.digest, settings.digest_within_days) in due]
        found = {**survey(store, items, level).wrong, **survey(store, in_slice, FixityLevel.DIGEST).wrong}
        still_named = _named(services, namespace)
        found = {digest: words for digest, words in found.items() if digest in still_named}
        looked_at, hashed, wrong = looked_at + len(items), hashed + len(in_slice), {**wrong, **found}
        entries += _entries(now, namespace, len(items), len(in_slice), found, has_sizes=has_sizes)
    lines = tuple(wrong[digest] for digest in sorted(wrong))
    run = FixityRun(now, day, settings.digest_within_days, looked_at, has_sizes, hashed, lines)
    _write(services, run)
    services.catalogue.fixity.add(run, tuple(entries))
    return run


def slice_of(digest: str, slices: int) -> int:
    """In which of so many slices an object lies: by its name, so evenly."""
    return int(digest[:8], 16) % slices


def slices_due(day: int, slices: int, last: FixityRun | None) -> frozenset[int]:
    """Which slices are hashed on this day: its own, and those of the days that no run saw.

    Args:
        day: Days since 1970-01-01.
        slices: How many there are, which is also the days in which they come round.
        last: The run before; one with another number of slices makes all of them due.
    """
    if last is None:
        return frozenset({day % slices})
    if last.slices != slices:
        return frozenset(range(slices))
    first = min(max(last.day + 1, day - slices + 1), day)
    return frozenset(one % slices for one in range(first, day + 1))


def _stored(services: Services) -> Iterator[tuple[Namespace, ObjectStore, tuple[EvidenceItem, ...]]]:
    yield Namespace.ORIGINALS, services.originals, services.catalogue.clips.items()
    made: Iterable[str] = _named(services, Namespace.DERIVATIVES)
    yield Namespace.DERIVATIVES, services.derivatives, items_named(services.derivatives, made)


def _named(services: Services, namespace: Namespace) -> frozenset[str]:
    kind = Leftover.ORIGINAL if namespace is Namespace.ORIGINALS else Leftover.DERIVATIVE
    return services.catalogue.stored.named(kind)


def _entries(
    now: datetime, namespace: Namespace, looked_at: int, hashed: int, wrong: dict[str, str], *, has_sizes: bool
) -> Iterator[CustodyEntry]:
    counts = {
        "level": "size" if has_sizes else "presence",
        "looked_at": str(looked_at),
        "hashed": str(hashed),
        "wrong": str(len(wrong)),
    }
    yield CustodyEntry(now, AGENT, CustodyAction.FIXITY_CHECKED, namespace.value, detail=counts)
    for digest in sorted(wrong):
        yield CustodyEntry(now, AGENT, CustodyAction.FIXITY_CHECKED, digest, detail={"result": "failed"})


def _write(services: Services, run: FixityRun) -> None:
    folder = services.settings.store.directory / "fixity"
    content = json.dumps(to_plain(run), ensure_ascii=False, indent=2) + "\n"
    make_once(folder / f"run-{run.at:%Y%m%dT%H%M%S.%fZ}.json", content.encode())
