"""Notices that the picture suddenly shows another scene."""

import numpy as np
from numpy.typing import NDArray

from pipeline.scene.alignment import alike
from pipeline.scene.background import Background

_ENOUGH_KNOWN = 0.2
_LITTLE_CHANGED = 0.01
_SUDDEN = 0.4
"""Share of its usual likeness to the still picture below which a picture shows another scene."""
_FOLLOWS = 0.2


class CutWatch:
    """Compares each picture's fine detail with the still picture's, and with how alike the two usually are."""

    def __init__(self) -> None:
        self._usual: float | None = None
        self._strange = 0

    def look(self, memory: Background, image: NDArray[np.uint8], busy: NDArray[np.bool_]) -> bool:
        """Takes in one aligned picture; the second strange one in a row makes ``memory`` forget its scene.

        Returns:
            Whether to leave this picture out, being the first strange one: it may be a broken frame.
        """
        where = memory.known & ~busy
        if float(memory.known.mean()) < _ENOUGH_KNOWN:
            return False
        if self._usual is not None and float(memory.differs(image)[where].mean()) < _LITTLE_CHANGED:
            return False
        likeness = alike(memory.still.astype(np.uint8), image, where)
        if likeness is None:
            return False
        return self._judge(memory, likeness)

    def _judge(self, memory: Background, likeness: float) -> bool:
        usual = likeness if self._usual is None else self._usual
        if likeness >= _SUDDEN * usual:
            self._usual = usual + _FOLLOWS * (likeness - usual)
            self._strange = 0
            return False
        self._strange += 1
        if self._strange == 1:
            return True
        memory.forget()
        self._usual, self._strange = None, 0
        return False
