"""The camera: leaves that sway before it, its shaking, its fisheye lens, its sensor's noise."""

import cv2
import numpy as np
from maker.footage import Picture
from numpy.typing import NDArray

SPARE = 96
FIELDS = 5


class Sway:
    """Foliage in the wind: what is green and busy in the empty place moves by a few pixels."""

    def __init__(self, random: np.random.Generator, empty: Picture) -> None:
        self._empty_part: tuple[slice, slice] | None = None
        hue = cv2.cvtColor(empty, cv2.COLOR_BGR2HSV)
        busy = cv2.GaussianBlur(np.abs(cv2.Laplacian(empty[..., 1], cv2.CV_32F)), (0, 0), 9)
        green = (hue[..., 0] > 28) & (hue[..., 0] < 95) & (hue[..., 1] > 50)  # noqa: PLR2004  # the hues of leaves
        leaves = (green & (busy > np.median(busy))).astype(np.float32)
        leaves[int(0.7 * empty.shape[0]) :] = 0  # nearer than that is lawn
        self._mask = np.asarray(cv2.GaussianBlur(leaves, (0, 0), 6), np.float32)
        rows = np.nonzero(self._mask.max(axis=1) > 0.05)[0]  # noqa: PLR2004
        self.has_leaves = bool(leaves.mean() > 0.01)  # noqa: PLR2004
        self._rows = slice(int(rows.min()), int(rows.max()) + 1) if len(rows) else slice(0, 1)
        height, width = empty.shape[:2]
        part = (self._rows.stop - self._rows.start, width)
        self._y, self._x = np.mgrid[0 : part[0], 0 : part[1]].astype(np.float32)
        rough = random.uniform(0, 2 * np.pi, (7, 12)).astype(np.float32)
        self._phase = cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)[self._rows]
        self._reach = float(random.uniform(0.002, 0.005)) * width * self._mask[self._rows]

    def __call__(self, picture: Picture, second: float) -> Picture:
        """The picture with its leaves where they are at this second."""
        part = picture[self._rows]
        gust = 0.6 + 0.4 * np.sin(0.7 * second)
        moved = self._x + self._reach * gust * np.sin(2 * np.pi * 0.9 * second + self._phase).astype(np.float32)
        lower = self._y + 0.4 * self._reach * np.cos(2 * np.pi * 0.7 * second + self._phase).astype(np.float32)
        done = picture.copy()
        done[self._rows] = cv2.remap(part, moved.astype(np.float32), lower, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT)
        return done


class Shake:
    """A camera that trembles in the wind, or is knocked once and settles."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], seconds: float) -> None:
        self._size = size
        reach = float(random.uniform(0.001, 0.004)) * size[0]
        self._waves = [
            (float(random.uniform(0.4, 3.0)), float(random.uniform(0, 6.3)), reach * float(random.uniform(0.4, 1)))
            for _ in range(6)
        ]
        self._turn = float(random.uniform(0.0, 0.12))
        self._knock = float(random.uniform(0.2, 0.8)) * seconds if random.random() < 0.4 else None  # noqa: PLR2004

    def __call__(self, picture: Picture, second: float) -> Picture:
        """The picture as the camera hangs at this second."""
        swings = [far * np.sin(2 * np.pi * often * second + phase) for often, phase, far in self._waves]
        x, y, turn = sum(swings[:3]), sum(swings[3:]), self._turn * np.sin(1.7 * second)
        if self._knock is not None and second > self._knock:
            late = second - self._knock
            x += 0.008 * self._size[0] * np.exp(-2.5 * late) * np.cos(14 * late)
        matrix = cv2.getRotationMatrix2D((self._size[0] / 2, self._size[1] / 2), float(turn), 1.012)
        matrix[:, 2] += (x, y)
        shaken = cv2.warpAffine(picture, matrix, self._size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        return np.asarray(shaken, np.uint8)


class Fisheye:
    """A lens that bends straight lines outwards and darkens the corners."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int]) -> None:
        width, height = size
        strength = float(random.uniform(0.16, 0.34))
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        u, v = (x - width / 2) / (width / 2), (y - height / 2) / (width / 2)
        bent = (1 + strength * (u * u + v * v)) / (1 + strength)
        self._x = np.asarray(u * bent * width / 2 + width / 2, np.float32)
        self._y = np.asarray(v * bent * width / 2 + height / 2, np.float32)

    def __call__(self, picture: Picture, _second: float) -> Picture:
        """The picture through the lens."""
        return np.asarray(cv2.remap(picture, self._x, self._y, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT), np.uint8)

    def seen(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Where a box, in shares of width and height, is after the lens."""
        height, width = self._x.shape
        inside = (self._x > box[0] * width) & (self._x < box[2] * width)
        inside &= (self._y > box[1] * height) & (self._y < box[3] * height)
        rows, columns = np.nonzero(inside)
        if not len(rows):
            return box
        return (columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height)


class Grain:
    """Sensor noise, softened as a camera's own filter does; another piece of a few fields in every frame."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], strength: float) -> None:
        self._random, self._size = random, size
        width, height = size[0] + SPARE, size[1] + SPARE
        self._fields: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []
        for _ in range(FIELDS):
            soft = cv2.GaussianBlur(random.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 0.7)
            level = np.round(soft / soft.std() * strength)
            more, less = (cv2.merge([np.clip(sign * level, 0, 255).astype(np.uint8)] * 3) for sign in (1, -1))
            self._fields.append((np.asarray(more, np.uint8), np.asarray(less, np.uint8)))

    def __call__(self, picture: Picture, _second: float) -> Picture:
        """The picture as the sensor reads it."""
        more, less = self._fields[int(self._random.integers(FIELDS))]
        y, x = (int(one) for one in self._random.integers(0, SPARE, 2))
        part = (slice(y, y + self._size[1]), slice(x, x + self._size[0]))
        return np.asarray(cv2.subtract(cv2.add(picture, more[part]), less[part]), np.uint8)
