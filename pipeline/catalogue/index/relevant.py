"""Which rows answer the words best: as questions whose rows all answer them equally well, so that each finds its index.

A row has a word since somebody noted it, since an incident's narrative has it, since its camera is called so, or since
its sentence says it; the first of these counts. Each way of having all the words is a question of its own, and most of
them are empty before any row is read: no camera is called so, or no sentence holds both words.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.catalogue.index.asked import Asked, Meant
from pipeline.catalogue.index.tables import event_index

NOTED, TOLD, CALLED, SAID = 4, 3, 2, 1
"""What a word is worth by where it stands."""

_MOST_WAYS = 64
"""Beyond so many the words that are left are conditions alone, and worth nothing."""


@dataclass(frozen=True, slots=True)
class Level:
    """Rows that answer the words equally well.

    Attributes:
        worth: How well.
        ways: Questions; no row answers two of them.
    """

    worth: int
    ways: tuple[Asked, ...]


def levels(asked: Asked, cameras: frozenset[int]) -> tuple[Level, ...]:
    """The question by how well its rows answer the words, the best first; without those that no row can answer.

    Args:
        asked: With words.
        cameras: The numbers of all of them.
    """
    settled = sum(CALLED if word.cameras else SAID for word in asked.words if word not in asked.open_words)
    ways = [(settled, replace(asked, words=(), open_words=()))]
    for place, word in enumerate(asked.open_words):
        longer = [(worth + more, way) for worth, before in ways for more, way in _with_word(before, word, cameras)]
        if len(longer) > _MOST_WAYS:
            left = asked.open_words[place:]
            ways = [(worth, replace(way, words=left, open_words=left)) for worth, way in ways]
            break
        ways = longer
    by_worth: dict[int, list[Asked]] = defaultdict(list)
    for worth, way in ways:
        by_worth[worth].append(way)
    return tuple(Level(worth, tuple(by_worth[worth])) for worth in sorted(by_worth, reverse=True))


def _with_word(way: Asked, word: Meant, cameras: frozenset[int]) -> Iterator[tuple[int, Asked]]:
    """The ways in which its rows have one word more; each leaves out the rows of those before it."""
    unwritten = _without(way, word.rows)
    ours = way.values.get("camera", cameras)
    elsewhere = _narrowed(unwritten, "camera", ours - word.cameras) if word.cameras else unwritten
    found = (
        (NOTED, _among(way, word.noted)),
        (TOLD, _among(way, word.told - word.noted)),
        (CALLED, _narrowed(unwritten, "camera", ours & word.cameras)),
        (SAID, _narrowed(elsewhere, "words", word.sentences)),
    )
    return ((worth, one) for worth, one in found if not one.is_empty)


def _narrowed(way: Asked, column: str, ours: frozenset[int]) -> Asked:
    return replace(way, values={**way.values, column: way.values.get(column, ours) & ours})


def _among(way: Asked, rows: frozenset[int]) -> Asked:
    mine: Sequence[int] = sorted(rows) if way.numbers is None else way.numbers
    return replace(way, numbers=tuple(number for number in mine if number in rows))


def _without(way: Asked, rows: frozenset[int]) -> Asked:
    if not rows:
        return way
    if way.numbers is not None:
        return replace(way, numbers=tuple(number for number in way.numbers if number not in rows))
    return replace(way, conditions=(*way.conditions, event_index.c.number.not_in(sorted(rows))))
