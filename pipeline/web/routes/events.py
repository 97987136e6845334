"""One event: the player, what the event rests on, and what people say of it."""

import re
from fractions import Fraction
from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.casework.player import review_event
from pipeline.casework.playing import playing_facts
from pipeline.casework.reach import reached_of
from pipeline.casework.tags import Decision, tag_event
from pipeline.domain.events import EventKind
from pipeline.domain.tags import LONGEST_NOTE, TagStatus
from pipeline.errors import InputRefusedError, TagRefusedError
from pipeline.web.pages import render
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router
from pipeline.web.views.event import event_view
from pipeline.web.views.words import kinds_to_choose

router = desk_router()

_IS_HTMX = "hx-request"
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,9})?", re.ASCII)


@router.get("/events/{event_id}", name="event", include_in_schema=False)
def event(request: Request, seat: SeatWithMatter, event_id: str, queue: bool = False) -> Response:
    """The player with everything beside it."""
    return _page(request, seat, event_id, queue=queue)


@router.get("/events/{event_id}/playing", name="event_playing", include_in_schema=False)
def playing(seat: SeatWithMatter, event_id: str, encoded: bool = False) -> Response:
    """What the player draws and steps by."""
    return JSONResponse(playing_facts(seat.services, seat.matter, seat.session.session_id, event_id, encoded=encoded))


class TagForm(BaseModel):
    """What a person filled in; kind and times count in a correction alone."""

    status: TagStatus
    note: str = Field("", max_length=4 * LONGEST_NOTE)
    kind: str = Field("", max_length=40)
    start: str = Field("", max_length=40)
    end: str = Field("", max_length=40)
    queue: bool = False

    def decision(self) -> Decision:
        """The same, as the casework takes it.

        Raises:
            InputRefusedError: A kind or a time is none.
        """
        note = self.note.replace("\r\n", "\n")
        if self.status is not TagStatus.CORRECTED:
            return Decision(self.status, note)
        return Decision(self.status, note, read_kind(self.kind), read_second(self.start), read_second(self.end))


@router.post("/events/{event_id}/tag", name="event_tag", include_in_schema=False)
def tag(request: Request, seat: SeatWithMatter, event_id: str, form: Annotated[TagForm, Form()]) -> Response:
    """Keeps what a person decided, and shows it, or goes on to what waits next."""
    try:
        tag_event(seat.services, seat.matter, event_id, form.decision())
    except (TagRefusedError, InputRefusedError) as error:
        return _page(request, seat, event_id, queue=form.queue, error=error)
    way = f"/needs-review/next?after={event_id}" if form.queue else f"/events/{event_id}#said-of-it"
    if _IS_HTMX not in request.headers:
        return RedirectResponse(way, 303)
    if form.queue:
        return Response(headers={"HX-Redirect": way})
    return _page(request, seat, event_id, queue=False)


def _page(
    request: Request,
    seat: SeatedWithMatter,
    event_id: str,
    *,
    queue: bool,
    error: TagRefusedError | InputRefusedError | None = None,
) -> Response:
    """The page; for htmx the panel of tags alone, which shows its refusal with status 200 so that it is put in."""
    is_part = _IS_HTMX in request.headers
    review = review_event(seat.services, seat.matter, event_id)
    attached = reached_of(seat.services, seat.matter, seat.role, review.explanation.attachments)
    return render(
        request, seat, "parts/tags.html" if is_part else "event.html", status=422 if error and not is_part else 200,
        view=event_view(review, attached), kinds=kinds_to_choose(review.explanation.grant), queue=queue,
        wrong=str(error) if error else "", here="needs_review" if queue else "",
    )  # fmt: skip


def read_kind(text: str) -> EventKind | None:
    """The kind of a form; None where nothing was chosen.

    Raises:
        InputRefusedError: There is no such kind.
    """
    if not text:
        return None
    try:
        return EventKind(text)
    except ValueError as error:
        raise InputRefusedError("kind", "there is no such kind of event") from error


def read_second(text: str) -> Fraction | None:
    """Seconds from the first frame of a form; None where nothing was written.

    Raises:
        InputRefusedError: It is no number of seconds.
    """
    if not text.strip():
        return None
    number = text.strip().replace(",", ".")
    if not _SECONDS.fullmatch(number):
        raise InputRefusedError("time", "a time is in seconds from the clip's first frame, for example 3.2")
    return Fraction(number)
