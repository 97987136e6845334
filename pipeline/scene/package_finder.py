"""Looks for parcels in one still picture: things that lie there and did not come or go while anybody looked."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.scene.package_likeness import Likeness

MOST_ASKED = 12
"""Places that are asked about: on the dev part, nine in ten parcels at doors are among the detector's first 12, and a
dozen crops take about 30 ms."""
DOUBLE = 0.5
"""Part of the smaller of two boxes that they share, from which on they are one thing."""


class Places(Protocol):
    """Says where things are, whatever they are."""

    def things(self, image: NDArray[np.uint8]) -> Sequence[Box]:
        """Boxes in pixels of ``image`` (BGR), most likely first; no people, vehicles or animals."""
        ...


class PackageFinder:
    """Asks the parcel classifier about the places where a detector that knows no parcel sees something.

    Args:
        places: Where to look.
        likeness: Says how much a place looks like a parcel.
        least: Likeness below which a place is not spoken of.
    """

    def __init__(self, places: Places, likeness: Likeness, least: float) -> None:
        self._places = places
        self._likeness = likeness
        self._least = least

    def find(self, image: NDArray[np.uint8]) -> list[tuple[Box, float]]:
        """The parcels in a picture (BGR, shape (h, w, 3)) with their likeness, most alike first; empty for none.

        Equal likenesses keep the order of the places; of boxes over one another the most alike is kept.
        """
        asked = self._places.things(image)[:MOST_ASKED]
        scored = [(box, self._likeness.of(image, box)) for box in asked]
        scored = sorted((one for one in scored if one[1] >= self._least), key=lambda one: -one[1])
        found: list[tuple[Box, float]] = []
        for box, likeness in scored:
            if all(box.intersection(other) < DOUBLE * min(box.area, other.area) for other, _ in found):
                found.append((box, likeness))
        return found
