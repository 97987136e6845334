"""A zone for the door, proposed from where people stopped before a camera; the resident draws it or does not."""

from dataclasses import dataclass

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.consent import Use
from pipeline.domain.events import Zone
from pipeline.domain.tracks import Track
from pipeline.errors import ConsentError, RecordNotFoundError
from pipeline.events.stops import where_people_stop
from pipeline.night.looks import Look
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found, and in what.

    Attributes:
        zone: Around where most people stopped; None where they stopped nowhere in three clips or more.
        looks: The clips that it rests on, in order of time, with the grants under which they were looked through.
    """

    zone: Zone | None
    looks: tuple[Look, ...]


def propose_zone(services: Services, desk: ConsentDesk, camera_id: str) -> Proposal:
    """Looks through the kept tracks of a camera's clips, each by its newest result, as far as grants let them be seen.

    Nothing is kept and nothing is changed: a zone decides what an event is, and so it is drawn by a person. Clips in
    another size than the newest one's are left out, since the camera was exchanged in between.

    Raises:
        RecordNotFoundError: There is no such camera.
    """
    camera = services.catalogue.cameras.get(camera_id)
    looks: list[Look] = []
    found: list[tuple[tuple[int, int], tuple[Track, ...]]] = []
    for clip in services.catalogue.clips.list((camera_id,), None, None):
        try:
            grant = desk.require(Use.VIEW, camera, clip.clock.starts_at)
            analysis = services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
        except (ConsentError, RecordNotFoundError):
            continue  # not to be seen, or not looked at yet
        looks.append(Look(clip.item.digest, camera_id, grant))
        found.append(((analysis.probe.width, analysis.probe.height), analysis.tracks))
    if not found:
        return Proposal(None, ())
    size = found[-1][0]
    same = [tracks for measured, tracks in found if measured == size]
    return Proposal(where_people_stop(same, *size), tuple(looks))
