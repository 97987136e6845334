"""Rows of events: of an analysis, or of a comparison with an earlier clip."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from pipeline.catalogue.rows import body_of, put
from pipeline.catalogue.tables import events
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.events import ClipAnalysis, Event


def write_events(
    connection: Connection, number: int, analysis: ClipAnalysis, found: Sequence[Event], clip: AcquiredClip
) -> None:
    """Writes the events of an analysis in their order, each with its interval by the clip's clock."""
    for position, event in enumerate(found):
        span = event.inferred.span
        starts_at, ends_at = (clip.clock.at(end, analysis.probe.first) for end in (span.start, span.end))
        write_event(connection, number, position, event, (starts_at, ends_at))


def write_event(
    connection: Connection,
    analysis: int,
    position: int,
    event: Event,
    interval: tuple[datetime, datetime],
    comparison: int | None = None,
) -> None:
    """Writes one event of an analysis, or of a comparison with an earlier clip, with its interval in UTC."""
    inferred, span = event.inferred, event.inferred.span
    values = {
        "position": position,
        "clip": event.clip,
        "camera_id": event.camera_id,
        "kind": inferred.kind.value,
        "verdict": inferred.verdict.value,
        "reason": inferred.reason.value if inferred.reason else None,
        "score": inferred.score,
        "start_pts": span.start.pts,
        "start_time_base": str(span.start.time_base),
        "end_pts": span.end.pts,
        "end_time_base": str(span.end.time_base),
        "starts_at": interval[0],
        "ends_at": interval[1],
        "zone": inferred.zone,
        "sentence": inferred.sentence,
        "body": body_of(event),
        "comparison": comparison,
    }
    put(connection, events, {"analysis": analysis, "event_id": event.event_id}, values)
