"""Turns a shot (crop, frames, walkers, parcel, light) into the pictures of a clip."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from maker.carton import Drawn, Parcel, as_picture, draw, lay
from maker.footage import Cleared, Crop, Matte, Picture, Scene, Walk, between, clear, keep_walks, moved

Light = Callable[[NDArray[np.float32], float], NDArray[np.float32]]
"""A picture and its second in the clip -> the picture in that light."""

SOURCE_RATE = Fraction(15, 2)
"""The walkers' footage is played at 7.5 frames a second, near the rate at which it was filmed; see SOURCES.md."""
RATE = 2 * SOURCE_RATE
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Lying:
    """A parcel and while it lies there.

    Attributes:
        parcel: What lies there.
        put: Source frames (first, last) within which a walker uncovers it; None: it lies there from the start.
        taken: Source frames within which a walker covers it for the last time; None: it stays.
    """

    parcel: Parcel
    put: tuple[int, int] | None = None
    taken: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """Everything that makes the pictures of one clip.

    Attributes:
        crop: Part of the source.
        first: First source frame.
        last: Source frame after the last.
        walks: Who stays in the picture; None leaves everybody in, an empty tuple takes everybody out.
        cleared: Parts shown empty for a while, where only the feet of strangers would be seen.
        lying: A parcel, if any.
        light: How the picture is lit; None leaves it.
        mirrored: Left and right swapped, for the view of another camera.
        size: Width and height of the clip.
        noise: Standard deviation of the sensor noise, of 255.
        seed: For the noise.
    """

    crop: Crop
    first: int
    last: int
    walks: tuple[Walk, ...] | None = None
    cleared: tuple[Cleared, ...] = ()
    lying: Lying | None = None
    light: Light | None = None
    mirrored: bool = False
    size: tuple[int, int] = (1920, 1080)
    noise: float = 1.0
    seed: int = 1

    @property
    def scale(self) -> float:
        """Output pixels per source pixel."""
        return self.size[0] / self.crop.width


def pictures(scene: Scene, shot: Shot) -> Iterator[Picture]:
    """The pictures of a shot at `RATE`, each source frame and one between it and the next."""
    parcel = _ParcelInScene(shot, shot.lying) if shot.lying is not None else None
    grain = _Grain(shot)
    for number, (frame, empty, place) in enumerate(_doubled(scene, shot)):
        large = _enlarged(frame, shot.size)
        if parcel is not None:
            large = parcel.laid_into(large, moved(frame, empty), place)
        if shot.mirrored:
            large = np.ascontiguousarray(large[:, ::-1])
        if shot.light is not None:
            large = as_picture(shot.light(large.astype(np.float32), float(number / RATE)))
        yield grain.added_to(large)


def parcel_box(shot: Shot) -> tuple[float, float, float, float]:
    """Where the parcel of a shot lies: x1, y1, x2, y2 as shares of width and height.

    Raises:
        ValueError: the shot has no parcel.
    """
    if shot.lying is None:
        raise ValueError("this shot has no parcel")
    x1, y1, x2, y2 = _drawn(shot, shot.lying.parcel).box
    width, height = shot.size
    if shot.mirrored:
        x1, x2 = width - x2, width - x1
    return (x1 / width, y1 / height, x2 / width, y2 / height)


def _doubled(scene: Scene, shot: Shot) -> Iterator[tuple[Picture, Picture, float]]:
    """Frames of the crop with the empty scene in the same light and their place among the source frames."""
    before: tuple[Picture, Picture] | None = None
    for index in range(shot.first, shot.last):
        frame, empty = scene.frame(index, shot.crop), scene.empty(index, shot.crop)
        if shot.walks is not None:
            frame = keep_walks(frame, empty, index, shot.crop, shot.walks)
        for part in shot.cleared:
            if part.first <= index < part.last:
                frame = clear(frame, empty, shot.crop, part.crop)
        if before is not None:
            yield between(before[0], frame, before[1]), empty, index - 0.5
        yield frame, empty, float(index)
        before = (frame, empty)


def _enlarged(frame: Picture, size: tuple[int, int]) -> Picture:
    smooth = cv2.bilateralFilter(frame, 5, 12, 2)
    large = cv2.resize(smooth, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.addWeighted(large, 1.5, cv2.GaussianBlur(large, (11, 11), 2.5), -0.5, 0), np.uint8)


def _drawn(shot: Shot, parcel: Parcel) -> Drawn:
    place = ((parcel.middle - shot.crop.x) * shot.scale, (parcel.base - shot.crop.y) * shot.scale)
    return draw(parcel, place, shot.scale, (shot.size[1], shot.size[0]))


class _ParcelInScene:
    """Knows which part of the parcel is there: it comes and goes only where a walker hides it."""

    def __init__(self, shot: Shot, lying: Lying) -> None:
        self._lying = lying
        whole = _drawn(shot, lying.parcel)
        margin = round(16 * shot.scale)
        x1, y1, x2, y2 = whole.box
        self._part = (slice(max(0, y1 - margin), y2 + margin), slice(max(0, x1 - margin), x2 + margin))
        self._drawn = Drawn(whole.colour[self._part], whole.body[self._part], whole.shade[self._part], whole.box)
        self._size = shot.size
        self._there = np.full(self._drawn.body.shape, 0.0 if self._lying.put else 1.0, np.float32)
        self._passed = np.zeros_like(self._there)

    def laid_into(self, picture: Picture, people: Picture, place: float) -> Picture:
        """Composites the parcel behind the people of this picture."""
        whole = cv2.resize(people * 255, self._size, interpolation=cv2.INTER_LINEAR)
        front = np.asarray(cv2.GaussianBlur(whole[self._part].astype(np.float32) / 255, (0, 0), 2.0), np.float32)
        self._come_and_go(front, place)
        visible = self._there * (1 - np.clip(front * 1.5 - 0.25, 0, 1))
        picture[self._part] = as_picture(lay(picture[self._part].astype(np.float32), self._drawn, visible))
        return picture

    def _come_and_go(self, front: Matte, place: float) -> None:
        for span, there in ((self._lying.put, 1.0), (self._lying.taken, 0.0)):
            if span is None or not span[0] <= place <= span[1] + 0.5:
                continue
            if place == span[0]:
                self._passed[:] = 0.0
            body = cv2.dilate(front, np.ones((9, 9), np.uint8))
            self._passed = np.maximum(self._passed, (body > HALF).astype(np.float32))
            over = place >= span[1]
            swept = np.ones_like(self._passed) if over else cv2.GaussianBlur(self._passed, (0, 0), 3.0)
            self._there = np.asarray(swept if there else 1.0 - swept, np.float32)


class _Grain:
    """Sensor noise, soft as an enlarged and compressed picture has it; the same for the same seed."""

    _SPARE = 64

    def __init__(self, shot: Shot) -> None:
        self._random = np.random.default_rng(shot.seed)
        width, height = shot.size[0] + self._SPARE, shot.size[1] + self._SPARE
        fields = self._random.normal(0, 1, (6, height // 2, width // 2)).astype(np.float32)
        large = [cv2.resize(one, (width, height), interpolation=cv2.INTER_LINEAR) for one in fields]
        scaled = [np.round(one / one.std() * shot.noise).astype(np.int16) for one in large]
        self._fields = [cv2.merge([one, one, one]) for one in scaled]

    def added_to(self, picture: Picture) -> Picture:
        """Adds a part, chosen at random, of one of a few noise fields."""
        one = self._fields[int(self._random.integers(len(self._fields)))]
        y, x = (int(self._random.integers(self._SPARE)) for _ in range(2))
        height, width = picture.shape[:2]
        return np.asarray(cv2.add(picture, one[y : y + height, x : x + width], dtype=cv2.CV_8U), np.uint8)
