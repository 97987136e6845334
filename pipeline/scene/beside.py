"""Two still pictures side by side, with a place marked in both: for a person to look at."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box

_WIDE = 480
"""Pixels of each picture: two stand side by side on a page."""
_QUALITY = 85
_UNKNOWN = 48
"""Level of what is not known: dark, and told apart from night."""
_MARK = (242, 200, 94)
_GAP = 4


def side_by_side(
    before: tuple[NDArray[np.uint8], NDArray[np.bool_]],
    after: tuple[NDArray[np.uint8], NDArray[np.bool_]],
    box: Box | None,
) -> bytes:
    """A JPEG with the earlier picture on the left and the later one on the right.

    Args:
        before: BGR, shape (h, w, 3), and where it is known, shape (h, w).
        after: Likewise; may have another size.
        box: The place, in shares of the width and height of either; None marks nothing.
    """
    height = round(_WIDE * after[0].shape[0] / after[0].shape[1])
    halves = [_half(image, known, box, height) for image, known in (before, after)]
    gap = np.full((height, _GAP, 3), 255, dtype=np.uint8)
    encoded, content = cv2.imencode(
        ".jpg", np.hstack([halves[0], gap, halves[1]]), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
    )
    if not encoded:
        raise ValueError(f"a picture of {height} lines cannot be encoded")
    return content.tobytes()


def _half(image: NDArray[np.uint8], known: NDArray[np.bool_], box: Box | None, height: int) -> NDArray[np.uint8]:
    shown = image.copy()
    shown[~known] = _UNKNOWN
    shown = np.asarray(cv2.resize(shown, (_WIDE, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    if box is not None:
        margin = box.scaled(_WIDE, height).grown(3)
        corners = [round(edge) for edge in margin.xyxy]
        cv2.rectangle(shown, (corners[0], corners[1]), (corners[2], corners[3]), _MARK, 2)
    return shown
