"""Videos and pictures: each request asks role and grant, and what is watched is written down before the first byte.

Nothing of it is kept by a browser (``no-store``): whoever looks again asks again. A tag of the bytes' own digest lets a
player ask for parts of the same bytes.
"""

from starlette.requests import Request
from starlette.responses import Response

from pipeline.casework import media
from pipeline.casework.filmed import Medium
from pipeline.casework.media import Part
from pipeline.casework.whole_clips import whole_clip_medium
from pipeline.domain.incidents import Role
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router
from pipeline.web.streaming import stream

router = desk_router()

_BOTH = ["GET", "HEAD"]


@router.api_route("/media/events/{event_id}/clip", methods=_BOTH, name="media_clip", include_in_schema=False)
def clip(request: Request, seat: SeatWithMatter, event_id: str, encoded: bool = False) -> Response:
    """The clip in which an event happened, whole."""
    return _sent(request, seat, media.clip_medium(seat.services, seat.matter, event_id, encoded=encoded))


@router.api_route("/media/clips/{acquisition_id}", methods=_BOTH, name="media_whole_clip", include_in_schema=False)
def whole_clip(request: Request, seat: SeatWithMatter, acquisition_id: str, encoded: bool = False) -> Response:
    """A clip by itself, whole."""
    return _sent(request, seat, whole_clip_medium(seat.services, seat.matter, acquisition_id, encoded=encoded))


@router.api_route("/media/events/{event_id}/still", methods=_BOTH, name="media_still", include_in_schema=False)
def still(request: Request, seat: SeatWithMatter, event_id: str) -> Response:
    """The picture that says most of an event."""
    return _sent(request, seat, media.still_medium(seat.services, seat.matter, event_id))


@router.api_route("/media/events/{event_id}/pair", methods=_BOTH, name="media_pair", include_in_schema=False)
def pair(request: Request, seat: SeatWithMatter, event_id: str) -> Response:
    """Both looks of an event between two clips."""
    return _sent(request, seat, media.pair_medium(seat.services, seat.matter, event_id))


@router.api_route(
    "/media/events/{event_id}/pictures/{role}", methods=_BOTH, name="media_picture", include_in_schema=False
)
def picture(request: Request, seat: SeatWithMatter, event_id: str, role: Role, marked: bool = True) -> Response:
    """An evidence picture of an event."""
    return _sent(request, seat, media.picture_medium(seat.services, seat.matter, event_id, role, is_marked=marked))


@router.api_route(
    "/media/highlights/{highlight_id}/{part}", methods=_BOTH, name="media_highlight", include_in_schema=False
)
def highlight(request: Request, seat: SeatWithMatter, highlight_id: str, part: Part) -> Response:
    """A highlight, its poster or its contact sheet."""
    return _sent(request, seat, media.highlight_medium(seat.services, seat.matter, highlight_id, part))


def _sent(request: Request, seat: SeatedWithMatter, medium: Medium) -> Response:
    def look() -> None:
        media.write_down_look(seat.services, seat.matter, seat.session.session_id, medium)

    return stream(request, seat.services, medium, look)
