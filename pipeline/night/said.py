"""Events for a report, each with what a person said of it, as far as the grants of this moment let that be told."""

from collections.abc import Sequence

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.consent import Use
from pipeline.domain.search import FoundEvent
from pipeline.domain.tags import Tag
from pipeline.errors import ConsentError
from pipeline.night.services import Services
from pipeline.reports import ReportedEvent, SaidOfIt


def reported_events(services: Services, desk: ConsentDesk, shown: Sequence[FoundEvent]) -> tuple[ReportedEvent, ...]:
    """The events in the order given, with the tag of each that counts."""
    tags = services.catalogue.tags.latest(found.event.event_id for found in shown)
    return tuple(
        ReportedEvent(
            event=found.event,
            starts_at=found.starts_at,
            ends_at=found.ends_at,
            is_superseded=found.is_superseded,
            said=_said(services, desk, found, tags.get(found.event.event_id)),
        )
        for found in shown
    )


def _said(services: Services, desk: ConsentDesk, found: FoundEvent, tag: Tag | None) -> SaidOfIt | None:
    if tag is None:
        return None
    starts_at, ends_at = found.starts_at, found.ends_at
    if tag.span != tag.span_said:
        key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
        first = services.catalogue.analyses.get(key).probe.first
        starts_at, ends_at = (found.clock.at(edge, first) for edge in (tag.span.start, tag.span.end))
    camera = services.catalogue.cameras.get(found.event.camera_id)
    try:
        desk.require(Use.EXPORT, camera, found.starts_at, tag.kind)
    except ConsentError:
        return SaidOfIt(tag.status, tag.at, None, starts_at, ends_at)
    return SaidOfIt(tag.status, tag.at, tag.kind, starts_at, ends_at)
