"""The newest still picture of a resident's own camera, to draw zones on; nobody is in it, and nothing is fetched.

It is one of a recording that the resident may see: what another owner of the camera shared, or what only a hold keeps,
has none here.
"""

from pipeline.casework.grants.drafting import own_cameras
from pipeline.casework.grants.readable import readable_clips
from pipeline.domain.doorstep import KeptStill
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services

_ONCE_SECONDS = 3600


def has_still(services: Services, resident_id: str, camera_id: str) -> bool:
    """Whether there is a picture for this resident to draw on."""
    return _newest(services, resident_id, camera_id) is not None


def still(services: Services, resident_id: str, camera_id: str) -> bytes:
    """A JPEG of what stood still at the end of the newest clip that is held of a camera.

    The look is written down, once an hour.

    Raises:
        RecordNotFoundError: It is not the resident's camera, or nothing is held of it.
        EvidenceError: The picture is no longer in the store.
    """
    if camera_id not in {camera.camera_id for camera in own_cameras(services, resident_id)}:
        raise RecordNotFoundError("camera", camera_id)
    found = _newest(services, resident_id, camera_id)
    if found is None:
        raise RecordNotFoundError("still picture of camera", camera_id)
    content = services.derivatives.read(found.digest)
    services.catalogue.custody.append((_entry(services, resident_id, found),))
    return content


def _newest(services: Services, resident_id: str, camera_id: str) -> KeptStill | None:
    """Asked clip by clip, the newest first: the first that may be seen mostly has one."""
    clips = services.catalogue.clips.list((camera_id,))
    for clip in sorted(clips, key=lambda one: one.clock.starts_at, reverse=True):
        if not readable_clips(services, resident_id, (clip,)):
            continue
        found = services.catalogue.stills.of_acquisition(clip.acquisition.acquisition_id)
        if found:
            return max(found, key=lambda one: one.starts_at)
    return None


def _entry(services: Services, resident_id: str, found: KeptStill) -> CustodyEntry:
    now = services.now()
    period = int(now.timestamp()) // _ONCE_SECONDS
    detail = {"camera": found.camera_id, "as": "own picture", "output": found.digest}
    once = f"own picture {found.digest} {period}"
    return CustodyEntry(now, resident_id, CustodyAction.ACCESSED, found.clip, detail=detail, once=once)
