"""Which events may be shown, those that a highlight shows, and the grants under which they may be used."""

from collections.abc import Iterable, Sequence

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk, Place
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.incidents import Attachment, Incident
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError
from pipeline.night.places import places_of
from pipeline.night.services import Services


def shown_events(services: Services, highlight_id: str) -> tuple[FoundEvent, ...]:
    """In order of time, at least one; also those of a result that another has followed since.

    Raises:
        RecordNotFoundError: There is no such highlight.
    """
    highlight = services.catalogue.highlights.get(highlight_id)
    acquisition_id = services.catalogue.highlights.acquisition_of(highlight_id)
    wanted = EventFilter(event_ids=highlight.event_ids, acquisition_ids=(acquisition_id,), superseded=True)
    return services.catalogue.search.find(wanted)


def found_before(shown: Iterable[tuple[FoundEvent, ...]], looked_at: Sequence[str]) -> tuple[FoundEvent, ...]:
    """Of what highlights show, the events before clips of earlier nights: another clip arrived late and divided a gap.

    Args:
        shown: What each highlight of the night shows.
        looked_at: Acquisitions that the night looked at.
    """
    ours = set(looked_at)
    return tuple(one for events in shown for one in events if one.event.since and one.acquisition_id not in ours)


def visible(services: Services, desk: ConsentDesk, found: Iterable[FoundEvent]) -> tuple[FoundEvent, ...]:
    """The events that may be shown for the desk's purpose and recipient, in the order given; may be empty."""
    return tuple(event for event in found if _is_visible(services, desk, event))


def _is_visible(services: Services, desk: ConsentDesk, found: FoundEvent) -> bool:
    try:
        require_for_event(services, desk, Use.VIEW, found)
    except ConsentError:
        return False
    return True


def is_highlight_visible(services: Services, desk: ConsentDesk, highlight_id: str) -> bool:
    """Whether every event that the highlight shows may be shown.

    Raises:
        RecordNotFoundError: There is no such highlight.
    """
    try:
        require_for_highlight(services, desk, Use.VIEW, highlight_id)
    except ConsentError:
        return False
    return True


def visible_attachments(services: Services, incident: Incident) -> tuple[Attachment, ...]:
    """What is attached to an incident and may be shown for its purpose and recipient, in order; may be empty."""
    desk = services.consent(incident.purpose, incident.recipient)
    attached = services.catalogue.incidents.attachments(incident.incident_id)
    return tuple(one for one in attached if is_highlight_visible(services, desk, one.highlight_id))


def require_for_event(
    services: Services, desk: ConsentDesk, use: Use, found: FoundEvent, *, with_audio: bool = False
) -> SignedGrant:
    """The grant that allows the use of one event: its camera, moment, kind and place, with sound if that is asked.

    An event between two clips needs one for each: where the earlier ends, and where the later begins.

    Raises:
        ConsentError: There is none.
    """
    camera = services.catalogue.cameras.get(found.event.camera_id)
    kind, places = found.event.inferred.kind, _places(services, found)
    if found.event.since is not None:
        desk.require(use, camera, found.ends_at, kind, places, with_audio=with_audio)
    return desk.require(use, camera, found.starts_at, kind, places, with_audio=with_audio)


def _places(services: Services, found: FoundEvent) -> tuple[Place, ...]:
    """Where it happened, read only where a grant has zones: without zones no place is asked for.

    Should a grant with zones come between the two looks, no place is given, and it refuses.
    """
    grants = services.catalogue.grants.latest_of_camera(found.event.camera_id)
    if not any(signed.grant.zones for signed in grants):
        return ()
    key = AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest)
    return places_of(found.event.inferred, services.catalogue.analyses.get(key))


def require_for_highlight(services: Services, desk: ConsentDesk, use: Use, highlight_id: str) -> SignedGrant:
    """The grant of the first event; every other event that the highlight shows has one too.

    Raises:
        ConsentError: For one of them there is none.
        RecordNotFoundError: There is no such highlight.
    """
    grants = [require_for_event(services, desk, use, found) for found in shown_events(services, highlight_id)]
    return grants[0]
