"""What the still scene is judged by; shares are of the picture, so that they hold at every resolution."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """Thresholds of the still scene.

    Attributes:
        smallest_object: Area, in squared heights of the picture: 0.006 is a square of 8 % of the height (83 pixels of
            1080). Smaller things are not told apart from what compression, rain and a burnt-in clock do.
        largest_object: Share of the picture; what changes more of it at once is a cut, a moved camera or a lamp.
        still_seconds: How long a region must look the same, on each side of a change, to count in full.
        still_looks: In how many looks, at least; two do when they lie twice ``still_seconds`` apart.
        patience_seconds: How long a settled region waits for what still moves beside it.
        fewest_levels: Difference of one pixel, 0 to 255, below which it counts as the same at the least noise.
        faint_levels: Likewise for the mean of a patch that somebody passed: a grey parcel on grey ground.
        lowest_score: Changes below are not reported.
        frozen_seconds: How long the picture must be the same to the last bit to be called frozen: longer than encoders
            go without a key frame, since a still scene may repeat bit by bit in between.
        obscured_seconds: How long a black, white or covered picture must last.
    """

    smallest_object: float = 0.006
    largest_object: float = 0.35
    still_seconds: float = 1.0
    still_looks: int = 3
    patience_seconds: float = 2.0
    fewest_levels: float = 12.0
    faint_levels: float = 5.0
    lowest_score: float = 0.1
    frozen_seconds: float = 15.0
    obscured_seconds: float = 1.0
