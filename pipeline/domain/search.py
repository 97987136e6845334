"""What one asks of the events, and what is found.

``EventFilter`` asks for records, those of earlier results too; ``Wanted`` is what a person asks at the desk.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.appearance import ColourWanted
from pipeline.domain.events import CannotTell, Event, EventKind, Verdict
from pipeline.domain.places import Area, Circle
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
        colours: Each of these is shown by something that the event rests on; empty asks nothing.
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
    colours: tuple[ColourWanted, ...] = ()
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


_DAY = 24 * 60
_LARGEST_PAGE = 200


class TagState(StrEnum):
    """What people said of an event so far; of several tags the newest counts."""

    NONE = "none"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CORRECTED = "corrected"


class Sort(StrEnum):
    """In which order visits come."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SCORE = "score"
    """The best score of a visit's events first."""
    RELEVANCE = "relevance"
    """What answers the words best first; without words like ``NEWEST``."""
    LIKENESS = "likeness"
    """In the order of ``Wanted.alike``; without it like ``NEWEST``."""


@dataclass(frozen=True, slots=True)
class DayTime:
    """A span of every day, in minutes after local midnight, from ``start`` to just before ``end``.

    It runs over midnight when ``end`` is not after ``start``; 0 to 1440 is the whole day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < _DAY and 0 <= self.end <= _DAY):
            raise ValueError(f"minutes of a day lie in 0..1440, got {self.start} to {self.end}")

    def covers(self, minute: int) -> bool:
        """Whether a minute of the day (0 to 1439) lies inside."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    @property
    def words(self) -> str:
        """``18:00-22:00``; midnight at the end is ``24:00``."""
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (self.start, self.end or _DAY))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for at the desk: of the current events alone. Every part must hold.

    Where a part is None it asks nothing; an empty tuple lets nothing through, and of several values one must hold.
    ``circles``, ``areas`` and ``addresses`` are one part, the place: one of all of them must hold.

    Attributes:
        kinds: Kinds of event.
        objects: What was followed: our classes (``person``, ``vehicle``) or a model's own labels (``truck``).
        camera_ids: Cameras.
        circles: Cameras that stand in one of them.
        areas: Likewise.
        addresses: Cameras with all words of one of these in their address or name.
        since: UTC; events that end before it are left out.
        until: UTC; events that start at it or later are left out.
        times: Local times of day at which an event starts, in the installation's time zone.
        weekdays: Local days on which it starts, Monday is 0.
        least_score: 0 to 1.
        most_score: 0 to 1.
        zones: Names of zones in which it happened, whatever their case.
        least_seconds: It lasted at least so long.
        verdict: Statements, or those that cannot tell.
        reasons: Reasons of those that cannot tell.
        tags: What people said of it.
        grant_ids: Only what one of these grants lets be seen.
        incident_ids: Shown by a highlight that is attached to one of these.
        watched: Whether whoever asks has watched it before, on any matter; None asks nothing.
        words: Each word stands in the sentence, in a person's note, in the narrative of an incident that it is attached
            to, or in the name or address of its camera. Figures in sentences are no words. Empty asks nothing.
        colours: Each of these is shown by something that the event rests on; empty asks nothing.
        alike: Ids of events, the likest first.
        sort: In which order.
        grouped: Events that belong together become one visit; otherwise each event is a visit of its own.
        page_size: So many visits, 1 to 200.
        cursor: Where the page before ended, as ``SearchPage.next_cursor`` says; empty for the first page.
        with_facets: Whether they are counted.
    """

    kinds: tuple[EventKind, ...] | None = None
    objects: tuple[str, ...] | None = None
    camera_ids: tuple[str, ...] | None = None
    circles: tuple[Circle, ...] | None = None
    areas: tuple[Area, ...] | None = None
    addresses: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    times: tuple[DayTime, ...] | None = None
    weekdays: tuple[int, ...] | None = None
    least_score: float = 0.0
    most_score: float = 1.0
    zones: tuple[str, ...] | None = None
    least_seconds: float = 0.0
    verdict: Verdict | None = None
    reasons: tuple[CannotTell, ...] | None = None
    tags: tuple[TagState, ...] | None = None
    grant_ids: tuple[str, ...] | None = None
    incident_ids: tuple[str, ...] | None = None
    watched: bool | None = None
    words: str = ""
    colours: tuple[ColourWanted, ...] = ()
    alike: tuple[str, ...] | None = None
    sort: Sort = Sort.NEWEST
    grouped: bool = True
    page_size: int = 25
    cursor: str = ""
    with_facets: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= _LARGEST_PAGE:
            raise ValueError(f"a page has 1 to {_LARGEST_PAGE} visits, got {self.page_size}")
        if not 0.0 <= self.least_score <= self.most_score <= 1.0:
            raise ValueError(f"scores lie in 0..1 and in order, got {self.least_score} to {self.most_score}")
        if any(day not in range(7) for day in self.weekdays or ()):
            raise ValueError("weekdays are 0 (Monday) to 6")
        if any(moment is not None and moment.tzinfo is None for moment in (self.since, self.until)):
            raise ValueError("moments must be aware datetimes")
