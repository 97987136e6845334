"""Refuses to search for people by a protected trait: race, skin, religion, sex, age, disability, origin and the like.

Clothing, objects and actions are searched for; who somebody is, is not. The words stand in ``protected_words.toml``.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.errors import ProtectedTraitError

_NEAR = 2
"""Words between a trait that is refused only beside a word for a person, and that word: "old and lame person"."""
_LINKS = frozenset({"who", "that", "is", "are", "was", "were", "looks", "looked", "seems", "very", "probably"})
"""Words between a person and what is said of them: "people who are black"."""
_LONGEST_NAME = 4
"""Words of an entry of the list."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The reviewed list; every entry is its words in order."""

    always: dict[tuple[str, ...], str]
    of_people: dict[tuple[str, ...], str]
    people: frozenset[str]
    colours: frozenset[str]
    garments: frozenset[str]
    things: frozenset[str]
    harmless: tuple[tuple[str, ...], ...]


def require_no_protected_trait(texts: Iterable[str], names: Iterable[str] = ()) -> None:
    """Returns when no text describes people by a protected trait.

    Args:
        texts: What somebody searches for, each by itself.
        names: Names of cameras, streets and zones: where one of them stands in a text it is a name and no description.

    Raises:
        ProtectedTraitError: One does. The error names the traits, and never the words.
    """
    known = tuple(split_words(name) for name in names)
    found = tuple(dict.fromkeys(trait for text in texts for trait in traits_in(text, known)))
    if found:
        raise ProtectedTraitError(found)


def traits_in(text: str, names: Iterable[tuple[str, ...]] = ()) -> tuple[str, ...]:
    """The traits by which a text describes people, in words, in the order in which they are met; empty for none."""
    words = _without_names(split_words(text), (*_list().harmless, *(name for name in names if len(name) > 1)))
    return tuple(dict.fromkeys(trait for at in range(len(words)) for trait in _at(words, at)))


def _at(words: tuple[str, ...], at: int) -> Iterator[str]:
    """What the list says of the words that begin here."""
    lists = _list()
    for length in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
        here = tuple(words[at : at + length])
        after = words[at + length : at + length + 1]
        for entry in _forms(here):
            if entry in lists.always and not _is_any(after, lists.things):
                yield lists.always[entry]
                return
            if entry in lists.of_people and _has_person_near(words, at, at + length):
                yield lists.of_people[entry]
                return
    if words[at] in lists.colours and _colours_a_person(words, at):
        yield "race or ethnicity"
    if words[at] in ("blacks", "whites"):
        yield "race or ethnicity"


def _colours_a_person(words: tuple[str, ...], at: int) -> bool:
    """Whether a colour is said of a person: directly before one, or directly behind one with nothing that is worn."""
    lists = _list()
    after = words[at + 1 : at + 3]
    if _is_any(after[:1], lists.people):
        return True
    if len(after) == 2 and after[0] in ("and", "or") and after[1] in lists.colours:  # noqa: PLR2004 - two words
        return _colours_a_person(words, at + 2)
    before = at - 1
    while before >= 0 and words[before] in _LINKS:
        before -= 1
    return before >= 0 and _is_person(words[before]) and not _is_any(after, lists.garments)


def _has_person_near(words: tuple[str, ...], start: int, end: int) -> bool:
    near = (*words[max(0, start - _NEAR) : start], *words[end : end + _NEAR])
    return any(_is_person(word) for word in near) and not _is_any(words[end : end + 1], _list().garments)


def _is_person(word: str) -> bool:
    return bool(word) and (word in _list().people or _single(word) in _list().people)


def _is_any(words: Iterable[str], known: frozenset[str]) -> bool:
    return any(word in known or _single(word) in known for word in words)


def _forms(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words as they are, and with the last of them in the singular."""
    yield words
    single = _single(words[-1])
    if single != words[-1]:
        yield (*words[:-1], single)


def _single(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word  # noqa: PLR2004


def split_words(text: str) -> tuple[str, ...]:
    """Plain lower-case words: accents, hyphens, apostrophes and signs that do not show are taken off."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (" " if not sign.isalnum() else sign for sign in plain if unicodedata.category(sign) not in ("Mn", "Cf"))
    return tuple("".join(kept).split())


def _without_names(words: tuple[str, ...], names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The words, each name among them become one that means nothing."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        at = 0
        while at + len(name) <= len(words):
            if words[at : at + len(name)] == name:
                words = (*words[:at], "-", *words[at + len(name) :])
            at += 1
    return words


@cache
def _list() -> _Words:
    text = files("pipeline.asking").joinpath("protected_words.toml").read_text("utf-8")
    read = tomllib.loads(text)
    about = read.pop("about")
    always, of_people = {}, {}
    for name, lists in read.items():
        trait = name.replace("_", " ")
        always.update({tuple(entry.split()): trait for entry in lists["always"]})
        of_people.update({tuple(entry.split()): trait for entry in lists["of_people"]})
    return _Words(
        always=always,
        of_people=of_people,
        people=frozenset(about["people"]),
        colours=frozenset(about["colours"]),
        garments=frozenset(about["garments"]),
        things=frozenset(about["things"]),
        harmless=tuple(tuple(entry.split()) for entry in about["harmless"]),
    )
