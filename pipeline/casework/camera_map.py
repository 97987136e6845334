"""Which cameras may be looked at, roughly where they hang, and what their grants allow."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.casework.timeline import watched
from pipeline.domain.agents import Matter
from pipeline.domain.cameras import Camera
from pipeline.domain.consent import SignedGrant
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services

PLACE_DIGITS = 3
"""Of a degree: a house is shown as its street, some 110 m from north to south."""


@dataclass(frozen=True, slots=True)
class GrantedCamera:
    """A camera with a live grant.

    Attributes:
        camera: Which; its own position is not for showing.
        place: Latitude and longitude, rounded; None where nobody knows.
        grant: What is allowed, and until when.
        last_clip_at: UTC by the camera's clock; None when nothing came yet.
        clips: How many are held.
    """

    camera: Camera
    place: tuple[float, float] | None
    grant: SignedGrant
    last_clip_at: datetime | None
    clips: int


def granted_cameras(services: Services, matter: Matter) -> tuple[GrantedCamera, ...]:
    """Cameras with a live grant for the matter's purpose and recipient, in order of name; may be empty.

    The look is written into the custody log first, one record a camera.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    found = tuple(watched(services, desk))
    looks = [Look(camera.camera_id, camera.camera_id, grant) for camera, grant in found]
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "cameras"}
    write_down_looks(services, matter.agent, looks, detail)
    return tuple(_granted(services, camera, grant) for camera, grant in found)


def _granted(services: Services, camera: Camera, grant: SignedGrant) -> GrantedCamera:
    clips, last = services.catalogue.clips.held(camera.camera_id)
    place = None
    if camera.position is not None:
        place = round(camera.position[0], PLACE_DIGITS), round(camera.position[1], PLACE_DIGITS)
    return GrantedCamera(camera, place, grant, last, clips)
