"""A search: words and filters of whoever looks, read with the names that they may know, answered, and written down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipeline.asking import states
from pipeline.asking.looks import OBJECT
from pipeline.asking.places import STREET
from pipeline.asking.protected import require_no_protected_trait
from pipeline.asking.question import Answerable, Question, answerable
from pipeline.asking.reading import Surroundings
from pipeline.asking.vocabulary import KnownCamera, Named, Vocabulary
from pipeline.casework.finding import SEARCH, find
from pipeline.casework.granted import GrantedNow
from pipeline.casework.reach import is_reached
from pipeline.casework.tags import told_tags
from pipeline.casework.zones import zones_of
from pipeline.domain.agents import Matter, Role
from pipeline.domain.evidence import CustodyAction, CustodyEntry
from pipeline.domain.search_page import SearchPage
from pipeline.domain.tags import Tag
from pipeline.errors import AgentUnknownError, InputRefusedError, ProtectedTraitError
from pipeline.night.services import Services

_WRITTEN = frozenset({states.TEXT, states.ZONE, OBJECT, STREET})
"""Fields whose values people write themselves."""


@dataclass(frozen=True, slots=True)
class Leafing:
    """Which part of the answer is wanted.

    Attributes:
        size: Visits a page.
        cursor: Where the page before ended; empty for the first.
        grouped: Events that belong together are one visit.
        with_facets: Whether they are counted.
        alike: Ids of events, the likest first; None where nothing is to be like anything.
        strict: A filter that means nothing is refused, where a page shows it and leaves it out.
    """

    size: int = 25
    cursor: str = ""
    grouped: bool = True
    with_facets: bool = True
    alike: tuple[str, ...] | None = None
    strict: bool = False


FIRST_PAGE = Leafing()


@dataclass(frozen=True, slots=True)
class Answered:
    """What was asked, and what was found of it.

    Attributes:
        answer: The question, understood.
        page: What live grants let be seen of what was found.
        tags: What people said of the events on the page, by event id, as far as the kinds that they name may be told.
        zones: Where each camera on the page reads the time, an IANA name by camera id.
        compared: Events on the page for which similar ones can be found.
    """

    answer: Answerable
    page: SearchPage
    tags: Mapping[str, Tag]
    zones: Mapping[str, str]
    compared: frozenset[str] = frozenset()


def surroundings_of(
    services: Services, matter: Matter, role: Role | None = None, granted: GrantedNow | None = None
) -> Surroundings:
    """With what words are read: our clock, the installation's time zone, and the names that may be known.

    Args:
        services: The installation.
        matter: Who asks; cameras are those of which a live grant lets them see something.
        role: At the desk; None on the command line, which reaches every incident.
        granted: What lets the matter see something, where it was just read for the same answer.
    """
    seen = (granted or GrantedNow(services, matter)).visible_cameras()
    grants = dict.fromkeys(grant_id for _, ids in seen for grant_id in ids)
    zones = services.catalogue.cameras.zone_names(camera.camera_id for camera, _ in seen)
    vocabulary = _vocabulary(
        tuple(KnownCamera(one.camera_id, one.name, one.address, one.position) for one, _ in seen),
        tuple(_cases(services, matter, role)),
        tuple(Named(name, name) for name in zones),
        tuple(Named(name, name) for name in grants),
    )
    return Surroundings(services.now(), ZoneInfo(services.settings.night.time_zone), vocabulary)


@lru_cache(maxsize=16)
def _vocabulary(
    cameras: tuple[KnownCamera, ...], cases: tuple[Named, ...], zones: tuple[Named, ...], grants: tuple[Named, ...]
) -> Vocabulary:
    """The same for the same names, which are read anew for every question: only their indexes are remembered."""
    return Vocabulary(cameras, cases, zones, grants)


def ask(
    services: Services, matter: Matter, question: Question, leafing: Leafing = FIRST_PAGE, role: Role | None = None
) -> Answered:
    """Reads a question, finds what answers it, and writes down the search and each clip that is shown of it.

    Raises:
        ProtectedTraitError: It describes people; that it was asked is written down, its words sealed.
        CursorError: The cursor is not one of this search.
        InputRefusedError: A filter means nothing, and that is not let pass; or it is asked what somebody has watched
            who is no agent.
    """
    granted = GrantedNow(services, matter)
    around = surroundings_of(services, matter, role, granted)
    answer = understood(services, matter, question, around)
    if leafing.strict:
        require_every_filter(answer)
    require_known_watcher(services, matter.agent, answer)
    wanted = replace(
        answer.asked.wanted,
        cursor=leafing.cursor,
        page_size=leafing.size,
        grouped=leafing.grouped,
        with_facets=leafing.with_facets,
        alike=leafing.alike,
    )
    page = find(services, matter, wanted, role, question.query or "everything", granted)
    shown = [found.event.event_id for visit in page.visits for found in visit.events]
    desk = services.consent(matter.purpose, matter.recipient)
    tags = told_tags(services, desk, (found for visit in page.visits for found in visit.events))
    compared = services.catalogue.appearances.compared_of(shown)
    zones = zones_of(services, (found for visit in page.visits for found in visit.events))
    return Answered(answer, page, tags, zones, compared)


def understood(services: Services, matter: Matter, question: Question, around: Surroundings) -> Answerable:
    """The question with its chips.

    Raises:
        ProtectedTraitError: It describes people; that it was asked is written down, its words sealed.
    """
    texts = [question.text, *(value for field, value in question.pairs if field.removeprefix("not_") in _WRITTEN)]
    vocabulary = around.vocabulary
    names = [camera.name for camera in vocabulary.cameras] + [camera.address for camera in vocabulary.cameras]
    try:
        require_no_protected_trait(texts, [*names, *(zone.name for zone in vocabulary.zones)])
    except ProtectedTraitError as error:
        _refuse(services, matter, question, error)
        raise
    return answerable(question, around)


def require_every_filter(answer: Answerable) -> None:
    """Returns when every filter of a question means something.

    Raises:
        InputRefusedError: One does not; it names the first.
    """
    for field, value in answer.asked.refused:
        raise InputRefusedError(field[:60], f"there is no filter {field[:60]} with the value {value[:60]!r}")


def require_known_watcher(services: Services, agent: str, answer: Answerable) -> None:
    """Returns when what was watched is not asked, or whoever asks has an account and so may have watched something.

    Raises:
        InputRefusedError: Nobody of this name has one: that they have watched nothing would be no answer.
    """
    if answer.asked.wanted.watched is not None:
        try:
            services.catalogue.agents.named(agent)
        except AgentUnknownError as error:
            detail = (
                f"what was seen is known of the desk's agents alone, and none is called {agent}: ask at the desk, or "
                "add one with `doorstep user add`"
            )
            raise InputRefusedError(states.WATCHED, detail) from error


def _cases(services: Services, matter: Matter, role: Role | None) -> Iterator[Named]:
    incidents = services.catalogue.incidents
    for incident in incidents.of_agent(matter.agent) if role is Role.INVESTIGATOR else incidents.list():
        if role is None or is_reached(incident, matter.agent, role):
            yield Named(incident.incident_id, incident.case_number)


def _refuse(services: Services, matter: Matter, question: Question, error: ProtectedTraitError) -> None:
    """Writes down that it was asked; the words are sealed, as those of every search."""
    detail = {
        "as": "search",
        "purpose": matter.purpose,
        "recipient": matter.recipient,
        "case": matter.case_number,
        "words": question.query,
        "reason": ", ".join(error.traits),
    }
    entry = CustodyEntry(services.now(), matter.agent, CustodyAction.SEARCH_REFUSED, SEARCH, detail=detail)
    services.catalogue.custody.append((entry,))
