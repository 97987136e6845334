"""Nights of a town, run by hand: what was asked, what came of it, which clips were looked at."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.domain.nights import NightLease
from pipeline.errors import UnreadableClipError
from tests.builders import CAMERA, EVENING
from tests.retention.story import Kept, Town


def run_night(
    town: Town,
    night: str,
    looked_at: Sequence[Kept] = (),
    *,
    outcomes: Sequence[tuple[FetchOutcome | CameraOutcome, str]] = (),
    unreadable: Sequence[Kept] = (),
    is_finished: bool = True,
) -> NightLease:
    """A night over these clips; ``outcomes`` are recordings without a clip, each with its detail."""
    catalogue = town.services.catalogue
    now = moment_of(night)
    lease = catalogue.nights.open(night, now, 120.0, "elsewhere")
    ready = [(FetchOutcome.READY, "") for _ in (*looked_at, *unreadable)]
    rows = [
        CoverageRow(night, CAMERA, outcome, now, f"{night}-{number}", detail)
        for number, (outcome, detail) in enumerate((*ready, *outcomes))
    ]
    catalogue.coverage.record(rows)
    catalogue.work.plan(lease, [one.name for one in (*looked_at, *unreadable)], now)
    catalogue.work.claim(lease, 100, now)
    for one in looked_at:
        catalogue.work.done(lease, one.name, now)
    for one in unreadable:
        catalogue.work.failed(lease, one.name, UnreadableClipError("it", "no video"), now)
    catalogue.nights.merge_unfinished(lease, now)
    if is_finished:
        catalogue.nights.finish(lease, "{}", now + timedelta(minutes=40))
    else:
        catalogue.nights.release(lease, now)
    return lease


def moment_of(night: str) -> datetime:
    """One in the morning after its evening."""
    return datetime.combine(date.fromisoformat(night) + timedelta(days=1), time(1), EVENING.tzinfo)
