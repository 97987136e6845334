"""Reads the box: every phrase by the reader that reads furthest; what nobody reads is kept and said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.asking import kinds, limits, looks, moments, places, states
from pipeline.asking.address import EXCLUDABLE
from pipeline.asking.reading import Pair, Reader, Reading, Surroundings

LONGEST = 400
"""Characters that are read; what goes on is said not to be understood."""

_READERS: tuple[Reader, ...] = (
    *moments.READERS,
    *kinds.READERS,
    *states.READERS,
    *looks.READERS,
    *limits.READERS,
    *places.READERS,
)
_NOTHING = re.compile(r"[\s,;.!?()]+")
_WORD = re.compile(r"\"[^\"]*\"|[^\s,;]+")
_NOT = re.compile(r"(?:not|without|no|except(?:\s+for)?|excluding|but\s+not)\s+|-(?=[^\s\d-])", re.IGNORECASE)
_FILLING = frozenset(
    {
        "a", "an", "the", "and", "or", "with", "at", "in", "on", "of", "by", "for", "from", "to", "me", "my", "show",
        "find", "all", "any", "every", "where", "when", "who", "that", "which", "is", "are", "was", "were", "be",
        "been", "there", "it", "its", "did", "do", "does", "please", "clip", "clips", "video", "videos", "event",
        "events", "footage", "recording", "recordings", "near", "around", "during", "between", "only", "something",
        "anything", "also", "then", "still", "just", "us", "we", "i", "you", "have", "has", "had", "than", "as",
    }
)  # fmt: skip
"""Words that say nothing by themselves; alone between understood phrases they are not called misunderstood."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some of the words, understood.

    Attributes:
        spans: Where they stand in the text, each from and to; several when the same was said several times.
        words: What was typed.
        reading: What it was understood as.
    """

    spans: tuple[tuple[int, int], ...]
    words: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Unread:
    """Some of the words, not understood.

    Attributes:
        start: Where they begin in the text.
        end: Where they end.
        words: What was typed.
        why: What is known of the reason; may be empty.
    """

    start: int
    end: int
    words: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """The whole box.

    Attributes:
        text: What was typed.
        phrases: In the order in which they were typed; no two of the same meaning.
        unread: Likewise.
    """

    text: str
    phrases: tuple[Phrase, ...]
    unread: tuple[Unread, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All fields and values, in the order in which they were typed, each once."""
        return tuple(dict.fromkeys(pair for phrase in self.phrases for pair in phrase.reading.pairs))

    @property
    def unread_words(self) -> str:
        """What was not understood, to be searched for as words if the asker wants it."""
        return " ".join(one.words for one in self.unread)


def understand(text: str, around: Surroundings) -> Understood:
    """What the words mean. No text makes it raise; the same text, moment and names give the same answer."""
    phrases: list[Phrase] = []
    unread: list[Unread] = []
    at, end = 0, min(len(text), LONGEST)
    while at < end:
        nothing = _NOTHING.match(text, at)
        if nothing:
            at = nothing.end()
            continue
        found = _excluded(text, at, around) or _furthest(text, at, around)
        if found:
            _add(phrases, Phrase(((at, found[0]),), text[at : found[0]], found[1]))
            at = found[0]
            continue
        word = _WORD.match(text, at)
        stop = word.end() if word else at + 1
        unread.append(Unread(at, stop, text[at:stop]))
        at = stop
    if len(text) > LONGEST and text[at:].strip():
        unread.append(Unread(at, len(text), text[at:], f"only the first {LONGEST} characters are read"))
    return Understood(text, tuple(phrases), tuple(_joined(text, unread)))


def _furthest(text: str, start: int, around: Surroundings) -> tuple[int, Reading] | None:
    best: tuple[int, Reading] | None = None
    for read in _READERS:
        found = read(text, start, around)
        if found and found[0] > (best[0] if best else start):
            best = found
    return best


def _excluded(text: str, start: int, around: Surroundings) -> tuple[int, Reading] | None:
    """A phrase that is not wanted; a phrase that has its "not" inside ("not confirmed") reads further by itself."""
    before = _NOT.match(text, start)
    if before is None or _furthest(text, start, around):
        return None
    found = _furthest(text, before.end(), around)
    if found is None or not all(field in EXCLUDABLE for field, _ in found[1].pairs):
        return None
    pairs = tuple((f"not_{field}", value) for field, value in found[1].pairs)
    return found[0], replace(found[1], pairs=pairs, says=f"not: {found[1].says}")


def _add(phrases: list[Phrase], phrase: Phrase) -> None:
    for number, known in enumerate(phrases):
        if known.reading.pairs == phrase.reading.pairs:
            words = f"{known.words}, {phrase.words}"
            phrases[number] = Phrase((*known.spans, *phrase.spans), words, known.reading)
            return
    phrases.append(phrase)


def _joined(text: str, unread: list[Unread]) -> Iterator[Unread]:
    """Words that stand side by side become one; filling words at the edges fall away, and with them whole runs."""
    run: list[Unread] = []
    for one in unread:
        if run and (text[run[-1].end : one.start].strip() or one.why):
            yield from _trimmed(text, run)
            run = []
        run.append(one)
    yield from _trimmed(text, run)


def _trimmed(text: str, run: list[Unread]) -> Iterator[Unread]:
    while run and _says_nothing(run[0].words):
        run = run[1:]
    while run and _says_nothing(run[-1].words):
        run = run[:-1]
    if run:
        start, end = run[0].start, run[-1].end
        yield Unread(start, end, text[start:end], run[-1].why)


def _says_nothing(word: str) -> bool:
    plain = word.casefold().strip(".!?()'\"“”:-")
    return not plain or plain in _FILLING
