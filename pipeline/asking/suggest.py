"""What could be meant by what is being typed: phrases that are sure to be understood."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.asking.reading import Surroundings
from pipeline.asking.vocabulary import Vocabulary, plain_name
from pipeline.domain.appearance import Colour
from pipeline.domain.events import CannotTell, EventKind

_MOST = 8
_LONGEST_TAIL = 3
"""Words at the end of the text that a suggestion may complete."""
_KINDS: dict[str, EventKind] = {
    "person visit": EventKind.PERSON_VISIT,
    "person at the door": EventKind.PERSON_AT_DOOR,
    "loitering": EventKind.LOITERING,
    "doorbell pressed": EventKind.DOORBELL_PRESSED,
    "vehicle passing": EventKind.VEHICLE_PASSING,
    "vehicle stopped": EventKind.VEHICLE_STOPPED,
    "animal present": EventKind.ANIMAL_PRESENT,
    "package delivered": EventKind.PACKAGE_DELIVERED,
    "package picked up": EventKind.PACKAGE_PICKED_UP,
    "package moved": EventKind.PACKAGE_MOVED,
    "package waiting": EventKind.PACKAGE_WAITING,
    "object left": EventKind.OBJECT_LEFT,
    "object removed": EventKind.OBJECT_REMOVED,
    "camera covered": EventKind.CAMERA_OBSCURED,
    "camera blinded": EventKind.CAMERA_BLINDED,
    "camera frozen": EventKind.CAMERA_FROZEN,
    "camera turned": EventKind.CAMERA_MOVED,
    "footage cut": EventKind.FOOTAGE_CUT,
}
_DAYS = (
    "last night", "yesterday", "yesterday evening", "today", "this morning", "tonight", "last weekend", "last week",
    "last 7 days", "last 24 hours", "since Monday", "in the evening", "at night", "18:00-20:00",
)  # fmt: skip
_SEEN = ("person", "vehicle", "bicycle", "animal", "package", "bag")
_STATES = (
    "not confirmed", "confirmed", "rejected", "corrected", "unreviewed", "not yet seen", "seen by me", "score over 0.8",
    "over 20 s",
)  # fmt: skip
_HOUSE = re.compile(r"^\s*\d+\w?\s+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to go on.

    Attributes:
        group: Of what sort: ``what``, ``seen``, ``where``, ``when``, ``state``.
        words: What is put in place of the end of the text.
        text: The whole text with it.
    """

    group: str
    words: str
    text: str


def suggest(text: str, around: Surroundings) -> tuple[Suggestion, ...]:
    """Ways to go on from what is typed, the longest matching end first; empty when there is nothing to complete."""
    found: dict[str, Suggestion] = {}
    candidates = tuple(_candidates(around.vocabulary))
    for start in _tails(text):
        tail = plain_name(text[start:])
        for group, words in candidates:
            if plain_name(words) != tail and _begins(plain_name(words), tail):
                found.setdefault(plain_name(words), Suggestion(group, words, f"{text[:start]}{words} "))
    return tuple(found.values())[:_MOST]


def candidates_of(vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Everything that may be suggested, with its group."""
    return tuple(_candidates(vocabulary))


def _tails(text: str) -> list[int]:
    """Where the last three, two and one words begin; of a text that ends in a blank nothing is being typed."""
    if not text or text[-1].isspace():
        return []
    starts = [word.start() for word in re.finditer(r"[^\s,;]+", text)]
    return starts[-_LONGEST_TAIL:]


def _begins(words: str, tail: str) -> bool:
    return words.startswith(tail) or (len(tail) > 1 and f" {tail}" in f" {words}")


def _candidates(vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    yield from (("what", phrase) for phrase in _KINDS)
    yield from (("where", words) for words in dict.fromkeys(_places(vocabulary)))
    yield from (("when", words) for words in _DAYS)
    yield from (("seen", words) for words in _SEEN)
    yield from (("seen", f"{colour.value} {thing}") for colour in Colour for thing in ("vehicle", "jacket"))
    yield from (("state", f"cannot tell because {reason.words}") for reason in CannotTell)
    yield from (("state", words) for words in _STATES)
    cases = dict.fromkeys(case.name for case in vocabulary.cases if case.name and " " not in case.name)
    yield from (("state", f"case {case}") for case in cases)


def _places(vocabulary: Vocabulary) -> Iterator[str]:
    yield from (f"at {camera.name}" for camera in vocabulary.cameras if camera.name)
    yield from (f"near {street_of(camera.address)}" for camera in vocabulary.cameras if camera.address)
    for zone in vocabulary.zones:
        yield f'zone "{zone.name}"' if " " in zone.name else f"zone {zone.name}"


def street_of(address: str) -> str:
    """The street of an address: what stands before its first comma, without the number of the house."""
    return _HOUSE.sub("", address.partition(",")[0]).strip() or address.strip()
