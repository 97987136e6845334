"""How much a still object looks like a parcel: a small network of our own, evaluated with numpy alone."""

from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.errors import ModelUnavailableError

CROP = 64
"""Side of the square that the network sees, in pixels."""
CONTEXT = 1.6
"""Side of the square cut out of the picture, in lengths of the box's longer edge: the object and what it stands on."""
NO_STATEMENT = 0.5
_TALL = (1.9, 2.5)
"""Heights in widths between which the network's yes fades: it was shown few bottles and no bins."""
_WIDE = (2.7, 4.0)
_POOLED = (False, True, True, True, False)
_STRIDES = (2, 1, 1, 1, 1)


class Likeness(Protocol):
    """Says how much the object in ``box`` looks like a parcel."""

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        """Probability, 0 to 1; 0.5 says nothing either way.

        Args:
            image: BGR, shape (h, w, 3).
            box: In pixels of ``image``.
        """
        ...


class NoLikeness:
    """Makes no statement: for machines without the weights."""

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        """Always 0.5."""
        return NO_STATEMENT


class PackageLikeness:
    """The network of ``models/package-likeness``; see its model card for what it was trained on and how well it does.

    Args:
        weights: ``conv{i}.weight`` (out, in, k, k), ``conv{i}.bias``, ``head.weight`` (features,), ``head.bias``,
            ``temperature``; as float16 or float32.
        smallest: Shorter edge of a box, in pixels, below which nothing is said.
    """

    def __init__(self, weights: dict[str, NDArray[Any]], smallest: float = 10.0) -> None:
        self._convolutions = [
            (weights[f"conv{i}.weight"].astype(np.float32), weights[f"conv{i}.bias"].astype(np.float32))
            for i in range(len(_STRIDES))
        ]
        self._head = weights["head.weight"].astype(np.float32)
        self._bias = float(weights["head.bias"])
        self._temperature = float(weights["temperature"])
        self._smallest = smallest

    @classmethod
    def load(cls, path: Path) -> "PackageLikeness":
        """Reads the weights; their digest is the caller's to check.

        Raises:
            ModelUnavailableError: The file is missing or is no such archive.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                return cls({name: archive[name] for name in archive.files})
        except (OSError, ValueError, KeyError) as error:
            raise ModelUnavailableError("package-likeness", f"{path.name}: {error}") from error

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        """See `Likeness.of`."""
        if min(box.width, box.height) < self._smallest:
            return NO_STATEMENT
        said = float(1.0 / (1.0 + np.exp(-self.logit(crop(image, box)) / self._temperature)))
        return said if said < NO_STATEMENT else NO_STATEMENT + (said - NO_STATEMENT) * _shape_allows(box)

    def logit(self, planes: NDArray[np.float32]) -> float:
        """The network's last number, before the temperature, for one crop of shape (4, CROP, CROP)."""
        values = planes
        for (weight, bias), stride, pooled in zip(self._convolutions, _STRIDES, _POOLED, strict=True):
            values = np.maximum(_convolved(values, weight, bias, stride), 0.0)
            if pooled:
                values = _halved(values)
        features = np.concatenate([values.mean(axis=(1, 2)), values.max(axis=(1, 2))])
        return float(features @ self._head + self._bias)


def _shape_allows(box: Box) -> float:
    """1 for the shapes of parcels, falling to 0 where fewer than one labelled parcel in thirty is so tall or wide."""
    tall = (_TALL[1] - box.height / box.width) / (_TALL[1] - _TALL[0])
    wide = (_WIDE[1] - box.width / box.height) / (_WIDE[1] - _WIDE[0])
    return min(max(min(tall, wide), 0.0), 1.0)


def crop(image: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    """What the network sees: the square around the box in three colours, 0 to 1, and a plane that marks the box.

    Over the picture's edge its last pixels are repeated.

    Returns:
        Shape (4, CROP, CROP).
    """
    scale = CROP / (CONTEXT * max(box.width, box.height))
    x, y = box.centre
    move = np.array([[scale, 0.0, CROP / 2 - scale * x], [0.0, scale, CROP / 2 - scale * y]], dtype=np.float64)
    if scale < 1.0:
        image, move = _reduced(image, box, move)
    patch = cv2.warpAffine(image, move, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return planes_of(np.asarray(patch, dtype=np.uint8), box.width * scale, box.height * scale)


def planes_of(patch: NDArray[np.uint8], width: float, height: float) -> NDArray[np.float32]:
    """A cut-out square of side CROP with its box of ``width`` by ``height`` in the middle, as the network wants it."""
    planes = np.zeros((4, CROP, CROP), dtype=np.float32)
    planes[:3] = patch.transpose(2, 0, 1).astype(np.float32) / 255.0
    across, down = round(width / 2), round(height / 2)
    middle = CROP // 2
    planes[3, middle - down : middle + down, middle - across : middle + across] = 1.0
    return planes


def _reduced(
    image: NDArray[np.uint8], box: Box, move: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Averages a large cut-out before it is scaled down, so that its texture does not alias."""
    reach = CONTEXT * max(box.width, box.height) / 2
    x, y = box.centre
    left, top = max(int(x - reach) - 2, 0), max(int(y - reach) - 2, 0)
    part = image[top : int(y + reach) + 3, left : int(x + reach) + 3]
    kernel = max(round(1.0 / move[0, 0]), 1)
    shifted = move.copy()
    shifted[:, 2] += move[0, 0] * np.array([left, top])
    return np.asarray(cv2.blur(part, (kernel, kernel)), dtype=np.uint8), shifted


def _convolved(
    values: NDArray[np.float32], weight: NDArray[np.float32], bias: NDArray[np.float32], stride: int
) -> NDArray[np.float32]:
    half = weight.shape[-1] // 2
    padded = np.pad(values, ((0, 0), (half, half), (half, half)))
    windows = sliding_window_view(padded, weight.shape[2:], axis=(1, 2))[:, ::stride, ::stride]
    channels, high, wide = windows.shape[:3]
    columns = windows.transpose(0, 3, 4, 1, 2).reshape(channels * weight.shape[2] * weight.shape[3], high * wide)
    out = weight.reshape(weight.shape[0], -1) @ columns + bias[:, None]
    return np.asarray(out.reshape(-1, high, wide), dtype=np.float32)


def _halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    channels, high, wide = values.shape
    return np.asarray(values.reshape(channels, high // 2, 2, wide // 2, 2).max(axis=(2, 4)), dtype=np.float32)
