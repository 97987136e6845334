"""Words that have the shape of a person's name: two or more in a row that begin with a capital letter.

No list of names is ever complete, so none is asked. What is asked instead is whether a word beside them, or one of
them, says that they name a place, a vehicle, a firm or a day. Words that say so and are names of people as well
(April, Hill, Mercedes) count only where the words around them say it too. A name that stands alone, in small letters
or all in capitals is not found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.casework.requests.wordlists import words_of

_WORD = re.compile(r"[^\W\d_](?:\.(?=\s+[^\W\d_]{2})|[^\W\d_]*(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W\d_]+)*)")
"""A word, or one letter with a dot before another word: an initial."""
_BEGINS = re.compile(r"(?:^\s*|[.!?:;\n\N{BULLET}(\"\N{LEFT DOUBLE QUOTATION MARK}]\s*[-*]?\s*)$")
_SHORTENED = re.compile(r"(?:^|[^\w])(?:St|[^\W\d_])\.\s+$")
"""An initial, or what is shortened: no sentence ends there."""
_FAR = 8
"""Characters before a word that say whether a sentence begins with it."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    end: int
    begins: bool
    """Whether a sentence begins with it, so that its capital letter says nothing."""
    follows: bool
    """Whether nothing but spaces stands between it and the word before, in the same sentence."""

    @property
    def plain(self) -> str:
        return self.text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").removesuffix("'s")

    @property
    def has_shape(self) -> bool:
        """Whether it begins with a capital letter and is not all in capitals; or is an initial."""
        return self.text[0].isupper() and (self.text.endswith(".") or any(sign.islower() for sign in self.text))


def possible_names(text: str) -> tuple[str, ...]:
    """What may be the name of a person, each as its initials, such as ``J... S...``; empty where nothing may be.

    Args:
        text: As it was written; the lines of it are sentences of their own.
    """
    return tuple(dict.fromkeys(_initials(run) for run in _runs(_words(text)) if _may_be_a_name(run)))


def _words(text: str) -> tuple[_Word, ...]:
    found: list[_Word] = []
    for match in _WORD.finditer(text):
        before = text[max(0, match.start() - _FAR) : match.start()]
        begins = _BEGINS.search(before) is not None and _SHORTENED.search(before) is None
        between = text[found[-1].end : match.start()] if found else ""
        found.append(_Word(match[0], match.end(), begins, not begins and bool(between) and between.isspace()))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of the shape side by side, without an ordinary one that begins a sentence, and the words around them."""

    words: tuple[_Word, ...]
    before: str
    after: str

    def has(self, name: str) -> bool:
        """Whether a word of it, or the one behind it, is in a list."""
        return self.after in _list(name) or any(word.plain in _list(name) for word in self.words)


def _runs(words: tuple[_Word, ...]) -> Iterator[_Run]:
    at = 0
    while at < len(words):
        end = at + 1
        if words[at].has_shape:
            while end < len(words) and words[end].has_shape and words[end].follows:
                end += 1
            is_ordinary = words[at].begins and words[at].plain in _list("starters")
            after = words[end].plain if end < len(words) and words[end].follows else ""
            before = "" if not at or words[at].begins else words[at - 1].plain
            yield _Run(words[at + is_ordinary : end], words[at].plain if is_ordinary else before, after)
        at = end


def _may_be_a_name(run: _Run) -> bool:
    if len(run.words) < 2 or all(word.text.endswith(".") for word in run.words):  # noqa: PLR2004 - a name has two parts
        return False
    if run.has("kinds") or _is_a_day(run) or _is_a_place(run) or _is_a_vehicle(run):
        return False
    return not all(word.plain in _list("things") for word in run.words)


def _is_a_day(run: _Run) -> bool:
    """``Easter Monday``, and ``Saturday Amazon``, but not ``April Jones``: each of its words is a day or a firm."""
    return all(word.plain in _list("days") | _list("things") for word in run.words)


def _is_a_place(run: _Run) -> bool:
    """A word of a place that is a surname too counts behind one of being somewhere: ``near Forest Hill``."""
    is_behind = run.words[0].plain not in _list("days") and run.before in _list("whereabouts")
    return is_behind and any(word.plain in _list("surnames") for word in run.words[1:])


def _is_a_vehicle(run: _Run) -> bool:
    """A make that is a name too counts behind an article or a colour: ``a silver Lincoln Navigator``."""
    first = run.words[0].plain
    return first in _list("makes") or (first in _list("named_makes") and run.before in _list("described"))


def _initials(run: _Run) -> str:
    return " ".join(f"{word.text[0]}..." for word in run.words)


@cache
def _list(name: str) -> frozenset[str]:
    return words_of("names", name)
