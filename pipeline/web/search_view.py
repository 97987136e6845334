"""What the search page shows of an answer: cards, facets that are links, and what would help where nothing is found."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.asking.question import Answerable, Chip, Question
from pipeline.asking.states import TAG_WORDS, WATCHED, WATCHED_WORDS
from pipeline.casework.questions import Answered
from pipeline.domain.appearance import Colour, Part, in_words
from pipeline.domain.events import CannotTell, EventKind, InferredEvent
from pipeline.domain.search import Sort, TagState
from pipeline.domain.search_page import Facet, FacetName, Visit
from pipeline.domain.tags import Tag, as_said
from pipeline.reports.words import kind_words, length_words, local_words

_FACET_TITLES = {
    FacetName.KIND: "What happened",
    FacetName.OBJECT: "What was seen",
    FacetName.COLOUR: "Colour, a lead",
    FacetName.CAMERA: "Camera",
    FacetName.VERDICT: "Can it be told",
    FacetName.TAG: "What people said",
    FacetName.WEEKDAY: "Weekday",
    FacetName.HOUR: "Hour of the day",
}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SORTS = {
    Sort.NEWEST: "newest first",
    Sort.OLDEST: "oldest first",
    Sort.SCORE: "best score first",
    Sort.RELEVANCE: "best match first",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go from here.

    Attributes:
        words: For people.
        url: Where to.
        count: How many events; 0 where that is not said.
        is_on: Whether one is there.
        share: Of the most frequent one, 0 to 100, for a bar.
    """

    words: str
    url: str
    count: int = 0
    is_on: bool = False
    share: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Links that belong together."""

    key: str
    title: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One visit.

    Attributes:
        event_id: Of its most telling event: what the card leads to.
        event_ids: All of them.
        title: What happened.
        sentence: What was seen, as the machine says it.
        camera: Names of the cameras.
        starts_at: UTC.
        lasts: In words.
        score: Of that event.
        is_calibrated: Whether the score is.
        cannot_tell: Why nothing can be told; empty where something is.
        still: Address of a picture.
        sheet: Address of a contact sheet for a look in passing; empty where there is none.
        url: Where the whole is.
        tag: What a person said of that event; empty where nobody did.
        similar: Where things that look like it are; empty where nothing of it is compared.
        clip: Where its whole clip is; empty where something can be told.
        when: When it began, by the camera's clock.
        seen: That whoever looks has watched it before, or how much of it; empty where they have not.
    """

    event_id: str
    event_ids: tuple[str, ...]
    title: str
    sentence: str
    camera: str
    starts_at: datetime
    lasts: str
    score: float
    is_calibrated: bool
    cannot_tell: str
    still: str
    sheet: str
    url: str
    tag: str
    similar: str
    clip: str
    when: str
    seen: str


def url_of(question: Question, path: str = "/search") -> str:
    """The address of a question."""
    return f"{path}?{question.query}" if question.query else path


def cards(answered: Answered, seen: Container[str]) -> tuple[Card, ...]:
    """One a visit, in order; ``seen`` has the ids of events that whoever looks has watched before."""
    beside = (answered.tags, answered.compared, answered.zones, seen)
    return tuple(card_of(visit, *beside) for visit in answered.page.visits)


def card_of(
    visit: Visit, tags: Mapping[str, Tag], compared: Container[str], zones: Mapping[str, str], seen: Container[str]
) -> Card:
    """What is shown of a visit."""
    best = visit.telling
    event_id = best.event.event_id
    inferred = as_said(best.event.inferred, tags.get(event_id))
    names = dict.fromkeys(found.camera_name or found.event.camera_id for found in visit.events)
    sheets = [name for found in (best, *visit.events) for name in found.highlight_ids]
    alike = [found.event.event_id for found in (best, *visit.events) if found.event.event_id in compared]
    return Card(
        event_id=event_id,
        event_ids=tuple(found.event.event_id for found in visit.events),
        title=_title(visit, inferred, tags),
        sentence=inferred.sentence,
        camera=", ".join(names),
        starts_at=visit.starts_at,
        lasts=length_words((visit.ends_at - visit.starts_at).total_seconds()),
        score=inferred.score,
        is_calibrated=best.event.since is None,
        cannot_tell="" if inferred.reason is None else inferred.reason.words,
        still=f"/media/events/{event_id}/still",
        sheet=f"/media/highlights/{sheets[0]}/sheet" if sheets else "",
        url=f"/events/{event_id}",
        tag=tags[event_id].status.value if event_id in tags else "",
        similar=f"/search/similar?event={alike[0]}" if alike else "",
        clip=f"/clips/{best.acquisition_id}" if inferred.reason is not None else "",
        when=local_words(visit.starts_at, zones[best.event.camera_id]),
        seen=_seen_words(visit, seen),
    )


def _seen_words(visit: Visit, seen: Container[str]) -> str:
    """Clips count, not events: whoever watches one of them sees all that is told of it."""
    clips = {found.event.clip for found in visit.events}
    watched = {found.event.clip for found in visit.events if found.event.event_id in seen}
    if not watched:
        return ""
    return "seen by you" if watched == clips else f"{len(watched)} of {len(clips)} clips seen by you"


def _title(visit: Visit, best: InferredEvent, tags: Mapping[str, Tag]) -> str:
    words = kind_words(best.kind)
    others = len({as_said(found.event.inferred, tags.get(found.event.event_id)).kind for found in visit.events}) - 1
    return f"{words}, and {others} more" if others else words


def facet_groups(answered: Answered) -> tuple[Group, ...]:
    """The facets as links that narrow what was asked; a value that is asked for already leads back."""
    made = (_group(answered.answer, facet) for facet in answered.page.facets if facet.name in _FACET_TITLES)
    order = list(_FACET_TITLES.values())
    return tuple(sorted((group for group in made if group.links), key=lambda group: order.index(group.title)))


def _group(answer: Answerable, facet: Facet) -> Group:
    counts = facet.counts
    if facet.name in (FacetName.WEEKDAY, FacetName.HOUR):
        counts = tuple(sorted(counts, key=lambda item: int(item[0])))
    most = max((count for _, count in counts), default=1)
    links = tuple(_facet_link(answer, facet.name, value, count, most) for value, count in counts)
    return Group(facet.name.value, _FACET_TITLES[facet.name], links)


def _facet_link(answer: Answerable, name: FacetName, value: str, count: int, most: int) -> Link:
    field, written = _field_of(name, value)
    chosen = {own for own_field, own in answer.fixed.pairs if own_field == field}
    if name is FacetName.COLOUR:  # all colours that are asked for must be shown: one more narrows further
        is_on = written in chosen
        question = answer.narrowed(field, *sorted(chosen ^ {written}))
    else:
        is_on = chosen == {written}
        question = answer.narrowed(field, *(() if is_on else (written,)))
    return Link(_value_words(answer, name, value), url_of(question), count, is_on, round(100 * count / most))


def _field_of(name: FacetName, value: str) -> tuple[str, str]:
    if name is FacetName.WEEKDAY:
        return "weekday", _WEEKDAYS[int(value)][:3].lower()
    if name is FacetName.HOUR:
        return "hours", f"{int(value):02}:00-{int(value) + 1:02}:00"
    if name is FacetName.VERDICT:
        return ("verdict", value) if value == "seen" else ("reason", value)
    return name.value, value


def _value_words(answer: Answerable, name: FacetName, value: str) -> str:
    said: dict[FacetName, Callable[[str], str]] = {
        FacetName.CAMERA: lambda one: _camera_words(answer, one),
        FacetName.KIND: lambda one: kind_words(EventKind(one)),
        FacetName.COLOUR: _colour_words,
        FacetName.VERDICT: lambda one: "It is said" if one == "seen" else f"Cannot tell: {CannotTell(one).words}",
        FacetName.TAG: lambda one: TAG_WORDS[TagState(one)].capitalize(),
        FacetName.WEEKDAY: lambda one: _WEEKDAYS[int(one)],
        FacetName.HOUR: lambda one: f"{int(one):02}:00",
    }
    return said.get(name, str.capitalize)(value)


def _camera_words(answer: Answerable, value: str) -> str:
    names = [one.name for one in answer.around.vocabulary.cameras if one.camera_id == value]
    return names[0] if names and names[0] else value


def _colour_words(value: str) -> str:
    colour, _, part = value.partition(":")
    return in_words(Part(part), Colour(colour)).capitalize()


def sort_links(answer: Answerable) -> tuple[Link, ...]:
    """The orders in which the same can be shown."""
    now = answer.asked.wanted.sort
    offered = [sort for sort in _SORTS if sort is not Sort.RELEVANCE or answer.asked.wanted.words]
    return tuple(_sort_link(answer.question, sort, is_on=sort is now) for sort in offered)


def watched_links(answer: Answerable) -> tuple[Link, ...]:
    """What whoever looks has not watched yet, and what they have; one that is on leads back."""
    chosen = {value for field, value in answer.fixed.pairs if field == WATCHED}
    return tuple(
        Link(
            words.capitalize(),
            url_of(answer.narrowed(WATCHED, *(set() if chosen == {value} else {value}))),
            is_on=chosen == {value},
        )
        for value, words in WATCHED_WORDS.items()
    )


def _sort_link(question: Question, sort: Sort, *, is_on: bool) -> Link:
    pairs = tuple(pair for pair in question.pairs if pair[0] != "sort")
    chosen = () if sort is Sort.NEWEST else (("sort", sort.value),)
    return Link(_SORTS[sort], url_of(replace(question, pairs=(*pairs, *chosen))), is_on=is_on)


def ways_on(answer: Answerable) -> tuple[Link, ...]:
    """What would help where nothing is found: each part of the question left out, the narrowest kind first."""
    order = {"since": 0, "until": 0, "hours": 1, "weekday": 1, "colour": 2, "score": 3, "lasting": 3}
    chips = sorted(answer.chips, key=lambda chip: min(order.get(field, 9) for field, _ in chip.pairs))
    return tuple(Link(f"without “{chip_name(chip)}”", url_of(chip.rest)) for chip in chips[:3])


def chip_name(chip: Chip) -> str:
    """What a chip is called: the words that were typed, or what a filter says."""
    return chip.words or chip.says
