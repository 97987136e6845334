"""Pages of visits. In order of time each event is on exactly one page, and a visit is whole on its page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.catalogue.index.cursor import Cursor
from pipeline.catalogue.index.plan import Key
from pipeline.catalogue.index.reading import Line, Reader
from pipeline.domain.visits import Gathered, Grouping, VisitRule, group

PORTION = 250
"""Rows among which visits are formed where they are not sorted by time."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page of visits, and where the next begins; None on the last."""

    visits: tuple[Gathered, ...]
    following: Cursor | None


def by_time(reader: Reader, rule: VisitRule | None, size: int, start: Cursor | None) -> Drawn:
    """The visits whose first event in the order comes next.

    Reading goes on until nothing more can join a visit of the page. Rows further on that belong to one of them are
    remembered in the cursor, and left out when the next page reads over them.
    """
    given = start.given if start else frozenset()
    grouping = Grouping(rule, newest_first=reader.order.is_falling)
    lines = reader.lines((start.value, start.number) if start else None, portion=max(120, 4 * size))
    keys: dict[int, Key] = {}
    for line in lines:
        keys[line.sighted.number] = line.key
        if line.sighted.number in given:
            continue
        grouping.add(line.sighted)
        if len(grouping.visits) > size and _is_settled(grouping, size, line.sighted.starts_at):
            break
    page, rest = grouping.visits[:size], grouping.visits[size:]
    if not rest:
        return Drawn(tuple(page), None)
    head = keys[rest[0].head.number]
    falling = reader.order.is_falling
    shown = given.union(event.number for visit in page for event in visit.events)
    passed = {
        number for number in shown if number in keys and (keys[number] > head if falling else keys[number] < head)
    }
    return Drawn(tuple(page), Cursor(head[0], head[1], shown - passed))


def _is_settled(grouping: Grouping, size: int, now: int) -> bool:
    return all(grouping.is_closed(visit, now) for visit in grouping.visits[:size])


def by_rank(
    lines: Callable[[Cursor | None], Iterator[Line]], rule: VisitRule | None, size: int, start: Cursor | None
) -> Drawn:
    """Visits among portions of the best rows, in the order of the best row of each.

    A visit of which rows lie in two portions is shown in both: once with its best, and later with what is left.

    Args:
        lines: The rows after a place, the best first.
        rule: What belongs together.
        size: Visits a page.
        start: Where to go on.
    """
    begin = replace(start, skip=0) if start else Cursor(0, 0)
    skip = start.skip if start else 0
    portion = list(islice(lines(begin if begin.number else None), PORTION))
    visits = _ranked(portion, rule)
    page = tuple(visits[skip : skip + size])
    if skip + size < len(visits):
        return Drawn(page, replace(begin, skip=skip + size))
    if len(portion) == PORTION:
        value, number = portion[-1].key
        return Drawn(page, Cursor(value, number, level=portion[-1].sighted.order))
    return Drawn(page, None)


def _ranked(portion: Sequence[Line], rule: VisitRule | None) -> list[Gathered]:
    """Visits in the order of their best row, each with that row in front."""
    place = {line.sighted.number: at for at, line in enumerate(portion)}
    newest = sorted((line.sighted for line in portion), key=lambda one: (one.starts_at, one.number), reverse=True)
    visits = group(newest, rule)
    for visit in visits:
        visit.events.sort(key=lambda event: place[event.number])
    return sorted(visits, key=lambda visit: place[visit.head.number])
