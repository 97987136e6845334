"""Whether what came or went is somebody who stood still: the detector is asked again, about the place alone.

Who stands still for long enough is a thing to whoever compares pictures. A detector that missed him in the whole view
knows him where he fills the picture.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box, Detection, ObjectClass

_ALIVE = frozenset({ObjectClass.PERSON, ObjectClass.ANIMAL, ObjectClass.BICYCLE})
_SIDES, _LEAST_SIDE = (2.0, 3.5), 96.0
"""Of the squares that are looked at, in longer edges of the place, and the least in pixels: a place is a part of
somebody, or holds all of him."""
_SURE, _COVERS = 0.46, 0.45
"""Confidence, and share of the place that the detection covers. On composites to tune on and real clips, ten of 26
changes that held no thing got so much (half covered), and none that did: a rucksack got .44, a parcel .43."""


class Somebody(Protocol):
    """Says whether a person or an animal is what a place shows."""

    def is_at(self, image: NDArray[np.uint8], box: Box) -> bool:
        """Whether somebody is there.

        Args:
            image: BGR, shape (h, w, 3).
            box: In pixels of ``image``.
        """
        ...


class NobodyAsked:
    """Knows of nobody: for whoever has no detector."""

    def is_at(self, image: NDArray[np.uint8], box: Box) -> bool:
        """Never."""
        return False


class SecondLook:
    """Asks a detector about the place and what is around it.

    Args:
        detect: Detections in pixels of the picture that it is given; BGR, shape (h, w, 3).
    """

    def __init__(self, detect: Callable[[NDArray[np.uint8]], Sequence[Detection]]) -> None:
        self._detect = detect

    def is_at(self, image: NDArray[np.uint8], box: Box) -> bool:
        """See `Somebody.is_at`."""
        return any(self._is_seen(image, box, side * max(box.width, box.height)) for side in _SIDES)

    def _is_seen(self, image: NDArray[np.uint8], box: Box, side: float) -> bool:
        reach, (x, y) = max(side, _LEAST_SIDE) / 2, box.centre
        left, top = max(int(x - reach), 0), max(int(y - reach), 0)
        part = np.ascontiguousarray(image[top : int(y + reach), left : int(x + reach)])
        if part.size == 0:
            return False
        place = Box(box.x1 - left, box.y1 - top, box.x2 - left, box.y2 - top)
        return any(
            one.object_class in _ALIVE
            and one.confidence >= _SURE
            and one.box.intersection(place) >= _COVERS * place.area
            for one in self._detect(part)
        )
