"""A night over a folder of hostile files, in a process of its own: what came of each, in what time and memory.

The way is the product's: the folder is read, what a grant covers is ingested, every clip goes through the real workers
with the real weights, events are kept, highlights cut, and the morning report is written. Only the orchestrator is left
out, which sees no file.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

from bench.measuring import ROOT
from pipeline.consent.grants import sign_grant
from pipeline.domain.consent import ConsentGrant, DailyHours
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction
from pipeline.domain.nights import WorkItem
from pipeline.domain.search import EventFilter
from pipeline.evidence.custody_check import verify_log
from pipeline.evidence.keys import verifying_keys
from pipeline.night.gather import gather_account
from pipeline.night.ingest import acquisition_id
from pipeline.night.look import claim_batch, look_at, plan_work
from pipeline.night.morning import write_morning
from pipeline.night.services import Services, open_services
from pipeline.night.tonight import Tonight, open_night
from pipeline.night.workers import Eyes, open_eyes, worker_pool
from pipeline.retention.revocation import save_grant
from pipeline.settings import NightSettings, Settings, StoreSettings

CAMERA = "folder:hostile"
_KILOBYTES = 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one file.

    Attributes:
        digest: SHA-256 of its bytes.
        outcome: Of fetching, as the coverage ledger says; empty when the ledger knows nothing of it.
        state: Of looking, as the night's list says; empty when it was not on it.
        error: Name of the error's class; empty when it was looked at to the end.
        detail: The error's message.
        events: What was found, as words, in order.
        seconds: From when it was taken up to the last thing that was kept of it; of several tries the longest.
        is_kept: Whether the store holds the bytes as they were received.
    """

    digest: str
    outcome: str
    state: str
    error: str
    detail: str
    events: tuple[str, ...]
    seconds: float
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a night over the folder came to.

    Attributes:
        verdicts: One a file of the folder that the night saw, by digest.
        unreadable: What the folder's own reading refused, as the ledger says.
        custody: Records of the log, after it was verified.
        peak_megabytes: The most memory that any child held, counted by the kernel.
        own_megabytes: Likewise, of the night's own process.
    """

    verdicts: tuple[Verdict, ...]
    unreadable: tuple[str, ...]
    custody: int
    peak_megabytes: float
    own_megabytes: float


def trial_settings(store: Path) -> Settings:
    """Everything as delivered, but for where it lies."""
    return Settings(store=StoreSettings(directory=store, free_megabytes=16), night=NightSettings())


def run_trial(clips: Path, settings: Settings) -> Trial:
    """Links the folder, grants it, and runs the night over it."""
    with open_services(settings) as services:
        account = services.accounts.link_folder("ann", "hostile", clips, "UTC", None, "bench")
        asyncio.run(services.accounts.refresh_cameras(account))
        save_grant(services, sign_grant(_grant(settings), services.key), CustodyAction.GRANT_SIGNED, "bench")
        with open_night(services) as tonight:
            gather_account(tonight, account)
            eyes = open_eyes(settings)
            with worker_pool(settings) as pool:
                seconds = _look_at_all(tonight, eyes, pool)
            verdicts = tuple(_verdicts(services, tonight.key, clips, seconds))
            rows = services.catalogue.coverage.of_night(tonight.key)
            _, written = write_morning(tonight, {})
            tonight.finish(written.json.read_text(encoding="utf-8"))
        size = verify_log(services.catalogue.custody, verifying_keys(settings.store)).head.size
    return Trial(
        verdicts,
        tuple(f"{row.outcome}: {row.detail}" for row in rows if not row.trigger_id),
        size,
        resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _KILOBYTES,
        _own_peak(),
    )


def _own_peak() -> float:
    """Megabytes; of getrusage it would be this or what the process held that started us, whichever is more."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / _KILOBYTES


def _look_at_all(tonight: Tonight, eyes: Eyes, pool: Executor) -> dict[str, float]:
    plan_work(tonight, eyes)
    seconds: dict[str, float] = {}
    while batch := claim_batch(tonight):
        for name in batch:
            began = time.monotonic()
            look_at(tonight, name, eyes, pool)
            seconds[name] = max(seconds.get(name, 0.0), time.monotonic() - began)
            sys.stderr.write(f"\r{len(seconds)} looked at ")
    return seconds


def _grant(settings: Settings) -> ConsentGrant:
    now = datetime.now(UTC)
    return ConsentGrant(
        grant_id="gr-hostile",
        version=1,
        resident_id="ann",
        camera_ids=(CAMERA,),
        event_kinds=tuple(EventKind),
        hours=(DailyHours(time_of_day(0), time_of_day(0)),),
        time_zone="UTC",
        purpose=settings.night.purpose,
        recipient=settings.night.recipient,
        granted_at=now - timedelta(days=20),
        expires_at=now + timedelta(days=20),
    )


def _verdicts(services: Services, night: str, clips: Path, seconds: dict[str, float]) -> Iterator[Verdict]:
    rows = {row.trigger_id: row for row in services.catalogue.coverage.of_night(night) if row.trigger_id}
    items: dict[str, WorkItem] = {item.acquisition_id: item for item in services.catalogue.work.of_night(night)}
    found: dict[str, list[str]] = {}
    for one in services.catalogue.search.find(EventFilter()):
        inferred = one.event.inferred
        span = f"{float(inferred.span.start.seconds):.3f}-{float(inferred.span.end.seconds):.3f}"
        found.setdefault(one.acquisition_id, []).append(f"{inferred.kind} {span} {inferred.reason or ''}".strip())
    for digest, row in sorted(rows.items()):
        name = acquisition_id(CAMERA, digest)
        item = items.get(name)
        yield Verdict(
            digest=digest,
            outcome=str(row.outcome),
            state=str(item.state) if item else "",
            error=item.error if item else "",
            detail=item.detail if item else row.detail,
            events=tuple(sorted(found.get(name, ()))),
            seconds=seconds.get(name, 0.0),
            is_kept=services.originals.has(digest) and services.originals.measure(digest).digest == digest,
        )


def main() -> None:
    """``python -m bench.hostile.trial CLIPS STORE OUT``: the process that a trial runs in."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile.trial", description=run_trial.__doc__)
    for name in ("clips", "store", "out"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    os.chdir(ROOT)
    found = run_trial(asked.clips, trial_settings(asked.store))
    asked.out.write_text(json.dumps(asdict(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
