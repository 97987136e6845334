"""The nouns of looking again: which clips, what there is to do, and what came of it."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.catalogue import AnalysisKey
from pipeline.domain.cameras import Camera
from pipeline.domain.clips import AcquiredClip
from pipeline.domain.differences import Compared, Difference
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.incidents import Attachment
from pipeline.domain.tags import Tag
from pipeline.night.workers import Eyes


@dataclass(frozen=True, slots=True)
class Scope:
    """Which stored clips. None asks nothing of that property.

    Attributes:
        camera_ids: Of these cameras.
        since: UTC; clips that begin before it are left out.
        until: UTC; clips that begin at it or later are left out.
        clips: Digests of originals, or at least their first eight digits.
    """

    camera_ids: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    clips: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do.

    Attributes:
        todo: Clips that these weights and settings have not looked at, in order of time.
        done: How many they have looked at already.
        not_granted: How many no live grant lets be looked at.
    """

    todo: tuple[AcquiredClip, ...]
    done: int
    not_granted: int


@dataclass(frozen=True, slots=True)
class Resting:
    """An attachment that rests on an event which the new result does not have, or no longer states."""

    attachment: Attachment
    event_id: str


@dataclass(frozen=True, slots=True)
class TaggedBefore:
    """A tag of an event of an earlier result of a clip, which the present result does not hold.

    Attributes:
        tag: What was said then.
        difference: What became of the event.
        event_id: The event of the present result that took its place; empty where none did.
    """

    tag: Tag
    difference: Difference
    event_id: str


@dataclass(frozen=True, slots=True)
class ClipDifference:
    """One clip before and after.

    Attributes:
        clip: Which.
        camera: That recorded it.
        before: The result that was the newest; None when there was none.
        analysis: The new result.
        compared: Every event of both that may be shown.
        resting: What rests on a statement that was lost.
        tagged: What people said of events of the earlier result; it is not carried over by itself.
    """

    clip: AcquiredClip
    camera: Camera
    before: AnalysisKey | None
    analysis: ClipAnalysis
    compared: tuple[Compared, ...]
    resting: tuple[Resting, ...]
    tagged: tuple[TaggedBefore, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """A clip that could not be looked at, and why in words."""

    clip: AcquiredClip
    why: str


@dataclass(frozen=True, slots=True)
class Reanalysis:
    """What came of it.

    Attributes:
        eyes: What looked.
        plan: What there was to do.
        differences: One a clip that was looked at, in order of time.
        failures: Likewise of those that could not be.
        attached: Highlights that were newly attached to open incidents.
        is_kept: Whether the results were kept.
    """

    eyes: Eyes
    plan: Plan
    differences: tuple[ClipDifference, ...]
    failures: tuple[Failure, ...]
    attached: tuple[Attachment, ...]
    is_kept: bool
