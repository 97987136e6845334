"""Where in the picture an event happened: what a grant's zones are compared with."""

from collections.abc import Mapping, Sequence

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk, Place
from pipeline.domain.cameras import Camera
from pipeline.domain.events import ClipAnalysis, InferredEvent
from pipeline.domain.search import FoundEvent
from pipeline.errors import RecordNotFoundError
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
    return places_of_found(services, desk, {camera.camera_id: camera}, [found])[found.event.event_id]


def places_of_found(
    services: Services, desk: ConsentDesk, cameras: Mapping[str, Camera], found: Sequence[FoundEvent]
) -> dict[str, tuple[Place, ...]]:
    """As ``places_where_asked``, of many events by their ids: what they rest on is read at once.

    Args:
        services: The installation.
        desk: Asks.
        cameras: By id; of a camera that is not here no place is given.
        found: The events.

    Raises:
        RecordNotFoundError: A result is gone.
    """
    shown = {one.event.camera_id for one in found} & cameras.keys()
    asking = {name for name in shown if desk.asks_for_places(cameras[name])}
    keys = {
        one.event.event_id: AnalysisKey(one.acquisition_id, one.model.digest, one.settings_digest)
        for one in found
        if one.event.camera_id in asking
    }
    analyses = services.catalogue.analyses.some(frozenset(keys.values()))
    gone = next((key for key in keys.values() if key not in analyses), None)
    if gone is not None:
        raise RecordNotFoundError("analysis of acquisition", gone.acquisition_id)
    return {
        one.event.event_id: places_of(one.event.inferred, analyses[keys[one.event.event_id]])
        if one.event.event_id in keys
        else ()
        for one in found
    }
