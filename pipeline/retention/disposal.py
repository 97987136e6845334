"""Disposing of acquisitions: decide, then delete, then sign; whatever a killed run left, any later run finishes."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import rfc8785

from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import ClipFacts, Decision, Leftover, SignedTombstone, Tombstone
from pipeline.domain.signing import Signer
from pipeline.errors import PipelineError
from pipeline.night.leaving_notes import clear_place, noted, places
from pipeline.night.services import AGENT, Services
from pipeline.retention.packages_on_disk import withdraw_packages, withdraw_unasked
from pipeline.retention.reports_on_disk import withdraw_reports
from pipeline.retention.second_place import keep_tombstones

_logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of finishing disposals.

    Attributes:
        settled: Tombstones that were signed now, in order.
        withdrawn: Reports that were removed, by their folders under ``reports/``, and ``packages/<name>``; sorted.
        failed: What could not be finished yet, in words; the next run tries again.
    """

    settled: tuple[Tombstone, ...]
    withdrawn: tuple[str, ...]
    failed: tuple[str, ...]


def canonical_form(stone: Tombstone) -> bytes:
    """The bytes of a tombstone that are signed.

    Source: RFC 8785 (JSON Canonicalization Scheme).
    """
    return rfc8785.dumps(to_plain(stone))


def sign_tombstone(stone: Tombstone, signer: Signer) -> SignedTombstone:
    """The tombstone with our signature over its canonical form."""
    return SignedTombstone(stone, signer.sign(canonical_form(stone)), signer.key_id)


def decide(
    services: Services, acquisition_ids: Iterable[str], judge: Callable[[ClipFacts], Decision | None]
) -> tuple[Tombstone, ...]:
    """Takes away what the judge lets go, one acquisition a transaction.

    Returns:
        The tombstones, not yet signed, in the order given; those that stay have none.
    """
    decide_one = services.catalogue.disposals.decide
    made = (decide_one(acquisition_id, judge, services.now()) for acquisition_id in acquisition_ids)
    return tuple(stone for stone in made if stone is not None)


def finish_disposals(services: Services, *, rewritten: bool = False) -> Finished:
    """Finishes every disposal that was decided, also those of a run that was killed. Again it changes nothing.

    What fails with one stays on the work list, and does not keep the others.

    Args:
        services: The installation.
        rewritten: Whether the catalogue's file is written anew even where no disposal asks for it.
    """
    disposals = services.catalogue.disposals
    failed: list[str] = []
    withdrawn = _tried(failed, "reports", lambda: _withdraw(services)) or ()
    for package_id in noted(services):
        gone = _tried(failed, f"package {package_id}", lambda name=package_id: withdraw_unasked(services, name))  # type: ignore[misc]
        withdrawn += (gone,) if gone else ()
    for note in places(services):
        _tried(failed, "what a killed export left", lambda name=note: clear_place(services, name))  # type: ignore[misc]
    settled = []
    for tombstone_id in disposals.unsettled():
        stone = _tried(failed, tombstone_id, lambda name=tombstone_id: _settle(services, name))  # type: ignore[misc]
        if stone is not None:
            settled.append(stone)
    _tried(failed, "second place", lambda: _keep_elsewhere(services))
    _tried(failed, "catalogue", lambda: _forget_old_pages(services, rewritten=rewritten))
    return Finished(tuple(settled), withdrawn, tuple(failed))


def _tried(failed: list[str], what: str, work: Callable[[], T]) -> T | None:
    try:
        return work()
    except PipelineError as error:
        _logger.warning("a disposal waits for the next run (%s): %s", what, error)
        failed.append(f"{what}: {error}")
        return None


def _withdraw(services: Services) -> tuple[str, ...]:
    tasks = services.catalogue.disposals.tasks(Leftover.REPORTS)
    if not tasks:
        return ()
    names = [task.tombstone_id for task in tasks]
    acquisitions = [services.catalogue.disposals.get(name).acquisition_id for name in names]
    packages = withdraw_packages(services, acquisitions, names)
    withdrawn = packages + withdraw_reports(services, services.catalogue.disposals.subjects(names), names)
    services.catalogue.disposals.done(tasks)
    return tuple(sorted(withdrawn))


def _settle(services: Services, tombstone_id: str) -> Tombstone:
    stores = {Leftover.ORIGINAL: services.originals, Leftover.DERIVATIVE: services.derivatives}
    for task in services.catalogue.disposals.objects(tombstone_id):
        services.catalogue.stored.remove_unnamed(task.kind, task.name, stores[task.kind].delete)
    return services.catalogue.disposals.settle(
        tombstone_id,
        sign=lambda stone: sign_tombstone(stone, services.key),
        custody=lambda stone: (_entry(stone),),
        now=services.now(),
    )


def _entry(stone: Tombstone) -> CustodyEntry:
    if stone.disposed_at is None:
        raise ValueError(f"{stone.tombstone_id} is not settled")
    keeps = stone.reason.keeps_original
    what = "the original stays" if keeps else "shared, stay" if stone.has_shared_bytes else "deleted"
    return CustodyEntry(
        at=stone.disposed_at,
        agent=AGENT,
        action=CustodyAction.SHED if keeps else CustodyAction.DISPOSED,
        subject=stone.digest,
        authority=stone.authority,
        detail={
            "acquisition": stone.acquisition_id,
            "tombstone": stone.tombstone_id,
            "reason": stone.reason.value,
            "bytes": what,
            "decided_at": stone.decided_at.isoformat(),
        },
        once=f"{'shed' if keeps else 'disposed'} {stone.tombstone_id}",
    )


def _forget_old_pages(services: Services, *, rewritten: bool) -> None:
    """Last, since all that goes before deletes rows as well."""
    tasks = services.catalogue.disposals.tasks(Leftover.UNUSED_SPACE)
    services.catalogue.forget_old_pages(rewritten=rewritten or bool(tasks))
    services.catalogue.disposals.done(tasks)


def _keep_elsewhere(services: Services) -> None:
    disposals = services.catalogue.disposals
    waiting = set(disposals.unsettled())
    tasks = [task for task in disposals.tasks(Leftover.SECOND_PLACE) if task.tombstone_id not in waiting]
    keep_tombstones(services, [disposals.signed(task.tombstone_id) for task in tasks])
    disposals.done(tasks)
