"""One question at the desk: what stands in the box and in the filters beside it, as chips that can be taken off."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from pipeline.asking import moments
from pipeline.asking.address import SORT, Asked, pairs_of, read_pairs
from pipeline.asking.reading import Pair, Surroundings
from pipeline.asking.saying import pairs_in_words
from pipeline.asking.understand import Phrase, Understood, understand

BOX = "q"


@dataclass(frozen=True, slots=True)
class Question:
    """What an address of the search page holds.

    Attributes:
        text: What stands in the box; "last night" there is another night tomorrow.
        pairs: The filters beside it; their moments stay as they are.
    """

    text: str = ""
    pairs: tuple[Pair, ...] = ()

    @property
    def query(self) -> str:
        """As it stands behind the ``?`` of an address; empty when nothing is asked."""
        return urlencode([*([(BOX, self.text)] if self.text else []), *self.pairs])

    @classmethod
    def from_query(cls, query: str) -> "Question":
        """The question of an address; empty fields, as forms send them, ask nothing."""
        return cls.from_pairs(parse_qsl(query))

    @classmethod
    def from_pairs(cls, pairs: Iterable[Pair]) -> "Question":
        """Likewise, of its fields."""
        filled = [(field, value.strip()) for field, value in pairs if value.strip()]
        text = " ".join(value for field, value in filled if field == BOX)
        return cls(text, tuple(dict.fromkeys(pair for pair in filled if pair[0] != BOX)))


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a question, and the question without it.

    Attributes:
        words: What was typed; empty for a filter.
        says: What it means.
        hint: What else it could mean, or cannot; may be empty.
        pairs: Its fields and values.
        rest: The question once it is taken off.
    """

    words: str
    says: str
    hint: str
    pairs: tuple[Pair, ...]
    rest: Question

    @property
    def is_plain(self) -> bool:
        """Whether it says what was typed and nothing else."""
        return " ".join(self.words.lower().split()) in (self.says.lower(), self.says.lower().partition(" ")[2])


@dataclass(frozen=True, slots=True)
class Answerable:
    """A question, understood.

    Attributes:
        question: As it was asked.
        understood: The box.
        asked: What both together look for.
        chips: First those of the box, then those of the filters.
        around: With what it was understood.
    """

    question: Question
    understood: Understood
    asked: Asked
    chips: tuple[Chip, ...]
    around: Surroundings

    @property
    def fixed(self) -> Question:
        """The same in filters alone, so that it means tomorrow what it means now."""
        return Question("", pairs_of(self.asked.wanted))

    @property
    def is_words_alone(self) -> bool:
        """Whether nothing in the box was understood: then its words are looked for, and not everything there is."""
        return _is_words_alone(self.understood)

    @property
    def without_box(self) -> Question:
        """What the filters ask alone."""
        return Question("", self.question.pairs)

    @property
    def with_words(self) -> Question:
        """The question that also looks for the words that were not understood."""
        text = self.question.text
        for one in reversed(self.understood.unread):
            text = _without(text, ((one.start, one.end),), " ")
        return Question(text, (*self.question.pairs, ("text", self.understood.unread_words)))

    def narrowed(self, field: str, *values: str) -> Question:
        """The question with these values of a field in place of whatever it says of the field."""
        rest, understood = self.question, self.understood
        while phrase := next((one for one in understood.phrases if _is_of(one.reading.pairs, field)), None):
            rest = _without_phrase(rest, understood, phrase, self.around)
            understood = understand(rest.text, self.around)
        kept = tuple(pair for pair in rest.pairs if pair[0] not in (field, f"not_{field}"))
        return Question(rest.text, (*kept, *((field, value) for value in values)))


def answerable(question: Question, around: Surroundings) -> Answerable:
    """What a question looks for, with its chips. Never raises."""
    understood = understand(question.text, around)
    words = (("text", understood.unread_words),) if _is_words_alone(understood) else ()
    asked = read_pairs((*understood.pairs, *words, *question.pairs), around)
    chips = (*_chips_of_box(question, understood, around), *_chips_of_filters(question, asked, around))
    return Answerable(question, understood, asked, chips, around)


def _is_words_alone(understood: Understood) -> bool:
    return bool(understood.unread) and not understood.phrases


def _chips_of_box(question: Question, understood: Understood, around: Surroundings) -> Iterable[Chip]:
    for phrase in understood.phrases:
        rest = _without_phrase(question, understood, phrase, around)
        yield Chip(phrase.words, phrase.reading.says, phrase.reading.hint, phrase.reading.pairs, rest)


def _chips_of_filters(question: Question, asked: Asked, around: Surroundings) -> Iterable[Chip]:
    """One a field and value; from when and until when are one."""
    edges = tuple(pair for pair in question.pairs if pair[0] in (moments.SINCE, moments.UNTIL))
    groups = [edges] if edges else []
    groups += [(pair,) for pair in question.pairs if pair not in edges and pair[0] != SORT]
    for group in groups:
        if not any(pair in asked.refused for pair in group):
            kept = tuple(pair for pair in question.pairs if pair not in group)
            yield Chip("", pairs_in_words(group, around), "", group, replace(question, pairs=kept))


def _without_phrase(question: Question, understood: Understood, gone: Phrase, around: Surroundings) -> Question:
    """The question without one phrase of its box.

    Where the words beside it would now be read as one, a semicolon keeps them apart; and where that does not help
    either, as with a stray quotation mark, the others become filters.
    """
    others = [phrase.reading.pairs for phrase in understood.phrases if phrase is not gone]
    for between in (" ", "; "):
        text = _without(understood.text, gone.spans, between)
        if [phrase.reading.pairs for phrase in understand(text, around).phrases] == others:
            return replace(question, text=text)
    return Question("", tuple(dict.fromkeys((*(pair for pairs in others for pair in pairs), *question.pairs))))


def _without(text: str, spans: Iterable[tuple[int, int]], between: str) -> str:
    for start, end in sorted(spans, reverse=True):
        left, right = text[:start].rstrip(" ,;"), text[end:].lstrip(" ,;")
        text = f"{left}{between}{right}" if left and right else left or right
    return text.strip()


def _is_of(pairs: Iterable[Pair], field: str) -> bool:
    return any(name in (field, f"not_{field}") for name, _ in pairs)
