"""All cameras over a stretch of time, and all cameras on a map."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from pipeline.casework.camera_map import granted_cameras
from pipeline.casework.incidents import YEARS
from pipeline.casework.timeline import last_seen, timeline
from pipeline.errors import InputRefusedError
from pipeline.night.ingest import authority
from pipeline.reports import words
from pipeline.web.maps import with_tiles
from pipeline.web.pages import render
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router
from pipeline.web.views.stretch import Zoom, stretch_of
from pipeline.web.views.timeline import timeline_view
from pipeline.web.views.words import kinds_in_words

router = desk_router()

_FORM = "a day is written like 2026-03-10, an hour like 2026-03-10T22"


@router.get("/timeline", name="timeline", include_in_schema=False)
def timeline_page(request: Request, seat: SeatWithMatter, zoom: Zoom = Zoom.DAY, at: str = "") -> Response:
    """What was seen, and what was not."""
    zone = seat.services.settings.night.time_zone
    stretch = stretch_of(zoom, _moment(seat, at, zone))
    found = timeline(seat.services, seat.matter, stretch.start.astimezone(UTC), stretch.end.astimezone(UTC))
    first = found.visits[0].starts_at if found.visits else None
    return render(
        request, seat, "timeline.html", stretch=stretch, view=timeline_view(found, zone), zooms=tuple(Zoom), zone=zone,
        first=first,
    )  # fmt: skip


def _moment(seat: SeatedWithMatter, at: str, zone: str) -> datetime:
    """What an address names, local; without one, when something was seen last.

    Raises:
        InputRefusedError: It names no date.
    """
    if not at:
        moment = last_seen(seat.services, seat.matter) or seat.services.now()
        return moment.astimezone(ZoneInfo(zone))
    try:
        named = datetime.strptime(at, "%Y-%m-%dT%H" if "T" in at else "%Y-%m-%d")  # noqa: DTZ007 - read in our zone
    except ValueError as error:
        raise InputRefusedError("at", _FORM) from error
    if named.year not in YEARS:
        raise InputRefusedError("at", _FORM)
    return named.replace(tzinfo=ZoneInfo(zone))


@router.get("/cameras", name="cameras", include_in_schema=False)
def cameras(request: Request, seat: SeatWithMatter) -> Response:
    """Where the cameras with a live grant hang, roughly, and what is allowed of them."""
    cards = [
        {
            "camera_id": one.camera.camera_id,
            "name": one.camera.name,
            "place": one.place,
            "grant": authority(one.grant),
            "kinds": kinds_in_words(one.grant.grant.event_kinds),
            "until": words.utc_words(one.grant.grant.expires_at),
            "sound": one.grant.grant.audio,
            "last": words.local_words(one.last_clip_at, one.camera.time_zone) if one.last_clip_at else "",
            "day": f"{one.last_clip_at:%Y-%m-%d}" if one.last_clip_at else "",
            "clips": words.count_words(one.clips, "clip"),
        }
        for one in granted_cameras(seat.services, seat.matter)
    ]
    web = seat.services.settings.web
    page = render(request, seat, "cameras.html", cards=cards, tiles=web.map_tiles_url or "")
    return with_tiles(page, web)
