"""Which incidents an agent reaches, what a new one would say of events, and the clips of its place and window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from pipeline.casework.incidents import Words
from pipeline.casework.reach import SEES_ALL, desks, on_which_case
from pipeline.domain.agents import Matter, Role
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.incidents import Incident, IncidentStatus, metres_between
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.errors import ConsentError, RecordNotFoundError
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.moments import seen_in_words
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event

NEARBY_METRES = 150.0
"""Around the place of a new incident."""
_BESIDE = timedelta(minutes=30)
"""Before and after the events of a new incident."""
_BEFORE = timedelta(minutes=10)
"""A clip that begins this long before a window may still reach into it."""


def reached_incidents(
    services: Services, agent: str, role: Role, *, mine: bool = False, status: IncidentStatus | None = None
) -> tuple[Incident, ...]:
    """Those that an agent reaches, the last opened first; may be empty.

    Args:
        services: The installation.
        agent: Whose page it is.
        role: What they may do.
        mine: Only those that they opened or are assigned to.
        status: Only these; None for all but the merged ones, whose matter goes on elsewhere.
    """
    catalogue = services.catalogue.incidents
    known = catalogue.list() if role in SEES_ALL and not mine else catalogue.of_agent(agent)
    wanted = [one for one in known if (one.status is status if status else one.status is not IncidentStatus.MERGED)]
    return tuple(reversed(wanted))


def chosen_events(services: Services, matter: Matter, event_ids: Sequence[str]) -> tuple[FoundEvent, ...]:
    """The named events that may be shown to whoever looks, in order of time; the looks are written down."""
    desk = services.consent(matter.purpose, matter.recipient)
    wanted = EventFilter(event_ids=tuple(event_ids)) if event_ids else None
    found, looks = [], []
    for one in services.catalogue.search.find(wanted) if wanted else ():
        try:
            grant = require_for_event(services, desk, Use.VIEW, one)
        except ConsentError:
            continue
        found.append(one)
        looks.append(Look(one.event.clip, one.event.camera_id, grant))
    facts = {"as": "new incident", "purpose": matter.purpose, "case": matter.case_number}
    write_down_looks(services, matter.agent, looks, facts)
    return tuple(found)


def shown_by(found: Sequence[FoundEvent]) -> tuple[str, ...]:
    """The first highlight of each event, each once; events that no highlight shows give none."""
    return tuple(dict.fromkeys(name for one in found for name in one.highlight_ids[:1]))


def words_from(services: Services, matter: Matter, found: Sequence[FoundEvent]) -> Words | None:
    """What a new incident would say of these events: where, when, and of which kinds; None without events.

    The place is that of the first event's camera; a camera whose place nobody knows gives (0, 0), to be filled in.
    """
    if not found:
        return None
    cameras = [services.catalogue.cameras.get(one.event.camera_id) for one in found]
    place = next((camera.position for camera in cameras if camera.position is not None), (0.0, 0.0))
    farthest = max((metres_between(place, one.position) for one in cameras if one.position), default=0.0)
    return Words(
        title="",
        place=place,
        radius=max(NEARBY_METRES, 10.0 * round(farthest / 10 + 1)),
        starts_at=min(one.starts_at for one in found) - _BESIDE,
        ends_at=max(one.ends_at for one in found) + _BESIDE,
        kinds=tuple(sorted({one.event.inferred.kind for one in found})),
        case_number=matter.case_number,
    )


@dataclass(frozen=True, slots=True)
class ClipInScope:
    """A clip that may be cut for an incident.

    Attributes:
        clip: Which.
        camera: That recorded it.
        seconds: How long it is, as far as it was looked at.
        events: How many the newest result has.
        only: Which moments of it a grant covers, in words; empty where it covers all of it.
    """

    clip: AcquiredClip
    camera: Camera
    seconds: Fraction
    events: int
    only: str = ""


def clips_in_scope(services: Services, matter: Matter, incident: Incident) -> tuple[ClipInScope, ...]:
    """Clips of cameras near an incident that may reach into its window and may be shown; the looks are written down."""
    found = tuple(_in_scope(services, matter, incident))
    desk = services.consent(matter.purpose, matter.recipient)
    looks = [
        Look(
            one.clip.item.digest,
            one.camera.camera_id,
            desk.require(Use.VIEW, one.camera, one.clip.clock.starts_at),
        )
        for one in found
    ]
    facts = {"incident": incident.incident_id, "as": "clips", **on_which_case(matter, incident)}
    write_down_looks(services, matter.agent, looks, facts)
    return found


def _in_scope(services: Services, matter: Matter, incident: Incident) -> Iterator[ClipInScope]:
    catalogue = services.catalogue
    cameras = {one.camera_id: catalogue.cameras.get(one.camera_id) for one in catalogue.cameras.list()}
    near = {
        name: camera
        for name, camera in cameras.items()
        if camera.position is not None and metres_between(camera.position, incident.place) <= incident.radius
    }
    for clip in catalogue.clips.list(tuple(near), incident.starts_at - _BEFORE, incident.ends_at):
        camera = near[clip.acquisition.camera_id]
        try:
            analysis = catalogue.analyses.newest(clip.acquisition.acquisition_id)
            asked = tuple(desks(services, matter, incident))
            for desk in asked:
                desk.require(Use.VIEW, camera, clip.clock.starts_at)
            seen = [seen_in_words(services, desk, Use.VIEW, clip, analysis) for desk in asked]
        except (ConsentError, RecordNotFoundError):
            continue
        seconds = analysis.sampling.last.seconds - analysis.probe.first.seconds
        yield ClipInScope(clip, camera, seconds, len(analysis.events), next(filter(None, seen), ""))
