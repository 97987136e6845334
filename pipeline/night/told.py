"""What a package shows and says, as far as grants are asked for it: the same question before it leaves and after."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.consent import Use
from pipeline.domain.search import EventFilter
from pipeline.errors import ConsentOutOfScopeError, RecordNotFoundError
from pipeline.night.leaving import withheld
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, require_for_highlight


@dataclass(frozen=True, slots=True)
class ToldClip:
    """A recording of which a package says no more than that it is there.

    Attributes:
        clip: SHA-256 of the original.
        starts_at: UTC, by the camera's clock.
    """

    clip: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Everything in a package that a grant lets out; each part may be empty.

    Attributes:
        acquisition_ids: Of which something is inside.
        highlight_ids: Whose video is inside.
        original_ids: Acquisitions whose original is inside.
        event_ids: That are told, whether a highlight shows them or not.
        sent_ids: Acquisitions that neighbours sent.
        camera_ids: Whose coverage is told.
        clips: Recordings that are named.
    """

    acquisition_ids: tuple[str, ...] = ()
    highlight_ids: tuple[str, ...] = ()
    original_ids: tuple[str, ...] = ()
    event_ids: tuple[str, ...] = ()
    sent_ids: tuple[str, ...] = ()
    camera_ids: tuple[str, ...] = ()
    clips: tuple[ToldClip, ...] = ()


def require_told(services: Services, desk: ConsentDesk, told: Told) -> None:
    """Returns when everything may leave as the grants stand now.

    Raises:
        ConsentError: A grant was revoked, paused or narrowed since.
        RecordNotFoundError, EvidenceDisposedError: Something was deleted since.
    """
    for highlight_id in told.highlight_ids:
        require_for_highlight(services, desk, Use.EXPORT, highlight_id)
    for name in told.acquisition_ids:
        services.catalogue.clips.get(name)
    _require_originals(services, desk, told)
    _require_events(services, desk, told)
    _require_named(services, desk, told)


def _require_originals(services: Services, desk: ConsentDesk, told: Told) -> None:
    catalogue = services.catalogue
    for name in told.original_ids:
        clip = catalogue.clips.get(name)
        why = withheld(services, desk, clip, tuple(map(catalogue.analyses.get, catalogue.analyses.keys_of(name))))
        if why:
            raise ConsentOutOfScopeError(clip.acquisition.camera_id, clip.acquisition.grant_id, why)


def _require_events(services: Services, desk: ConsentDesk, told: Told) -> None:
    wanted = EventFilter(acquisition_ids=told.acquisition_ids, superseded=True)
    found = [one for one in services.catalogue.search.find(wanted) if one.event.event_id in set(told.event_ids)]
    gone = sorted(set(told.event_ids) - {one.event.event_id for one in found})
    if gone:
        raise RecordNotFoundError("event that the package tells of", gone[0])
    for event in found:
        require_for_event(services, desk, Use.EXPORT, event)


def _require_named(services: Services, desk: ConsentDesk, told: Told) -> None:
    """Facts leave as well as footage: files of neighbours, cameras and other clips."""
    cameras, clips = services.catalogue.cameras, services.catalogue.clips
    for name in told.sent_ids:
        sent = clips.get(name)
        desk.require(Use.EXPORT, cameras.get(sent.acquisition.camera_id), sent.clock.starts_at)
    for camera_id in told.camera_ids:
        desk.require(Use.FETCH, cameras.get(camera_id), None)
    for one in told.clips:
        named = [clip for clip in clips.of_digest(one.clip) if clip.clock.starts_at == one.starts_at]
        if not named:
            raise RecordNotFoundError("recording that the package tells of", one.clip)
        for clip in named:
            desk.require(Use.EXPORT, cameras.get(clip.acquisition.camera_id), one.starts_at)
