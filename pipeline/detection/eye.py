"""One clip's detector: asked no more often than something moves, and about single places on their own."""

from pipeline.detection.darkness import lifted
from pipeline.detection.detector import Detector, Picture
from pipeline.domain.tracks import Detection

_MOST_CARRIED = 4
"""Looks at an unmoved picture for which the last detections stand, before the detector looks again."""


class Eye:
    """Asks the detector where something moved, and once more when it stopped.

    A picture in which nothing moved since the detector looked shows what it showed then: its detections stand, for a
    few looks.
    """

    def __init__(self, detector: Detector, confidence: float) -> None:
        self._detector = detector
        self._confidence = confidence
        self._last: tuple[Detection, ...] = ()
        self._carried = _MOST_CARRIED
        """Looks since the detector saw an unmoved picture; at the limit it must look."""

    def look(self, image: Picture, *, has_moved: bool) -> tuple[Detection, ...]:
        """Detections in pixels of a clip's next picture.

        Args:
            image: (height, width, 3), 8-bit, BGR.
            has_moved: Whether anything in it has, since the last.
        """
        if not has_moved and self._carried < _MOST_CARRIED:
            self._carried += 1
            return self._last
        self._last = self.alone(image)
        self._carried = _MOST_CARRIED if has_moved else 0
        return self._last

    def alone(self, image: Picture) -> tuple[Detection, ...]:
        """Detections in a picture that stands for itself, in its pixels."""
        found = self._detector.detect(lifted(image))
        return tuple(one for one in found if one.confidence >= self._confidence)
