"""Where in the picture an event happened: what a grant's zones are compared with. Pure."""

from pipeline.domain.events import ClipAnalysis, InferredEvent


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
