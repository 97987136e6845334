"""What waits for a person: the queue of the nights, without what somebody has said something about already."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.consent.desk import ConsentDesk
from pipeline.domain.agents import Matter
from pipeline.domain.consent import SignedGrant, Use
from pipeline.domain.review import ReviewItem, ReviewReason
from pipeline.night.looks import Look, write_down_looks
from pipeline.night.review import review_queue
from pipeline.night.services import Services


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Of what the queue is asked. None asks nothing of that property.

    Attributes:
        camera_ids: Of these cameras.
        since: UTC; clips that begin before it are left out.
        until: UTC; clips that begin at it or later are left out.
        reasons: For these reasons.
    """

    camera_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    reasons: tuple[ReviewReason, ...] | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits.

    Attributes:
        items: The most urgent first, as many as were asked for; may be empty.
        counts: How many wait by reason, over all.
        decided: How many do not wait any more, since a person has tagged them.
    """

    items: tuple[ReviewItem, ...]
    counts: Mapping[ReviewReason, int]
    decided: int

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(self.counts.values())


def needs_review(
    services: Services, matter: Matter, scope: QueueFilter, limit: int, *, is_shown: bool = True
) -> Waiting:
    """What waits for a person, as far as live grants let it be shown.

    Args:
        services: The installation.
        matter: Who looks, and why.
        scope: Of what.
        limit: At most so many items.
        is_shown: Whether the items are shown, so that the looks are written down; otherwise they are only counted.
    """
    desk = services.consent(matter.purpose, matter.recipient)
    found = _asked(services, desk, scope)
    waiting = [item for item in found if not _is_decided(services, item)]
    items = tuple(waiting[:limit]) if is_shown else ()
    looks = [Look(item.clip, item.camera_id, _grant(services, desk, item)) for item in items]
    detail = {"purpose": matter.purpose, "case": matter.case_number, "as": "review"}
    write_down_looks(services, matter.agent, looks, detail)
    counts = Counter(item.reason for item in waiting)
    return Waiting(items, dict(counts.most_common()), len(found) - len(waiting))


def next_to_review(services: Services, matter: Matter, scope: QueueFilter, after: str = "") -> str:
    """The event to look at next; empty when none waits. Clips without an event are reached from the queue itself.

    Args:
        services: The installation.
        matter: Who looks, and why.
        scope: Of what.
        after: Id of the event that was looked at last: what follows it comes first, then what was passed over.
    """
    found = _asked(services, services.consent(matter.purpose, matter.recipient), scope)
    names = [(item, _events_of(item)) for item in found]
    last = next((at for at, (_, events) in enumerate(names) if after in events), -1)
    for item, events in (*names[last + 1 :], *names[: last + 1]):
        open_ones = [name for name in events if name != after]
        if open_ones and not _is_decided(services, item):
            tagged = services.catalogue.tags.latest(open_ones)
            return next((name for name in open_ones if name not in tagged), open_ones[0])
    return ""


def _asked(services: Services, desk: ConsentDesk, scope: QueueFilter) -> list[ReviewItem]:
    found: Iterable[ReviewItem] = review_queue(services, desk, scope.camera_ids, scope.since, scope.until)
    return [item for item in found if scope.reasons is None or item.reason in scope.reasons]


def _events_of(item: ReviewItem) -> tuple[str, ...]:
    return (item.event.event.event_id,) if item.event else item.beside


def _is_decided(services: Services, item: ReviewItem) -> bool:
    """Whether a person said something of every event that is in question; where there is none, of the clip."""
    events = _events_of(item)
    if not events:
        return bool(services.catalogue.misses.of_acquisition(item.acquisition_id))
    return len(services.catalogue.tags.latest(events)) == len(set(events))


def _grant(services: Services, desk: ConsentDesk, item: ReviewItem) -> SignedGrant:
    return desk.require(Use.VIEW, services.catalogue.cameras.get(item.camera_id), item.at)
