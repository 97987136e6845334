"""What the camera itself did in a clip, other than to see nothing."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.video import ClipSpan


class ViewChange(StrEnum):
    """How one view followed another."""

    MOVED = "moved"
    """The new view shows part of the old one elsewhere, or the picture swept to it."""
    CUT = "cut"
    """From one look to the next the picture shows another scene."""


@dataclass(frozen=True, slots=True)
class CameraChange:
    """One change of the view.

    Attributes:
        why: How.
        span: From the last look at the old view to the first at the new one.
        agreement: 0 to 1: the share of the detailed parts of the picture that stayed as they were.
        shift: How far the scene went in the picture, right and down, as shares of its width and height; None where
            the two views share nothing.
        turned: Degrees, clockwise; zero where the two views share nothing.
        zoomed: Factor by which the scene grew; one where the two views share nothing.
    """

    why: ViewChange
    span: ClipSpan
    agreement: float
    shift: tuple[float, float] | None = None
    turned: float = 0.0
    zoomed: float = 1.0
