"""Takes what stands in a still picture out of it: the box is filled with ground from beside it."""

from collections.abc import Sequence

import cv2
import numpy as np
from maker.footage import Picture

from bench.composites.sources import Box

STEP = 3
"""Pixels between the places that are tried."""
RIM = 5
"""Pixels around the box by whose likeness a place is judged."""
SIDEWAYS = 0.1
"""What a pixel up or down costs, in grey levels: ground of the same distance looks the same."""


def filled(picture: Picture, boxes: Sequence[Box]) -> Picture:
    """The picture with its boxes filled, each from the place whose rim is most like its own.

    A box must stand four pixels or more away from what it is to hide: its rim is what is gone on from. A box for which
    no place is large enough stays as it is.
    """
    done = picture
    for box in boxes:
        done = _filled(done, box, boxes)
    return done


def _filled(picture: Picture, box: Box, boxes: Sequence[Box]) -> Picture:
    height, width = picture.shape[:2]
    x1, y1 = max(1, int(box.x1)), max(1, int(box.y1))
    x2, y2 = min(width - 1, int(box.x2)), min(height - 1, int(box.y2))
    wide, high = x2 - x1, y2 - y1
    rim = np.zeros((height, width), np.uint8)
    cv2.rectangle(rim, (x1 - RIM, y1 - RIM), (x2 + RIM - 1, y2 + RIM - 1), 1, -1)
    cv2.rectangle(rim, (x1, y1), (x2 - 1, y2 - 1), 0, -1)
    rows, columns = np.nonzero(rim)
    own = picture[rows, columns].astype(np.int16)
    best: tuple[float, int, int] | None = None
    for dy in range(-high // 4, high // 4 + 1, STEP):
        for dx in range(-width, width, STEP):
            there = Box(x1 + dx, y1 + dy, x2 + dx, y2 + dy)
            inside = there.x1 >= 0 and there.y1 >= 0 and there.x2 <= width and there.y2 <= height
            if not inside or any(there.touches(other) for other in boxes):
                continue
            shifted = picture[np.clip(rows + dy, 0, height - 1), np.clip(columns + dx, 0, width - 1)]
            cost = float(np.abs(own - shifted).mean()) + SIDEWAYS * abs(dy)
            if best is None or cost < best[0]:
                best = (cost, x1 + dx, y1 + dy)
    if best is None:
        return picture
    _, left, top = best
    patch = np.ascontiguousarray(picture[top : top + high, left : left + wide])
    whole = np.full((high, wide), 255, np.uint8)
    middle = ((x1 + x2) // 2, (y1 + y2) // 2)
    return np.asarray(cv2.seamlessClone(patch, picture, whole, middle, cv2.NORMAL_CLONE), np.uint8)
