"""What nights came to in numbers, in few queries for many nights at once; the grants are asked by whoever reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from pipeline.catalogue.database import Database
from pipeline.catalogue.tables import acquisitions, analyses, comparisons, coverage, events, work
from pipeline.catalogue.tag_tables import event_tags
from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import CannotTell, EventKind, Verdict
from pipeline.domain.nights import WorkState
from pipeline.domain.tags import TagStatus

_FETCHED = frozenset(outcome.value for outcome in FetchOutcome)


@dataclass(frozen=True, slots=True)
class AskedCount:
    """How many recordings of a camera came to one outcome in a night, and why; the details are sorted."""

    night: str
    camera_id: str
    outcome: FetchOutcome
    count: int
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookedCount:
    """How many clips of a camera stand so in a night's work."""

    night: str
    camera_id: str
    state: WorkState
    count: int


@dataclass(frozen=True, slots=True)
class FiguredEvent:
    """As much of an event as it takes to ask the grants and to count it.

    Attributes:
        night: The night that looked at its clip.
        camera_id: Which camera.
        acquisition_id: Of which acquisition.
        kind: What kind.
        verdict: Whether a statement is made.
        reason: Why none is; None when one is.
        starts_at: UTC.
        ends_at: UTC.
        is_between: Whether it lies between two clips, so that each end needs a grant.
        said: What a person decided of it; None when nobody did.
        said_kind: Of what kind it is by the person; None when nobody said anything.
    """

    night: str
    camera_id: str
    acquisition_id: str
    kind: EventKind
    verdict: Verdict
    reason: CannotTell | None
    starts_at: datetime
    ends_at: datetime
    is_between: bool
    said: TagStatus | None = None
    said_kind: EventKind | None = None

    @property
    def is_rejected(self) -> bool:
        """Whether a person said that it did not happen."""
        return self.said is TagStatus.REJECTED


class NightFigures:
    """Counts over nights; both ends belong to the span, and a night of which nothing is known gives nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def asked(self, first: str, last: str) -> tuple[AskedCount, ...]:
        """What came of asking for recordings, by night, camera and outcome."""
        key = (coverage.c.night, coverage.c.camera_id, coverage.c.outcome)
        query = (
            select(*key, coverage.c.detail, func.count().label("number"))
            .where(coverage.c.night.between(first, last), coverage.c.trigger_id != "")
            .group_by(*key, coverage.c.detail)
            .order_by(*key, coverage.c.detail)
        )
        found: dict[tuple[str, str, str], AskedCount] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                if row.outcome not in _FETCHED:  # an entry of a history that could not be read is no recording
                    continue
                name = (row.night, row.camera_id, row.outcome)
                before = found.get(name, AskedCount(row.night, row.camera_id, FetchOutcome(row.outcome), 0, ()))
                details = (*before.details, row.detail) if row.detail else before.details
                found[name] = AskedCount(*name[:2], before.outcome, before.count + row.number, details)
        return tuple(found.values())

    def looked(self, first: str, last: str) -> tuple[LookedCount, ...]:
        """How far the clips of each night have come, by camera."""
        key = (work.c.night, acquisitions.c.camera_id, work.c.state)
        query = (
            select(*key, func.count().label("number"))
            .select_from(work.join(acquisitions))
            .where(work.c.night.between(first, last))
            .group_by(*key)
            .order_by(*key)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(LookedCount(row.night, row.camera_id, WorkState(row.state), row.number) for row in rows)

    def events(self, first: str, last: str) -> Iterator[FiguredEvent]:
        """The events of each night's clips, of the newest result of each; nothing that another clip has divided.

        No connection is held while the caller looks at them: callers ask for grants and cameras meanwhile.
        """
        with self._database.read() as connection:
            rows = connection.execute(_events(first, last)).all()
        for row in rows:
            yield FiguredEvent(
                night=row.night,
                camera_id=row.camera_id,
                acquisition_id=row.acquisition_id,
                kind=EventKind(row.kind),
                verdict=Verdict(row.verdict),
                reason=CannotTell(row.reason) if row.reason else None,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                is_between=row.comparison is not None,
                said=TagStatus(row.said) if row.said else None,
                said_kind=EventKind(row.said_kind) if row.said_kind else None,
            )


def _events(first: str, last: str) -> Select[tuple[object, ...]]:
    looked_at = (work.c.night.between(first, last), work.c.state == WorkState.DONE.value)
    ours = select(work.c.acquisition_id).where(*looked_at)
    newest = (
        select(func.max(analyses.c.number))
        .where(analyses.c.is_done, analyses.c.acquisition_id.in_(ours))
        .group_by(analyses.c.acquisition_id)
    )
    undivided = select(comparisons.c.number).where(comparisons.c.is_current)
    joined = (
        work.join(analyses, analyses.c.acquisition_id == work.c.acquisition_id)
        .join(events, events.c.analysis == analyses.c.number)
        .outerjoin(event_tags, (event_tags.c.event_id == events.c.event_id) & event_tags.c.is_latest)
    )
    columns = (
        work.c.night,
        work.c.acquisition_id,
        events.c.camera_id,
        events.c.kind,
        events.c.verdict,
        events.c.reason,
        events.c.starts_at,
        events.c.ends_at,
        events.c.comparison,
        event_tags.c.status.label("said"),
        event_tags.c.kind.label("said_kind"),
    )
    return (
        select(*columns)
        .select_from(joined)
        .where(*looked_at, analyses.c.number.in_(newest))
        .where(events.c.comparison.is_(None) | events.c.comparison.in_(undivided))
    )
