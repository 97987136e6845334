"""Finding what looks alike: from an event, or from a picture that is looked at once and not kept."""

from typing import Annotated

from fastapi import File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from pipeline.casework.seen import seen_by
from pipeline.casework.similar import EventWanted, PictureWanted, Similar, find_similar
from pipeline.casework.tags import told_tags
from pipeline.casework.zones import zones_of
from pipeline.domain.appearance import in_words
from pipeline.domain.search_page import Visit
from pipeline.domain.tracks import Box
from pipeline.errors import InputRefusedError, NotComparedError, UnreadablePictureError
from pipeline.web.pages import render
from pipeline.web.search_view import card_of
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

_LARGEST = 20 * 1024**2
Refused = NotComparedError | UnreadablePictureError | InputRefusedError


@router.get("/search/similar", name="search_similar", include_in_schema=False)
def similar(request: Request, seat: SeatWithMatter, event: str = "") -> Response:
    """What looks like a thing of an event; without one the form for a picture."""
    if not event:
        return _page(request, seat, None)
    return _answered(request, seat, EventWanted(event), event)


@router.post("/search/similar", name="search_picture", include_in_schema=False)
def picture(
    request: Request,
    seat: SeatWithMatter,
    *,
    picture: Annotated[UploadFile | None, File()] = None,
    part: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """What looks like a picture that somebody brings, or like a part of it."""
    content = picture.file.read(_LARGEST + 1) if picture else b""
    if not content:
        return _page(request, seat, None, InputRefusedError("picture", "choose a picture"))
    try:
        wanted = PictureWanted(content, _box(part))
    except ValueError:
        words = "a part is left,top,right,bottom, each 0 to 1"
        return _page(request, seat, None, InputRefusedError("part", words))
    return _answered(request, seat, wanted)


def _answered(
    request: Request, seat: SeatedWithMatter, wanted: EventWanted | PictureWanted, event: str = ""
) -> Response:
    try:
        found = find_similar(seat.services, seat.matter, wanted)
    except (NotComparedError, UnreadablePictureError) as error:
        return _page(request, seat, None, error, event)
    return _page(request, seat, found, None, event)


def _page(
    request: Request, seat: SeatedWithMatter, found: Similar | None, error: Refused | None = None, event: str = ""
) -> Response:
    events = [hit.found.event.event_id for hit in found.hits] if found else []
    shown = [hit.found for hit in found.hits] if found else []
    tags = told_tags(seat.services, seat.services.consent(seat.matter.purpose, seat.matter.recipient), shown)
    zones = zones_of(seat.services, shown)
    seen = seen_by(seat.services, seat.matter.agent, shown)
    cards = (card_of(Visit((one,)), tags, events, zones, seen) for one in shown)
    hits = list(zip(cards, (hit.score for hit in found.hits), strict=True)) if found else []
    compared = ", ".join(in_words(one.part, one.colour) for one in found.colours) if found else ""
    return render(
        request, seat, "similar.html", status=422 if error else 200, found=found, hits=hits, error=error, event=event,
        compared=compared, here="search",
    )  # fmt: skip


def _box(part: str) -> Box | None:
    """Left, top, right and bottom in shares of the picture; None for all of it.

    Raises:
        ValueError: It is none.
    """
    if not part.strip():
        return None
    left, top, right, bottom = (float(edge) for edge in part.split(","))
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(f"{part} is no part of a picture")
    return Box(left, top, right, bottom)
