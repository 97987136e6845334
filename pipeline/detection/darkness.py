"""Lifts pictures of the night, so that detectors that were taught by day see what is in them."""

import cv2
import numpy as np

from pipeline.detection.detector import Picture

DARK_LUMA = 18.0
"""Mean grey level, 0 to 255, below which a picture is lifted. Above it a detector loses as often as it gains."""
_AIM = 110.0
"""Grey level that the middle of a dark picture is brought to, as far as the steepest curve allows."""
_STEEPEST = 1 / 3
"""Exponent of the curve at the most: beyond it the noise of the sensor is all that is seen."""


def lifted(picture: Picture) -> Picture:
    """The picture through a brightening curve where it is dark on the whole; the same picture where it is not.

    Args:
        picture: (height, width, 3), 8-bit, BGR.

    Returns:
        Of the same shape: boxes that are found in it need no correction.
    """
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    if float(grey.mean()) >= DARK_LUMA:
        return picture
    middle = max(float(np.median(grey)), 1.0)
    exponent = min(max(np.log(_AIM / 255) / np.log(middle / 255), _STEEPEST), 1.0)
    curve = np.rint(255 * (np.arange(256) / 255) ** exponent).astype(np.uint8)
    return np.asarray(cv2.LUT(picture, curve), dtype=np.uint8)
