"""What a reader finds at one place of the words, and what it needs to know to read them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.asking.vocabulary import Vocabulary

Pair = tuple[str, str]
"""A field of the address and its value, as ``pipeline.asking.address`` reads them."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Besides the words, all that their meaning depends on.

    Attributes:
        now: Aware; "yesterday" is counted from it.
        time_zone: In which a day begins and an evening is read.
        vocabulary: The names that this installation knows.
    """

    now: datetime
    time_zone: ZoneInfo
    vocabulary: Vocabulary

    @property
    def local(self) -> datetime:
        """The moment on the wall clock."""
        return self.now.astimezone(self.time_zone)


@dataclass(frozen=True, slots=True)
class Reading:
    """What some words mean.

    Attributes:
        pairs: Fields and values; at least one.
        says: The meaning in words, exact where the words were not: ``Tue 24 Nov 2026, 18:00-22:00``.
        hint: What else they could mean, or what they cannot; may be empty.
    """

    pairs: tuple[Pair, ...]
    says: str
    hint: str = ""


Read = Callable[[re.Match[str], Surroundings], Reading | None]
Reader = Callable[[str, int, Surroundings], tuple[int, Reading] | None]
"""Reads one kind of phrase that begins at a place of the text: where it ends and what it means; None for none.

Of all readers the one that reads furthest is believed, of two that read as far the first.
"""


def reader(pattern: str, read: Read) -> Reader:
    """A reader of a pattern in which a blank stands for white space; case does not count, a word ends where it ends."""
    compiled = re.compile(rf"(?:{pattern.replace(' ', WHITE)})(?!\w)", re.IGNORECASE)

    def read_at(text: str, start: int, around: Surroundings) -> tuple[int, Reading] | None:
        found = compiled.match(text, start)
        reading = read(found, around) if found else None
        return (found.end(), reading) if found and reading else None

    return read_at


WHITE = r"\s+"


def fixed(words: Iterable[str], reading: Reading) -> Reader:
    """A reader of words that always mean the same; each is a pattern."""
    return reader("|".join(words), lambda _, __: reading)
