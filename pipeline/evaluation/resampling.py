"""How far a figure may be off: 95 % bootstrap intervals over clips, since events of one clip stand or fall together."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
"""How often each clip was drawn, in the clips' order."""
_RESAMPLES = 1000
_SEED = 20260310
_PERCENTILES = (2.5, 97.5)


def interval(clips: int, figure: Callable[[Counts], float | None]) -> tuple[float, float] | None:
    """The middle 95 % of a figure over 1000 draws of as many clips, with replacement; the same draws each time.

    Args:
        clips: Their number.
        figure: Of one draw; None where a draw has none, and is left out.

    Returns:
        None for fewer than two clips, which have no spread, and where no draw has the figure.
    """
    if clips < 2:  # noqa: PLR2004
        return None
    picks = np.random.default_rng(_SEED).integers(0, clips, size=(_RESAMPLES, clips))
    drawn = (figure(np.bincount(pick, minlength=clips)) for pick in picks)
    figures = [one for one in drawn if one is not None]
    if not figures:
        return None
    low, high = np.percentile(figures, _PERCENTILES)
    return float(low), float(high)
