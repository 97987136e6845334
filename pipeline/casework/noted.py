"""What of a night to watch first: packages, told or in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.casework.seen import seen_by
from pipeline.casework.tags import told_tags
from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.consent import Use
from pipeline.domain.events import EventKind, InferredEvent, Verdict
from pipeline.domain.nights import WorkState
from pipeline.domain.search import EventFilter, FoundEvent
from pipeline.domain.tags import Tag, is_rejected
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.services import Services
from pipeline.night.shown import require_for_event, visible

MOST = 8
"""So many are shown; the rest is a search away."""

_ORDER = (EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_MOVED, EventKind.PACKAGE_DELIVERED)
"""A package that lies still needs nobody."""


@dataclass(frozen=True, slots=True)
class Noted:
    """One event that is worth a look.

    Attributes:
        event_id: Which.
        clip: SHA-256 of its original.
        camera_id: Which camera.
        camera_name: The resident's.
        time_zone: The camera's, an IANA name.
        starts_at: UTC, by the camera's clock.
        ends_at: Likewise.
        inferred: What the rule says.
        is_between: Whether it lies between two clips, so that nobody was seen.
        tag: What a person said of it; None when nobody did.
        seen_at: UTC, when its reader last watched it; None when they never did.
    """

    event_id: str
    clip: str
    camera_id: str
    camera_name: str
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    inferred: InferredEvent
    is_between: bool
    tag: Tag | None = None
    seen_at: datetime | None = None


def worth_seeing(services: Services, desk: ConsentDesk, night: str, agent: str) -> tuple[Noted, ...]:
    """What to watch first of the clips that a night looked at: packages that went, then those that came.

    Within a kind what was seen comes before what cannot be told, and the surer before the less sure; at most ``MOST``.
    What a person rejected needs nobody.
    """
    done = [item.acquisition_id for item in services.catalogue.work.of_night(night) if item.state is WorkState.DONE]
    found = services.catalogue.search.find(EventFilter(kinds=_ORDER, acquisition_ids=tuple(done)))
    shown = visible(services, desk, found)
    tags = told_tags(services, desk, shown)
    open_ones = [one for one in shown if not is_rejected(tags.get(one.event.event_id))]
    chosen = sorted(open_ones, key=_urgency)[:MOST]
    seen = seen_by(services, agent, chosen)
    return tuple(
        replace(_noted(services, one, tags.get(one.event.event_id)), seen_at=seen.get(one.event.event_id))
        for one in chosen
    )


def write_down_noted(services: Services, desk: ConsentDesk, matter: Matter, noted: Sequence[Noted]) -> None:
    """Writes the looks at what a morning shows into the custody log, under the grants that allow them."""
    if not noted:
        return
    wanted = EventFilter(event_ids=tuple(one.event_id for one in noted))
    looks = [
        Look(found.event.clip, found.event.camera_id, require_for_event(services, desk, Use.VIEW, found))
        for found in services.catalogue.search.find(wanted)
    ]
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "morning"}
    write_down_looks(services, matter.agent, looks, detail)


def _urgency(found: FoundEvent) -> tuple[int, bool, float, datetime, str]:
    inferred = found.event.inferred
    is_doubtful = inferred.verdict is Verdict.CANNOT_TELL
    return _ORDER.index(inferred.kind), is_doubtful, -inferred.score, found.starts_at, found.event.event_id


def _noted(services: Services, found: FoundEvent, tag: Tag | None) -> Noted:
    camera = services.catalogue.cameras.get(found.event.camera_id)
    return Noted(
        event_id=found.event.event_id,
        clip=found.event.clip,
        camera_id=camera.camera_id,
        camera_name=camera.name,
        time_zone=camera.time_zone,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        inferred=found.event.inferred,
        is_between=found.event.since is not None,
        tag=tag,
    )
