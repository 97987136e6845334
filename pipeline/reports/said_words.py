"""What people said of events, in words: a report states what a person stands behind, and nothing else as if one did."""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.domain.events import InferredEvent
from pipeline.domain.incidents import AttachmentStatus
from pipeline.domain.tags import Tag, TagStatus, as_said
from pipeline.domain.tags import is_rejected as is_rejected_by
from pipeline.reports import words
from pipeline.reports.incident_report import ReportedEvent, ReportedHighlight

_REJECTED = "rejected by a person"


def tag_words(tag: Tag) -> str:
    """``confirmed``, ``rejected``, ``corrected: Package moved``."""
    if tag.correction is None:
        return tag.status.value
    is_same = tag.kind is tag.said.inferred.kind
    return "corrected: other times" if is_same else f"corrected: {words.kind_words(tag.kind)}"


def event_words(inferred: InferredEvent, tag: Tag | None = None) -> str:
    """The event in a few words, as people leave it; of what they rejected the machine's words, and that they did."""
    said = words.event_words(as_said(inferred, tag))
    return f"{said}: {_REJECTED}" if is_rejected_by(tag) else said


def told(part: ReportedEvent) -> InferredEvent:
    """The event as a person leaves it: of the kind that they name, and a statement where they stand behind it."""
    inferred, said = part.event.inferred, part.said
    if said is None or not said.status.states_it:
        return inferred
    return replace(inferred, kind=said.kind or inferred.kind, reason=None)


def heading_words(parts: Iterable[ReportedEvent]) -> str:
    """Every kind once, as people leave it; what was rejected is no heading. Empty when nothing is left."""
    return words.heading_words(told(part) for part in parts if not is_rejected(part))


def is_rejected(part: ReportedEvent) -> bool:
    """Whether a person said that it did not happen."""
    return part.said is not None and part.said.status is TagStatus.REJECTED


def kind_words(part: ReportedEvent) -> str:
    """The event in a few words."""
    kind = words.event_words(told(part))
    return f"{kind}: {_REJECTED}" if is_rejected(part) else kind


def said_words(part: ReportedEvent, attached: AttachmentStatus, time_zone: str) -> str:
    """Who stands behind the event, in a sentence (P12).

    Args:
        part: The event.
        attached: What was decided of the highlight that shows it.
        time_zone: IANA name in which a corrected time is written.
    """
    said = part.said
    if said is None and attached is AttachmentStatus.CONFIRMED:
        return "Found by a machine. A person confirmed that the highlight belongs here, and said nothing of this event."
    if said is None:
        return "Found by a machine, and not yet confirmed by a person."
    when = words.utc_words(said.at)
    if said.status is TagStatus.CONFIRMED:
        return f"Confirmed by a person, {when}."
    if said.status is TagStatus.REJECTED:
        return f"A person said that it did not happen, {when}; the sentence above is the machine's."
    what = "it was of another kind" if said.kind is None else f"it was: {words.kind_words(said.kind).lower()}"
    span = words.local_span(said.starts_at, said.ends_at, time_zone)
    return f"Corrected by a person, {when}: {what}, {span}. The sentence above is the machine's."


def standing_words(status: AttachmentStatus, unsaid: int, number: int) -> str:
    """Who stands behind a highlight: a person who confirmed it spoke of the highlight, and not of each event in it.

    Args:
        status: What was decided of the highlight.
        unsaid: Of how many of its events nobody said anything.
        number: How many it shows.
    """
    if status is not AttachmentStatus.CONFIRMED or not unsaid:
        return status.value
    of_them = "its event" if number == 1 else f"{unsaid} of its {number} events"
    return f"{status.value}; nobody said anything of {of_them} yet"


def status_words(shown: ReportedHighlight) -> str:
    """The same of a highlight in a report."""
    unsaid = sum(part.said is None for part in shown.events)
    return standing_words(shown.attachment.status, unsaid, len(shown.events))


def is_all_said(shown: ReportedHighlight) -> bool:
    """Whether people stand behind a highlight and said something of every event in it."""
    is_confirmed = shown.attachment.status is AttachmentStatus.CONFIRMED
    return is_confirmed and all(part.said is not None for part in shown.events)
