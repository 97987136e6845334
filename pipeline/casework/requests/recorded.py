"""What a resident's own cameras recorded in the window of a request, for the resident alone to choose from.

What another owner of the camera shared is not listed, and neither is what only a hold keeps.
Nothing of it is fetched, kept or written into the custody log: a look at one's own clips that the log told of
would tell who thought about a request and did not answer it (P6).
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.casework.grants.readable import readable_clips
from pipeline.domain.cameras import Account, Camera, CameraTrigger
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.consent import FootageSpan
from pipeline.domain.footage_requests import FootageRequest
from pipeline.errors import RecordNotFoundError
from pipeline.night.moments import ends_of
from pipeline.night.services import Services

_LONGEST_CLIP = timedelta(minutes=2)
"""Of a recording of which nobody says how long it is; one that follows sooner ends it."""
_APART = timedelta(hours=1)
"""More than lies between the moment of a trigger and that of its clip."""
_MARGIN = timedelta(seconds=2)
"""Behind the last frame: sources give whole seconds, and the last moment belongs to the clip."""


@dataclass(frozen=True, slots=True)
class RecordedClip:
    """One recording of a resident's own camera.

    Attributes:
        camera: Which; the resident's own.
        trigger: Why the camera recorded.
        span: What a grant for this clip alone names.
        acquisition_id: Of the original that is held under another grant; empty where nothing was fetched.
    """

    camera: Camera
    trigger: CameraTrigger
    span: FootageSpan
    acquisition_id: str = ""

    @property
    def name(self) -> str:
        """For a form: camera and trigger."""
        return f"{self.camera.camera_id} {self.trigger.trigger_id}"

    @property
    def is_held(self) -> bool:
        """Whether it can be looked at here."""
        return bool(self.acquisition_id)


def recorded_clips(
    services: Services, cameras: Sequence[Camera], asked: FootageRequest, *, asks_source: bool = False
) -> tuple[RecordedClip, ...]:
    """In order of time; empty when nothing is known.

    Args:
        services: The installation.
        cameras: The resident's own, inside the area.
        asked: Whose window counts.
        asks_source: Whether the source is asked for its history now; what it says is not kept.

    Raises:
        AccountRefusedError, SourceUnreachableError: As the source answers.
    """
    found: list[RecordedClip] = []
    for camera in cameras:
        around = services.catalogue.clips.list((camera.camera_id,), asked.starts_at - _APART, asked.ends_at + _APART)
        known = services.catalogue.triggers.list(camera.camera_id, asked.starts_at, asked.ends_at)
        fresh = _history(services, camera, asked) if asks_source else ()
        theirs = readable_clips(services, camera.owner_id or "", around)
        unseen = {clip.trigger.trigger_id for clip in around} - {clip.trigger.trigger_id for clip in theirs}
        held = [clip for clip in theirs if asked.starts_at <= clip.clock.starts_at < asked.ends_at]
        told = (one for one in known if one.trigger_id not in unseen)
        found += _of_camera(services, camera, held, (*told, *fresh))
    return tuple(sorted(found, key=lambda clip: (clip.span.start, clip.name)))


def _of_camera(
    services: Services, camera: Camera, held: Iterable[AcquiredClip], triggers: Iterable[CameraTrigger]
) -> Iterable[RecordedClip]:
    by_trigger = {clip.trigger.trigger_id: clip for clip in held}
    every = {trigger.trigger_id: trigger for trigger in triggers if not trigger.deleted}
    every.update({name: clip.trigger for name, clip in by_trigger.items()})
    begins = sorted(_begin(trigger, by_trigger) for trigger in every.values())
    for trigger in every.values():
        start = _begin(trigger, by_trigger)
        following = min((moment for moment in begins if moment > start), default=None)
        clip = by_trigger.get(trigger.trigger_id)
        end = _end(services, clip) if clip else start + (timedelta(seconds=trigger.seconds) or _LONGEST_CLIP)
        end += _MARGIN
        span = FootageSpan(camera.camera_id, start, end if following is None else min(end, following))
        yield RecordedClip(camera, trigger, span, clip.acquisition.acquisition_id if clip else "")


def _begin(trigger: CameraTrigger, held: dict[str, AcquiredClip]) -> datetime:
    """The moment by which fetching asks for it, and by which its events are shown: of two, the earlier."""
    clip = held.get(trigger.trigger_id)
    return trigger.at if clip is None else min(trigger.at, clip.clock.starts_at)


def _end(services: Services, clip: AcquiredClip) -> datetime:
    try:
        analysis = services.catalogue.analyses.newest(clip.acquisition.acquisition_id)
    except RecordNotFoundError:
        return clip.clock.starts_at + (timedelta(seconds=clip.trigger.seconds) or _LONGEST_CLIP)
    return ends_of(clip, analysis)[1]


def _history(services: Services, camera: Camera, asked: FootageRequest) -> tuple[CameraTrigger, ...]:
    account = services.catalogue.accounts.get(camera.account_id)
    return asyncio.run(_ask(services, account, camera, asked))


async def _ask(
    services: Services, account: Account, camera: Camera, asked: FootageRequest
) -> tuple[CameraTrigger, ...]:
    source = services.accounts.source(account)
    try:
        pages = [page async for page in source.triggers(camera, asked.starts_at, asked.ends_at)]
    finally:
        await source.close()
    return tuple(trigger for page in pages for trigger in page.triggers)
