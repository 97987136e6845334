"""Which words of a custody record stand in its leaf for good, and which are sealed so that they can be forgotten.

What stands in a leaf can never be taken out. So a leaf holds codes, ids and digests; whatever a person chose to write,
and whatever this module does not know, is sealed: the leaf holds a salted digest, and the words lie beside it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

OPEN_FACTS = frozenset(
    {
        "about", "acquisition", "after", "area", "as", "beat", "before", "bytes", "camera", "category", "change",
        "decided_at", "decode_errors", "decoder", "doubtful", "earlier", "earlier_acquisition", "end", "erased",
        "event", "events", "failed", "files", "format", "gone", "held", "highlight", "incident", "kind", "level",
        "looked_at", "masked_people", "medium", "method", "model", "names_record", "openings", "output",
        "package_likeness", "redacted", "report", "request", "result", "role", "rules", "seal", "sealed", "settings",
        "size", "source",
        "state", "still", "tombstone", "tool", "trigger", "unsealed", "wrong",
    }
)  # fmt: skip
"""Facts that only our own code words: codes, counts, ids, digests. A new fact is sealed until it is named here."""

_OPEN_PREFIX = "recipe_"
_SOFTWARE = re.compile(r"(pipeline|doorstep) \S+")
_GRANTS = re.compile(r"gr-[\w.:-]+ v\d+(, gr-[\w.:-]+ v\d+)*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9_.]*")

DETAIL = "detail."
"""What the name of a sealed fact begins with, to keep it apart from ``agent`` and ``authority``."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The words behind a salted digest.

    Attributes:
        name: Which words of the record: ``agent``, ``authority`` or ``detail.<fact>``.
        salt: 32 hexadecimal digits, chosen by chance.
        words: What was written.
    """

    name: str
    salt: str
    words: str


def require_fact_name(name: str) -> None:
    """Returns when a fact's name is a word of code; names are never sealed.

    Raises:
        ValueError: It is not.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name of a custody fact is a word of code, not {name!r}")


def is_open(name: str, words: str) -> bool:
    """Whether words may stand in a leaf for good: none at all, our own, digests, and grants with their versions.

    Args:
        name: As in ``Opening``.
        words: What is to be written.
    """
    if not words or _DIGEST.fullmatch(words) or _GRANTS.fullmatch(words):
        return True
    if name == "agent":
        return _SOFTWARE.fullmatch(words) is not None
    fact = name.removeprefix(DETAIL)
    return fact in OPEN_FACTS or fact.startswith(_OPEN_PREFIX)


def grants_named(authority: str) -> tuple[str, ...]:
    """Ids of the grants that an authority names, each once, in order; empty when it is something else."""
    return tuple(dict.fromkeys(grant_id for grant_id, _ in versions_named(authority)))


def versions_named(authority: str) -> tuple[tuple[str, int], ...]:
    """As ``grants_named``, each with the version that was in force then."""
    if not _GRANTS.fullmatch(authority):
        return ()
    parts = (part.partition(" v") for part in authority.split(", "))
    return tuple(dict.fromkeys((grant_id, int(version)) for grant_id, _, version in parts))


def erased_in_words(erased: Mapping[str, Iterable[int]]) -> tuple[str, ...]:
    """Which openings were erased, as ``agent 3-5 17; detail.purpose 9``; several texts when one would be long.

    Args:
        erased: Indices of records by the name of the opening.
    """
    spans = [(name, span) for name in sorted(erased) for span in _spans(sorted(erased[name]))]
    return tuple(_span_words(spans[start : start + _SPANS]) for start in range(0, len(spans), _SPANS))


def read_erased(text: str) -> Iterator[tuple[str, range]]:
    """What ``erased_in_words`` wrote: names, each with a range of indices.

    Raises:
        ValueError: It is no such text.
    """
    for part in filter(None, text.split("; ")):
        name, *spans = part.split(" ")
        for span in spans:
            first, _, last = span.partition("-")
            yield name, range(int(first), int(last or first) + 1)


_SPANS = 500
"""Of a record of erasure, so that no leaf grows beyond a few kilobytes."""


def _spans(indices: Iterable[int]) -> Iterator[range]:
    span = range(0)
    for index in indices:
        if span and index == span.stop:
            span = range(span.start, index + 1)
            continue
        if span:
            yield span
        span = range(index, index + 1)
    if span:
        yield span


def _span_words(spans: Iterable[tuple[str, range]]) -> str:
    parts: dict[str, list[str]] = {}
    for name, span in spans:
        words = f"{span.start}" if len(span) == 1 else f"{span.start}-{span.stop - 1}"
        parts.setdefault(name, []).append(words)
    return "; ".join(" ".join((name, *words)) for name, words in parts.items())
