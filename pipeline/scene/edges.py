"""The still pictures at a clip's two ends, for comparison with the clips before and after it."""

from collections import deque
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.doorstep import Side, StillPicture
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.scene.regions import mask_of

_Image = NDArray[np.uint8]
_WINDOW_SECONDS = 2
"""Long enough to tell what moves from what stands; the interval of an event is wider by as much at either end."""
_MOST_LOOKS = 10
"""The looks of the window at five a second; at more they cover less of it."""
_MARGIN = 0.15
"""Around a living thing's box, in its shorter edges: hands, bags and the shadow at its feet."""
_MOVED_LEVELS = 24
"""Spread of a pixel over the window above which something moved there, even when the detector saw nobody."""
_AROUND_MOVES = np.ones((7, 7), np.uint8)
_QUALITY = 90
FILTERS = f"median of three looks within {_WINDOW_SECONDS} s; people, vehicles, animals and what moved taken out"
ENCODER = f"webp quality {_QUALITY}, opacity lossless; opencv {cv2.__version__}"

_Look = tuple[Timestamp, _Image, tuple[Box, ...]]


class EdgeStills:
    """Keeps a clip's first and last looks, and makes one still picture of each.

    It holds a few frames at working width and nothing else.
    """

    def __init__(self) -> None:
        self._first: list[_Look] = []
        self._last: deque[_Look] = deque(maxlen=_MOST_LOOKS)

    def look(self, at: Timestamp, image: _Image, busy: Sequence[Box]) -> None:
        """Takes in one sampled frame.

        Args:
            at: Later than the last.
            image: BGR, shape (h, w, 3), working width; kept without a copy.
            busy: Persons, vehicles, bicycles and animals in it, in pixels of ``image``.
        """
        seen = (at, image, tuple(busy))
        if not self._first or (
            len(self._first) < _MOST_LOOKS and at.seconds - self._first[0][0].seconds <= _WINDOW_SECONDS
        ):
            self._first.append(seen)
        self._last.append(seen)

    def stills(self) -> tuple[StillPicture, ...]:
        """The first and the last, in this order; empty when nothing was looked at."""
        if not self._last:
            return ()
        end = self._last[-1][0].seconds
        last = [look for look in self._last if end - look[0].seconds <= _WINDOW_SECONDS]
        return tuple(_still(side, looks) for side, looks in ((Side.FIRST, self._first), (Side.LAST, last)))


def _still(side: Side, looks: Sequence[_Look]) -> StillPicture:
    image, seen = _middle(looks)
    boxes = [box for _, _, busy in looks for box in busy]
    seen &= ~mask_of(boxes, seen.shape, _MARGIN)
    layers = np.dstack([image, np.zeros_like(image[:, :, :1])])
    layers[~seen] = 0
    layers[seen, 3] = 255
    encoded, content = cv2.imencode(".webp", layers, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])
    if not encoded:
        raise ValueError(f"a picture of {image.shape} cannot be encoded")
    return StillPicture(
        side=side,
        span=ClipSpan(looks[0][0], looks[-1][0]),
        picture=content.tobytes(),
        seen=round(float(seen.mean()), 4),
        filters=FILTERS,
        encoder=ENCODER,
    )


def _middle(looks: Sequence[_Look]) -> tuple[_Image, NDArray[np.bool_]]:
    """The median of the first, the middle and the last look, and where those agree."""
    one, two, three = (looks[at][1] for at in (0, len(looks) // 2, len(looks) - 1))
    low, high = cv2.min(one, two), cv2.max(one, two)
    median = cv2.max(low, cv2.min(high, three))
    spread = cv2.subtract(cv2.max(high, three), cv2.min(low, three))
    restless = cv2.medianBlur(spread, 3).max(axis=2) > _MOVED_LEVELS
    grown = cv2.dilate(restless.astype(np.uint8), _AROUND_MOVES).astype(np.bool_)
    return np.asarray(median, dtype=np.uint8), ~grown


def decoded(content: bytes) -> tuple[_Image, NDArray[np.bool_]]:
    """A still picture as BGR of shape (h, w, 3), and where it is known, shape (h, w).

    Raises:
        ValueError: It is no such picture.
    """
    layers = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_UNCHANGED)
    if layers is None or layers.ndim != 3:  # noqa: PLR2004 - rows, columns, colours
        raise ValueError("not a still picture")
    known = layers[:, :, 3] > 0 if layers.shape[2] == 4 else np.ones(layers.shape[:2], dtype=np.bool_)  # noqa: PLR2004
    image = np.ascontiguousarray(layers[:, :, :3], dtype=np.uint8)
    image[~known] = 0  # an encoder fills what is not seen with whatever is short
    return image, known
