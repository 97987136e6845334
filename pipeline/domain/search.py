"""What one asks of the events, and what is found."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.events import CannotTell, Event, EventKind, Verdict
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import CameraClock


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted. None asks nothing of that property; an empty tuple lets nothing through.

    Attributes:
        kinds: Kinds of event.
        camera_ids: Cameras.
        since: UTC; events that end before it are left out.
        until: UTC; events that start at it or later are left out.
        least_score: 0 to 1.
        verdict: Statements, or those that cannot tell.
        reasons: Reasons of those that cannot tell.
        clips: Digests of originals.
        acquisition_ids: Acquisitions.
        event_ids: Events.
        superseded: Those of earlier results too, and those between two clips that another clip has divided since;
            otherwise only of each acquisition's newest result and of undivided intervals.
        limit: At most so many, the earliest first.
    """

    kinds: tuple[EventKind, ...] | None = None
    camera_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    least_score: float = 0.0
    verdict: Verdict | None = None
    reasons: tuple[CannotTell, ...] | None = None
    clips: tuple[str, ...] | None = None
    acquisition_ids: tuple[str, ...] | None = None
    event_ids: tuple[str, ...] | None = None
    superseded: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event with what a person wants to see beside it.

    Attributes:
        event: The event itself.
        acquisition_id: Of which acquisition.
        camera_name: The resident's name for the camera; empty when the camera is not known.
        starts_at: UTC by the camera's clock; of an event between clips the last look of the earlier one.
        ends_at: Likewise; of an event between clips the first look of the later one.
        clock: Who states the time, and how far off it may be.
        model: Which weights looked.
        settings_digest: With which settings.
        is_superseded: Whether it is between two clips that another clip has divided since, so that a narrower statement
            took its place.
        highlight_ids: Highlights that show it, sorted; empty when there is none.
    """

    event: Event
    acquisition_id: str
    camera_name: str
    starts_at: datetime
    ends_at: datetime
    clock: CameraClock
    model: ModelIdentity
    settings_digest: str
    highlight_ids: tuple[str, ...] = ()
    is_superseded: bool = False
