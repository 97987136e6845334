"""A doorstep between two clips: the still pictures at a clip's ends, and what two of them say together."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.domain.evidence import Recipe, require_digest
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan


class Side(StrEnum):
    """Which end of a clip a still picture is of."""

    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class StillPicture:
    """What stood still at one end of a clip, people and whatever moved taken out.

    Attributes:
        side: Which end.
        span: The looks that it was made of, first to last.
        picture: WebP with an opacity of zero where nothing is known, at working width; the same looks, the same bytes.
        seen: 0 to 1: the share of the picture that is known.
        filters: How it was made, in words.
        encoder: Encoder and its options.
    """

    side: Side
    span: ClipSpan
    picture: bytes
    seen: float
    filters: str
    encoder: str


@dataclass(frozen=True, slots=True)
class KeptStill:
    """A still picture as it is kept: a derivative of a clip, found by the acquisition that it belongs to.

    Attributes:
        acquisition_id: Of which acquisition.
        clip: SHA-256 of the original.
        camera_id: Where.
        model_digest: The weights that said where people were.
        settings_digest: With which settings.
        side: Which end of the clip.
        span: On the clip's time line.
        starts_at: UTC by the camera's clock, of the span's start.
        ends_at: Likewise, of its end.
        digest: SHA-256 of the picture in the store of derivatives.
        seen: 0 to 1: the share of the picture that is known.
        recipe: For the custody record.
    """

    acquisition_id: str
    clip: str
    camera_id: str
    model_digest: str
    settings_digest: str
    side: Side
    span: ClipSpan
    starts_at: datetime
    ends_at: datetime
    digest: str
    seen: float
    recipe: Recipe

    def __post_init__(self) -> None:
        require_digest(self.digest)


@dataclass(frozen=True, slots=True)
class PlaceChange:
    """A place that looks different in the later of two still pictures; every share and score is 0 to 1.

    Attributes:
        change: Which of the two pictures holds the thing.
        box: In shares of the later picture's width and height.
        score: How sure it is that a thing came or went, rather than light.
        held: How sure it is which of the two pictures holds it.
        seen: How much of the place and of a margin around it both pictures show.
        surroundings: How well the detail around the place agrees, -1 to 1; 1 where there is too little to compare.
        compactness: Share of the thing's own convex outline that it fills.
        package_likeness: How much the thing looks like a parcel; 0.5 says nothing either way.
    """

    change: Change
    box: Box
    score: float
    held: float
    seen: float
    surroundings: float
    compactness: float
    package_likeness: float


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place at which a thing is known to have lain at the end of the earlier clip.

    Attributes:
        box: In shares of the later picture's width and height.
        seen: 0 to 1: how much of it both pictures show.
        changed: 0 to 1: how much of what both show looks different.
    """

    box: Box
    seen: float
    changed: float


@dataclass(frozen=True, slots=True)
class DoorstepComparison:
    """What two still pictures of one camera say together.

    Attributes:
        agreement: How well their fine detail agrees once small moves of the camera are taken out, -1 to 1; None where
            there is too little to say.
        luma: Mean of what is known in the darker of the two, 0 to 255.
        is_switched: One is in colour and the other is not.
        changed: 0 to 1: the share of what both show that looks different.
        changes: The largest first; empty when nothing came or went, or when the pictures do not show one scene.
        places: One for each known place, in the order given.
    """

    agreement: float | None
    luma: float
    is_switched: bool
    changed: float
    changes: tuple[PlaceChange, ...]
    places: tuple[KnownPlace, ...]
