"""One clip by itself, also where nothing was found: the player, and what a person saw in it that no event says."""

import re
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.casework.whole_clips import SeenByPerson, report_miss, take_back_miss, watch_clip, whole_clip_facts
from pipeline.domain.tags import LONGEST_NOTE
from pipeline.errors import InputRefusedError, NotHereError, TagRefusedError
from pipeline.web.pages import render
from pipeline.web.routes.events import read_kind, read_second
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router
from pipeline.web.views.clip import clip_view
from pipeline.web.views.words import kinds_to_choose

router = desk_router()

_PERCENT = re.compile(r"\d{1,3}(\.\d{1,6})?", re.ASCII)
_WHOLE = 100

NINTHS = tuple(
    (f"{left},{top}", f"{row} {column}".replace("middle middle", "in the middle"))
    for top, row in ((16.7, "top"), (50, "middle"), (83.3, "bottom"))
    for left, column in ((16.7, "left"), (50, "middle"), (83.3, "right"))
)
"""Parts of the picture, for whoever cannot point: the middle of each in percent from left and top, and its name."""
_NOTHING = "nothing"
"""What the form says of a clip in which nothing is missing."""


class MissForm(BaseModel):
    """What a person filled in."""

    kind: str = Field("", max_length=40)
    start: str = Field("", max_length=40)
    end: str = Field("", max_length=40)
    ninth: str = Field("", max_length=40)
    left: str = Field("", max_length=40)
    top: str = Field("", max_length=40)
    note: str = Field("", max_length=4 * LONGEST_NOTE)

    def seen(self) -> SeenByPerson:
        """The same, as the casework takes it.

        Raises:
            InputRefusedError: A kind or a time is missing, or none.
        """
        note = self.note.replace("\r\n", "\n")
        if self.kind == _NOTHING:
            return SeenByPerson(None, note=note)
        kind, start, end = read_kind(self.kind), read_second(self.start), read_second(self.end)
        if kind is None or start is None or end is None:
            raise InputRefusedError("kind", "say what was seen, and from when to when")
        near = self.ninth.split(",") if self.ninth in dict(NINTHS) and not (self.left or self.top) else ["", ""]
        left, top = read_percent(self.left or near[0]), read_percent(self.top or near[1])
        return SeenByPerson(kind, start, end, note, None if left is None or top is None else (left, top))


def read_percent(text: str) -> float | None:
    """A share of the picture's width or height from a form, 0 to 1; None where nothing was written.

    Raises:
        InputRefusedError: It is no percentage.
    """
    if not text.strip():
        return None
    number = text.strip().removesuffix("%").strip().replace(",", ".")
    if not _PERCENT.fullmatch(number) or float(number) > _WHOLE:
        raise InputRefusedError("place", "a place is in percent of the picture, 0 to 100")
    return float(number) / _WHOLE


@router.get("/clips/{acquisition_id}", name="clip", include_in_schema=False)
def clip(request: Request, seat: SeatWithMatter, acquisition_id: str) -> Response:
    """The player, what was found, and what people saw besides."""
    return _page(request, seat, acquisition_id)


@router.get("/clips/{acquisition_id}/playing", name="clip_playing", include_in_schema=False)
def playing(seat: SeatWithMatter, acquisition_id: str, encoded: bool = False) -> Response:
    """What the player draws and steps by."""
    told = whole_clip_facts(seat.services, seat.matter, seat.session.session_id, acquisition_id, encoded=encoded)
    return JSONResponse(told)


@router.post("/clips/{acquisition_id}/missed", name="clip_missed", include_in_schema=False)
def missed(request: Request, seat: SeatWithMatter, acquisition_id: str, form: Annotated[MissForm, Form()]) -> Response:
    """Keeps what a person saw and no event says."""
    try:
        report_miss(seat.services, seat.matter, acquisition_id, form.seen())
    except (TagRefusedError, InputRefusedError) as error:
        return _page(request, seat, acquisition_id, form, str(error))
    return RedirectResponse(f"/clips/{acquisition_id}#missed", 303)


@router.post("/clips/{acquisition_id}/missed/{miss_id}/back", name="clip_missed_back", include_in_schema=False)
def taken_back(seat: SeatWithMatter, acquisition_id: str, miss_id: str) -> Response:
    """Deletes what the same agent wrote."""
    if seat.services.catalogue.misses.get(miss_id).acquisition_id != acquisition_id:
        raise NotHereError
    take_back_miss(seat.services, seat.matter, miss_id)
    return RedirectResponse(f"/clips/{acquisition_id}#missed", 303)


def _page(
    request: Request, seat: SeatedWithMatter, acquisition_id: str, form: MissForm | None = None, wrong: str = ""
) -> Response:
    found = watch_clip(seat.services, seat.matter, acquisition_id)
    return render(
        request, seat, "clip.html", status=422 if wrong else 200, view=clip_view(found, seat.agent.name),
        kinds=kinds_to_choose(found.grant), given=form or MissForm(), wrong=wrong, here="timeline", ninths=NINTHS,
    )  # fmt: skip
