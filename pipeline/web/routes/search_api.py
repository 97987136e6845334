"""The search for programs: the same answers as the page's."""

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from pipeline.asking.question import Question
from pipeline.casework.questions import Leafing, ask
from pipeline.casework.saved_searches import drop_search, mark_seen, news_of, save_search
from pipeline.domain.saved_searches import SavedSearch
from pipeline.web.search_models import SavedSeen, SavedWanted, SearchAnswer, SearchParameters, answer_of
from pipeline.web.seat import SeatWithMatter, desk_router

router = desk_router("/api/v1")


@router.get("/search", name="api_search", response_model=SearchAnswer, tags=["search"])
def search(seat: SeatWithMatter, asked: Annotated[SearchParameters, Query()]) -> SearchAnswer:
    """Finds visits by words and filters; what live grants do not let be seen is in no count."""
    return answer_of(ask(seat.services, seat.matter, asked.question, _leafing(asked), seat.role))


@router.get("/saved", name="api_saved", response_model=list[SavedSeen], tags=["search"])
def saved(seat: SeatWithMatter) -> list[SavedSeen]:
    """The agent's own saved searches, by name, with how much of each is new."""
    fresh = {news.saved.saved_id: len(news.events) for news in news_of(seat.services, seat.matter)}
    searches = seat.services.catalogue.saved_searches.list(seat.agent.name)
    return [_seen(one, fresh.get(one.saved_id, 0)) for one in searches]


@router.post("/saved", name="api_save_search", response_model=SavedSeen, status_code=201, tags=["search"])
def save(seat: SeatWithMatter, wanted: SavedWanted) -> SavedSeen:
    """Keeps a search under a name of the agent's."""
    question = Question.from_query(wanted.query)
    made = save_search(seat.services, seat.matter, wanted.name, question, notifies=wanted.notifies, role=seat.role)
    return _seen(made, 0)


@router.get("/saved/{saved_id}", name="api_saved_search", response_model=SearchAnswer, tags=["search"])
def run(seat: SeatWithMatter, saved_id: str) -> SearchAnswer:
    """Asks a saved search again; what is new of it stays new until `POST .../seen` says that it was seen."""
    one = seat.services.catalogue.saved_searches.get(seat.agent.name, saved_id)
    question = Question.from_query(one.query)
    return answer_of(ask(seat.services, seat.matter, question, Leafing(strict=True), seat.role))


@router.post("/saved/{saved_id}/seen", name="api_saved_search_seen", status_code=204, tags=["search"])
def seen(seat: SeatWithMatter, saved_id: str) -> Response:
    """What was new of a saved search was seen: it is new no more."""
    mark_seen(seat.services, seat.matter, saved_id)
    return Response(status_code=204)


@router.delete("/saved/{saved_id}", name="api_drop_search", status_code=204, tags=["search"])
def drop(seat: SeatWithMatter, saved_id: str) -> Response:
    """Deletes a saved search."""
    drop_search(seat.services, seat.matter, saved_id)
    return Response(status_code=204)


def _leafing(asked: SearchParameters) -> Leafing:
    return Leafing(asked.size, asked.cursor, grouped=not asked.single, with_facets=asked.facets, strict=True)


def _seen(one: SavedSearch, fresh: int) -> SavedSeen:
    return SavedSeen(
        saved_id=one.saved_id,
        name=one.name,
        query=one.query,
        purpose=one.matter.purpose,
        recipient=one.matter.recipient,
        case_number=one.matter.case_number,
        notifies=one.is_notifying,
        made_at=one.made_at,
        new=fresh,
    )
