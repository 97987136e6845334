"""What every detector is: a picture in, labelled boxes out, and the digest of the weights that looked."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Detection, ModelIdentity

Picture = NDArray[np.uint8]
"""One frame: (height, width, 3), 8-bit, blue green red, oriented as shown."""


class Detector(Protocol):
    """Looks at one picture at a time. The same picture gives the same detections, in the same order."""

    @property
    def identity(self) -> ModelIdentity:
        """Which weights look."""
        ...

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        """Looks once.

        Args:
            picture: (height, width, 3), 8-bit, BGR.

        Returns:
            Boxes in pixels of ``picture``, inside it, most confident first; empty when nothing was found. No two boxes
            of one class cover each other for the larger part.

        Raises:
            ValueError: The array is no such picture.
        """
        ...


def check_picture(picture: Picture) -> None:
    """Refuses an array that is no picture.

    Raises:
        ValueError: Another shape than (height, width, 3), an empty side, or values that are not 8-bit.
    """
    is_picture = picture.ndim == 3 and picture.shape[2] == 3 and picture.size > 0  # noqa: PLR2004
    if not is_picture or picture.dtype != np.uint8:
        raise ValueError(f"a picture is (height, width, 3) of 8-bit values, got {picture.shape} of {picture.dtype}")
