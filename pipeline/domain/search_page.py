"""What is found: visits, counts, facets, and where the next page begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.events import EventKind
from pipeline.domain.search import FoundEvent

_TURNS = (
    EventKind.PACKAGE_PICKED_UP,
    EventKind.PACKAGE_MOVED,
    EventKind.PACKAGE_DELIVERED,
    EventKind.OBJECT_REMOVED,
    EventKind.OBJECT_LEFT,
)
"""After which something at the door is otherwise than before; what a person looks for comes first."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one stay brought: one thing to watch.

    Attributes:
        events: In order of time; at least one.
        order: What the visit was sorted by: its best score, how well it answers the words, or its likeness; in order of
            time zero.
    """

    events: tuple[FoundEvent, ...]
    order: float = 0.0

    @property
    def starts_at(self) -> datetime:
        """UTC, of its first event."""
        return self.events[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """UTC, when the last of its events ends."""
        return max(found.ends_at for found in self.events)

    @property
    def camera_ids(self) -> tuple[str, ...]:
        """Its cameras in the order in which they saw something."""
        return tuple(dict.fromkeys(found.event.camera_id for found in self.events))

    @property
    def best(self) -> FoundEvent:
        """The event with the highest score, a statement before what cannot be told."""
        return max(self.events, key=lambda found: (found.event.inferred.reason is None, found.event.inferred.score))

    @property
    def telling(self) -> FoundEvent:
        """What a visit is called by: of what can be told, what came of it rather than that somebody was there.

        Sorted by something, it is the best: what the visit was sorted by.
        """
        if self.order:
            return self.best
        told = [found for found in self.events if found.event.inferred.reason is None]
        turns = [found for found in told if found.event.inferred.kind in _TURNS]
        if not turns:
            return self.best
        return min(turns, key=lambda found: (_TURNS.index(found.event.inferred.kind), -found.event.inferred.score))


@dataclass(frozen=True, slots=True)
class Count:
    """How many events there are: all of them, or at least so many.

    Attributes:
        number: Never more than may be seen.
        is_exact: Otherwise counting stopped at ``number``, and there may be more.
    """

    number: int
    is_exact: bool = True


class FacetName(StrEnum):
    """By what the events that were found are counted."""

    KIND = "kind"
    OBJECT = "object"
    COLOUR = "colour"
    """``white:vehicle``: a colour, and of what it is said; only where it is said with a score of a half or more."""
    CAMERA = "camera"
    WEEKDAY = "weekday"
    """0 (Monday) to 6."""
    HOUR = "hour"
    """0 to 23, local."""
    VERDICT = "verdict"
    """``seen``, or the reason why it cannot be told."""
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Facet:
    """The events of ``SearchPage.total`` counted by one property.

    Attributes:
        name: By what.
        counts: Each value with how many events have it, the most frequent first; an event with two objects or
            colours counts for both. Values without an event are left out.
    """

    name: FacetName
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found, as far as grants let it be seen; nothing in it depends on what they hide.

    Attributes:
        visits: In the order that was asked for; empty when nothing was found.
        total: Events over all pages.
        facets: Of the events in ``total``: where that is not exact, of the newest of them (sorted by oldest the oldest,
            by relevance the best). Empty when they were not asked for.
        next_cursor: Empty on the last page.
    """

    visits: tuple[Visit, ...]
    total: Count
    facets: tuple[Facet, ...] = ()
    next_cursor: str = ""
