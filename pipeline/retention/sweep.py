"""The retention sweep: what is due goes, what is held stays, and a report says which is which."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.domain.clips import AcquiredClip
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.retention import ClipFacts, DisposalReason, Tombstone
from pipeline.evidence.files import make_once
from pipeline.night.services import AGENT, Services
from pipeline.retention.disposal import Finished, decide, finish_disposals
from pipeline.retention.due import due_of
from pipeline.retention.judging import Judge, facts_of, forget_listed
from pipeline.retention.revocation import finish_revocations, keep_head
from pipeline.retention.shedding import shed, shedding
from pipeline.retention.unnamed import remove_unnamed


@dataclass(frozen=True, slots=True)
class Line:
    """One acquisition in a report.

    Attributes:
        acquisition_id: Which.
        digest: Of its original.
        why: The reason and the authority, or why it stays.
    """

    acquisition_id: str
    digest: str
    why: str


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What a sweep found and did.

    Attributes:
        at: UTC, our clock.
        is_dry: Nothing was deleted.
        looked_at: How many acquisitions.
        gone: What went, or would go; what an earlier run had left to this one is among it.
        held: What would go if no hold kept it.
        doubtful: What stays because it cannot be told whether its time is over.
        withdrawn: Folders of reports, and packages in the store, that were removed.
        unnamed: How many objects that nothing names were removed.
        failed: What could not be finished, in words; the next sweep tries again.
    """

    at: datetime
    is_dry: bool
    looked_at: int
    gone: tuple[Line, ...]
    held: tuple[Line, ...]
    doubtful: tuple[Line, ...]
    withdrawn: tuple[str, ...] = ()
    unnamed: int = 0
    failed: tuple[str, ...] = ()


def sweep(services: Services, *, dry_run: bool = False) -> SweepReport:
    """Disposes of what is due; a sweep that was killed is finished by the next.

    Args:
        services: The installation.
        dry_run: Only say what would go.

    Raises:
        EvidenceError: The second place holds a word that is not ours.
        CatalogueError, StorageError: The database or the report's folder cannot be used.
    """
    before = Finished((), (), ()) if dry_run else finish_revocations(services)
    now = services.now()
    judge = Judge(services, now)
    gone: list[Line] = []
    held: list[Line] = []
    doubtful: list[Line] = []
    looked_at = 0
    everything, glance = services.catalogue.clips.list(), judge.at_a_glance()
    for facts in facts_of(services, everything):
        looked_at += 1
        verdict = glance.verdict(facts)
        if verdict.doubt:
            doubtful.append(_line(facts, verdict.doubt))
        if verdict.decision is not None:
            line = _line(facts, f"{verdict.decision.reason} ({verdict.decision.authority})")
            (held if verdict.is_held else gone).append(line)
    if dry_run:
        for clip, _ in shedding(services, judge, _staying(everything, gone, held)):
            is_held = any(facts.holds for facts in services.catalogue.disposals.facts((clip,)))
            (held if is_held else gone).append(_part_line(clip))
        return SweepReport(now, True, looked_at, tuple(gone), tuple(held), tuple(doubtful))
    services.catalogue.resident_sessions.forget_ended(now)
    stones = decide(services, [line.acquisition_id for line in gone], judge.goes)
    parts = shed(services, judge, _staying(everything, gone, held))
    forget_listed(services, judge, sorted({camera.camera_id for camera in services.catalogue.cameras.list()}))
    after = finish_disposals(services, rewritten=True)  # once a day, for what is deleted without a tombstone
    went = {stone.acquisition_id for stone in stones}
    report = SweepReport(
        at=now,
        is_dry=False,
        looked_at=looked_at,
        gone=(
            *map(_finished, before.settled),
            *(line for line in gone if line.acquisition_id in went),
            *map(_finished, parts),
        ),
        held=tuple(held),
        doubtful=tuple(doubtful),
        withdrawn=tuple(sorted({*before.withdrawn, *after.withdrawn})),
        unnamed=remove_unnamed(services, now),
        failed=after.failed,
    )
    _write_down(services, report)
    return replace(report, failed=(*report.failed, *keep_head(services)))


def due_words(facts: ClipFacts, services: Services) -> str:
    """Until when an acquisition is kept by time alone, in words."""
    due = due_of(facts, services.settings.retention)
    if due is None:
        return "until its incident's closing is known"
    return f"{due.category}, from {due.counts_from:%Y-%m-%d}, until {due.due_at:%Y-%m-%d %H:%M} UTC"


def _line(facts: ClipFacts, why: str) -> Line:
    return Line(facts.clip.acquisition.acquisition_id, facts.clip.item.digest, why)


def _finished(stone: Tombstone) -> Line:
    return Line(stone.acquisition_id, stone.digest, f"{stone.reason} ({stone.authority})")


def _part_line(clip: AcquiredClip) -> Line:
    return Line(clip.acquisition.acquisition_id, clip.item.digest, f"{DisposalReason.SHED}")


def _staying(clips: Sequence[AcquiredClip], *leaving: Sequence[Line]) -> tuple[AcquiredClip, ...]:
    """What neither goes as a whole nor is held as a whole."""
    named = {line.acquisition_id for lines in leaving for line in lines}
    return tuple(clip for clip in clips if clip.acquisition.acquisition_id not in named)


def _write_down(services: Services, report: SweepReport) -> None:
    folder = services.settings.store.directory / "retention"
    content = json.dumps(to_plain(report), ensure_ascii=False, indent=2) + "\n"
    make_once(folder / f"sweep-{report.at:%Y%m%dT%H%M%S.%fZ}.json", content.encode())
    counts = {
        "looked_at": str(report.looked_at),
        "gone": str(len(report.gone)),
        "held": str(len(report.held)),
        "doubtful": str(len(report.doubtful)),
        "failed": str(len(report.failed)),
    }
    entry = CustodyEntry(report.at, AGENT, CustodyAction.RETENTION_SWEPT, "retention", detail=counts)
    services.catalogue.custody.append((entry,))
