"""What a grant would have shared over the last days, before anything is shared.

Of clips that are held already the events are counted; of the source only why it recorded is asked for, never a
recording. It asks nothing of a camera that is not the resident's, and keeps nothing of what it is told.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.casework.grants.readable import readable_clips
from pipeline.consent.desk import ConsentDesk
from pipeline.consent.grants import covers_moment, require_going_on
from pipeline.domain.cameras import Camera, CameraTrigger
from pipeline.domain.consent import ConsentGrant, SignedGrant, Use
from pipeline.domain.events import EventKind
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import AcquisitionError, ConsentError, ConsentOutOfScopeError, EvidenceError, RecordNotFoundError
from pipeline.night.places import places_where_asked
from pipeline.night.services import Services
from pipeline.night.shown import require_for_found

DAYS = 7
MOST_DAYS = 30
HOURS = 24


@dataclass(frozen=True, slots=True)
class PreviewHour:
    """One hour of a day by the wall clock.

    Attributes:
        recordings: How many recordings there are that began in it.
        shared: How many of them the grant's days and hours cover: they would be fetched and looked at.
        is_inside: Whether any minute of the hour lies in the grant's hours.
    """

    recordings: int
    shared: int
    is_inside: bool


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """One day of one camera.

    Attributes:
        day: By the grant's time zone.
        hours: 24 of them, by the wall clock.
        kinds: Events of clips that are held already and would be shown, by kind; kinds without any are left out.
        hidden: How many events of held clips would not be shown: their kind, hour or place is not granted.
    """

    day: date
    hours: tuple[PreviewHour, ...]
    kinds: Mapping[EventKind, int]
    hidden: int

    @property
    def recordings(self) -> int:
        """How many recordings there are of the day."""
        return sum(hour.recordings for hour in self.hours)

    @property
    def shared(self) -> int:
        """How many of them would be fetched and looked at."""
        return sum(hour.shared for hour in self.hours)


@dataclass(frozen=True, slots=True)
class CameraPreview:
    """One camera over the days.

    Attributes:
        camera: Which.
        days: In order, the oldest first, one for each day.
        trouble: Why its source could not be asked, in words; then only what is held was counted. Empty otherwise.
        never: How many recordings nobody can share: end-to-end encrypted, deleted, or of a time without a plan.
    """

    camera: Camera
    days: tuple[PreviewDay, ...]
    trouble: str = ""
    never: int = 0

    @property
    def kinds(self) -> Mapping[EventKind, int]:
        """Events that would be shown over all days, by kind."""
        return dict(sum((Counter(day.kinds) for day in self.days), Counter()))


@dataclass(frozen=True, slots=True)
class Preview:
    """What would have been shared.

    Attributes:
        since: UTC.
        until: UTC; the present.
        cameras: In the grant's order.
    """

    since: datetime
    until: datetime
    cameras: tuple[CameraPreview, ...]

    @property
    def shared(self) -> int:
        """Recordings that would be fetched and looked at."""
        return sum(day.shared for camera in self.cameras for day in camera.days)

    @property
    def recordings(self) -> int:
        """Recordings that there are."""
        return sum(day.recordings for camera in self.cameras for day in camera.days)


def preview(services: Services, grant: ConsentGrant, agent: str, days: int = DAYS) -> Preview:
    """What a grant, signed or not, would have shared had it been in force over the last days.

    Args:
        services: The installation.
        grant: Its words; from when it covers, its end and its pauses are left out.
        agent: Who looks: the resident, or who enters it for them.
        days: How many, today among them; 1 to ``MOST_DAYS``.

    Raises:
        ConsentOutOfScopeError: A camera is not the resident's; then nothing was asked of any.
        GrantOverError: It was signed, and is revoked or has ended: it shares nothing any more.
    """
    require_going_on(grant, services.now())
    cameras = tuple(_own(services, grant, camera_id) for camera_id in grant.camera_ids)
    now = services.now()
    zone = ZoneInfo(grant.time_zone)
    first = now.astimezone(zone).date() - timedelta(days=min(max(days, 1), MOST_DAYS) - 1)
    since = datetime.combine(first, datetime.min.time(), zone).astimezone(now.tzinfo)
    meant = replace(
        grant, granted_at=since, covers_from=since, expires_at=now + timedelta(days=1), pauses=(), revoked_at=None
    )
    entries = [
        CustodyEntry(
            now, agent, CustodyAction.ACCESSED, camera.camera_id, detail={"camera": camera.camera_id, "as": "preview"}
        )
        for camera in cameras
    ]
    services.catalogue.custody.append(entries)
    told = asyncio.run(_told(services, cameras, since, now))
    return Preview(since, now, tuple(_of_camera(services, meant, one, told[one.camera_id], now) for one in cameras))


@dataclass(frozen=True, slots=True)
class _Told:
    triggers: tuple[CameraTrigger, ...] = ()
    trouble: str = ""


def _own(services: Services, grant: ConsentGrant, camera_id: str) -> Camera:
    """The camera as the resident's own account sees it."""
    try:
        camera = services.catalogue.cameras.get(camera_id)
        account = services.catalogue.accounts.get(camera.account_id)
    except RecordNotFoundError as error:
        raise ConsentOutOfScopeError(camera_id, grant.grant_id, "no account of the resident reaches it") from error
    if camera.owner_id != grant.resident_id or account.resident_id != grant.resident_id:
        raise ConsentOutOfScopeError(camera_id, grant.grant_id, "it is not the resident's own")
    return camera


async def _told(services: Services, cameras: Sequence[Camera], since: datetime, until: datetime) -> Mapping[str, _Told]:
    """What the sources say of each camera, account by account; one that does not answer keeps no other."""
    found: dict[str, _Told] = {}
    for account_id in dict.fromkeys(camera.account_id for camera in cameras):
        ours = [camera for camera in cameras if camera.account_id == account_id]
        source = services.accounts.source(services.catalogue.accounts.get(account_id))
        try:
            for camera in ours:
                pages = [page async for page in source.triggers(camera, since, until)]
                found[camera.camera_id] = _Told(tuple(one for page in pages for one in page.triggers))
        except (AcquisitionError, EvidenceError) as error:  # of evidence: a token that cannot be unsealed
            found |= {one.camera_id: _Told(trouble=str(error)) for one in ours if one.camera_id not in found}
        finally:
            await source.close()
    return found


def _of_camera(services: Services, meant: ConsentGrant, camera: Camera, told: _Told, until: datetime) -> CameraPreview:
    since = meant.footage_from
    clips = services.catalogue.clips.list((camera.camera_id,))
    theirs = readable_clips(services, meant.resident_id, (one for one in clips if since <= one.clock.starts_at < until))
    held = {clip.trigger.trigger_id: clip.clock.starts_at for clip in theirs}
    names = {clip.acquisition.acquisition_id for clip in theirs}
    moments = {
        one.trigger_id: one.at
        for one in told.triggers
        if one.had_plan and not one.deleted and not one.end_to_end_encrypted
    }
    never = len({one.trigger_id for one in told.triggers} - set(moments) - set(held))
    wanted = EventFilter(camera_ids=(camera.camera_id,), since=since, until=until)
    events = [one for one in services.catalogue.search.find(wanted) if one.acquisition_id in names]
    may_show = _asker(services, meant, camera)
    days = tuple(_days(meant, camera.camera_id, tuple((moments | held).values()), events, until, may_show))
    return CameraPreview(camera, days, told.trouble, never)


def _days(
    meant: ConsentGrant,
    camera_id: str,
    moments: Sequence[datetime],
    events: Sequence[FoundEvent],
    until: datetime,
    may_show: Callable[[FoundEvent], bool],
) -> Iterable[PreviewDay]:
    zone = ZoneInfo(meant.time_zone)
    places = [(_hour_of(moment, zone), covers_moment(meant, camera_id, moment)) for moment in moments]
    every = Counter(place for place, _ in places)
    shared = Counter(place for place, is_shared in places if is_shared)
    shown = [(found.starts_at.astimezone(zone).date(), found, may_show(found)) for found in events]
    day, last = meant.footage_from.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        hours = (PreviewHour(every[day, one], shared[day, one], _is_inside(meant, day, one)) for one in range(HOURS))
        ours = [(found, is_shown) for at, found, is_shown in shown if at == day]
        kinds = Counter(found.event.inferred.kind for found, is_shown in ours if is_shown)
        yield PreviewDay(day, tuple(hours), dict(kinds), sum(not is_shown for _, is_shown in ours))
        day += timedelta(days=1)


def _hour_of(moment: datetime, zone: ZoneInfo) -> tuple[date, int]:
    local = moment.astimezone(zone)
    return local.date(), local.hour


def _is_inside(grant: ConsentGrant, day: date, hour: int) -> bool:
    begin = datetime.combine(day, datetime.min.time(), ZoneInfo(grant.time_zone)) + timedelta(hours=hour)
    minutes = (begin + timedelta(minutes=minute) for minute in range(60))
    return any(hours.covers(local) for local in minutes for hours in grant.hours)


def _asker(services: Services, meant: ConsentGrant, camera: Camera) -> Callable[[FoundEvent], bool]:
    """Asks the very checks of ``require_grant``, of these words alone, as if they were signed."""
    signed = (SignedGrant(meant, b"", ""),)
    desk = ConsentDesk(lambda _: signed, _Draft(), services.now, purpose=meant.purpose, recipient=meant.recipient)

    def may_show(found: FoundEvent) -> bool:
        try:
            require_for_found(desk, Use.VIEW, camera, found, places_where_asked(services, desk, camera, found))
        except ConsentError:
            return False
        return True

    return may_show


class _Draft:
    """Takes a draft for signed: what it lets through is counted and never shown."""

    def is_signed(self, message: bytes, signature: bytes, key_id: str) -> bool:
        """See ``Verifier``."""
        return True
