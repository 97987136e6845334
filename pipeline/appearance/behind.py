"""What lies behind everybody: each place of a picture as it was seen last when nobody was there, a quarter as fine."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.appearance.light import Picture
from pipeline.domain.tracks import Box

_COARSE = 4
"""Pixels of the picture's width and height that are one here."""
_LIKE = 10
"""Difference in any channel, of 255, up to which a pixel is taken for what lies behind."""
_MARGIN = 6.0
"""Pixels around a box in which nothing is learnt."""


class Behind:
    """Learns from every look."""

    def __init__(self, height: int, width: int) -> None:
        self._picture = np.zeros((-(-height // _COARSE), -(-width // _COARSE), 3), np.uint8)
        self._known = np.zeros(self._picture.shape[:2], np.bool_)

    def learn(self, picture: Picture, busy: Sequence[Box]) -> None:
        """Takes what no box covers."""
        free = np.ones(self._known.shape, np.bool_)
        for box in busy:
            x1, y1, x2, y2 = box.grown(_MARGIN).xyxy
            top, left = max(0, int(y1 / _COARSE)), max(0, int(x1 / _COARSE))
            free[top : max(0, int(y2 / _COARSE) + 1), left : max(0, int(x2 / _COARSE) + 1)] = False
        cv2.copyTo(np.ascontiguousarray(picture[::_COARSE, ::_COARSE]), free.astype(np.uint8), self._picture)
        self._known |= free

    def shows(self, seen: NDArray[np.uint8], rows: slice, columns: slice) -> NDArray[np.bool_]:
        """Which pixels of a part of the picture look like what lies behind them.

        Args:
            seen: The part.
            rows: Of the picture, from which it was taken.
            columns: Likewise.
        """
        at = np.ix_(
            np.arange(rows.start, rows.stop, rows.step) // _COARSE,
            np.arange(columns.start, columns.stop, columns.step) // _COARSE,
        )
        away = np.abs(seen.astype(np.int16) - self._picture[at]).max(axis=-1)
        return np.asarray((away <= _LIKE) & self._known[at])
