"""What is known of an event besides what was seen: whether it can be told, what people said, to what it belongs."""

import re

from pipeline.asking.reading import Pair, Read, Reader, Reading, Surroundings, fixed, reader
from pipeline.asking.vocabulary import Named, Vocabulary, keys_named
from pipeline.domain.events import CannotTell, Verdict
from pipeline.domain.search import TagState

VERDICT, REASON, TAG, GRANT, INCIDENT, ZONE, TEXT = "verdict", "reason", "tag", "grant", "incident", "zone", "text"
WATCHED = "watched"
WATCHED_WORDS = {"no": "not seen by you yet", "yes": "seen by you"}

TAG_WORDS: dict[TagState, str] = {
    TagState.NONE: "nobody said anything yet",
    TagState.CONFIRMED: "confirmed by a person",
    TagState.REJECTED: "rejected by a person",
    TagState.CORRECTED: "corrected by a person",
}
_REASONS: dict[CannotTell, str] = {
    CannotTell.TOO_DARK: r"(?:it (?:was|is) )?(?:too dark|so dark|darkness)",
    CannotTell.TOO_SMALL: r"(?:it (?:was|is) )?too (?:small|far(?: away)?)",
    CannotTell.OUT_OF_VIEW: r"(?:it (?:was|is) )?(?:out of (?:view|sight|frame)|outside the picture)",
    CannotTell.CLIP_ENDS: r"(?:the )?clip (?:ends|ended|is too short)",
    CannotTell.OCCLUDED: r"occluded|(?:it (?:was|is) )?(?:hidden|blocked)|something (?:was )?in front",
    CannotTell.CAMERA_MOVED: r"(?:the )?camera (?:was )?moved",
    CannotTell.NOT_DECODED: r"not decoded|(?:the )?frames? (?:missing|broken|(?:that )?were not decoded)",
    CannotTell.UNCLEAR_OBJECT: r"(?:an )?unclear object",
}
_UNSURE = (
    r"(?:can(?:not|'t|\u2019t| not)|could ?n(?:ot|'t|\u2019t)) (?:be )?(?:tell|told)"
    "|unclear|unsure|uncertain|cannot_tell"
)
_ALONE = frozenset({CannotTell.CAMERA_MOVED, CannotTell.OCCLUDED, CannotTell.CLIP_ENDS})
"""Reasons whose words mean something else, or nothing yet, unless "cannot tell" stands before them."""


def _tags(*states: TagState) -> tuple[Pair, ...]:
    return tuple((TAG, state.value) for state in states)


def _reason_readers() -> list[Reader]:
    made = [fixed([_UNSURE], Reading(((VERDICT, Verdict.CANNOT_TELL.value),), "cannot be told"))]
    for reason, words in _REASONS.items():
        pairs: tuple[Pair, ...] = ((REASON, reason.value),)
        reading = Reading(pairs, f"cannot be told: {reason.words}")
        made.append(reader(rf"(?:{_UNSURE})(?:,? (?:because|since|as|for)(?: of)?|:|,)? (?:{words})", _always(reading)))
        made.append(fixed([reason.value] if reason in _ALONE else [reason.value, words], reading))
    return made


def _always(reading: Reading) -> Read:
    return lambda _, __: reading


def _of_vocabulary(field: str, says: str, things: str) -> Read:
    def read(found: re.Match[str], around: Surroundings) -> Reading | None:
        name = found["name"].strip("\"'“”.,;")
        keys = keys_named(_things(around.vocabulary, things), name)
        return Reading(tuple((field, key) for key in keys), f"{says} {name}") if keys else None

    return read


def _things(vocabulary: Vocabulary, which: str) -> tuple[Named, ...]:
    return {"cases": vocabulary.cases, "zones": vocabulary.zones, "grants": vocabulary.grants}[which]


def _quoted(found: re.Match[str], _: Surroundings) -> Reading | None:
    words = " ".join(found["words"].split())
    return Reading(((TEXT, words),), f"the words {words}") if words else None


_NAME = r"(?P<name>\"[^\"]{1,80}\"|[^\s,;]{1,80})"
_ALL = tuple(TagState)
_WATCHED, _ASKER = "(?:seen|watched)", "(?:me|you)"
READERS: tuple[Reader, ...] = (
    *_reason_readers(),
    fixed(
        ["can be told", "statements?(?: only)?", "(?:only )?certain"],
        Reading(((VERDICT, "seen"),), "a statement is made"),
    ),
    fixed([r"confirmed"], Reading(_tags(TagState.CONFIRMED), TAG_WORDS[TagState.CONFIRMED])),
    fixed(
        [r"(?:not|never)(?: yet)? confirmed", "unconfirmed"],
        Reading(_tags(*(one for one in _ALL if one is not TagState.CONFIRMED)), "not confirmed by a person"),
    ),
    fixed(["rejected", "dismissed"], Reading(_tags(TagState.REJECTED), TAG_WORDS[TagState.REJECTED])),
    fixed(
        ["not rejected", "not dismissed"],
        Reading(_tags(*(one for one in _ALL if one is not TagState.REJECTED)), "not rejected by a person"),
    ),
    fixed(["corrected"], Reading(_tags(TagState.CORRECTED), TAG_WORDS[TagState.CORRECTED])),
    fixed(
        ["(?:not|never)(?: yet)? (?:reviewed|tagged|looked at)", "unreviewed", "untagged", "to review"],
        Reading(_tags(TagState.NONE), TAG_WORDS[TagState.NONE]),
    ),
    fixed(
        ["reviewed", "tagged"],
        Reading(_tags(*(one for one in _ALL if one is not TagState.NONE)), "a person said something of it"),
    ),
    fixed(
        [
            rf"(?:not|never)(?: yet)? {_WATCHED}(?: yet)?(?: by {_ASKER})?(?: yet)?",
            rf"un{_WATCHED}(?: by {_ASKER})?",
            rf"(?:(?:that|which) )?i(?:['\u2019]ve| have) (?:not|never)(?: yet)? {_WATCHED}(?: yet)?",
            rf"(?:(?:that|which) )?i haven['\u2019]t(?: yet)? {_WATCHED}(?: yet)?",
        ],
        Reading(((WATCHED, "no"),), WATCHED_WORDS["no"]),
    ),
    fixed(
        [
            rf"(?:already )?{_WATCHED} by {_ASKER}",
            rf"already {_WATCHED}",
            rf"(?:(?:that|which) )?i(?:['\u2019]ve| have)(?: already)? {_WATCHED}(?: already)?",
        ],
        Reading(((WATCHED, "yes"),), WATCHED_WORDS["yes"]),
    ),
    reader(rf"(?:in |of )?case (?:number |no\.? )?{_NAME}", _of_vocabulary(INCIDENT, "incidents of case", "cases")),
    reader(rf"(?:in |of )?incident {_NAME}", _of_vocabulary(INCIDENT, "incident", "cases")),
    reader(rf"(?:under )?grant {_NAME}", _of_vocabulary(GRANT, "grant", "grants")),
    reader(rf"(?:in )?(?:the )?zone {_NAME}", _of_vocabulary(ZONE, "zone", "zones")),
    reader(r"(?:in )?(?:the )?(?P<name>[^\s,;]{1,80}) zone", _of_vocabulary(ZONE, "zone", "zones")),
    reader(r"\"(?P<words>[^\"]{1,200})\"", _quoted),
    reader(r"“(?P<words>[^”]{1,200})”", _quoted),
)
