"""Words as they are looked for: the same on every database, whatever its own idea of a language is."""

import re
import unicodedata

_TOKEN = re.compile(r"[^\W_]+")

_EMPTY = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "had", "has", "in", "is", "it", "its",
        "of", "on", "or", "so", "that", "the", "there", "this", "to", "was", "were", "what", "which", "with",
    }
)  # fmt: skip
"""Words that tell one text from no other."""

_SHORT = 3
"""Characters: what is left of a word after its ending; shorter words stay as they are."""


def searchable(text: str) -> tuple[str, ...]:
    """The words of a text that are looked for, each once, in the order in which they first stand there.

    Case, accents and the plural do not count ("Déliveries" is found by "delivery"); words that say nothing are left
    out, and so are figures, and words with a figure in them unless they also have a letter ("12" is left out, "12b"
    is kept).
    """
    plain = unicodedata.normalize(
        "NFKD", text.casefold().replace("'s", "").replace("\N{RIGHT SINGLE QUOTATION MARK}s", "")
    )
    bare = "".join(mark for mark in plain if not unicodedata.combining(mark))
    words = (_singular(word) for word in _TOKEN.findall(bare) if not word.isdigit() and word not in _EMPTY)
    return tuple(dict.fromkeys(words))


def _singular(word: str) -> str:
    if len(word) <= _SHORT or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > _SHORT + 1:
        return f"{word[:-3]}y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    return word[:-1]
