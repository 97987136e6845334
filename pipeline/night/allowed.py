"""What of a clip's analysis a grant allows to be kept, and what an analysis is asked for."""

from fractions import Fraction

from pipeline.analysis import AnalysisRequest, event_id
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import ClipAnalysis, Event, InferredEvent
from pipeline.domain.video import ClockSource
from pipeline.errors import ConsentError
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


def is_allowed(
    consent: ConsentDesk,
    camera: Camera,
    clip: AcquiredClip,
    inferred: InferredEvent,
    analysis: ClipAnalysis,
    *,
    with_audio: bool = False,
) -> bool:
    """Whether a live grant allows the event to be kept: its moment, kind and place."""
    moment = clip.clock.at(inferred.span.start, analysis.probe.first)
    places = places_of(inferred, analysis)
    try:
        consent.require(Use.INDEX, camera, moment, inferred.kind, places, with_audio=with_audio)
    except ConsentError:
        return False
    return True


def named(inferred: InferredEvent, analysis: ClipAnalysis, camera: Camera) -> Event:
    """The event with its id."""
    name = event_id(analysis.clip, camera.camera_id, analysis.model.digest, analysis.settings_digest, inferred)
    return Event(name, analysis.clip, camera.camera_id, inferred)
