"""Finds the spans in which the camera shows nothing of the scene."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.scene import Obscured, ObscuredSpan
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.scene.settings import SceneSettings

_BLACK = 12.0
_WHITE = 243.0
_NO_DETAIL = 1.2


class ObscuredWatch:
    """Follows whether a picture shows anything.

    A picture is black (white) when 99 % of it is darker than 12 (brighter than 243) of 255, covered when it has no
    edges, and frozen when it equals the last one to the last bit for long: a still scene with a clock or noise never
    does, and an encoder that skips still frames does so for a second or two only, until its next key frame.
    """

    def __init__(self, settings: SceneSettings) -> None:
        self._settings = settings
        self._spans: list[ObscuredSpan] = []
        self._open: tuple[Obscured, Timestamp, Timestamp] | None = None
        self._last: NDArray[np.uint8] | None = None

    def look(self, at: Timestamp, grey: NDArray[np.uint8]) -> bool:
        """Takes in one picture.

        Args:
            at: Later than the last.
            grey: Shape (h, w), not yet aligned or corrected.

        Returns:
            Whether it shows nothing of the scene (a frozen picture does show it).
        """
        why = _why(grey)
        if why is None and self._last is not None and np.array_equal(grey, self._last):
            why = Obscured.FROZEN
        started = self._open[1] if self._open is not None and self._open[0] is why else at
        if self._open is not None and self._open[0] is not why:
            self._close()
        self._open = None if why is None else (why, started, at)
        self._last = grey
        return why in {Obscured.BLACK, Obscured.WHITE, Obscured.COVERED}

    def spans(self) -> tuple[ObscuredSpan, ...]:
        """In order; those too short to say so are left out."""
        self._close()
        return tuple(self._spans)

    def _close(self) -> None:
        if self._open is None:
            return
        why, start, end = self._open
        span = ClipSpan(start, end)
        needed = self._settings.frozen_seconds if why is Obscured.FROZEN else self._settings.obscured_seconds
        if span.duration >= needed:
            self._spans.append(ObscuredSpan(span, why))
        self._open = None


def _why(grey: NDArray[np.uint8]) -> Obscured | None:
    if np.percentile(grey, 99) < _BLACK:
        return Obscured.BLACK
    if np.percentile(grey, 1) > _WHITE:
        return Obscured.WHITE
    soft = cv2.GaussianBlur(grey, (5, 5), 0)
    edges = cv2.magnitude(cv2.Sobel(soft, cv2.CV_32F, 1, 0) / 4, cv2.Sobel(soft, cv2.CV_32F, 0, 1) / 4)
    return Obscured.COVERED if np.percentile(edges, 95) < _NO_DETAIL else None
