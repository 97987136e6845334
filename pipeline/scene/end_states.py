"""What each place showed first and last, in a clip that has no moment without somebody.

A camera that records when something moves often begins when somebody is there already, and stops while somebody is
there still. A plate of two seconds then mixes what was with what came. So at these ends each place is taken from the
first looks, or the last, in which nobody hid it, however few.
"""

from collections import deque
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.scene.medians import middle_of, strongest
from pipeline.scene.plates import Look, Plate, hidden_in

_LOOKS = 8
"""Kept of each end: what a place shows only later is told by the plates."""
_FREE = 3
"""Looks that make a state: one may be wrong."""
_BUSY = 5
"""With somebody in one of so many looks at an end, the end is looked at place by place."""


class EndStates:
    """Keeps the looks at a clip's two ends."""

    def __init__(self) -> None:
        self._first: list[Look] = []
        self._last: deque[Look] = deque(maxlen=_LOOKS)

    def look(self, look: Look) -> None:
        """Takes in one look; later than the last."""
        if len(self._first) < _LOOKS:
            self._first.append(look)
        self._last.append(look)

    def opening(self) -> Plate | None:
        """What each place showed first; None when nobody was there at first, and plates say it better."""
        return _state(self._first)

    def closing(self) -> Plate | None:
        """Likewise last."""
        return _state([*self._last][::-1])


def _state(looks: Sequence[Look]) -> Plate | None:
    """Of the looks, the nearest to the end first."""
    if not any(look.alive for look in looks[:_BUSY]):
        return None
    shape = (looks[0].image.shape[0], looks[0].image.shape[1])
    shown = [np.zeros_like(looks[0].image) for _ in range(_FREE)]
    taken = np.zeros(shape, np.uint8)
    for look, hidden in zip(looks, hidden_in(looks), strict=True):
        free = ~hidden & (taken < _FREE)
        for number, image in enumerate(shown):
            cv2.copyTo(look.image, (free & (taken == number)).astype(np.uint8), image)
        taken += free
    known = np.asarray(taken == _FREE, np.bool_)
    image = middle_of(shown)
    image[~known] = 0
    ends = sorted((looks[0].at, looks[-1].at))
    return Plate(ends[0], ends[1], image, known, _noise(shown, image))


def _noise(shown: Sequence[NDArray[np.uint8]], middle: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean distance of the two that are not the middle: the median of three would be the smaller of them."""
    apart = [strongest(cv2.absdiff(image, middle)).astype(np.float32) for image in shown]
    return np.asarray(np.minimum(np.sum(apart, axis=0) / (_FREE - 1), 255), np.uint8)
