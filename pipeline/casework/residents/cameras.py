"""The cameras that a resident's accounts reach: what each is, and why one cannot be granted."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.casework.grants.readable import readable_clips
from pipeline.domain.cameras import Camera
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import InputRefusedError, NotHereError
from pipeline.night.services import Services

_LONGEST_ADDRESS = 120


@dataclass(frozen=True, slots=True)
class OwnCamera:
    """A camera as its resident sees it.

    Attributes:
        camera: Which.
        is_theirs: Whether they own it; one that is only shared with them is another person's to grant.
        last_recorded_at: UTC, of the newest recording that its source told us of; None when none was read.
        grants: Ids of their grants in force that name it, in order; empty when nothing of it is shared.
    """

    camera: Camera
    is_theirs: bool
    last_recorded_at: datetime | None
    grants: tuple[str, ...]


def cameras_of(services: Services, resident_id: str) -> tuple[OwnCamera, ...]:
    """Every camera that a linked account of the resident reaches: their own first, each in order of name."""
    catalogue, now = services.catalogue, services.now()
    linked = [
        account.account_id
        for account in catalogue.accounts.list()
        if account.resident_id == resident_id and catalogue.accounts.token(account.account_id)
    ]
    in_force = [
        signed.grant
        for signed in catalogue.grants.latest()
        if signed.grant.resident_id == resident_id and signed.grant.is_in_force(now)
    ]
    found: dict[str, OwnCamera] = {}
    for camera in (one for account_id in linked for one in catalogue.cameras.list(account_id)):
        is_theirs = camera.owner_id == resident_id
        if camera.camera_id in found and not is_theirs:
            continue
        grants = tuple(grant.grant_id for grant in in_force if camera.camera_id in grant.camera_ids)
        last = _last_recorded_at(services, resident_id, camera.camera_id)
        found[camera.camera_id] = OwnCamera(camera, is_theirs, last, grants)
    return tuple(sorted(found.values(), key=lambda one: (not one.is_theirs, one.camera.name.casefold())))


def _last_recorded_at(services: Services, resident_id: str, camera_id: str) -> datetime | None:
    """Without what only a hold keeps: that a recording is still known of would say that there is one."""
    clips = services.catalogue.clips.list((camera_id,))
    theirs = {clip.trigger.trigger_id for clip in readable_clips(services, resident_id, clips)}
    unseen = {clip.trigger.trigger_id for clip in clips} - theirs
    told = (one.at for one in services.catalogue.triggers.list(camera_id) if one.trigger_id not in unseen)
    return max(told, default=None)


def write_own_address(services: Services, resident_id: str, camera_id: str, words: str) -> None:
    """Writes where a camera of the resident stands, in words; empty takes it away.

    Raises:
        InputRefusedError: The words are too long.
        NotHereError: The resident owns no such camera.
    """
    plain = " ".join(words.split())
    if len(plain) > _LONGEST_ADDRESS:
        raise InputRefusedError("address", f"a street and a place, in at most {_LONGEST_ADDRESS} characters")
    own = {one.camera.camera_id for one in cameras_of(services, resident_id) if one.is_theirs}
    if camera_id not in own:
        raise NotHereError
    now = services.now()
    entry = CustodyEntry(now, resident_id, CustodyAction.ADDRESS_WRITTEN, camera_id, detail={"address": plain})
    services.catalogue.cameras.write_address(camera_id, plain, (entry,))
