"""What the night did, as one matter may be told: the record of which the desk's morning, mail and JSON are made.

The night's own report (``pipeline.night.morning``) is written once, for the installation's purpose. This one is read
anew each time, under the grants that are in force for the reader's purpose, and the reading is written down.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.casework.morning_parts import Part, Reader
from pipeline.casework.noted import Noted, worth_seeing, write_down_noted
from pipeline.casework.timeline import watched
from pipeline.casework.trends import NOTHING_TO_HAVE, NightFigures, Stretch, read_stretch, trend
from pipeline.casework.waiting import waiting
from pipeline.casework.waiting_kinds import Waiting
from pipeline.catalogue.night_figures import FiguredEvent
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Camera, FetchOutcome
from pipeline.domain.events import EventKind, Verdict
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.nights import NightRecord, NightState, WorkState
from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services
from pipeline.reports import ReasonCount


@dataclass(frozen=True, slots=True)
class CameraMorning:
    """What a night came to at one camera that the matter's grants let the reader be told of.

    Attributes:
        camera_id: Which camera.
        name: The resident's.
        outcomes: Recordings by what came of asking, in the order of ``FetchOutcome``.
        why: By outcome, the details of the ledger; of those that have some.
        looked_at: Clips that were looked at.
        unreadable: Clips that could not be.
        left: Clips that wait for the next night.
        silent: Clips that were looked at and of which nothing is told.
        kinds: Statements by kind, as people leave them.
        cannot_tell: How often it could not be told whether a kind of event happened, by kind and reason.
        rejected: Events of which a person said that they did not happen; they stand in no other count.
    """

    camera_id: str
    name: str
    outcomes: Mapping[FetchOutcome, int]
    why: Mapping[FetchOutcome, tuple[str, ...]]
    looked_at: int
    unreadable: int
    left: int
    silent: int
    kinds: Mapping[EventKind, int]
    cannot_tell: tuple[ReasonCount, ...]
    rejected: int

    @property
    def listed(self) -> int:
        """Recordings that the source listed and a grant covered."""
        return sum(self.outcomes.values()) - self.outcomes.get(FetchOutcome.NOT_GRANTED, 0)

    @property
    def failed(self) -> int:
        """Recordings that there may be and that could not be had."""
        missing = (outcome for outcome in self.outcomes if outcome is not FetchOutcome.READY)
        return sum(self.outcomes[outcome] for outcome in missing if outcome not in NOTHING_TO_HAVE)


@dataclass(frozen=True, slots=True)
class Morning:
    """What one night did, as far as one matter may be told.

    Attributes:
        night: Its key.
        state: How far it came.
        opened_at: UTC.
        finished_at: UTC; None until it is finished.
        merged: Missed nights whose work it took along, in order.
        missed: Dates before it of which no night was ever opened, back to the one before; in order, at most a trend's.
        earlier: The night before that is known; empty when there is none.
        later: Likewise after it.
        cameras: Those with a live grant for the matter, in order of name.
        not_told: Cameras of which nothing is told, since no live grant covers them for the matter.
        worth: What to watch first; the looks at it are written down.
        waiting: What needs a person, the most urgent first.
        trend: The nights up to this one.
    """

    night: str
    state: NightState
    opened_at: datetime
    finished_at: datetime | None
    merged: tuple[str, ...]
    missed: tuple[str, ...]
    earlier: str
    later: str
    cameras: tuple[CameraMorning, ...]
    not_told: int
    worth: tuple[Noted, ...]
    waiting: tuple[Waiting, ...]
    trend: tuple[NightFigures, ...]

    @property
    def figures(self) -> NightFigures:
        """This night's own."""
        return self.trend[-1]


def read_morning(services: Services, reader: Reader, night: str = "") -> Morning:
    """What a night did, as far as live grants let the reader be told; that it was read is written down first.

    Args:
        services: The installation.
        reader: Who reads it, why, and which parts.
        night: Its key; empty for the newest that was finished, or that is running when none was.

    Raises:
        RecordNotFoundError: There is no such night, or none at all.
    """
    records = services.catalogue.nights.list()
    record = _chosen(records, night)
    matter, parts = reader.matter, reader.parts
    desk = services.consent(matter.purpose, matter.recipient)
    granted, not_told = told_cameras(services, desk)
    names = frozenset(camera.camera_id for camera in granted)
    worth = worth_seeing(services, desk, record.night, matter.agent) if Part.WORTH in parts else ()
    write_down_reading(services, matter, f"night-{record.night}")
    write_down_noted(services, desk, matter, worth)
    earlier = [one.night for one in records if one.night < record.night]
    later = [one.night for one in records if one.night > record.night]
    stretch = read_stretch(services, desk, record.night, has_events=Part.EVENTS in parts)
    return Morning(
        night=record.night,
        state=record.state,
        opened_at=record.opened_at,
        finished_at=record.finished_at,
        merged=tuple(one.night for one in records if one.merged_into == record.night),
        missed=_missed(earlier[-1] if earlier else record.night, record.night),
        earlier=earlier[-1] if earlier else "",
        later=later[0] if later else "",
        cameras=_by_camera(stretch, granted, record.night, has_events=Part.EVENTS in parts),
        not_told=not_told,
        worth=worth,
        waiting=waiting(services, desk, reader, record, granted),
        trend=trend(services, stretch, names),
    )


def _chosen(records: tuple[NightRecord, ...], night: str) -> NightRecord:
    if night:
        found = [one for one in records if one.night == night]
    else:
        found = [one for one in records if one.state is NightState.FINISHED] or list(records)
    if not found:
        raise RecordNotFoundError("night", night or "(none was ever run)")
    return found[-1]


def told_cameras(services: Services, desk: ConsentDesk) -> tuple[tuple[Camera, ...], int]:
    """Cameras with a live grant for the desk's purpose, as their owners' accounts see them, and how many have none."""
    told = tuple(camera for camera, _ in watched(services, desk))
    known = {camera.camera_id for camera in services.catalogue.cameras.list()}
    return told, len(known) - len(told)


def _missed(earlier: str, night: str) -> tuple[str, ...]:
    """Dates between two nights, the newest of them when there are many."""
    gap = (date.fromisoformat(night) - date.fromisoformat(earlier)).days
    end = date.fromisoformat(night)
    return tuple((end - timedelta(days=back)).isoformat() for back in range(min(gap, _MOST_MISSED) - 1, 0, -1))


_MOST_MISSED = 31
"""A month of missed dates says enough."""


def write_down_reading(services: Services, matter: Matter, subject: str) -> None:
    """Writes that figures of nights were read; ``subject`` says of which."""
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "morning"}
    entry = CustodyEntry(services.now(), matter.agent, CustodyAction.ACCESSED, subject, detail=detail)
    services.catalogue.custody.append((entry,))


def _by_camera(
    stretch: Stretch, cameras: Iterable[Camera], night: str, *, has_events: bool
) -> tuple[CameraMorning, ...]:
    asked = [one for one in stretch.asked if one.night == night]
    looked = {(one.camera_id, one.state): one.count for one in stretch.looked if one.night == night}
    events: dict[str, list[FiguredEvent]] = defaultdict(list)
    for event in stretch.events:
        if event.night == night:
            events[event.camera_id].append(event)

    def one(camera: Camera) -> CameraMorning:
        ours = [row for row in asked if row.camera_id == camera.camera_id]
        done = looked.get((camera.camera_id, WorkState.DONE), 0)
        every = events[camera.camera_id]
        told = [event for event in every if not event.is_rejected]
        kinds = Counter(event.kind for event in told if event.verdict is Verdict.SEEN)
        unsure = Counter((event.kind, event.reason) for event in told if event.reason is not None)
        return CameraMorning(
            camera_id=camera.camera_id,
            name=camera.name,
            outcomes={outcome: row.count for outcome in FetchOutcome for row in ours if row.outcome is outcome},
            why={row.outcome: row.details for row in ours if row.details and row.outcome is not FetchOutcome.READY},
            looked_at=done,
            unreadable=looked.get((camera.camera_id, WorkState.FAILED), 0),
            left=sum(looked.get((camera.camera_id, state), 0) for state in (WorkState.TODO, WorkState.DOING)),
            silent=done - len({event.acquisition_id for event in every}) if has_events else 0,
            kinds=dict(sorted(kinds.items())),
            cannot_tell=tuple(ReasonCount(kind, reason, count) for (kind, reason), count in sorted(unsure.items())),
            rejected=len(every) - len(told),
        )

    return tuple(one(camera) for camera in sorted(cameras, key=lambda camera: (camera.name, camera.camera_id)))
