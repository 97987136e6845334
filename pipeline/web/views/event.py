"""What the page of one event shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.casework.player import Review
from pipeline.domain.appearance import sentence_of
from pipeline.domain.differences import Difference
from pipeline.domain.events import INSTANT_KINDS, Ground
from pipeline.domain.incidents import Attachment, AttachmentStatus, Incident
from pipeline.domain.previews import PreviewWay
from pipeline.domain.review import score_ground
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Tag
from pipeline.night.ingest import authority
from pipeline.night.moments import parts_in_words
from pipeline.night.reanalysis import TaggedBefore
from pipeline.reports import words
from pipeline.reports.said_words import tag_words
from pipeline.web.views.custody import Acts, acts_of
from pipeline.web.views.strip import Strip, strip_of
from pipeline.web.views.words import kinds_in_words, state_of

_SHOWN_ACTS = 12
_SHOWN_DIGITS = 12
BYTES = {
    None: "The original, byte for byte as it came.",
    PreviewWay.SILENT: "A derivative: the original's own pictures without its sound, which no grant lets be heard.",
    PreviewWay.ENCODED: "A derivative: encoded anew without sound, since browsers do not play the original.",
    PreviewWay.ENCODED_WITH_SOUND: "A derivative: encoded anew, since browsers do not play the original.",
    PreviewWay.PART: "A derivative: a part of the original, encoded anew without sound.",
    PreviewWay.PART_WITH_SOUND: "A derivative: a part of the original, encoded anew.",
}
_BECAME = {
    Difference.VANISHED: "a later look at the clip no longer finds it",
    Difference.NO_LONGER_STATED: "a later look at the clip cannot tell it any more",
    Difference.NOW_STATED: "a later look at the clip states it",
    Difference.MOVED: "a later look at the clip puts it at another time",
    Difference.SAME: "a later look at the clip says the same",
    Difference.APPEARED: "a later look at the clip finds it",
}


@dataclass(frozen=True, slots=True)
class SaidTag:
    """One tag in words: who, when (UTC), what, and the note."""

    agent: str
    at: str
    said: str
    note: str


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """A tag of an earlier result, what became of its event, and where that is now; the address may be empty."""

    tag: SaidTag
    machine: str
    became: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A moment in pictures: untouched and marked."""

    role: str
    second: str
    plain: str
    marked: str


@dataclass(frozen=True, slots=True)
class Link:
    """An event elsewhere."""

    url: str
    name: str
    beside: str
    tone: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class AttachedIn:
    """An incident that shows a highlight of the event; the case number may be empty."""

    url: str
    title: str
    case_number: str
    status: str
    tone: str


_TONES = {AttachmentStatus.CONFIRMED: "good", AttachmentStatus.REJECTED: "bad"}


@dataclass(frozen=True, slots=True)
class EventView:
    """The page; words are for people, addresses lead to the desk."""

    event_id: str
    facts_url: str
    clip_url: str
    page_url: str
    name: str
    sentence: str
    camera_name: str
    camera_time: str
    utc: str
    clock: str
    arrived: str
    state: str
    tone: str
    score: float
    is_calibrated: bool
    remarks: tuple[str, ...]
    refused: str
    bytes_are: str
    is_original: bool
    width: int
    height: int
    kind: str
    start: str
    end: str
    is_between: bool
    is_newest: bool
    strip: Strip
    pictures: tuple[ShownPicture, ...]
    grounds: tuple[Ground, ...]
    grant: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    opinion: str
    labels: str
    colours: tuple[str, ...]
    is_comparable: bool
    looked: tuple[str, ...]
    custody: tuple[Acts, ...]
    custody_left_out: int
    in_clip: tuple[Link, ...]
    around: tuple[Link, ...]
    history: tuple[SaidTag, ...]
    earlier: tuple[SaidBefore, ...]
    highlights: tuple[str, ...]
    attached: tuple[AttachedIn, ...]


def event_view(review: Review, attached: Iterable[tuple[Incident, Attachment]]) -> EventView:
    """The page of a reviewed event; ``attached`` has the incidents that are open to whoever looks."""
    explanation = review.explanation
    found, analysis, zone = explanation.found, explanation.analysis, explanation.camera.time_zone
    inferred, first = found.event.inferred, analysis.probe.first.seconds
    state, tone = state_of(inferred, review.tag)
    start, end = (f"{float(edge.seconds - first):.3f}" for edge in (inferred.span.start, inferred.span.end))
    acts = acts_of(review.custody)[:_SHOWN_ACTS]
    others = [one for one in review.events if one.event.event_id != found.event.event_id]
    return EventView(
        event_id=found.event.event_id,
        facts_url=f"/events/{found.event.event_id}/playing",
        clip_url=f"/media/events/{found.event.event_id}/clip",
        page_url=f"/clips/{found.acquisition_id}",
        name=words.event_words(inferred),
        sentence=inferred.sentence,
        camera_name=found.camera_name,
        camera_time=words.local_span(found.starts_at, found.ends_at, zone),
        utc=words.utc_span(found.starts_at, found.ends_at),
        clock=words.clock_words(found.clock),
        arrived=words.utc_words(explanation.clip.acquisition.ended_at),
        state=state,
        tone=tone,
        score=inferred.score,
        is_calibrated=found.event.since is None,
        remarks=words.remarks(found.event, is_superseded=found.is_superseded),
        refused=review.refused,
        bytes_are=_bytes(review),
        is_original=review.way is None,
        width=analysis.probe.width,
        height=analysis.probe.height,
        kind=inferred.kind.value,
        start=start,
        end=end,
        is_between=found.event.since is not None,
        is_newest=explanation.is_newest,
        strip=strip_of(analysis, review.events, found.event.event_id, review.part),
        pictures=tuple(_pictures(review)),
        grounds=inferred.grounds,
        grant=tuple(_grant(review)),
        facts=tuple(_facts(review)),
        opinion=explanation.opinion.sentence,
        labels=", ".join(explanation.opinion.labels),
        colours=tuple(f"Track {mark.track_id}, {sentence_of(mark)}" for mark in analysis.colours_of(inferred)),
        is_comparable=inferred.region is not None or any(mark.colour for mark in analysis.colours_of(inferred)),
        looked=words.looked_words(analysis.sampling, first),
        custody=acts,
        custody_left_out=len(review.custody) - sum(one.times for one in acts),
        in_clip=tuple(link_of(one, zone, review.tags.get(one.event.event_id)) for one in others),
        around=tuple(link_of(one, zone, None) for one in review.around),
        history=tuple(_said(tag) for tag in reversed(review.history)),
        earlier=tuple(map(_before, review.earlier)),
        highlights=found.highlight_ids,
        attached=tuple(_attached_in(*one) for one in attached),
    )


def _attached_in(incident: Incident, attachment: Attachment) -> AttachedIn:
    status = attachment.status
    url = f"/incidents/{incident.incident_id}"
    return AttachedIn(url, incident.title, incident.case_number, status.value, _TONES.get(status, "amber"))


def _bytes(review: Review) -> str:
    said = BYTES[review.way]
    if review.part is None:
        return said
    only = parts_in_words((review.part,), review.explanation.analysis)
    return f"{said} Of this recording the grants cover, around this event, {only}."


def _pictures(review: Review) -> Iterator[ShownPicture]:
    first = review.explanation.analysis.probe.first.seconds
    for picture in review.explanation.pictures:
        url = f"/media/events/{picture.event_id}/pictures/{picture.role}"
        second = f"{float(picture.at.seconds - first):.2f} s"
        yield ShownPicture(picture.role.value, second, f"{url}?marked=false", url)


def _grant(review: Review) -> Iterator[tuple[str, str]]:
    grant = review.explanation.grant.grant
    yield "Grant", authority(review.explanation.grant)
    yield "For", f"{grant.purpose}, {grant.recipient}"
    yield "Allows", kinds_in_words(grant.event_kinds)
    if grant.names_events:
        yield (
            "Recordings",
            "whole, where such an event lies in them" if grant.whole_recordings else "these moments alone",
        )
    yield "Sound", "may be heard" if grant.audio else "may not be heard"
    yield "Until", words.utc_words(grant.expires_at)


def _facts(review: Review) -> Iterator[tuple[str, str]]:
    explanation = review.explanation
    found, inferred = explanation.found, explanation.found.event.inferred
    raw = score_ground(inferred)
    yield "Model", f"{found.model.name}, {found.model.digest[:_SHOWN_DIGITS]}"
    yield "Settings", found.settings_digest[:_SHOWN_DIGITS]
    yield "Result", "the newest of this clip" if explanation.is_newest else "another has followed since"
    if raw is not None:
        needed = "" if raw.needed is None else f"; statements are made from {raw.needed:.2f} on"
        yield "Rule's own score", f"{raw.measured:.2f}{needed}"
    if inferred.kind in INSTANT_KINDS and inferred.span.start != inferred.span.end:
        yield "Moment", "at some moment inside the span"
    yield "Zone", inferred.zone or "none was part of the rule"
    yield "Recorded for", explanation.clip.trigger.kind.value.replace("_", " ")
    yield "Seal", ": ".join(part for part in words.seal_words(explanation.clip.acquisition.seal) if part)
    yield "Original, SHA-256", found.event.clip


def link_of(found: FoundEvent, zone: str, tag: Tag | None) -> Link:
    """An event as a link, with who stands behind it."""
    state, tone = state_of(found.event.inferred, tag)
    beside = f"{found.camera_name}, {words.local_span(found.starts_at, found.ends_at, zone)}"
    return Link(f"/events/{found.event.event_id}", words.event_words(found.event.inferred), beside, tone, state)


def _said(tag: Tag) -> SaidTag:
    said = tag_words(tag)
    if tag.span != tag.span_said:
        length = float(tag.span.duration)
        said = f"{said}, for {words.length_words(length)}"
    return SaidTag(tag.matter.agent, words.utc_words(tag.at), said, tag.note)


def _before(earlier: TaggedBefore) -> SaidBefore:
    url = f"/events/{earlier.event_id}" if earlier.event_id else f"/events/{earlier.tag.event_id}"
    machine = words.event_words(earlier.tag.said.inferred)
    return SaidBefore(_said(earlier.tag), machine, _BECAME[earlier.difference], url)
