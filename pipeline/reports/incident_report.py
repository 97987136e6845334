"""The one record that an incident report is made of. Page, paper and JSON are views of it."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from pipeline.domain.appearance import ColourMark
from pipeline.domain.cameras import Camera, FetchOutcome
from pipeline.domain.events import Event, EventKind
from pipeline.domain.evidence import Acquisition
from pipeline.domain.incidents import Attachment, Highlight, Incident
from pipeline.domain.neighbour_reports import MediumKind
from pipeline.domain.redaction import Redaction
from pipeline.domain.tags import TagStatus
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import CameraClock, SamplingReport, Timestamp
from pipeline.domain.weights import UsedWeights


@dataclass(frozen=True, slots=True)
class Agency:
    """Who answers for the installation, and whom to call: it is on every report (P14)."""

    name: str
    non_emergency_number: str
    emergency_number: str


@dataclass(frozen=True, slots=True)
class SaidOfIt:
    """What a person said of an event, as far as it may leave the house: not who, and not their note.

    Attributes:
        status: What was decided.
        at: UTC, our clock.
        kind: Of what kind it was by the person; None where the grant does not let that be told.
        starts_at: UTC by the camera's clock, by the person.
        ends_at: Likewise.
    """

    status: TagStatus
    at: datetime
    kind: EventKind | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """An event with its interval in UTC, by the camera's clock.

    Attributes:
        event: What and where.
        starts_at: UTC.
        ends_at: UTC.
        is_superseded: Whether a clip that arrived since has narrowed its interval; the narrower statement has its own
            highlight.
        colours: Of what it rests on: leads.
        said: What a person said of it; None when nobody did.
    """

    event: Event
    starts_at: datetime
    ends_at: datetime
    is_superseded: bool = False
    colours: tuple[ColourMark, ...] = ()
    said: SaidOfIt | None = None


@dataclass(frozen=True, slots=True)
class ReportedHighlight:
    """A highlight in an incident, with all that a reader needs to judge it.

    Attributes:
        attachment: Why it is here and who stands behind that.
        highlight: What was cut, and how.
        events: In order of time; at least one, unless a person chose the span.
        camera: That recorded it.
        metres: From the incident's place; None when nobody knows where the camera is.
        clock: Of the camera.
        first: Stamp of the clip's first frame, to which ``clock`` belongs.
        grant_id: The authority.
        grant_version: Its version.
        model: Which weights looked.
        sampling: What was looked at in the clip, and what was not.
        acquisition: How the original was obtained; None when that record is gone with a revoked grant.
        redaction: What is hidden in the copy that the report shows; None where it shows the highlight as it is kept.
    """

    attachment: Attachment
    highlight: Highlight
    events: tuple[ReportedEvent, ...]
    camera: Camera
    metres: float | None
    clock: CameraClock
    first: Timestamp
    grant_id: str
    grant_version: int
    model: ModelIdentity
    sampling: SamplingReport
    acquisition: Acquisition | None = None
    redaction: Redaction | None = None

    def __post_init__(self) -> None:
        if not self.events and self.highlight.cut is None:
            raise ValueError("a reported highlight needs an event, unless a person chose its span")

    @property
    def starts_at(self) -> datetime:
        """UTC, padding included."""
        return self.clock.at(self.highlight.span.start, self.first)

    @property
    def ends_at(self) -> datetime:
        """UTC, padding included."""
        return self.clock.at(self.highlight.span.end, self.first)


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many recordings came to this, and why in words (empty when the outcome says it all)."""

    outcome: FetchOutcome
    count: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class CameraCoverage:
    """What was asked of one camera for the incident's window, and what came of it.

    Attributes:
        camera_id: Which camera.
        name: The resident's.
        granted: Whether a live grant covers it for the incident's purpose and recipient.
        why: The grant, or why there is none, in words without names.
        triggers: Recordings that the source lists; not told, and 0, where no live grant covers the camera.
        outcomes: In the order of ``FetchOutcome``; empty when nothing was asked, and where no live grant covers it.
        was_asked: Of a camera that no live grant covers: whether it was asked while one did.
    """

    camera_id: str
    name: str
    granted: bool
    why: str
    triggers: int
    outcomes: tuple[OutcomeCount, ...] = ()
    was_asked: bool = False

    @property
    def fetched(self) -> int:
        """Recordings that arrived."""
        return sum(part.count for part in self.outcomes if part.outcome is FetchOutcome.READY)


@dataclass(frozen=True, slots=True)
class SilentClip:
    """A clip in scope in which nothing was found; listed for both sides alike (P10).

    Attributes:
        clip: SHA-256 of the original.
        camera_name: The resident's.
        time_zone: IANA name.
        starts_at: UTC, by the camera's clock.
        seconds: Length.
        looked_at: Frames that the model saw.
        shortest_missable: Seconds: a shorter visit can lie unseen.
    """

    clip: str
    camera_name: str
    time_zone: str
    starts_at: datetime
    seconds: Fraction
    looked_at: int
    shortest_missable: Fraction


@dataclass(frozen=True, slots=True)
class OtherClip:
    """A clip in scope that is neither attached nor silent: it shows something else, or could not be looked at (P10).

    Attributes:
        clip: SHA-256 of the original.
        camera_name: The resident's.
        starts_at: UTC, by the camera's clock.
        looked_at: Whether there is a result; otherwise nobody can say what it shows.
    """

    clip: str
    camera_name: str
    starts_at: datetime
    looked_at: bool


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A photo or video that somebody sent with a report, accepted into the incident.

    Attributes:
        digest: SHA-256 of the original.
        kind: By its content.
        size: Bytes.
        report_id: With which report.
        happened_at: UTC, by the sender's word.
        arrived_at: UTC, our clock.
        consent: The sender's, id and version.
        is_public: Whether a masked copy of it is published.
    """

    digest: str
    kind: MediumKind
    size: int
    report_id: str
    happened_at: datetime
    arrived_at: datetime
    consent: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """All that a report on an incident says.

    Attributes:
        incident: The matter.
        agency: Who answers for the installation.
        time_zone: IANA name in which the incident's window is read.
        made_at: UTC, our clock.
        made_by: Name and version of the program.
        highlights: In the order that people gave them, else in order of time; empty when nothing is attached.
        coverage: One entry a camera in the incident's area; empty when there is none.
        silent_clips: In order of time.
        other_clips: Likewise; with those attached and the silent ones they are all clips in scope.
        received: What was sent with reports and a consent lets leave, in order.
        weights: What looked at the clips that are attached or show nothing, and what judged it; in order of name.
    """

    incident: Incident
    agency: Agency
    time_zone: str
    made_at: datetime
    made_by: str
    highlights: tuple[ReportedHighlight, ...] = ()
    coverage: tuple[CameraCoverage, ...] = ()
    silent_clips: tuple[SilentClip, ...] = ()
    other_clips: tuple[OtherClip, ...] = ()
    received: tuple[ReceivedFile, ...] = ()
    weights: tuple[UsedWeights, ...] = ()
