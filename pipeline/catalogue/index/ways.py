"""Which index leads to the rows.

Neither database guesses it well: both know too little of what is frequent together with what, and neither follows
several values of an index in order at once. So it is decided here, from the counts that the index keeps.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from sqlalchemy import ColumnElement, literal_column, not_

from pipeline.catalogue.index.among import among
from pipeline.catalogue.index.asked import Asked, Meant, has_word
from pipeline.catalogue.index.codes import Family
from pipeline.catalogue.index.plan import Arm, Order, Plan
from pipeline.catalogue.index.shape import Shape
from pipeline.catalogue.index.tables import BY_SCORE, BY_TIME, BY_TWO, BY_VALUE, event_index

MOST_ARMS = 8
"""Values that are followed side by side, each in order; more of them are read one after the other and sorted."""
_ARM = 40
"""What an arm costs, in rows."""
_MERGED = 2
"""What a row costs that comes from one of several arms in order, where one of a single arm costs 1."""
_SORTED = 2
"""What a row costs that is read by value and sorted."""
_LOOKED_UP = 4
"""What a row costs that is looked up by its number."""
_SLOTS = 168
_PARTIAL = ("outcome", "zone", "tag", "colours")

Conditions = tuple[ColumnElement[bool], ...]


def plan(asked: Asked, shape: Shape, order: Order, need: int) -> Plan:
    """The cheapest way to the first ``need`` rows of an order."""
    return min(_Ways(asked, shape, need).in_order(order), key=lambda way: way.cost)


def plan_unsorted(asked: Asked, shape: Shape, need: int) -> Plan:
    """The cheapest way to ``need`` rows, in no order."""
    return min(_Ways(asked, shape, need).in_no_order(), key=lambda way: way.cost)


@dataclass(frozen=True, slots=True)
class _Reached:
    """Rows that one column leads to, or one word.

    Attributes:
        rows: How many, within the period.
        rest: Conditions that are left.
        until: How many of them are read until there are enough.
    """

    rows: float
    rest: Conditions
    until: float


class _Ways:
    """All plans of one question.

    Counts are those that the index keeps, and columns are taken to know nothing of each other.
    """

    def __init__(self, asked: Asked, shape: Shape, need: int) -> None:
        self._asked = asked
        self._shape = shape
        self._need = need
        self._shares = _shares(asked, shape)
        self._period = _period(asked, shape)
        said = prod(_word_share(word, shape) for word in asked.open_words)
        self._passing = prod(self._shares.values()) * said * asked.share

    def in_order(self, order: Order) -> Iterator[Plan]:
        """Plans whose rows come in order, or are few enough to be sorted."""
        if self._asked.numbers is not None:
            yield self._by_number(self._asked.numbers)
            return
        if order.column == "score":
            yield self._by_score()
        else:
            yield self._by_time()
            yield from self._by_arms()
        for column, values in self._values():
            reached = self._by_column(column)
            yield self._made((_gathered(column, values),), _SORTED * reached.rows + _ARM, reached.rest)
        yield from self._by_two(_SORTED)
        yield from self._by_leading()

    def in_no_order(self) -> Iterator[Plan]:
        """Plans that stop as soon as there are enough, wherever they lie."""
        if self._asked.numbers is not None:
            yield self._by_number(self._asked.numbers)
            return
        yield self._by_time()
        for column, values in self._values():
            reached = self._by_column(column)
            yield self._made((_gathered(column, values),), reached.until + _ARM * len(values), reached.rest)
        yield from self._by_two(1)
        yield from self._by_leading()
        for place, word in enumerate(self._asked.open_words):
            reached = self._by_word(place)
            arms = _word_arms(word, MOST_ARMS)
            cost = reached.until + _ARM * (len(word.sentences) + len(word.cameras)) + _LOOKED_UP * len(word.rows)
            yield self._made(arms, cost, reached.rest)

    def _by_two(self, row_costs: float) -> Iterator[Plan]:
        """All rows that have values of two columns."""
        for names, index in BY_TWO.items():
            if all(name in self._asked.values for name in names):
                values = [sorted(self._asked.values[name]) for name in names]
                where = tuple(event_index.c[name].in_(ours) for name, ours in zip(names, values, strict=True))
                rows = self._period * prod(self._shares[name] for name in names)
                cost = row_costs * rows + _ARM * prod(map(len, values))
                yield self._made((Arm(str(index.name), where),), cost, self._rest(but=names))

    def _by_arms(self) -> Iterator[Plan]:
        for column, values in self._values():
            reached = self._by_column(column)
            arms, rare = _frequent_first(column, values, self._shape)
            cost = reached.until * (_MERGED if len(arms) > 1 else 1) + _ARM * len(arms)
            yield self._made(arms, cost + _SORTED * self._period * rare, reached.rest)
        for place, word in enumerate(self._asked.open_words):
            arms = _word_arms(word)
            if len(arms) <= MOST_ARMS:
                reached = self._by_word(place)
                cost = _MERGED * reached.until + _ARM * len(arms) + _LOOKED_UP * len(word.rows)
                yield self._made(arms, cost, reached.rest)

    def _made(self, arms: tuple[Arm, ...], cost: float, rest: Conditions) -> Plan:
        return Plan(arms, cost, rest, self._passing * self._period)

    def _by_number(self, numbers: tuple[int, ...]) -> Plan:
        arm = Arm("", (event_index.c.number.in_(numbers),))
        return self._made((arm,), _LOOKED_UP * len(numbers), self._rest())

    def _by_leading(self) -> Iterator[Plan]:
        if self._asked.leading:
            arm = Arm("", (among(event_index.c.number, self._asked.leading),))
            yield self._made((arm,), _LOOKED_UP * len(self._asked.leading), self._rest())

    def _by_time(self) -> Plan:
        return self._made((Arm(str(BY_TIME.name)),), self._until(self._passing, self._period), self._rest())

    def _by_score(self) -> Plan:
        """Every kind side by side; its rows of all times."""
        counts = self._shape.events[Family.KIND]
        kinds = sorted(code for code in self._asked.values.get("kind", counts) if counts.get(code, 0))
        rows = sum(counts[code] for code in kinds)
        share = self._passing * self._period / max(rows, 1)  # of these rows, as far as they lie in the period
        arms = tuple(Arm(str(BY_SCORE.name), (event_index.c.kind == code,)) for code in kinds)
        cost = self._until(share, rows) * (_MERGED if len(arms) > 1 else 1) + _ARM * len(arms)
        if not arms:  # none of the kinds asked for has a row: nothing leads there, and so the condition stays
            return self._made((Arm(str(BY_TIME.name)),), cost, self._rest())
        return self._made(arms, cost, self._rest(but=("kind",)))

    def _values(self) -> Iterator[tuple[str, frozenset[int]]]:
        """Columns that lead to the rows. What is so frequent that a partial index leaves it out is in none."""
        for column, values in self._asked.values.items():
            if not (column in _PARTIAL and 0 in values):
                yield column, values

    def _by_column(self, column: str) -> _Reached:
        share = self._shares[column]
        rows = self._period * share
        return _Reached(rows, self._rest(but=(column,)), self._until(self._passing / share if share else 1, rows))

    def _by_word(self, place: int) -> _Reached:
        others = [word for at, word in enumerate(self._asked.open_words) if at != place]
        share = _word_share(self._asked.open_words[place], self._shape)
        rows = self._period * share
        return _Reached(rows, self._rest(words=others), self._until(self._passing / share if share else 1, rows))

    def _until(self, share: float, total: float) -> float:
        """How many of ``total`` rows are read until there are enough, when this share of them passes."""
        return min(total, self._need / share if share else total)

    def _rest(self, *, but: Collection[str] = (), words: Sequence[Meant] | None = None) -> Conditions:
        """All conditions but those on some columns, the rarest first: SQLite asks in the order in which it is told."""
        columns = sorted((name for name in self._asked.values if name not in but), key=lambda name: self._shares[name])
        values = (event_index.c[name].in_(sorted(self._asked.values[name])) for name in columns)
        return (*values, *map(has_word, self._asked.open_words if words is None else words), *self._limits())

    def _limits(self) -> Iterator[ColumnElement[bool]]:
        yield from self._asked.conditions
        if self._asked.since > self._shape.first:
            yield event_index.c.starts_at >= self._asked.since
        if self._asked.until <= self._shape.last:
            yield event_index.c.starts_at < self._asked.until


def _value_arm(column: str, value: int) -> Arm:
    return Arm(str(BY_VALUE[column].name), (event_index.c[column] == value, *_partial(column)))


def _gathered(column: str, values: frozenset[int] | Sequence[int]) -> Arm:
    return Arm(str(BY_VALUE[column].name), (event_index.c[column].in_(sorted(values)), *_partial(column)))


def _frequent_first(column: str, values: frozenset[int], shape: Shape) -> tuple[tuple[Arm, ...], float]:
    """Each value by itself; of many the most frequent, and the others gathered, with the share of rows of these."""
    if len(values) <= MOST_ARMS:
        return tuple(_value_arm(column, value) for value in sorted(values)), 0.0
    counts: Mapping[int, int] = {} if column == "slot" else shape.events[Family(column)]
    ours = sorted(values, key=lambda value: (-counts.get(value, 0), value))
    frequent, others = ours[: MOST_ARMS - 1], ours[MOST_ARMS - 1 :]
    if column == "slot":
        rare = len(others) / _SLOTS
    else:
        rare = sum(counts.get(value, 0) for value in others) / max(shape.rows, 1)
    return (*(_value_arm(column, value) for value in frequent), _gathered(column, others)), rare


def _partial(column: str) -> Conditions:
    """Said in the words of the index, so that a database sees that it may use it."""
    return (literal_column(f"{column} <> 0"),) if column in _PARTIAL else ()


def _word_arms(word: Meant, most: int | None = None) -> tuple[Arm, ...]:
    """The sentences, then the cameras, then the single rows: each without what came before.

    Args:
        word: The word.
        most: Where sentences or cameras are more, they are gathered; None to have each by itself.
    """
    row = event_index.c
    arms = list(_arms_of("words", word.sentences, most))
    elsewhere = (not_(row.words.in_(sorted(word.sentences))),) if word.sentences else ()
    for arm in _arms_of("camera", word.cameras, most):
        arms.append(Arm(arm.index, (*arm.where, *elsewhere)))
    if word.rows:
        nowhere = (not_(row.camera.in_(sorted(word.cameras))),) if word.cameras else ()
        arms.append(Arm("", (row.number.in_(sorted(word.rows)), *elsewhere, *nowhere)))
    return tuple(arms)


def _arms_of(column: str, values: frozenset[int], most: int | None) -> Iterator[Arm]:
    if most is not None and len(values) > most:
        yield _gathered(column, values)
    else:
        yield from (_value_arm(column, value) for value in sorted(values))


def _shares(asked: Asked, shape: Shape) -> dict[str, float]:
    """By column, which share of all rows has one of the values."""
    shares = {}
    for column, values in asked.values.items():
        if column == "slot":
            shares[column] = len(values) / _SLOTS
            continue
        counts = shape.events[Family(column)]
        shares[column] = sum(counts.get(value, 0) for value in values) / max(shape.rows, 1)
    return shares


def _word_share(word: Meant, shape: Shape) -> float:
    counted = sum(shape.events[Family.WORDS].get(value, 0) for value in word.sentences)
    counted += sum(shape.events[Family.CAMERA].get(value, 0) for value in word.cameras)
    return min(1.0, (counted + len(word.rows)) / max(shape.rows, 1))


def _period(asked: Asked, shape: Shape) -> float:
    """Rows that lie in the period, were they spread evenly."""
    whole = max(shape.last - shape.first, 1)
    return shape.rows * min(1.0, max(asked.until - asked.since, 0) / whole)
