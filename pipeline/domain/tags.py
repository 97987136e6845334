"""What a person says of an event, beside what the machine said of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pipeline.domain.agents import Matter
from pipeline.domain.events import EventKind, InferredEvent
from pipeline.domain.tracks import ModelIdentity
from pipeline.domain.video import ClipSpan

LONGEST_NOTE = 2000
"""Characters."""


class TagStatus(StrEnum):
    """What a person decided (P12)."""

    CONFIRMED = "confirmed"
    """It happened as the machine says."""
    REJECTED = "rejected"
    """It did not happen."""
    CORRECTED = "corrected"
    """Something happened, of another kind or at another time."""

    @property
    def states_it(self) -> bool:
        """Whether a person stands behind something that happened."""
        return self is not TagStatus.REJECTED


@dataclass(frozen=True, slots=True)
class MachineStatement:
    """What the machine said when the tag was made, so that it stays readable when its result is gone.

    Attributes:
        inferred: What and when, with score, sentence and grounds.
        starts_at: UTC by the camera's clock.
        ends_at: Likewise.
        model: Which weights looked.
        settings_digest: With which settings.
    """

    inferred: InferredEvent
    starts_at: datetime
    ends_at: datetime
    model: ModelIdentity
    settings_digest: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What happened instead.

    Attributes:
        kind: Of what kind it was.
        span: When, on the clip's own time line.
    """

    kind: EventKind
    span: ClipSpan


def as_said(inferred: InferredEvent, tag: "Tag | None") -> InferredEvent:
    """The event as a person leaves it: of the kind that they name, and a statement where they stand behind it.

    What was rejected stays as the machine says it: whoever shows it says so beside it, and nobody counts it.
    """
    if tag is None or not tag.status.states_it:
        return inferred
    return replace(inferred, kind=tag.kind, reason=None)


def is_rejected(tag: "Tag | None") -> bool:
    """Whether a person said that it did not happen."""
    return tag is not None and not tag.status.states_it


@dataclass(frozen=True, slots=True)
class Tag:
    """One decision of one person about one event; the newest counts, and every earlier one stays.

    Attributes:
        tag_id: ``tg-`` and 20 hexadecimal digits.
        event_id: Of which event.
        acquisition_id: Of which acquisition of its clip; of an event between two clips the later one.
        clip: SHA-256 of the original.
        camera_id: Which camera.
        status: What was decided.
        matter: Who decided, and on what matter they looked.
        at: UTC, our clock.
        said: What the machine said.
        correction: What happened instead; of a corrected event, and of no other.
        note: In the person's words; may be empty.
    """

    tag_id: str
    event_id: str
    acquisition_id: str
    clip: str
    camera_id: str
    status: TagStatus
    matter: Matter
    at: datetime
    said: MachineStatement
    correction: Correction | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if (self.status is TagStatus.CORRECTED) != (self.correction is not None):
            raise ValueError("a corrected event says what happened instead, and no other does")
        if self.correction is not None and self.correction == Correction(self.said.inferred.kind, self.span_said):
            raise ValueError("the correction says what the machine said: confirm the event")
        if len(self.note) > LONGEST_NOTE:
            raise ValueError(f"a note has at most {LONGEST_NOTE} characters, got {len(self.note)}")
        if self.at.tzinfo is None:
            raise ValueError("a tag needs an aware datetime")

    @property
    def span_said(self) -> ClipSpan:
        """When it happened as the machine says."""
        return self.said.inferred.span

    @property
    def kind(self) -> EventKind:
        """Of what kind it was by the person; of a rejected event the machine's word, which does not hold."""
        return self.said.inferred.kind if self.correction is None else self.correction.kind

    @property
    def span(self) -> ClipSpan:
        """When it happened by the person."""
        return self.span_said if self.correction is None else self.correction.span


@dataclass(frozen=True, slots=True)
class Miss:
    """What a person says of a whole clip: what they saw in it and no event says, or that nothing is missing.

    Attributes:
        miss_id: ``ms-`` and 20 hexadecimal digits.
        acquisition_id: Of which acquisition.
        clip: SHA-256 of the original.
        camera_id: Which camera.
        kind: Of what kind it was; None where they watched all of it and nothing is missing.
        span: When, on the clip's own time line; all of it where nothing is missing.
        starts_at: UTC by the camera's clock.
        matter: Who saw it, and on what matter they looked.
        at: UTC, our clock.
        model: Which weights had looked.
        settings_digest: With which settings.
        note: In the person's words; may be empty.
        place: Where in the picture, (x, y) each 0 to 1; None where nobody said so. Under a grant with zones, what has
            no place is told to nobody.
    """

    miss_id: str
    acquisition_id: str
    clip: str
    camera_id: str
    kind: EventKind | None
    span: ClipSpan
    starts_at: datetime
    matter: Matter
    at: datetime
    model: ModelIdentity
    settings_digest: str
    note: str = ""
    place: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if len(self.note) > LONGEST_NOTE:
            raise ValueError(f"a note has at most {LONGEST_NOTE} characters, got {len(self.note)}")
        if self.place is not None and not all(0.0 <= part <= 1.0 for part in self.place):
            raise ValueError(f"a place lies in the picture, each part in 0..1, got {self.place}")

    @property
    def places(self) -> tuple[tuple[float, float], ...]:
        """The place, as grants with zones ask for it; empty where there is none."""
        return () if self.place is None else (self.place,)
