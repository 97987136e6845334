"""What people at a desk look at: searches, pictures, clips, what is alike, tags."""

import random
import re
from collections.abc import Callable
from functools import partial

from pipeline.asking.question import Question
from pipeline.casework.filmed import Medium
from pipeline.casework.finding import find
from pipeline.casework.media import (
    Part,
    clip_medium,
    highlight_medium,
    opened,
    pair_medium,
    picture_medium,
    still_medium,
    write_down_look,
)
from pipeline.casework.saved_searches import news_of, run_saved, save_search
from pipeline.casework.similar import EventWanted, find_similar
from pipeline.casework.tags import Decision, tag_event
from pipeline.domain.agents import Matter
from pipeline.domain.events import EventKind
from pipeline.domain.incidents import Role
from pipeline.domain.search import FoundEvent, Sort, Wanted
from pipeline.domain.tags import TagStatus
from pipeline.errors import NotComparedError, SearchNameTakenError
from tests.builders import PURPOSE, RECIPIENT
from tests.sequences.book import Known
from tests.sequences.checks import (
    BreachError,
    highlight_asked,
    is_allowed,
    require_within,
    take_of,
    tried,
    whole_of,
)
from tests.sequences.street import OTHER, Street
from tests.sequences.takes import EVERY_KIND

JANE = Matter("jane", PURPOSE, RECIPIENT, "C-1")
JOE = Matter("joe", OTHER, RECIPIENT, "C-2")
PART = re.compile(rb"part (\S+) to (\S+) of")
LEE = Matter("lee", PURPOSE, RECIPIENT, "C-1")


def search(street: Street, chance: random.Random) -> None:
    """Exactly what a grant lets somebody see is found."""
    matter = chance.choice((JANE, JANE, JOE))
    kinds = None if chance.random() < 0.6 else tuple(EventKind(kind) for kind in chance.sample(EVERY_KIND, 2))
    wanted = Wanted(kinds=kinds, sort=chance.choice((Sort.NEWEST, Sort.SCORE)), grouped=False, page_size=200)
    page = find(street.services, matter, wanted)
    found = {mark_of(one) for visit in page.visits for one in visit.events}
    asker = (matter.purpose, matter.recipient)
    known = [one for one in street.book.events() if one.counts and (kinds is None or one.kind in kinds)]
    right = {one.mark for one in known if is_allowed(street, asker, one.mark)}
    if found != right:
        raise BreachError(f"a search shows {sorted(found - right)} too much and {sorted(right - found)} too little")
    street.count("found", len(found))


def save(street: Street, chance: random.Random) -> None:
    """A search is kept for the nights to come, and what it found is read under the grants of the moment."""
    matter = chance.choice((JANE, JOE))
    words = chance.choice(("q=loitering", "q=package", "q=vehicle"))
    try:
        saved = save_search(street.services, matter, words, Question.from_query(words), notifies=True)
    except SearchNameTakenError:
        saved = street.services.catalogue.saved_searches.list(matter.agent)[0]
    if chance.random() < 0.3:
        run_saved(street.services, matter, saved)
    for news in news_of(street.services, matter):
        for one in news.events:
            if not is_allowed(street, (matter.purpose, matter.recipient), mark_of(one)):
                raise BreachError(f"a saved search tells of {mark_of(one)}, which nobody allows")
            street.count("news")


def mark_of(found: FoundEvent) -> str:
    return found.event.inferred.sentence.rpartition(" ")[2]


def _an_event(street: Street, chance: random.Random) -> Known | None:
    found = street.book.events()
    return chance.choice(found) if found else None


def look(street: Street, chance: random.Random) -> None:
    """Somebody looks at an event: its pictures, its clip, a highlight that shows it."""
    found = _an_event(street, chance)
    if found is None:
        return
    matter = chance.choice((JANE, JANE, JANE, JOE))
    asker, mark, services = (matter.purpose, matter.recipient), found.mark, street.services
    event_id, now = found.event_id, street.clock.at
    may = is_allowed(street, asker, mark)
    ways: list[tuple[str, bool, Callable[[], Medium]]] = [
        ("picture", may, lambda: picture_medium(services, matter, event_id, Role.DURING, is_marked=True)),
        ("still", may, lambda: still_medium(services, matter, event_id)),
        ("pair", may, lambda: pair_medium(services, matter, event_id)),
        ("clip", may, lambda: clip_medium(services, matter, event_id, encoded=chance.random() < 0.2)),
    ]
    for highlight_id in street.book.highlights_of(event_id):
        part = chance.choice(tuple(Part))
        lets = street.law.allows_all(asker, highlight_asked(street, highlight_id), now)
        ways.append(("highlight", lets, partial(highlight_medium, services, matter, highlight_id, part)))
    what, allowed, work = chance.choice(ways)
    medium = tried(street, f"{what} of {mark}", allowed, work)
    if medium is not None:
        with opened(services, medium) as path:
            content = path.read_bytes()
        write_down_look(services, matter, "seat", medium)
        take = take_of(street, found.acquisition_id)
        if not medium.media_type.startswith("image/"):  # what stands for a picture of a cut says that the cut has sound
            _require_heard(street, asker, take.mark, content)
        found_part = PART.search(content)
        if found_part:
            require_within(street, asker, take, float(found_part[1]), float(found_part[2]))
            street.count("parts of takes")
        elif what == "clip" and not street.law.allows_all(asker, whole_of(street, take), now):
            raise BreachError(f"all of {take.mark} was shown, and only moments of it are granted")


def _require_heard(street: Street, asker: tuple[str, str], mark: str, content: bytes) -> None:
    take = street.takes[mark]
    if content == take.content:
        if not street.law.allows_all(asker, whole_of(street, take, sound=take.has_sound), street.clock.at):
            raise BreachError(f"the sound of {mark} was played, or more of it than is granted")
    elif b" sound " in content and not content.startswith(b"preview"):
        for one in {word for word in content.decode().split() if word.startswith(mark) and word[14:15] in ("e", "x")}:
            if not is_allowed(street, asker, one, sound=True):
                raise BreachError(f"the sound of {one} was played")


def alike(street: Street, chance: random.Random) -> None:
    """Whatever looks alike may be seen as well."""
    found = _an_event(street, chance)
    if found is None:
        return
    asker = (JANE.purpose, JANE.recipient)
    try:
        answer = tried(
            street,
            f"what is similar to {found.mark}",
            is_allowed(street, asker, found.mark),
            lambda: find_similar(street.services, JANE, EventWanted(found.event_id)),
        )
    except NotComparedError:
        return
    for hit in answer.hits if answer else ():
        street.count("similar")
        if not is_allowed(street, asker, mark_of(hit.found)):
            raise BreachError(f"{mark_of(hit.found)} was shown as similar, and nobody allows it")


def tag(street: Street, chance: random.Random) -> None:
    """Somebody says of an event what they think, in words that bear its mark."""
    found = _an_event(street, chance)
    if found is None:
        return
    matter = chance.choice((JANE, JOE))
    status = chance.choice((TagStatus.CONFIRMED, TagStatus.REJECTED))
    said = Decision(status, note=f"noted of {found.mark}")
    allowed = is_allowed(street, (matter.purpose, matter.recipient), found.mark)
    name = found.event_id
    tried(street, f"a tag on {found.mark}", allowed, lambda: tag_event(street.services, matter, name, said))
