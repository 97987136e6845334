"""Both opinions of every clip that a grant lets be looked at, and the queue that a person works through."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind
from pipeline.domain.review import ClipOpinion, ReviewItem, queue
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.second_opinion import SecondOpinion, compare, kinds_behind
from pipeline.errors import ConsentError
from pipeline.night.services import Services
from pipeline.night.shown import visible


def review_queue(
    services: Services,
    desk: ConsentDesk,
    camera_ids: tuple[str, ...] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[ReviewItem, ...]:
    """What a person should look at, the most urgent first; only of what the desk's purpose and recipient may see.

    Args:
        services: The installation.
        desk: Asks for the reader's purpose and recipient.
        camera_ids: Of these cameras; None for all.
        since: UTC; clips that begin before it are left out.
        until: UTC; clips that begin at it or later are left out.
    """
    clips = services.catalogue.clips.list(camera_ids, since, until)
    return queue(opinions_of(services, desk, clips), services.settings.events.least_score)


def opinions_of(services: Services, desk: ConsentDesk, clips: Sequence[AcquiredClip]) -> tuple[ClipOpinion, ...]:
    """Both opinions of each clip that was looked at and that a live grant lets be shown, in the order given."""
    names = tuple(clip.acquisition.acquisition_id for clip in clips)
    looked_at = services.catalogue.analyses.done(names)
    found: dict[str, list[FoundEvent]] = defaultdict(list)
    for event in visible(services, desk, services.catalogue.search.find(EventFilter(acquisition_ids=names))):
        if event.event.since is None:  # a label is of what the clip shows
            found[event.acquisition_id].append(event)
    shown = (clip for clip in clips if clip.acquisition.acquisition_id in looked_at)
    return tuple(_opinions(services, desk.for_one_answer(), shown, found))


def _opinions(
    services: Services, desk: ConsentDesk, clips: Iterable[AcquiredClip], found: dict[str, list[FoundEvent]]
) -> Iterable[ClipOpinion]:
    for clip in clips:
        camera = services.catalogue.cameras.get(clip.acquisition.camera_id)
        if not _is_granted(desk, camera, clip.clock.starts_at):
            continue
        events = tuple(found.get(clip.acquisition.acquisition_id, ()))
        yield ClipOpinion(
            clip=clip.item.digest,
            acquisition_id=clip.acquisition.acquisition_id,
            camera_id=camera.camera_id,
            camera_name=camera.name,
            starts_at=clip.clock.starts_at,
            opinion=opinion_of(desk, camera, clip, events),
            events=events,
        )


def opinion_of(desk: ConsentDesk, camera: Camera, clip: AcquiredClip, events: Iterable[FoundEvent]) -> SecondOpinion:
    """The source's labels held against our events of the clip.

    A label is left out where no grant lets our own words for it be shown: it would tell what must not be told, and our
    silence would look like a disagreement.
    """
    labels = [label for label in clip.trigger.vendor_labels if _may_be_told(desk, camera, clip, label)]
    return compare(labels, (found.event.inferred for found in events))


def _may_be_told(desk: ConsentDesk, camera: Camera, clip: AcquiredClip, label: str) -> bool:
    kinds = kinds_behind(label)
    return not kinds or any(_is_granted(desk, camera, clip.clock.starts_at, kind) for kind in kinds)


def _is_granted(desk: ConsentDesk, camera: Camera, moment: datetime, kind: EventKind | None = None) -> bool:
    try:
        desk.require(Use.VIEW, camera, moment, kind)
    except ConsentError:
        return False
    return True
