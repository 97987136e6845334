"""Finding events at the desk: asked of the grants, written down, and only then handed out."""

from collections.abc import Iterator
from dataclasses import fields

from pipeline.casework.granted import GrantedNow, Showing
from pipeline.casework.reach import SEES_ALL
from pipeline.catalogue.index.answer import Asker, Together
from pipeline.domain.agents import Matter, Role
from pipeline.domain.consent import SignedGrant
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.plain import to_plain
from pipeline.domain.search import Wanted
from pipeline.domain.search_page import SearchPage
from pipeline.night.ingest import authority
from pipeline.night.services import Services

SEARCH = "search"
"""The subject of the record of a search: it is about no single thing."""

_NOT_SAID = frozenset({"page_size", "cursor", "with_facets", "grouped"})


def find(
    services: Services,
    matter: Matter,
    wanted: Wanted,
    role: Role | None = None,
    words: str = "",
    granted: GrantedNow | None = None,
) -> SearchPage:
    """A page of what is looked for. Before it is handed out, the search is written down, and each clip on the page.

    One record says what was looked for; one for each clip and camera on the page says under which grant it was shown,
    as every other list does. So a search costs at most as many records as its page shows clips, and one.

    Args:
        services: The installation.
        matter: Who looks, and for what.
        wanted: What is looked for.
        role: At the desk; it says whose incidents may be searched. None on the command line: all.
        words: What is looked for in words, for the custody log; by default the filters themselves.
        granted: What lets the matter see something, where it was just read for the same answer.

    Raises:
        CursorError: The cursor is not one of this search.
    """
    showing = Showing(services, granted or GrantedNow(services, matter), wanted.grant_ids)
    page = _matching(services, matter, wanted, role, showing)
    services.catalogue.custody.append(tuple(_records(showing, matter, page, words or in_words(wanted))))
    return page


def find_for_nobody(services: Services, matter: Matter, wanted: Wanted, role: Role | None = None) -> SearchPage:
    """As ``find``, for a program that shows nobody what it finds: nothing is written down here.

    Raises:
        CursorError: The cursor is not one of this search.
    """
    showing = Showing(services, GrantedNow(services, matter), wanted.grant_ids)
    return _matching(services, matter, wanted, role, showing)


def _matching(services: Services, matter: Matter, wanted: Wanted, role: Role | None, showing: Showing) -> SearchPage:
    settings = services.settings.search
    together = Together(settings.gap_seconds, settings.longest_minutes, settings.near_metres)
    incidents = _open_incidents(services, matter, role)
    asker = Asker(showing.granted.allowances, showing.may_show, incidents, matter.agent)
    return services.catalogue.index.find(wanted, asker, together)


def in_words(wanted: Wanted) -> str:
    """What is looked for, filter by filter; ``everything`` where nothing narrows it."""
    usual = Wanted()
    said = (
        f"{field.name} {_spoken(getattr(wanted, field.name))}"
        for field in fields(wanted)
        if field.name not in _NOT_SAID and getattr(wanted, field.name) != getattr(usual, field.name)
    )
    return "; ".join(said) or "everything"


def _spoken(value: object) -> str:
    plain = to_plain(value)
    return ", ".join(map(_one_spoken, plain)) if isinstance(plain, list) else _one_spoken(plain)


def _one_spoken(plain: object) -> str:
    if isinstance(plain, dict):
        return " ".join(f"{_one_spoken(part)}" for part in plain.values() if part is not None)
    if isinstance(plain, list):
        return "/".join(map(_one_spoken, plain))
    return str(plain)


def _open_incidents(services: Services, matter: Matter, role: Role | None) -> frozenset[str] | None:
    if role is None or role in SEES_ALL:
        return None
    if role is not Role.INVESTIGATOR:
        return frozenset()
    return frozenset(incident.incident_id for incident in services.catalogue.incidents.of_agent(matter.agent))


def _records(showing: Showing, matter: Matter, page: SearchPage, words: str) -> Iterator[CustodyEntry]:
    """The search first, then each clip and camera once, under the grant of the first event that is shown of it."""
    shown: dict[tuple[str, str], SignedGrant] = {}
    count = 0
    everything = [found for visit in page.visits for found in visit.events]
    showing.read_places(everything)
    for found in everything:
        grant = showing.grant_of(found)
        shown.setdefault((found.event.clip, found.event.camera_id), grant)
        count += 1
    why = {"purpose": matter.purpose, "case": matter.case_number, "as": SEARCH}
    asked = {**why, "recipient": matter.recipient, "words": words, "events": str(count)}
    yield CustodyEntry(showing.granted.asked_at, matter.agent, CustodyAction.SEARCHED, SEARCH, detail=asked)
    for (clip, camera_id), grant in sorted(shown.items(), key=lambda item: item[0]):
        yield CustodyEntry(
            showing.granted.asked_at,
            matter.agent,
            CustodyAction.ACCESSED,
            clip,
            authority(grant),
            {"camera": camera_id, **why},
        )
