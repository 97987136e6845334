"""Between which clips of a camera lies time that no clip shows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.domain.clips import AcquiredClip
from pipeline.domain.doorstep import KeptStill

_LONGEST = timedelta(days=1)
"""After a day so much else may have changed that a difference says little of one thing."""


@dataclass(frozen=True, slots=True)
class ClipEnds:
    """A clip and the still pictures at its two ends."""

    clip: AcquiredClip
    first: KeptStill
    last: KeptStill

    @property
    def acquisition_id(self) -> str:
        """Names it."""
        return self.clip.acquisition.acquisition_id

    @property
    def starts_at(self) -> datetime:
        """UTC, of the first look."""
        return self.first.starts_at

    @property
    def ends_at(self) -> datetime:
        """UTC, of the last look."""
        return self.last.ends_at


def neighbours(clips: Sequence[ClipEnds]) -> tuple[tuple[ClipEnds, ClipEnds], ...]:
    """Each clip with the one before it, in order of time, where it is certain that nothing lies between them.

    A clip follows the one whose end is the latest of all that began before it. The two make no pair when they overlap,
    when their clocks are so unsure that the other may be the earlier, or when a day or more lies between them.

    Args:
        clips: Of one camera, looked at in one way, in any order.
    """
    ordered = sorted(clips, key=lambda one: (one.starts_at, one.ends_at, one.acquisition_id))
    pairs = []
    before: ClipEnds | None = None
    for clip in ordered:
        if before is not None and _follows(before, clip):
            pairs.append((before, clip))
        if before is None or clip.ends_at >= before.ends_at:
            before = clip
    return tuple(pairs)


def divides(moment: datetime, earlier: ClipEnds, later: ClipEnds) -> bool:
    """Whether a clip that begins at a moment (UTC) lies between two others."""
    return earlier.ends_at < moment < later.starts_at


def _follows(earlier: ClipEnds, later: ClipEnds) -> bool:
    unsure = earlier.clip.clock.uncertainty + later.clip.clock.uncertainty
    in_order = later.starts_at - earlier.starts_at > unsure
    return in_order and timedelta(0) < later.starts_at - earlier.ends_at < _LONGEST
