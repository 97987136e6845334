"""One question, and its answer: a page, a count, facets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge

from sqlalchemy import ColumnElement, Connection, literal_column

from pipeline.catalogue.index import cursor as cursors
from pipeline.catalogue.index.asked import Asked, Reach, resolve
from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.counting import MOST_COUNTED, MOST_COUNTED_SLOWLY, count, facets
from pipeline.catalogue.index.cursor import Cursor
from pipeline.catalogue.index.pages import PORTION, Drawn, by_rank, by_time
from pipeline.catalogue.index.permitted import Permitted
from pipeline.catalogue.index.plan import BEST, NEWEST, OLDEST, Order
from pipeline.catalogue.index.reading import Line, MayShow, Reader
from pipeline.catalogue.index.relevant import Level, levels
from pipeline.catalogue.index.shape import Shape
from pipeline.catalogue.index.ways import plan
from pipeline.catalogue.search import found_events
from pipeline.domain.consent import Allowance
from pipeline.domain.search import Sort, Wanted
from pipeline.domain.search_page import Count, Facet, SearchPage, Visit
from pipeline.domain.visits import Gathered, VisitRule, visit_rule


@dataclass(frozen=True, slots=True)
class Together:
    """What belongs to one visit: see ``domain.visits``."""

    gap_seconds: float
    longest_minutes: float
    near_metres: float


@dataclass(frozen=True, slots=True)
class Asker:
    """What somebody may see, read for this very question.

    Attributes:
        allowances: What live grants let be seen.
        may_show: Asks them for events, their places in the picture included.
        incident_ids: Incidents of which the asker may read the words and what is attached; None for all.
        agent: Whose plays say what was watched before.
    """

    allowances: tuple[Allowance, ...]
    may_show: MayShow
    incident_ids: frozenset[str] | None = None
    agent: str = ""

    def under(self, grant_ids: tuple[str, ...] | None) -> tuple[Allowance, ...]:
        """The allowances, or those of some grants alone."""
        if grant_ids is None:
            return self.allowances
        return tuple(one for one in self.allowances if one.grant_id in grant_ids)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, and who asks.

    Attributes:
        wanted: What is looked for.
        asker: For whom.
        together: What is one visit.
    """

    wanted: Wanted
    asker: Asker
    together: Together


@dataclass(frozen=True, slots=True)
class Draft:
    """A page of rows of the index."""

    visits: tuple[Gathered, ...]
    total: Count
    facets: tuple[Facet, ...]
    next_cursor: str


class Answer:
    """Answers one question within one state of the database."""

    def __init__(self, connection: Connection, shape: Shape, question: Question, seen: Permitted) -> None:
        """Reads what the question means in the numbers of the index.

        Args:
            connection: Sees one state of the database throughout.
            shape: Of that state.
            question: What is asked.
            seen: What the asker's allowances let be read of that state.
        """
        wanted = question.wanted
        self._connection = connection
        self._shape = shape
        self._question = question
        self._wanted = wanted
        self._seen = seen
        reach = Reach(self._seen.cameras, question.asker.incident_ids, question.asker.agent)
        self._asked: Asked = resolve(connection, wanted, shape, reach)

    def page(self, place: Cursor | None) -> SearchPage:
        """The page that begins at a place; the first where it is None."""
        draft = self.draft(place)
        return SearchPage(tuple(self._visits(draft.visits)), draft.total, draft.facets, draft.next_cursor)

    def draft(self, place: Cursor | None) -> Draft:
        """The page as far as the index tells it, without the events themselves."""
        if self._asked.is_empty:
            return Draft((), Count(0), (), "")
        drawn = self._drawn(place)
        total, counted = self._counted(place, drawn)
        following = "" if drawn.following is None else cursors.write(drawn.following, self._wanted)
        return Draft(drawn.visits, total, counted, following)

    def _drawn(self, place: Cursor | None) -> Drawn:
        size, sort = self._wanted.page_size, self._wanted.sort
        if sort is Sort.SCORE:
            reader = self._reader(self._asked, BEST)
            return by_rank(lambda after: _after(reader, after), self._rule(), size, place)
        if sort is Sort.RELEVANCE and self._asked.words:
            return by_rank(self._by_relevance, self._rule(), size, place)
        if sort is Sort.LIKENESS and self._wanted.alike is not None:
            return by_rank(self._by_likeness, self._rule(), size, place)
        reader = self._reader(self._asked, OLDEST if sort is Sort.OLDEST else NEWEST)
        return by_time(reader, self._rule(), size, place)

    def _reader(self, asked: Asked, order: Order) -> Reader:
        return Reader(
            connection=self._connection,
            way=plan(asked, self._shape, order, PORTION),
            order=order,
            certain=self._seen.certain if self._seen.has_zones else "",
            may_show=self._question.asker.may_show,
            conditions=_condition(self._seen.condition),
        )

    def _by_relevance(self, after: Cursor | None) -> Iterator[Line]:
        """Level by level, and the newest first within each."""
        for level in self._levels():
            if after is not None and level.worth > after.level:
                continue
            here = after if after is not None and after.level == level.worth else None
            worth: ColumnElement[int] = literal_column(str(level.worth))
            readers = [replace(self._reader(way, NEWEST), worth=worth) for way in level.ways]
            yield from merge(*(_after(one, here) for one in readers), key=lambda line: line.key, reverse=True)

    def _levels(self) -> tuple[Level, ...]:
        return levels(self._asked, frozenset(self._shape.codes[Family.CAMERA].values()))

    def _by_likeness(self, after: Cursor | None) -> Iterator[Line]:
        place = {number: at for at, number in enumerate(self._asked.numbers or ())}
        lines = sorted(self._reader(self._asked, NEWEST).lines(), key=lambda line: place[line.sighted.number])
        for line in lines:
            at = place[line.sighted.number]
            if after is None or at > after.level:
                yield replace(line, sighted=replace(line.sighted, order=at))

    def _rule(self) -> VisitRule | None:
        if not self._wanted.grouped:
            return None
        together, spots = self._question.together, self._shape.spots

        def position_of(camera: int) -> tuple[float, float] | None:
            spot = spots.get(camera)
            return None if spot is None else spot.position

        return visit_rule(together.gap_seconds, together.longest_minutes, together.near_metres, position_of)

    def _visits(self, gathered: Sequence[Gathered]) -> Iterator[Visit]:
        found = found_events(self._connection, [event.number for visit in gathered for event in visit.events])
        in_time = self._wanted.sort in (Sort.NEWEST, Sort.OLDEST)
        for visit in gathered:
            events = sorted(
                (found[event.number] for event in visit.events if event.number in found),
                key=lambda one: (one.starts_at, one.event.inferred.kind.value, one.event.event_id),
            )
            yield Visit(tuple(events), 0.0 if in_time else visit.head.order)

    def _counted(self, place: Cursor | None, drawn: Drawn) -> tuple[Count, tuple[Facet, ...]]:
        """Of all pages; where the first holds everything, of what it shows."""
        shown = tuple(event.number for visit in drawn.visits for event in visit.events)
        is_whole = place is None and drawn.following is None
        if is_whole and not shown:
            return Count(0), ()
        if not self._wanted.with_facets:
            return Count(len(shown), is_exact=is_whole), ()
        asked = replace(self._asked, numbers=shown) if is_whole else self._asked
        order = OLDEST if self._wanted.sort is Sort.OLDEST else NEWEST
        seen = "" if is_whole else self._seen.certain
        is_ranked = self._wanted.sort is Sort.RELEVANCE and not is_whole
        ways = [way for level in self._levels() for way in level.ways] if is_ranked else [asked]
        most = MOST_COUNTED_SLOWLY if asked.is_slow else MOST_COUNTED
        total, columns = count(self._connection, self._shape, ways, order, _condition(seen), most)
        is_exact = total.is_exact and (is_whole or not self._seen.has_zones)
        return Count(total.number, is_exact), facets(columns, self._shape)


def _after(reader: Reader, place: Cursor | None) -> Iterator[Line]:
    after = None if place is None else (place.value, place.number)
    return reader.lines(after, itself=False, portion=PORTION)


def _condition(words: str) -> tuple[ColumnElement[bool], ...]:
    return (literal_column(f"({words})"),) if words else ()
