"""What a rule inferred about a clip."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from pipeline.domain.appearance import ColourMark
from pipeline.domain.tracks import Box, ModelIdentity, Track
from pipeline.domain.video import ClipProbe, ClipSpan, SamplingReport, Timestamp


class EventKind(StrEnum):
    """The kinds of event; the words of grants, searches and reports."""

    PERSON_VISIT = "person_visit"
    PERSON_AT_DOOR = "person_at_door"
    LOITERING = "loitering"
    DOORBELL_PRESSED = "doorbell_pressed"
    VEHICLE_PASSING = "vehicle_passing"
    VEHICLE_STOPPED = "vehicle_stopped"
    ANIMAL_PRESENT = "animal_present"
    PACKAGE_DELIVERED = "package_delivered"
    PACKAGE_PICKED_UP = "package_picked_up"
    PACKAGE_MOVED = "package_moved"
    """It lay at one place before and at another after, both in view."""
    PACKAGE_WAITING = "package_waiting"
    """It lay still in view for a span."""
    OBJECT_LEFT = "object_left"
    OBJECT_REMOVED = "object_removed"
    CAMERA_OBSCURED = "camera_obscured"
    """Black, or covered by something even."""
    CAMERA_BLINDED = "camera_blinded"
    """White: a lamp or the sun shines into the lens."""
    CAMERA_FROZEN = "camera_frozen"
    """The same picture to the last bit, over and over: it shows the scene, and not what happens there."""
    CAMERA_MOVED = "camera_moved"
    """The lens points elsewhere than before."""
    FOOTAGE_CUT = "footage_cut"
    """From one frame to the next the clip shows another scene, or another state of it, or time is missing."""

    @property
    def words(self) -> str:
        """``package picked up``: how people read it, everywhere."""
        return self.value.replace("_", " ")


PACKAGE_KINDS = frozenset(
    {EventKind.PACKAGE_DELIVERED, EventKind.PACKAGE_PICKED_UP, EventKind.PACKAGE_MOVED, EventKind.PACKAGE_WAITING}
)
INSTANT_KINDS = frozenset(
    {
        EventKind.PACKAGE_DELIVERED,
        EventKind.PACKAGE_PICKED_UP,
        EventKind.PACKAGE_MOVED,
        EventKind.OBJECT_LEFT,
        EventKind.OBJECT_REMOVED,
        EventKind.CAMERA_MOVED,
        EventKind.FOOTAGE_CUT,
    }
)
"""Kinds that happen at one moment; their span is the interval in which that moment lies."""


class Verdict(StrEnum):
    """Whether the rule makes a statement."""

    SEEN = "seen"
    CANNOT_TELL = "cannot_tell"


class CannotTell(StrEnum):
    """Why a rule makes no statement."""

    TOO_DARK = "too_dark"
    TOO_SMALL = "too_small"
    OUT_OF_VIEW = "out_of_view"
    CLIP_ENDS = "clip_ends"
    OCCLUDED = "occluded"
    CAMERA_MOVED = "camera_moved"
    NOT_DECODED = "not_decoded"
    UNCLEAR_OBJECT = "unclear_object"
    """Something came or went, and whether it is a package cannot be told."""

    @property
    def words(self) -> str:
        """``too dark``: how people read it, everywhere."""
        return _REASON_WORDS[self]


_REASON_WORDS = {
    CannotTell.TOO_DARK: "too dark",
    CannotTell.TOO_SMALL: "too small",
    CannotTell.OUT_OF_VIEW: "out of view",
    CannotTell.CLIP_ENDS: "the clip ends",
    CannotTell.OCCLUDED: "something in front",
    CannotTell.CAMERA_MOVED: "the camera moved",
    CannotTell.NOT_DECODED: "frames that were not decoded",
    CannotTell.UNCLEAR_OBJECT: "an unclear object",
}


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon on the picture.

    Attributes:
        name: For people, for example ``door``.
        polygon: At least three corners (x, y), each 0 to 1 of the picture's width and height.
    """

    name: str
    polygon: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if len(self.polygon) < 3:  # noqa: PLR2004 - a polygon has three corners
            raise ValueError(f"zone {self.name} needs three corners, got {len(self.polygon)}")
        if any(not 0 <= value <= 1 for corner in self.polygon for value in corner):
            raise ValueError(f"zone {self.name} has a corner outside the picture")

    def contains(self, x: float, y: float) -> bool:
        """Whether the point (0 to 1 of the picture) lies inside, by the even-odd rule."""
        inside = False
        previous = self.polygon[-1]
        for corner in self.polygon:
            (x1, y1), (x2, y2) = previous, corner
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
            previous = corner
        return inside


@dataclass(frozen=True, slots=True)
class Ground:
    """One step of the chain that an event rests on, as it was measured: what somebody who disagrees can point at.

    Attributes:
        name: The step, in a few lower-case words, the same for every event of a rule.
        measured: What was measured, in the unit that the sentence names.
        needed: The limit that it was held against; None where the step is stated and not judged.
        holds: Whether the step speaks for the statement.
        sentence: The step in words, from the facts alone.
    """

    name: str
    measured: float
    needed: float | None
    holds: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class InferredEvent:
    """An event before it has a clip, a camera and an id.

    Attributes:
        kind: What happened.
        span: When; for an instant kind the interval in which it happened.
        score: 0 to 1.
        track_ids: The tracks that it rests on; empty when it rests on none.
        region: The still region that came or went, when it rests on one.
        evidence: Moments to look at, in order: before, during, after.
        sentence: What was seen, from the facts alone; no word about who somebody is.
        reason: Why no statement is made; None when one is.
        zone: The zone that it happened in, when a zone was part of the rule.
        grounds: The chain of evidence, in the order in which the rule asked; empty where a rule has a single step.
    """

    kind: EventKind
    span: ClipSpan
    score: float
    sentence: str
    track_ids: tuple[int, ...] = ()
    region: Box | None = None
    evidence: tuple[Timestamp, ...] = ()
    reason: CannotTell | None = None
    zone: str | None = None
    grounds: tuple[Ground, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score must lie in 0..1, got {self.score}")

    @property
    def verdict(self) -> Verdict:
        """Whether this is a statement."""
        return Verdict.SEEN if self.reason is None else Verdict.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class EarlierLook:
    """The last look of an earlier clip, for an event that happened between two clips and that none of them shows.

    Attributes:
        clip: SHA-256 of the earlier evidence item.
        acquisition_id: Of which acquisition of it.
        at: On the earlier clip's time line.
        moment: UTC by the camera's clock.
        uncertainty: How far off the earlier clip's clock may be, either way.
        stills: SHA-256 of the two compared pictures in the store of derivatives: before and after.
        picture: SHA-256 of a JPEG there that shows both side by side, with the place marked.
    """

    clip: str
    acquisition_id: str
    at: Timestamp
    moment: datetime
    uncertainty: timedelta
    stills: tuple[str, str]
    picture: str


@dataclass(frozen=True, slots=True)
class Event:
    """An inferred event with its place in the world.

    Attributes:
        event_id: The same for the same clip, model, settings and inference: ``ev-`` and 20 hexadecimal digits.
        clip: SHA-256 of the evidence item.
        camera_id: Where.
        inferred: What and when on the clip's time line.
        since: Where the interval of an event between two clips begins; ``inferred.span`` then holds the first looks of
            this clip, the first of which ends it. None for what happened within the clip.
    """

    event_id: str
    clip: str
    camera_id: str
    inferred: InferredEvent
    since: EarlierLook | None = None


@dataclass(frozen=True, slots=True)
class ClipAnalysis:
    """All that one analysis says of one clip.

    Attributes:
        clip: SHA-256 of the evidence item.
        model: Which weights looked.
        settings_digest: SHA-256 of the settings that can change the result.
        probe: What the container says.
        sampling: What was looked at, and what was not.
        tracks: In order of ``track_id``; empty when nothing was followed.
        events: In order of time, then kind; empty when nothing happened.
        mean_luma: 0 to 255.
        colours: Of clothing and vehicles, in order of track and part; empty where nobody measured any.
        stage_seconds: Wall seconds of each stage, by name; not part of the result's identity.
    """

    clip: str
    model: ModelIdentity
    settings_digest: str
    probe: ClipProbe
    sampling: SamplingReport
    tracks: tuple[Track, ...]
    events: tuple[InferredEvent, ...]
    mean_luma: float
    stage_seconds: tuple[tuple[str, float], ...] = ()
    colours: tuple[ColourMark, ...] = ()

    def without(self, gone: Sequence[InferredEvent]) -> "ClipAnalysis":
        """The same without these events, and without the colours of what no other event rests on."""
        stay = tuple(event for event in self.events if event not in gone)
        shown = {track_id for event in stay for track_id in event.track_ids}
        return replace(self, events=stay, colours=tuple(mark for mark in self.colours if mark.track_id in shown))

    def colours_of(self, inferred: InferredEvent) -> tuple[ColourMark, ...]:
        """Of the tracks that an event rests on, in order; also those that cannot be told."""
        return tuple(mark for mark in self.colours if mark.track_id in inferred.track_ids)
