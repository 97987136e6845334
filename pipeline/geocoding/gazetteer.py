"""Finds streets and places by their names, as people write them."""

import re
from collections.abc import Iterable

from pipeline.domain.found_places import FoundPlace, PlaceSource, Street

_WORD = re.compile(r"[^\W_]+")
_SHORT = {
    "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "rd": "road", "blvd": "boulevard", "dr": "drive",
    "ln": "lane", "ct": "court", "pl": "place", "sq": "square", "pkwy": "parkway", "hwy": "highway", "ter": "terrace",
    "cir": "circle", "n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast", "nw": "northwest",
    "se": "southeast", "sw": "southwest",
}  # fmt: skip
"""Source: USPS Publication 28, appendix C1, the common ones, and directionals."""
_LEAST = 3
"""Characters of a beginning of a name that is looked for."""


class Gazetteer:
    """Streets and places by name. A house number is passed over: what is found is the middle of the street."""

    def __init__(self, streets: Iterable[Street]) -> None:
        self._named = [(tuple(_words(street.name)), street) for street in streets if _words(street.name)]

    def find(self, words: str, most: int) -> tuple[FoundPlace, ...]:
        """What the words name: whole names first, the longest first, then names that begin so; may be empty."""
        asked = _words(words)
        while asked and asked[0].isdecimal():
            asked = asked[1:]
        if not asked:
            return ()
        whole = [(-len(name), street) for name, street in self._named if _holds(asked, name)]
        begun = [(len(name), street) for name, street in self._named if _begins(name, asked)]
        ordered = sorted(whole, key=lambda one: one[0]) or sorted(begun, key=lambda one: one[0])
        return tuple(_found(street) for street in _once(street for _, street in ordered))[:most]


def _words(text: str) -> list[str]:
    return [_SHORT.get(word, word) for word in _WORD.findall(text.casefold())]


def _holds(asked: list[str], name: tuple[str, ...]) -> bool:
    """Whether the name stands in what was asked, word for word."""
    length = len(name)
    return any(tuple(asked[at : at + length]) == name for at in range(len(asked) - length + 1))


def _begins(name: tuple[str, ...], asked: list[str]) -> bool:
    if len(asked) > len(name) or sum(map(len, asked)) < _LEAST:
        return False
    *before, last = asked
    return list(name[: len(before)]) == before and name[len(before)].startswith(last)


def _once(streets: Iterable[Street]) -> Iterable[Street]:
    """One of each name: a street is often drawn in pieces."""
    return {street.name: street for street in reversed(list(streets))}.values().__reversed__()


def _found(street: Street) -> FoundPlace:
    latitude, longitude = street.middle
    return FoundPlace(street.name, latitude, longitude, PlaceSource.GAZETTEER)
