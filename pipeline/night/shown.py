"""Which events may be shown, those that a highlight shows, and the grants under which they may be used."""

from collections.abc import Iterable, Sequence
from functools import cache

from pipeline.catalogue import AnalysisKey
from pipeline.consent.desk import ConsentDesk, Place
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.incidents import Attachment, Highlight, Incident
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.video import ClipSpan
from pipeline.errors import ConsentError
from pipeline.night.moments import require_for_footage
from pipeline.night.places import places_where_asked
from pipeline.night.services import Services


def shown_events(services: Services, highlight_id: str) -> tuple[FoundEvent, ...]:
    """In order of time, also those of a result that another has followed since; empty for a span without an event.

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
    once, camera_of = desk.for_one_answer(), cache(services.catalogue.cameras.get)
    return tuple(event for event in found if _is_visible(services, once, camera_of(event.event.camera_id), event))


def _is_visible(services: Services, desk: ConsentDesk, camera: Camera, found: FoundEvent) -> bool:
    try:
        require_for_found(desk, Use.VIEW, camera, found, places_where_asked(services, desk, camera, found))
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
    return tuple(one for one in attached if is_highlight_visible(services, desk, one.shown_id))


def require_for_event(
    services: Services, desk: ConsentDesk, use: Use, found: FoundEvent, *, with_audio: bool = False
) -> SignedGrant:
    """The grant that allows the use of one event: its camera, moment, kind and place, with sound if that is asked.

    An event between two clips needs one for each: where the earlier ends, and where the later begins.

    Raises:
        ConsentError: There is none.
    """
    camera, once = services.catalogue.cameras.get(found.event.camera_id), desk.for_one_answer()
    places = places_where_asked(services, once, camera, found)
    return require_for_found(once, use, camera, found, places, with_audio=with_audio)


def require_for_found(
    desk: ConsentDesk,
    use: Use,
    camera: Camera,
    found: FoundEvent,
    places: tuple[Place, ...],
    *,
    with_audio: bool = False,
) -> SignedGrant:
    """As ``require_for_event``, for whoever has read the camera and the places already.

    It is the rule of the index too (``is_allowed``, and the condition of a search): where an event begins. What is told
    of it is its kind and that moment; whether what came after was granted is asked wherever it is seen, of every moment
    of a clip or highlight and of that of a picture. Of an event between two clips nothing in between was recorded, so
    that its two looks are all there is.
    """
    kind = found.event.inferred.kind
    if found.event.since is not None:
        desk.require(use, camera, found.ends_at, kind, places, with_audio=with_audio)
    return desk.require(use, camera, found.starts_at, kind, places, with_audio=with_audio)


def require_for_highlight(services: Services, desk: ConsentDesk, use: Use, highlight_id: str) -> SignedGrant:
    """The grant of the first event; every other event that the highlight shows has one too.

    What it shows needs one throughout besides: it begins before its events and ends after them, and a pause may lie
    within. What a person chose to cut has no event that gives it its margin: it is asked about as footage is.

    Raises:
        ConsentError: For one of them there is none.
        RecordNotFoundError: There is no such highlight.
    """
    once = desk.for_one_answer()
    grants = [require_for_event(services, once, use, found) for found in shown_events(services, highlight_id)]
    highlight = services.catalogue.highlights.get(highlight_id)
    clip = services.catalogue.clips.get(services.catalogue.highlights.acquisition_of(highlight_id))
    grants.append(require_for_cut(services, once, use, clip, highlight))
    return grants[0]


def require_for_cut(
    services: Services,
    desk: ConsentDesk,
    use: Use,
    clip: AcquiredClip,
    highlight: Highlight,
    *,
    with_audio: bool = False,
) -> SignedGrant:
    """The grant that allows every moment that a highlight shows; its events are asked about besides.

    Raises:
        ConsentError: There is none.
        RecordNotFoundError: The clip was not looked at, so that nobody knows when its first frame is.
    """
    if highlight.cut is None:
        return require_for_span(services, desk, use, clip, highlight.span, with_audio=with_audio)
    analysis = services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
    return require_for_footage(services, desk, use, clip, analysis, highlight.span, with_audio=with_audio)


def require_for_span(
    services: Services, desk: ConsentDesk, use: Use, clip: AcquiredClip, span: ClipSpan, *, with_audio: bool = False
) -> SignedGrant:
    """The grant that allows the use of a part of a clip: of every moment of it.

    Raises:
        ConsentError: There is none.
        RecordNotFoundError: The clip was not looked at, so that nobody knows when its first frame is.
    """
    first = services.catalogue.analyses.newest(clip.acquisition.acquisition_id).probe.first
    camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
    stretch = clip.clock.at(span.start, first), clip.clock.at(span.end, first)
    return desk.require_throughout(use, camera, stretch, with_audio=with_audio)


def analysis_behind(services: Services, highlight_id: str) -> ClipAnalysis:
    """The result whose tracks a highlight draws: that of its first event; the newest for a span without an event.

    Raises:
        RecordNotFoundError: There is no such highlight.
    """
    shown = shown_events(services, highlight_id)
    if not shown:
        return services.catalogue.analyses.newest(services.catalogue.highlights.acquisition_of(highlight_id))
    found = shown[0]
    return services.catalogue.analyses.get(AnalysisKey(found.acquisition_id, found.model.digest, found.settings_digest))
