"""From what a resident chose to the words of a grant; nothing is chosen for them, and each refusal names its part."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.domain.cameras import Camera
from pipeline.domain.consent import ConsentGrant, DailyHours
from pipeline.domain.events import EventKind, Zone
from pipeline.domain.ids import new_id
from pipeline.errors import InputRefusedError
from pipeline.night.services import Services

LONGEST_DAYS = 366
"""A grant is asked for again at least once a year."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a resident chose, as it was chosen; an empty tuple is a choice that was not made.

    Attributes:
        camera_ids: Cameras.
        indoor_yes: Of these the resident said a second time that an indoor camera is meant.
        event_kinds: Kinds of event.
        hours: When.
        time_zone: IANA name in which hours and days are read.
        zones: Parts of the picture; empty for the whole picture.
        purpose: For what.
        recipient: Who may see it.
        audio: Whether sound may be used.
        covers_from: UTC; None for from the signing on.
        expires_at: UTC.
        whole_recordings: Whether the whole recording of an event may be used, where kinds or zones are chosen.
    """

    camera_ids: tuple[str, ...]
    event_kinds: tuple[EventKind, ...]
    hours: tuple[DailyHours, ...]
    time_zone: str
    purpose: str
    recipient: str
    expires_at: datetime
    indoor_yes: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    audio: bool = False
    covers_from: datetime | None = None
    whole_recordings: bool = False


def own_cameras(services: Services, resident_id: str) -> tuple[Camera, ...]:
    """The cameras that a resident owns and so can grant, in order of name; empty when there is none."""
    ours = {one.camera_id: one for one in services.catalogue.cameras.list() if one.owner_id == resident_id}
    return tuple(sorted(ours.values(), key=lambda camera: (camera.name.casefold(), camera.camera_id)))


def offered_askers(services: Services, resident_id: str) -> tuple[tuple[str, str], ...]:
    """Purposes with their recipients that a grant can be for, at least one.

    Those that this installation works for, then those of the resident's own grants; never those of other households.
    """
    night = services.settings.night
    own = (one.grant for one in services.catalogue.grants.latest_of_resident(resident_id))
    pairs = ((night.purpose, night.recipient), *((grant.purpose, grant.recipient) for grant in own))
    return tuple(
        {(purpose.casefold(), recipient.casefold()): (purpose, recipient) for purpose, recipient in pairs}.values()
    )


def draft(services: Services, resident_id: str, wish: Wish, now: datetime) -> ConsentGrant:
    """The grant that a resident wishes for, not signed; its id is new.

    Raises:
        InputRefusedError: A choice is missing, or is not the resident's to make; it names which.
    """
    _require_zone(wish.time_zone)
    _require_cameras(services, resident_id, wish)
    _require_choices(wish)
    _require_asker(services, resident_id, wish)
    _require_days(wish, now)
    return ConsentGrant(
        grant_id=new_id("gr"),
        version=1,
        resident_id=resident_id,
        camera_ids=tuple(sorted(set(wish.camera_ids))),
        event_kinds=tuple(kind for kind in EventKind if kind in wish.event_kinds),
        hours=wish.hours,
        time_zone=wish.time_zone,
        purpose=wish.purpose,
        recipient=wish.recipient,
        granted_at=now,
        expires_at=wish.expires_at,
        zones=wish.zones,
        audio=wish.audio,
        covers_from=wish.covers_from,
        whole_recordings=wish.whole_recordings,
    )


def wish_of(grant: ConsentGrant) -> Wish:
    """What a grant says, as a wish that a resident goes on from; the second yes is asked for again."""
    return Wish(
        camera_ids=grant.camera_ids,
        event_kinds=grant.event_kinds,
        hours=grant.hours,
        time_zone=grant.time_zone,
        purpose=grant.purpose,
        recipient=grant.recipient,
        expires_at=grant.expires_at,
        zones=grant.zones,
        audio=grant.audio,
        covers_from=grant.footage_from,
        whole_recordings=grant.whole_recordings,
    )


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputRefusedError("time_zone", f"{name!r} is no time zone, for example Europe/London") from error


def _require_cameras(services: Services, resident_id: str, wish: Wish) -> None:
    if not wish.camera_ids:
        raise InputRefusedError("camera", "choose at least one camera; none is chosen for you")
    ours = {camera.camera_id: camera for camera in own_cameras(services, resident_id)}
    for camera_id in wish.camera_ids:
        if camera_id not in ours:
            raise InputRefusedError("camera", f"{camera_id} is not yours to grant: only its owner can")
        if ours[camera_id].is_indoor and camera_id not in wish.indoor_yes:
            raise InputRefusedError(
                "indoor", f"{ours[camera_id].name} hangs indoors: say yes a second time, or leave it"
            )


def _require_choices(wish: Wish) -> None:
    if not wish.event_kinds:
        raise InputRefusedError("kind", "choose at least one kind of event; none is chosen for you")
    if not wish.hours:
        raise InputRefusedError("hours", "say when: days of the week, and from when to when")
    if wish.zones and len(set(wish.camera_ids)) > 1:
        raise InputRefusedError("zones", "a zone lies in the picture of one camera: sign a grant of its own for each")


def _require_asker(services: Services, resident_id: str, wish: Wish) -> None:
    if (wish.purpose, wish.recipient) not in offered_askers(services, resident_id):
        raise InputRefusedError("asker", "nobody here works for this purpose and recipient: choose one that is named")


def _require_days(wish: Wish, now: datetime) -> None:
    if wish.expires_at <= now:
        raise InputRefusedError("until", "the end must lie in the future")
    if (wish.expires_at - now).days > LONGEST_DAYS:
        raise InputRefusedError("until", f"at most {LONGEST_DAYS} days: you are asked again once a year")
    if wish.covers_from is not None and wish.covers_from >= wish.expires_at:
        raise InputRefusedError("since", "it must begin before it ends")
