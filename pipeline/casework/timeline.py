"""All cameras with a live grant over a stretch of time: what was seen, and as visibly what was not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.casework.tags import told_tags
from pipeline.casework.visits import VisitSpan, visits_of
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Camera, CameraTrigger, FetchOutcome
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.coverage import CoverageRow
from pipeline.domain.events import EventKind
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tags import Tag, as_said, is_rejected
from pipeline.errors import ConsentError
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, visible

_REACH = timedelta(minutes=10)
"""A clip that begins so long before a stretch may still reach into it."""
_LATELY = timedelta(days=7)
"""How far behind the last recording something is looked for that was seen."""
_APART = timedelta(hours=1)
"""A clip and the trigger that it is of may say two times of the same moment, so far apart at most."""
_NO_LENGTH = timedelta(seconds=1)
_BLIND_KINDS = frozenset(
    {EventKind.CAMERA_OBSCURED, EventKind.CAMERA_BLINDED, EventKind.CAMERA_FROZEN, EventKind.CAMERA_MOVED}
)


class UnseenReason(StrEnum):
    """Why nothing is known of a moment at which a camera recorded, or of a stretch of it."""

    NOT_FETCHED = "not_fetched"
    """The camera recorded; the recording did not come."""
    NOT_ASKED = "not_asked"
    """The camera recorded; nobody has asked for the recording yet."""
    NOT_LOOKED_AT = "not_looked_at"
    """The recording came; no analysis of it could be made."""
    CANNOT_TELL = "cannot_tell"
    """The recording was looked at, and a rule makes no statement."""
    CAMERA_BLIND = "camera_blind"
    """The recording was looked at, and the camera saw nothing of the scene, or another one."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """A moment or a stretch of which nothing is known.

    Attributes:
        starts_at: UTC by the camera's clock.
        ends_at: Likewise; the same for a moment.
        reason: Why.
        outcome: What came of asking for the recording, where that is why; otherwise None.
        detail: In the ledger's words; may be empty.
        event_id: The event that says so; empty where there is none.
    """

    starts_at: datetime
    ends_at: datetime
    reason: UnseenReason
    outcome: FetchOutcome | None = None
    detail: str = ""
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class ClipBar:
    """One clip on its camera's row, when it is by the camera's clock, and the grant that lets it be seen."""

    clip: str
    acquisition_id: str
    starts_at: datetime
    ends_at: datetime
    is_looked_at: bool
    grant: SignedGrant


@dataclass(frozen=True, slots=True)
class CameraRow:
    """One camera.

    Attributes:
        camera: Which.
        grant: Under which it may be looked at now.
        clips: In order of time.
        events: What happened as people leave it, in order of time.
        rejected: Of what a person said that it did not happen; of no visit.
        unseen: What is not known, in order of time.
        tags: What people said of them, by event id.
    """

    camera: Camera
    grant: SignedGrant
    clips: tuple[ClipBar, ...]
    events: tuple[FoundEvent, ...]
    rejected: tuple[FoundEvent, ...]
    unseen: tuple[Unseen, ...]
    tags: Mapping[str, Tag]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stretch of time over all cameras that may be looked at.

    Attributes:
        starts_at: UTC.
        ends_at: UTC.
        rows: In order of the cameras' names.
        visits: In order of time.
    """

    starts_at: datetime
    ends_at: datetime
    rows: tuple[CameraRow, ...]
    visits: tuple[VisitSpan, ...]


def timeline(services: Services, matter: Matter, starts_at: datetime, ends_at: datetime) -> Timeline:
    """What is known of a stretch of time, and what is not; the looks are written into the custody log first.

    Args:
        services: The installation.
        matter: Who looks, and why.
        starts_at: UTC.
        ends_at: UTC, after it.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    rows = tuple(
        _Row(services, desk, camera, grant, starts_at, ends_at).made() for camera, grant in watched(services, desk)
    )
    _write_down(services, desk, matter, rows)
    seen = (event for row in rows for event in row.events)
    visits = visits_of(seen, [row.camera for row in rows], services.settings.search)
    return Timeline(starts_at, ends_at, rows, visits)


def last_seen(services: Services, matter: Matter) -> datetime | None:
    """When something was seen last that may be shown, or else when a camera recorded last; UTC by the camera's clock.

    None when nothing is held. Nothing but the moment is told.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    names = tuple(camera.camera_id for camera, _ in watched(services, desk))
    held = (services.catalogue.clips.held(name)[1] for name in names)
    recorded = max((moment for moment in held if moment is not None), default=None)
    if recorded is None:
        return None
    found = services.catalogue.search.find(EventFilter(camera_ids=names, since=recorded - _LATELY))
    within = [one for one in found if one.event.since is None]
    return next((one.starts_at for one in reversed(within) if visible(services, desk, (one,))), recorded)


def watched(services: Services, desk: ConsentDesk) -> Iterator[tuple[Camera, SignedGrant]]:
    """Every camera with a live grant for the desk's purpose and recipient, each once, in order of name."""
    names = {camera.camera_id for camera in services.catalogue.cameras.list()}
    known = sorted(map(services.catalogue.cameras.get, names), key=lambda one: (one.name.casefold(), one.camera_id))
    for camera in known:
        try:
            yield camera, desk.require(Use.VIEW, camera, None)
        except ConsentError:
            continue


@dataclass(frozen=True, slots=True)
class _Row:
    services: Services
    desk: ConsentDesk
    camera: Camera
    grant: SignedGrant
    starts_at: datetime
    ends_at: datetime

    def made(self) -> CameraRow:
        wanted = EventFilter(camera_ids=(self.camera.camera_id,), since=self.starts_at, until=self.ends_at)
        found = visible(self.services, self.desk, self.services.catalogue.search.find(wanted))
        tags = told_tags(self.services, self.desk, found)
        rejected = tuple(one for one in found if is_rejected(tags.get(one.event.event_id)))
        left = [
            (one, as_said(one.event.inferred, tags.get(one.event.event_id))) for one in found if one not in rejected
        ]
        blind = [one for one, said in left if said.reason or said.kind in _BLIND_KINDS]
        bars = tuple(self._bars())
        unseen = [*self._not_fetched(), *map(_of_event, blind), *(_of_bar(bar) for bar in bars if not bar.is_looked_at)]
        return CameraRow(
            camera=self.camera,
            grant=self.grant,
            clips=bars,
            events=tuple(one for one, said in left if not said.reason),
            rejected=rejected,
            unseen=tuple(sorted(unseen, key=lambda one: (one.starts_at, one.reason.value, one.event_id))),
            tags=tags,
        )

    def _bars(self) -> Iterator[ClipBar]:
        clips = self.services.catalogue.clips.list((self.camera.camera_id,), self.starts_at - _REACH, self.ends_at)
        allowed = [(clip, grant) for clip in clips for grant in self._grants_at(clip.clock.starts_at)]
        names = [clip.acquisition.acquisition_id for clip, _ in allowed]
        done = self.services.catalogue.analyses.done(names)
        lengths = self.services.catalogue.clips.lengths(names)
        for clip, grant in allowed:
            start, name = clip.clock.starts_at, clip.acquisition.acquisition_id
            length = lengths.get(name) or timedelta(seconds=clip.trigger.seconds) or _NO_LENGTH
            bar = ClipBar(clip.item.digest, name, start, start + length, name in done, grant)
            if bar.ends_at >= self.starts_at:
                yield bar

    def _not_fetched(self) -> Iterator[Unseen]:
        name = self.camera.camera_id
        last = self.services.catalogue.coverage.last(name)
        near = self.services.catalogue.clips.list((name,), self.starts_at - _APART, self.ends_at + _APART)
        held = {clip.trigger.trigger_id for clip in near}
        for trigger in self.services.catalogue.triggers.list(name, self.starts_at, self.ends_at):
            if trigger.trigger_id not in held and self._grants_at(trigger.at):
                yield _of_trigger(trigger, last.get(trigger.trigger_id))

    def _grants_at(self, moment: datetime) -> tuple[SignedGrant, ...]:
        """The grant that lets a moment be seen; empty when none does."""
        try:
            return (self.desk.require(Use.VIEW, self.camera, moment),)
        except ConsentError:
            return ()


def _of_trigger(trigger: CameraTrigger, row: CoverageRow | None) -> Unseen:
    end = trigger.at + timedelta(seconds=trigger.seconds)
    if row is None or not isinstance(row.outcome, FetchOutcome):
        return Unseen(trigger.at, end, UnseenReason.NOT_ASKED)
    return Unseen(trigger.at, end, UnseenReason.NOT_FETCHED, row.outcome, row.detail)


def _of_event(found: FoundEvent) -> Unseen:
    inferred = found.event.inferred
    reason = UnseenReason.CANNOT_TELL if inferred.reason else UnseenReason.CAMERA_BLIND
    return Unseen(found.starts_at, found.ends_at, reason, detail=inferred.sentence, event_id=found.event.event_id)


def _of_bar(bar: ClipBar) -> Unseen:
    return Unseen(bar.starts_at, bar.ends_at, UnseenReason.NOT_LOOKED_AT)


def _write_down(services: Services, desk: ConsentDesk, matter: Matter, rows: Sequence[CameraRow]) -> None:
    looks = [Look(bar.clip, row.camera.camera_id, bar.grant) for row in rows for bar in row.clips]
    looks += [
        Look(one.event.clip, row.camera.camera_id, require_for_event(services, desk, Use.VIEW, one))
        for row in rows
        for one in (*row.events, *row.rejected)
    ]
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "timeline"}
    write_down_looks(services, matter.agent, looks, detail)
