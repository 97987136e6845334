"""A resident looks at a clip of their own that is held, to decide whether to share it.

Nobody's grant is asked, for it is the resident's own; and it is not written into the custody log, since a look that
stands there would tell who thought about a request and did not answer it (P6). The original is shown as it came: a
preview would be made and kept, and that is written down.
"""

from pipeline.casework.filmed import Medium
from pipeline.casework.requests.answering import clips_to_choose, request_at_home
from pipeline.errors import RecordNotFoundError
from pipeline.night.services import Services


def own_clip(services: Services, resident_id: str, request_id: str, acquisition_id: str) -> Medium:
    """The clip.

    Raises:
        RecordNotFoundError: The request is none of this resident's, or the clip none that can be chosen for it.
    """
    at_home = request_at_home(services, resident_id, request_id)
    chosen = [one for one in clips_to_choose(services, at_home) if one.is_held and one.acquisition_id == acquisition_id]
    if not chosen:
        raise RecordNotFoundError("clip", acquisition_id)
    digest = services.catalogue.clips.get(acquisition_id).item.digest
    return Medium(digest, True, "video/mp4", digest, chosen[0].camera.camera_id, acquisition_id, "", is_played=True)
