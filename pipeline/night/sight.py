"""Which events a live grant lets somebody see; asked anew for every look."""

from collections.abc import Iterable

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.consent import Use
from pipeline.domain.search import FoundEvent
from pipeline.errors import ConsentError
from pipeline.night.places import places_of
from pipeline.night.services import Services


def visible(services: Services, desk: ConsentDesk, found: Iterable[FoundEvent]) -> tuple[FoundEvent, ...]:
    """The events that may be shown for the desk's purpose and recipient, in the order given; may be empty."""
    return tuple(event for event in found if _is_visible(services, desk, event))


def _is_visible(services: Services, desk: ConsentDesk, found: FoundEvent) -> bool:
    camera = services.catalogue.cameras.get(found.event.camera_id)
    places = places_of(found.event.inferred, services.catalogue.analyses.newest(found.acquisition_id))
    try:
        desk.require(Use.VIEW, camera, found.starts_at, found.event.inferred.kind, places)
    except ConsentError:
        return False
    return True
