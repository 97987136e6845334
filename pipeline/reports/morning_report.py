"""The one record that a morning report is made of."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.cameras import FetchOutcome
from pipeline.domain.events import CannotTell, EventKind
from pipeline.domain.incidents import Highlight
from pipeline.domain.second_opinion import Standing
from pipeline.domain.tracks import ModelIdentity
from pipeline.reports.incident_report import Agency, OutcomeCount, ReportedEvent


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many events of a kind."""

    kind: EventKind
    count: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often it could not be told whether a kind of event happened, and why."""

    kind: EventKind
    reason: CannotTell
    count: int


@dataclass(frozen=True, slots=True)
class OpinionCount:
    """In how many clips the source's labels stand so to ours."""

    standing: Standing
    count: int


@dataclass(frozen=True, slots=True)
class CameraNight:
    """What a night came to at one camera.

    Attributes:
        camera_id: Which camera.
        name: The resident's.
        granted: Whether a live grant covers it.
        grant: The grant, or why there is none, in words.
        triggers: Recordings that the source lists for the window.
        outcomes: In the order of ``FetchOutcome``; empty when nothing was asked.
        analysed: Clips that were looked at.
        silent: Clips among them that show nothing.
        unreadable: Clips that could not be looked at.
        events: Statements by kind.
        cannot_tell: What could not be told, by kind and reason.
        highlights: How many were cut.
        opinions: Clips by how the source's own labels stand to ours; empty when nothing was looked at.
    """

    camera_id: str
    name: str
    granted: bool
    grant: str
    triggers: int
    outcomes: tuple[OutcomeCount, ...] = ()
    analysed: int = 0
    silent: int = 0
    unreadable: int = 0
    events: tuple[KindCount, ...] = ()
    cannot_tell: tuple[ReasonCount, ...] = ()
    highlights: int = 0
    opinions: tuple[OpinionCount, ...] = ()

    def came_to(self, *outcomes: FetchOutcome) -> int:
        """Recordings with one of these outcomes."""
        return sum(part.count for part in self.outcomes if part.outcome in outcomes)


class AttentionKind(StrEnum):
    """Why a person is needed."""

    LINK_AGAIN = "link again"
    FAILURE = "failed"
    CANNOT_TELL = "cannot tell"
    CONFIRM = "to confirm"
    REVIEW = "to review"
    LEFT_OVER = "left for the next night"


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs a person.

    Attributes:
        kind: Why.
        what: What it is, in a sentence.
        action: What to do; empty when the kind says it.
        highlight_id: The highlight to look at; empty when there is none.
    """

    kind: AttentionKind
    what: str
    action: str = ""
    highlight_id: str = ""


@dataclass(frozen=True, slots=True)
class NightHighlight:
    """A highlight of the night, with where it was attached.

    Attributes:
        highlight: What was cut.
        events: In order of time; at least one.
        camera_name: The resident's.
        time_zone: IANA name.
        attached: Incident ids with the reason, in order; empty when it belongs to none.
    """

    highlight: Highlight
    events: tuple[ReportedEvent, ...]
    camera_name: str
    time_zone: str
    attached: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.events:
            raise ValueError("a highlight of the night needs an event")


@dataclass(frozen=True, slots=True)
class NightIncident:
    """An open incident, with what the night attached.

    Attributes:
        incident_id: Which.
        title: In words.
        highlight_ids: Attached tonight.
        report: Where its report lies, relative to the morning report; empty when none was made.
    """

    incident_id: str
    title: str
    highlight_ids: tuple[str, ...] = ()
    report: str = ""


@dataclass(frozen=True, slots=True)
class MorningReport:
    """All that a morning report says.

    Attributes:
        night: Its key, for example ``2026-03-11``.
        merged: Keys of missed nights that this one took along; empty when none was missed.
        window: UTC start and end of the footage that was asked for.
        time_zone: IANA name in which the night is read.
        agency: Who answers for the installation.
        started_at: UTC, our clock.
        ended_at: UTC, our clock.
        is_complete: Whether nothing is left for the next night.
        made_by: Name and version of the program.
        models: Which weights looked; empty when nothing was analysed.
        cameras: One entry a camera that the accounts list.
        highlights: In order of time.
        incidents: The open ones.
        attention: What needs a person, the most urgent first.
        stage_seconds: Wall seconds of each stage over all clips, by name.
        left_over: Recordings and clips that the deadline left for the next night.
    """

    night: str
    window: tuple[datetime, datetime]
    time_zone: str
    agency: Agency
    started_at: datetime
    ended_at: datetime
    is_complete: bool
    made_by: str
    models: tuple[ModelIdentity, ...] = ()
    merged: tuple[str, ...] = ()
    cameras: tuple[CameraNight, ...] = ()
    highlights: tuple[NightHighlight, ...] = ()
    incidents: tuple[NightIncident, ...] = ()
    attention: tuple[Attention, ...] = ()
    stage_seconds: tuple[tuple[str, float], ...] = ()
    left_over: int = 0

    @property
    def triggers(self) -> int:
        """Recordings that the sources list."""
        return sum(camera.triggers for camera in self.cameras)

    @property
    def outcomes(self) -> Counter[FetchOutcome]:
        """Recordings by outcome, over all cameras."""
        counts: Counter[FetchOutcome] = Counter()
        for camera in self.cameras:
            for part in camera.outcomes:
                counts[part.outcome] += part.count
        return counts

    @property
    def events(self) -> Counter[EventKind]:
        """Statements by kind, over all cameras."""
        counts: Counter[EventKind] = Counter()
        for camera in self.cameras:
            for part in camera.events:
                counts[part.kind] += part.count
        return counts
