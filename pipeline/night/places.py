"""Where in the picture an event happened: what a grant's zones are compared with."""

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk, Place
from pipeline.domain.cameras import Camera
from pipeline.domain.events import ClipAnalysis, InferredEvent
from pipeline.domain.search import FoundEvent
from pipeline.night.services import Services


def places_of(inferred: InferredEvent, analysis: ClipAnalysis) -> tuple[tuple[float, float], ...]:
    """Where in the picture an event happened, each (x, y) 0 to 1: where people stood, and the middle of a region.

    Returns:
        Empty when the event rests on nothing that has a place.
    """
    width, height = analysis.probe.width, analysis.probe.height
    wanted = set(inferred.track_ids)
    points = [
        sighting.detection.box.feet
        for track in analysis.tracks
        if track.track_id in wanted
        for sighting in track.during(inferred.span)
    ]
    if inferred.region is not None:
        points.append(inferred.region.centre)
    return tuple((min(max(x / width, 0.0), 1.0), min(max(y / height, 0.0), 1.0)) for x, y in points)


def places_where_asked(services: Services, desk: ConsentDesk, camera: Camera, found: FoundEvent) -> tuple[Place, ...]:
    """Where it happened, read only where a grant of its camera has zones: without zones no place is asked for.

    Should a grant with zones come before the desk is asked for the event, no place is given, and it refuses.
    """
    if not desk.asks_for_places(camera):
        return ()
    key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
    return places_of(found.event.inferred, services.catalogue.analyses.get(key))
