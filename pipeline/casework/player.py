"""One event as a person reviews it: the clip with what was seen in it, what was not looked at, and what people said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from pipeline.casework.filmed import preview_way
from pipeline.casework.media import may_be_heard, moments_of
from pipeline.casework.playing import shown_in_clip
from pipeline.casework.tags import visible_tags
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.differences import Compared, Difference, compare_events
from pipeline.domain.events import Event
from pipeline.domain.evidence import CustodyRecord
from pipeline.domain.previews import PreviewWay
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tags import Tag
from pipeline.domain.tracks import Track
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError
from pipeline.night.explanation import Explanation, explain
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.reanalysis import TaggedBefore
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, visible

AROUND = timedelta(minutes=2)
"""Events so shortly before or after another belong beside it, whichever camera saw them."""


@dataclass(frozen=True, slots=True)
class Review:
    """All that a page beside the player shows.

    Attributes:
        explanation: The event with its chain of evidence.
        events: Of the same result and clip, as far as they may be shown, in order of time; the event is one of them.
        tracks: Those that ``events`` rest on, in order of id.
        tags: Of each of ``events`` that has one, the tag that counts, by event id.
        history: Every tag of the event, in order.
        earlier: Tags of earlier results' events, as far as they may be shown.
        around: Events of other clips within ``AROUND``, in order of time.
        custody: Records of the original and of the event, in order.
        refused: Why nothing of the clip may be watched; empty where something may.
        part: Which part of it may; None where all of it may.
        way: How the clip is made ready for a browser; None where the original itself is played.
    """

    explanation: Explanation
    events: tuple[FoundEvent, ...]
    tracks: tuple[Track, ...]
    tags: Mapping[str, Tag]
    history: tuple[Tag, ...]
    earlier: tuple[TaggedBefore, ...]
    around: tuple[FoundEvent, ...]
    custody: tuple[CustodyRecord, ...]
    refused: str
    way: PreviewWay | None
    part: ClipSpan | None = None

    @property
    def tag(self) -> Tag | None:
        """The tag of the event that counts; None when nobody said anything."""
        return self.history[-1] if self.history else None


def review_event(services: Services, matter: Matter, event_id: str) -> Review:
    """Gathers what a person needs to judge one event, and writes the look into the custody log first.

    Raises:
        RecordNotFoundError: No result holds the event.
        ConsentError: No live grant lets it be shown.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    explanation = explain(services, desk, event_id)
    event = explanation.found.event
    around = _around(services, desk, explanation.found)
    looks = [
        Look(event.clip, event.camera_id, explanation.grant),
        *(
            Look(one.event.clip, one.event.camera_id, require_for_event(services, desk, Use.VIEW, one))
            for one in around
        ),
    ]
    facts = {"event": event_id, "purpose": matter.purpose, "case": matter.case_number, "as": "review"}
    write_down_looks(services, matter.agent, looks, facts)
    events, tracks = shown_in_clip(services, desk, explanation)
    tags = services.catalogue.tags.latest(one.event.event_id for one in events)
    refused, way, part = _playing(services, desk, explanation)
    return Review(
        explanation=explanation,
        events=events,
        tracks=tracks,
        tags={tag.event_id: tag for tag in visible_tags(services, desk, tags.values())},
        history=visible_tags(services, desk, services.catalogue.tags.history(event_id)),
        earlier=_earlier(services, desk, explanation, events),
        around=around,
        custody=_custody(services, event),
        refused=refused,
        way=way,
        part=part,
    )


def _playing(
    services: Services, desk: ConsentDesk, explanation: Explanation
) -> tuple[str, PreviewWay | None, ClipSpan | None]:
    try:
        part = moments_of(services, desk, explanation)
    except ConsentError as error:
        return str(error), None, None
    has_sound = may_be_heard(services, desk, explanation, part)
    if part is not None:
        return "", PreviewWay.PART_WITH_SOUND if has_sound else PreviewWay.PART, part
    return "", preview_way(explanation.analysis.probe, has_sound=has_sound, encoded=False), None


def _earlier(
    services: Services, desk: ConsentDesk, explanation: Explanation, events: tuple[FoundEvent, ...]
) -> tuple[TaggedBefore, ...]:
    """What was said of events that a later look at the clip has replaced."""
    here = {one.event.event_id for one in events}
    tags = services.catalogue.tags.of_acquisition(explanation.found.acquisition_id)
    gone = [tag for tag in visible_tags(services, desk, tags) if tag.event_id not in here]
    if not gone:
        return ()
    before = [Event(tag.event_id, tag.clip, tag.camera_id, tag.said.inferred) for tag in gone]
    after = [one.event for one in events]
    compared = {
        one.before.event_id: one
        for one in compare_events(before, after, explanation.analysis.probe.first)
        if one.before is not None
    }
    return tuple(TaggedBefore(tag, *_became(compared[tag.event_id])) for tag in gone)


def _became(compared: Compared) -> tuple[Difference, str]:
    return compared.difference, compared.after.event_id if compared.after else ""


def _around(services: Services, desk: ConsentDesk, found: FoundEvent) -> tuple[FoundEvent, ...]:
    wanted = EventFilter(since=found.starts_at - AROUND, until=found.ends_at + AROUND)
    near = (one for one in services.catalogue.search.find(wanted) if one.acquisition_id != found.acquisition_id)
    return visible(services, desk, near)


def _custody(services: Services, event: Event) -> tuple[CustodyRecord, ...]:
    log = services.catalogue.custody
    found = [record for subject in (event.clip, event.event_id) for record in log.records(subject=subject)]
    return tuple(sorted(found, key=lambda record: record.index))
