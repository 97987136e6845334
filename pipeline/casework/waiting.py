"""What waits for a person in the morning, in counts, each with the page where it is decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from pipeline.casework.decisions import decisions
from pipeline.casework.morning_parts import Part, Reader
from pipeline.casework.waiting_kinds import Waiting, WaitingKind
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera, FetchOutcome
from pipeline.domain.coverage import CameraOutcome, CoverageRow
from pipeline.domain.nights import NightRecord, WorkState
from pipeline.errors import AccountRefusedError, MailError
from pipeline.night.services import Services
from pipeline.reports.words import count_words
from pipeline.retention.due import due_of

SOON = timedelta(days=14)
"""A grant that ends within this time can still be asked for again without a gap."""

GOES_SOON = timedelta(days=7)
"""What is deleted within this time can still be held."""

_MOST_FACTS = 2000
"""More originals than this are not judged while somebody waits for a page; the sweep's dry run does it."""


_RANKS = {kind: rank for rank, kind in enumerate(WaitingKind)}


def waiting(
    services: Services, desk: ConsentDesk, reader: Reader, record: NightRecord, granted: Sequence[Camera]
) -> tuple[Waiting, ...]:
    """Everything that waits for a reader, the most urgent first; may be empty.

    Args:
        services: The installation.
        desk: Asks for the reader's purpose and recipient.
        reader: For whom.
        record: The night.
        granted: Cameras that may be named to the reader.
    """
    found: list[Waiting] = []
    if Part.RUNNING in reader.parts:
        found += _running(services, record, {camera.camera_id: camera.name for camera in granted})
    if Part.DECISIONS in reader.parts:
        found += decisions(services, desk, reader)
    if Part.KEEPING in reader.parts:
        found += _keeping(services)
    return tuple(sorted(found, key=lambda one: _RANKS[one.kind]))


def _running(services: Services, record: NightRecord, names: Mapping[str, str]) -> Iterator[Waiting]:
    rows = services.catalogue.coverage.of_night(record.night)
    troubled = [row for row in rows if row.outcome in (FetchOutcome.REFUSED, CameraOutcome.FAILED)]
    refused = [row for row in troubled if _is_refused(row)]
    if refused:
        count = len({row.camera_id for row in refused})
        what = f"the source refuses the account of {count_words(count, 'camera')}"
        yield Waiting(WaitingKind.SIGN_IN_AGAIN, count, what, AccountRefusedError.remedy, detail=_named(refused, names))
    silent = [row for row in troubled if not _is_refused(row)]
    if silent:
        count = len({row.camera_id for row in silent})
        what = f"{count_words(count, 'camera')} could not be asked"
        yield Waiting(WaitingKind.FAILURE, count, what, "the next night asks again", detail=_named(silent, names))
    counts = services.catalogue.work.counts(record.night)
    if counts[WorkState.FAILED]:
        what = f"{count_words(counts[WorkState.FAILED], 'clip')} could not be looked at"
        yield Waiting(WaitingKind.FAILURE, counts[WorkState.FAILED], what, where=f"/nights/{record.night}")
    yield from _mails(services, record)
    left = counts[WorkState.TODO] + counts[WorkState.DOING]
    if left:
        what = f"{count_words(left, 'clip')} were not looked at before the deadline"
        yield Waiting(WaitingKind.LEFT_OVER, left, what, "the next night goes on with them")


def _mails(services: Services, record: NightRecord) -> Iterator[Waiting]:
    since = date.fromisoformat(record.night) - timedelta(days=services.settings.mail.days)
    failed = [one for one in services.catalogue.mailings.open(since.isoformat()) if one.tries]
    if failed:
        what = f"{count_words(len(failed), 'morning')} could not be mailed"
        detail = tuple(f"{one.night}: {one.detail}" for one in failed)
        yield Waiting(WaitingKind.MAIL, len(failed), what, MailError.remedy, detail=detail)


def _is_refused(row: CoverageRow) -> bool:
    return row.outcome is FetchOutcome.REFUSED or "refuses account" in row.detail


def _named(rows: Iterable[CoverageRow], names: Mapping[str, str]) -> tuple[str, ...]:
    """The cameras among them that may be named, in order."""
    return tuple(sorted({f"{names[row.camera_id]} ({row.camera_id})" for row in rows if row.camera_id in names}))


def _keeping(services: Services) -> Iterator[Waiting]:
    now = services.now()
    runs = services.catalogue.fixity.list()
    if runs and runs[-1].wrong:
        wrong = len(runs[-1].wrong)
        what = f"{count_words(wrong, 'stored object')} missing or changed at the last fixity check"
        yield Waiting(WaitingKind.FIXITY, wrong, what, "see the report of `doorstep fixity`", detail=runs[-1].wrong)
    ending = [
        signed.grant
        for signed in services.catalogue.grants.latest()
        if signed.grant.revoked_at is None and now <= signed.grant.expires_at < now + SOON
    ]
    if ending:
        detail = tuple(f"{grant.grant_id}, on {grant.expires_at.astimezone(UTC):%Y-%m-%d}" for grant in ending)
        what = f"{count_words(len(ending), 'grant')} that will end within {SOON.days} days"
        yield Waiting(WaitingKind.GRANT_ENDS, len(ending), what, "ask the residents in time", detail=detail)
    yield from _going(services, now)
    holds = services.catalogue.holds.list()
    if holds:
        detail = tuple(f"{hold.hold_id}, {hold.instrument}" for hold in holds)
        yield Waiting(WaitingKind.HELD, len(holds), f"{count_words(len(holds), 'hold')} in force", detail=detail)


def _going(services: Services, now: datetime) -> Iterator[Waiting]:
    settings = services.settings.retention
    shortest = min(days for name, days in settings.model_dump().items() if name != "after_grant_days")
    until = now + GOES_SOON - timedelta(days=shortest)  # what is younger stays longer, whatever it is kept for
    number = services.catalogue.clips.count(until)
    if number > _MOST_FACTS:
        what = f"{number} originals are old enough to be deleted soon, too many to judge at once"
        yield Waiting(WaitingKind.GOES_SOON, 1, what, "see `doorstep retention sweep --dry-run`")
        return
    going = 0
    for facts in services.catalogue.disposals.facts(services.catalogue.clips.list(until=until)):
        due = due_of(facts, settings)
        going += not facts.holds and due is not None and due.due_at < now + GOES_SOON
    if going:
        what = f"{count_words(going, 'original')} will be deleted within {GOES_SOON.days} days"
        yield Waiting(WaitingKind.GOES_SOON, going, what, "place a hold on what an instrument orders to keep")
