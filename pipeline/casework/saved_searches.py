"""Searches that agents keep: under a name of their own, run again when they like, and after a night when they wish."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.asking.question import Question
from pipeline.casework.finding import find_for_nobody
from pipeline.casework.questions import (
    FIRST_PAGE,
    Answered,
    Leafing,
    ask,
    require_every_filter,
    require_known_watcher,
    surroundings_of,
    understood,
)
from pipeline.domain.agents import Matter, Role
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.ids import new_id
from pipeline.domain.saved_searches import Find, SavedSearch
from pipeline.domain.search import EventFilter, FoundEvent, Sort, Wanted
from pipeline.errors import AgentUnknownError, InputRefusedError, ProtectedTraitError
from pipeline.night.services import AGENT, Services
from pipeline.night.shown import visible

_MOST_FINDS = 500
"""Of one search after one night; more is a search that asks for too much, and every number of it says "at least"."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class News:
    """A saved search with what it found since its agent last looked, as far as grants let it be seen now.

    Attributes:
        saved: The search.
        events: In order of time; empty when nothing is new.
        is_whole: False where a night found more than is kept: then there are at least so many.
    """

    saved: SavedSearch
    events: tuple[FoundEvent, ...]
    is_whole: bool = True

    @property
    def how_many(self) -> str:
        """``12``, or ``at least 500``."""
        return f"{len(self.events)}" if self.is_whole else f"at least {len(self.events)}"


def save_search(
    services: Services, matter: Matter, name: str, question: Question, *, notifies: bool, role: Role | None = None
) -> SavedSearch:
    """Keeps a question under a name of the agent's, with its custody.

    Raises:
        InputRefusedError: The name is empty or too long, nothing is asked, a filter means nothing, or it is asked what
            somebody has watched who is no agent.
        ProtectedTraitError: It describes people.
        SearchNameTakenError: The agent has a search of this name.
    """
    if not question.query:
        raise InputRefusedError("query", "a saved search asks for something: nothing stands in the box or the filters")
    answer = understood(services, matter, question, surroundings_of(services, matter, role))
    require_every_filter(answer)
    require_known_watcher(services, matter.agent, answer)
    try:
        saved = SavedSearch(
            saved_id=new_id("ss", 20),
            name=" ".join(name.split()),
            query=question.query,
            matter=matter,
            is_notifying=notifies,
            made_at=services.now(),
        )
    except ValueError as error:
        raise InputRefusedError("name", str(error)) from error
    services.catalogue.saved_searches.add(saved, (_entry(services, saved, CustodyAction.SEARCH_SAVED),))
    return saved


def set_notifying(services: Services, matter: Matter, saved_id: str, *, notifies: bool) -> SavedSearch:
    """Lets a search of the agent's be run after each night, or no more; what is new counts from now.

    Raises:
        RecordNotFoundError: The agent has no such search.
    """
    saved = services.catalogue.saved_searches.get(matter.agent, saved_id)
    changed = replace(saved, is_notifying=notifies)
    services.catalogue.saved_searches.change(changed, (_entry(services, changed, CustodyAction.SEARCH_SAVED),))
    return changed


def drop_search(services: Services, matter: Matter, saved_id: str) -> None:
    """Deletes a search of the agent's, with its custody.

    Raises:
        RecordNotFoundError: The agent has no such search.
    """
    saved = services.catalogue.saved_searches.get(matter.agent, saved_id)
    services.catalogue.saved_searches.drop(saved, (_entry(services, saved, CustodyAction.SEARCH_DROPPED),))


def run_saved(
    services: Services, matter: Matter, saved: SavedSearch, leafing: Leafing = FIRST_PAGE, role: Role | None = None
) -> Answered:
    """Asks a saved search again, for whoever looks now; what was new of it is new no more.

    Raises:
        ProtectedTraitError: It describes people by words that are refused since it was saved.
    """
    answered = ask(services, matter, Question.from_query(saved.query), leafing, role)
    services.catalogue.saved_searches.looked_at(saved.saved_id)
    return answered


def news_of(services: Services, matter: Matter) -> tuple[News, ...]:
    """Of each search of the agent's what nights found since they last looked; held against the grants anew.

    Nothing is written down here: a caller that shows an event writes down the look.

    Returns:
        One for each saved search that notifies, by name.
    """
    searches = services.catalogue.saved_searches.list(matter.agent)
    return tuple(_news(services, saved) for saved in searches if saved.is_notifying)


def mark_seen(services: Services, matter: Matter, saved_id: str) -> None:
    """What was new of an agent's search was shown to them: it is new no more.

    Raises:
        RecordNotFoundError: The agent has no such search.
    """
    services.catalogue.saved_searches.get(matter.agent, saved_id)
    services.catalogue.saved_searches.looked_at(saved_id)


def run_after_night(services: Services, night: str) -> tuple[tuple[SavedSearch, int], ...]:
    """Runs every search that notifies over what was looked at since, for its own agent, purpose and recipient.

    A run may be repeated: what is known already is not new again.

    Returns:
        Each search with how much of what it found is new; in order of agent and name.
    """
    return tuple((saved, _run(services, saved, night)) for saved in services.catalogue.saved_searches.notifying())


def news_in_words(services: Services, night: str) -> str:
    """How much a night brought to saved searches, for everybody together; empty when it brought nothing.

    Counts alone: which search it was, and whose, stays with its agent.
    """
    searches = services.catalogue.saved_searches
    counts = [sum(find.night == night for find in searches.finds(saved.saved_id)) for saved in searches.notifying()]
    found = [count for count in counts if count]
    if not found:
        return ""
    events = "1 new event" if sum(found) == 1 else f"{sum(found)} new events"
    return f"Saved searches found {events}, {len(found)} of {len(counts)} searches found something"


def _run(services: Services, saved: SavedSearch, night: str) -> int:
    fresh = services.catalogue.saved_searches.fresh(saved.saved_id)
    finds: tuple[Find, ...] = ()
    if fresh.earliest is not None:
        role = _role_of(services, saved.matter.agent)
        around = surroundings_of(services, saved.matter, role)
        try:
            answer = understood(services, replace(saved.matter, agent=AGENT), Question.from_query(saved.query), around)
        except ProtectedTraitError:  # written down where it was refused; the list of words grew since it was saved
            return services.catalogue.saved_searches.note(saved.saved_id, fresh.number, services.now(), ())
        wanted = _newest_of(answer.asked.wanted, fresh.earliest)
        events = _events(services, saved.matter, wanted, role)
        ours = (one for one in events if one.acquisition_id in fresh.acquisition_ids)
        finds = tuple(Find(one.event.event_id, night) for one, _ in zip(ours, range(_MOST_FINDS), strict=False))

    def entries(added: int) -> tuple[CustodyEntry, ...]:
        found = f"at least {added}" if len(finds) == _MOST_FINDS else str(added)
        entry = _entry(services, saved, CustodyAction.SEARCHED, agent=AGENT, found=found)
        return (replace(entry, once=f"saved {saved.saved_id} {night} {fresh.number}"),)

    return services.catalogue.saved_searches.note(saved.saved_id, fresh.number, services.now(), finds, entries)


def _newest_of(wanted: Wanted, earliest: datetime) -> Wanted:
    since = max(moment for moment in (wanted.since, earliest) if moment is not None)
    return replace(wanted, since=since, sort=Sort.NEWEST, grouped=False, page_size=_PAGE, with_facets=False)


def _role_of(services: Services, agent: str) -> Role | None:
    """What the agent may do now, which says whose incidents a search reads; None for one of the command line."""
    try:
        return services.catalogue.agents.named(agent).role
    except AgentUnknownError:
        return None


def _events(services: Services, matter: Matter, wanted: Wanted, role: Role | None) -> Iterator[FoundEvent]:
    """All events over all pages, the newest first."""
    while True:
        page = find_for_nobody(services, matter, wanted, role)
        yield from (found for visit in page.visits for found in visit.events)
        if not page.next_cursor:
            return
        wanted = replace(wanted, cursor=page.next_cursor)


def _news(services: Services, saved: SavedSearch) -> News:
    """For the search's own purpose: a look for another would be held against other grants."""
    finds = services.catalogue.saved_searches.finds(saved.saved_id)
    if not finds:
        return News(saved, ())
    most = max(Counter(find.night for find in finds).values())
    desk = services.consent(saved.matter.purpose, saved.matter.recipient)
    wanted = EventFilter(event_ids=tuple(find.event_id for find in finds))
    return News(saved, visible(services, desk, services.catalogue.search.find(wanted)), most < _MOST_FINDS)


def _entry(
    services: Services, saved: SavedSearch, action: CustodyAction, *, agent: str = "", **facts: str
) -> CustodyEntry:
    matter = saved.matter
    detail = {
        "as": "saved search",
        "name": saved.name,
        "words": saved.query,
        "purpose": matter.purpose,
        "recipient": matter.recipient,
        "case": matter.case_number,
        "for": matter.agent,
        **facts,
    }
    return CustodyEntry(services.now(), agent or matter.agent, action, saved.saved_id, "", detail)
