"""Where the time of footage is read: by its camera, and never by whoever looks or where the installation stands."""

from collections.abc import Iterable

from pipeline.domain.search import FoundEvent
from pipeline.night.services import Services


def zones_of(services: Services, found: Iterable[FoundEvent]) -> dict[str, str]:
    """By camera id, the IANA name of the zone of each camera of these events."""
    cameras = services.catalogue.cameras.some(one.event.camera_id for one in found)
    return {name: camera.time_zone for name, camera in cameras.items()}
