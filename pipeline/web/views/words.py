"""Words and tones that several pages of the desk share."""

from pipeline.domain.consent import SignedGrant
from pipeline.domain.events import EventKind, InferredEvent, Verdict
from pipeline.domain.tags import Tag, TagStatus
from pipeline.reports import words
from pipeline.reports.said_words import tag_words

_TONES = {TagStatus.CONFIRMED: "good", TagStatus.REJECTED: "bad", TagStatus.CORRECTED: "good"}


def kinds_to_choose(grant: SignedGrant) -> tuple[tuple[str, str], ...]:
    """The kinds of event that a grant lets be kept, as value and words, in order of the words."""
    return tuple(
        sorted(((kind.value, words.kind_words(kind)) for kind in grant.grant.event_kinds), key=lambda one: one[1])
    )


def state_of(inferred: InferredEvent, tag: Tag | None) -> tuple[str, str]:
    """Who stands behind an event, in a word and its tone (P12)."""
    if tag is not None:
        return tag_words(tag), _TONES[tag.status]
    if inferred.verdict is Verdict.CANNOT_TELL:
        return "cannot tell", "amber"
    return "machine, not yet confirmed", "amber"


def kinds_in_words(kinds: tuple[EventKind, ...]) -> str:
    """All kinds, or those that are covered."""
    if set(kinds) == set(EventKind):
        return "every kind of event"
    return ", ".join(words.kind_words(kind).lower() for kind in kinds) or "no kind of event"
