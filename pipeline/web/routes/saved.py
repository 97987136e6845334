"""Saved searches: an agent's own."""

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.asking.question import Question
from pipeline.casework.questions import surroundings_of, understood
from pipeline.casework.saved_searches import drop_search, mark_seen, news_of, save_search, set_notifying
from pipeline.errors import DeskError, InputRefusedError, ProtectedTraitError
from pipeline.web.pages import render
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

Text = Annotated[str, Form(max_length=4000)]


@router.get("/saved", name="saved", include_in_schema=False)
def saved(request: Request, seat: SeatWithMatter) -> Response:
    """The agent's searches, each with what is new."""
    return _page(request, seat)


@router.post("/saved", name="save_search", include_in_schema=False)
def save(
    request: Request, seat: SeatWithMatter, name: Text = "", query: Text = "", notifies: bool = Form(False)
) -> Response:
    """Keeps a question of the search page."""
    try:
        save_search(seat.services, seat.matter, name, Question.from_query(query), notifies=notifies, role=seat.role)
    except DeskError as error:
        return _page(request, seat, error, name)
    return RedirectResponse("/saved", 303)


@router.get("/saved/{saved_id}", name="saved_search", include_in_schema=False)
def run(seat: SeatWithMatter, saved_id: str) -> Response:
    """To the search page, which says that what was new was seen once it has shown it; fetched ahead it is not seen."""
    search = seat.services.catalogue.saved_searches.get(seat.agent.name, saved_id)
    return RedirectResponse(f"/search?{search.query}&saved={saved_id}", 303)


@router.post("/saved/{saved_id}/seen", name="saved_search_seen", include_in_schema=False)
def seen(seat: SeatWithMatter, saved_id: str) -> Response:
    """What was new of it was shown to its agent."""
    mark_seen(seat.services, seat.matter, saved_id)
    return Response(status_code=204)


@router.post("/saved/{saved_id}", name="change_saved_search", include_in_schema=False)
def change(seat: SeatWithMatter, saved_id: str, change: Text = "") -> Response:
    """Lets it tell after a night, or no more; or deletes it."""
    if change == "drop":
        drop_search(seat.services, seat.matter, saved_id)
    elif change in ("notify", "hush"):
        set_notifying(seat.services, seat.matter, saved_id, notifies=change == "notify")
    else:
        seat.services.catalogue.saved_searches.get(seat.agent.name, saved_id)
        raise InputRefusedError("change", "a saved search is told to notify, to hush or to drop")
    return RedirectResponse("/saved", 303)


def _page(request: Request, seat: SeatedWithMatter, error: DeskError | None = None, name: str = "") -> Response:
    news = news_of(seat.services, seat.matter)
    fresh = {one.saved.saved_id: one.how_many for one in news if one.events}
    around = surroundings_of(seat.services, seat.matter, seat.role)
    rows = []
    for one in seat.services.catalogue.saved_searches.list(seat.agent.name):
        try:
            chips = understood(seat.services, seat.matter, Question.from_query(one.query), around).chips
        except ProtectedTraitError:  # saved before the list of words grew: it can be deleted, and is not run
            chips = None
        rows.append((one, chips, fresh.get(one.saved_id, "")))
    return render(
        request, seat, "saved.html", status=422 if error else 200, rows=rows, error=error, name=name, here="search"
    )
