"""Events that somebody has in hand already, in visits: by the same rule as a search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.catalogue.index.codes import micros
from pipeline.domain.cameras import Camera
from pipeline.domain.search import FoundEvent
from pipeline.domain.visits import Sighted, group, visit_rule
from pipeline.settings import SearchSettings


@dataclass(frozen=True, slots=True)
class VisitSpan:
    """What one stay brought, over cameras and households, in order of time; at least one event."""

    starts_at: datetime
    ends_at: datetime
    events: tuple[FoundEvent, ...]


def visits_of(
    events: Iterable[FoundEvent], cameras: Sequence[Camera], settings: SearchSettings
) -> tuple[VisitSpan, ...]:
    """Events in visits, by the rule of the search; what happened between two clips, with nobody seen, is of none.

    Args:
        events: In any order.
        cameras: Of which they are.
        settings: What belongs together.
    """
    seen = sorted(
        (one for one in events if one.event.since is None), key=lambda one: (one.starts_at, one.event.event_id)
    )
    codes = {camera.camera_id: code for code, camera in enumerate(cameras)}
    rule = visit_rule(
        settings.gap_seconds,
        settings.longest_minutes,
        settings.near_metres,
        lambda code: cameras[code].position,
    )
    sighted = (
        Sighted(
            number,
            codes[found.event.camera_id],
            micros(found.starts_at),
            micros(found.ends_at),
            found.clock.uncertainty // timedelta(microseconds=1),
        )
        for number, found in enumerate(seen)
    )
    visits = (
        tuple(seen[number] for number in sorted(event.number for event in visit.events))
        for visit in group(sighted, rule, newest_first=False)
    )
    return tuple(VisitSpan(one[0].starts_at, max(found.ends_at for found in one), one) for one in visits)
