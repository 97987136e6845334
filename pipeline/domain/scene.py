"""What changed in the still part of a picture."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.camera_changes import CameraChange
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan, Timestamp


class Change(StrEnum):
    """What a region did between two still pictures."""

    APPEARED = "appeared"
    DISAPPEARED = "disappeared"


@dataclass(frozen=True, slots=True)
class RegionChange:
    """A still region that looks different before and after, decided from the pictures and not from a label.

    Attributes:
        change: Which of the two pictures holds the object.
        box: The region, in pixels of the picture as shown.
        before: The last moment at which the region was still and as it had been.
        after: The first moment at which it was still and as it stayed.
        score: 0 to 1: how sure it is that an object came or went, rather than light.
        held: 0 to 1: how sure it is which of the two pictures holds the object.
        package_likeness: 0 to 1: how much the object looks like a parcel; 0.5 says nothing either way.
        place_likeness: Likewise, of the same place in the picture that should not hold it: high where one parcel was
            put in another's place.
        lies: From when to when the object was seen lying still, as far as it was seen; None when nobody measured it.
        luma: 0 to 255: mean level of the region in the picture that holds the object.
        shorter_edge: Of the region, in pixels of the picture that was judged, which is smaller than the one shown; 0
            when nobody measured it.
        colour: Mean and spread of the object's L, a and b (0 to 255 each), to tell whether two are alike; empty when
            nobody measured it.
        moved_beside: 0 to 1: the share of the surroundings that moved meanwhile: somebody passed, seen or not.
    """

    change: Change
    box: Box
    before: Timestamp
    after: Timestamp
    score: float
    held: float
    package_likeness: float = 0.5
    place_likeness: float = 0.5
    lies: ClipSpan | None = None
    luma: float = 255.0
    shorter_edge: float = 0.0
    colour: tuple[float, ...] = ()
    moved_beside: float = 0.0

    @property
    def span(self) -> ClipSpan:
        """The interval in which it happened."""
        return ClipSpan(self.before, self.after)


class Obscured(StrEnum):
    """Why the camera sees nothing."""

    BLACK = "black"
    WHITE = "white"
    COVERED = "covered"
    """A picture without any detail."""
    FROZEN = "frozen"
    """The same picture to the last bit, over and over."""


@dataclass(frozen=True, slots=True)
class ObscuredSpan:
    """A span in which the picture shows nothing of the scene."""

    span: ClipSpan
    why: Obscured


@dataclass(frozen=True, slots=True)
class SceneReport:
    """What the still scene of one clip did.

    Attributes:
        changes: In order of ``before``; empty when nothing came or went.
        obscured: In order; empty when the picture always showed something.
        mean_luma: 0 to 255, over the sampled frames.
        moving_share: 0 to 1: the share of sampled frames in which something moved.
        camera: Moves of the camera and cuts of the footage, in order; empty when there were none.
    """

    changes: tuple[RegionChange, ...]
    obscured: tuple[ObscuredSpan, ...]
    mean_luma: float
    moving_share: float
    camera: tuple[CameraChange, ...] = ()
