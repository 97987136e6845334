"""What of a clip's analysis a grant allows to be kept, and what an analysis is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from pipeline.analysis import AnalysisRequest, event_id
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import ClipAnalysis, Event, InferredEvent
from pipeline.domain.video import ClipSpan, ClockSource
from pipeline.errors import ConsentError
from pipeline.night.moments import ends_of, span_within
from pipeline.night.places import places_of
from pipeline.night.services import Services


def request_of(services: Services, clip: AcquiredClip) -> AnalysisRequest:
    """The source states the moment of the trigger, and the clip's clock begins at it."""
    settings = services.settings
    return AnalysisRequest(
        clip=clip.item.digest,
        trigger=clip.trigger.kind,
        triggered_after=Fraction(0) if clip.clock.source is ClockSource.VENDOR else None,
        zones=services.catalogue.cameras.zones(clip.acquisition.camera_id),
        sampling=settings.sampling,
        detection=settings.detection,
        events=settings.events,
    )


def granted_request(
    consent: ConsentDesk, camera: Camera, clip: AcquiredClip, request: AnalysisRequest
) -> AnalysisRequest:
    """The request for as much of a clip as live grants cover without a gap from its first frame on.

    Raises:
        ConsentError: None covers its first frame.
    """
    since = clip.clock.starts_at
    last = since + timedelta(seconds=request.sampling.longest_seconds)
    until = consent.granted_until(Use.INDEX, camera, (since, last))
    if until >= last:
        return request
    return replace(request, until=Fraction((until - since) // timedelta(microseconds=1), 1_000_000))


def granted_parts(
    consent: ConsentDesk, camera: Camera, clip: AcquiredClip, analysis: ClipAnalysis, events: Sequence[Event]
) -> Mapping[ClipSpan, Sequence[Event]]:
    """Events by the part of their clip around them that one grant allows throughout, both in order of time.

    What no grant allows by now is left out.
    """
    whole = ends_of(clip, analysis)
    found: dict[ClipSpan, list[Event]] = {}
    for event in events:
        moment = min(max(clip.clock.at(event.inferred.span.start, analysis.probe.first), whole[0]), whole[1])
        try:
            part = consent.granted_around(Use.INDEX, camera, moment, whole)
        except ConsentError:
            continue
        found.setdefault(span_within(clip, analysis, part), []).append(event)
    return found


def is_allowed(
    consent: ConsentDesk,
    camera: Camera,
    clip: AcquiredClip,
    inferred: InferredEvent,
    analysis: ClipAnalysis,
    *,
    with_audio: bool = False,
) -> bool:
    """Whether live grants allow the event to be kept: each of its moments, its kind and place."""
    first = analysis.probe.first
    stretch = clip.clock.at(inferred.span.start, first), clip.clock.at(inferred.span.end, first)
    places = places_of(inferred, analysis)
    try:
        consent.require_each(Use.INDEX, camera, stretch, inferred.kind, places, with_audio=with_audio)
    except ConsentError:
        return False
    return True


def named(inferred: InferredEvent, analysis: ClipAnalysis, camera: Camera) -> Event:
    """The event with its id."""
    name = event_id(analysis.clip, camera.camera_id, analysis.model.digest, analysis.settings_digest, inferred)
    return Event(name, analysis.clip, camera.camera_id, inferred)
