"""The search page: one box, filters beside it, and visits; every state of it is an address."""

from typing import Annotated

from fastapi import Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.asking.question import Question
from pipeline.asking.suggest import suggest
from pipeline.casework.choosing import attach_chosen, offered_incidents
from pipeline.casework.questions import Leafing, ask, surroundings_of
from pipeline.casework.seen import seen_by
from pipeline.errors import CursorError, InputRefusedError, ProtectedTraitError
from pipeline.web.pages import render
from pipeline.web.reached import live
from pipeline.web.search_form import colour_choices, form_values, kept_pairs, map_of, question_of_form
from pipeline.web.search_view import cards, facet_groups, sort_links, url_of, watched_links, ways_on
from pipeline.web.seat import SeatedWithMatter, SeatWithMatter, desk_router

router = desk_router()

_PAGE = 24
_LONGEST_TYPED = 400
Typed = Annotated[str, Query(max_length=_LONGEST_TYPED)]
Saved = Annotated[str, Query(max_length=60, pattern="^(ss-[0-9a-f]{20})?$")]
Words = Annotated[str, Form(max_length=100)]
Chosen = Annotated[tuple[str, ...], Form(max_length=100)]


@router.get("/search", name="search", include_in_schema=False)
def search(
    request: Request, seat: SeatWithMatter, cursor: str = "", single: bool = False, saved: Saved = ""
) -> Response:
    """What answers the address; with a cursor and htmx only the next cards."""
    question = question_of_form(request.query_params.multi_items())
    is_part = bool(cursor) and request.headers.get("hx-target") == "more"
    leafing = Leafing(_PAGE, cursor, grouped=not single, with_facets=not is_part)
    try:
        answered = ask(seat.services, seat.matter, question, leafing, seat.role)
    except ProtectedTraitError as error:
        return _refused(request, seat, error)
    except CursorError:  # of another search, or of another version: from the beginning
        answered = ask(seat.services, seat.matter, question, Leafing(_PAGE, grouped=not single), seat.role)
    answer, page = answered.answer, answered.page
    seen = seen_by(seat.services, seat.matter.agent, (one for visit in page.visits for one in visit.events))
    following = [("cursor", page.next_cursor), *([("single", "true")] if single else [])]
    more = url_of(Question(question.text, (*question.pairs, *following))) if page.next_cursor else ""
    return render(
        request, seat, "parts/search_cards.html" if is_part else "search.html",
        answer=answer, chips=answer.chips, unread=answer.understood.unread, refused=answer.asked.refused,
        with_words=url_of(answer.with_words), fixed=url_of(answer.fixed), here_url=url_of(question),
        cards=cards(answered, seen), total=page.total, more=more, facets=facet_groups(answered),
        sorts=sort_links(answer), watched=watched_links(answer), ways=ways_on(answer), form=form_values(answer),
        kept=kept_pairs(answer), colours=colour_choices(), map=map_of(answer), single=single, refusal=None,
        has_cameras=bool(answer.around.vocabulary.cameras),
        incidents=offered_incidents(seat.services, seat.matter, seat.role), saved=saved,
    )  # fmt: skip


@router.get("/search/suggest", name="search_suggest", include_in_schema=False)
def suggestions(request: Request, seat: SeatWithMatter, q: Typed = "") -> Response:
    """Ways to go on from what is typed; nothing is looked for, so nothing is written down."""
    around = surroundings_of(seat.services, seat.matter, seat.role)
    return render(request, seat, "parts/search_suggestions.html", suggestions=suggest(q, around))


@router.post("/search/attach", name="search_attach", include_in_schema=False)
def attach(seat: SeatWithMatter, incident: Words, event: Chosen = ()) -> Response:
    """Puts what was chosen into an incident, and goes there."""
    live(seat, incident)
    if not event:
        raise InputRefusedError("event", "nothing is chosen")
    attached = attach_chosen(seat.services, seat.matter, incident, event)
    if attached.without and not attached.highlight_ids:
        raise InputRefusedError("event", "no highlight was cut of what is chosen: open it, and cut one by hand")
    return RedirectResponse(f"/incidents/{incident}", 303)


def _refused(request: Request, seat: SeatedWithMatter, error: ProtectedTraitError) -> Response:
    """The page with the reason, and without the words: they are not to stand on a screen that others see."""
    return render(request, seat, "search_refused.html", status=422, refusal=error)
