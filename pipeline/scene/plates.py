"""Clean plates: what a stretch of the clip looks like without anybody in it, and without rain and noise.

A plate is the median of a few looks. It shows what is too faint, too small or too short still for a single look: a grey
parcel in infrared, one in the rain, one beside which somebody stands. "Clean plate" is the film trade's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.domain.video import Timestamp
from pipeline.scene.alignment import alike, shift_between, shifted_back
from pipeline.scene.medians import middle_of, strongest
from pipeline.scene.regions import mask_of

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Floats = NDArray[np.float32]

_SECONDS = 2.0
"""Of one plate, at first; a long clip has longer ones."""
_MOST_LOOKS = 5
_FEWEST_LOOKS = 3
_MOST_WAITING = 3 * _MOST_LOOKS
"""Looks held for a plate; then every second is let go, since a long clip's plates span half a minute."""
_MOST_PLATES = 24
"""Then every two become one, so that a long clip costs no more memory."""
_MARGIN = 0.15
"""Around a living thing's box, in its shorter edges: hands, bags and the shadow at its feet."""
_RESTING_IOU, _RESTING_SHARE = 0.8, 0.8
"""Overlap and share of a plate's looks from which on a vehicle rests there, and is a part of the scene."""
_FLOOR = 10.0
"""Added to levels before their ratio is taken, so that noise in the dark stays small."""
_LIGHT_REACH = 0.3
"""Side of the window, in heights of the picture, over which light is evened: several times a parcel's."""
_LIGHT_SCALE = 4
_LIGHT_STEP = 0.35
"""Log ratio of two pictures beyond which a pixel shows something else, and says nothing of the light."""
_LOGS = np.log(np.arange(256, dtype=np.float32) + _FLOOR)
_LEAST_NOISE = 0.03
"""Log ratio that counts as one unit of noise where the looks of a plate agree: what encoders leave."""
_SAME_SCENE = 0.15
"""Agreement of detail below which no change is measured, since every edge would be one."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A clean plate.

    Attributes:
        start: The first look in it.
        end: The last.
        image: BGR, shape (h, w, 3); black where nothing is known.
        known: Shape (h, w): where enough looks were free.
        noise: Shape (h, w): median distance of the looks from it, in levels.
    """

    start: Timestamp
    end: Timestamp
    image: _Image
    known: _Mask
    noise: _Image

    def part(self, box: Box) -> "Plate":
        """The rectangle ``box``, whose edges are whole pixels inside the picture."""
        rows, columns = slice(int(box.y1), int(box.y2)), slice(int(box.x1), int(box.x2))
        return replace(
            self,
            image=np.ascontiguousarray(self.image[rows, columns]),
            known=np.ascontiguousarray(self.known[rows, columns]),
            noise=np.ascontiguousarray(self.noise[rows, columns]),
        )

    def at(self, size: tuple[int, int]) -> "Plate":
        """In another size, (width, height)."""
        if size == (self.image.shape[1], self.image.shape[0]):
            return self
        image, noise = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (self.image, self.noise))
        known = cv2.resize(self.known.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 250  # noqa: PLR2004
        return Plate(self.start, self.end, np.asarray(image, np.uint8), known, np.asarray(noise, np.uint8))


@dataclass(frozen=True, slots=True)
class Look:
    """One look that goes into a plate.

    Attributes:
        at: When.
        image: BGR, working size.
        alive: Persons and bicycles in it, in its pixels.
        vehicles: Vehicles and animals; one that rests is a part of the scene.
    """

    at: Timestamp
    image: _Image
    alive: tuple[Box, ...]
    vehicles: tuple[Box, ...]


class PlateCamera:
    """Makes plates of a clip's looks as they come; it holds a dozen looks and no more."""

    def __init__(self) -> None:
        self._waiting: list[Look] = []
        self._plates: list[Plate] = []
        self._seconds = _SECONDS

    def look(self, look: Look) -> None:
        """Takes in one look; later than the last."""
        if self._waiting and look.at.seconds - self._waiting[0].at.seconds > self._seconds:
            self._finish()
        self._waiting.append(look)
        if len(self._waiting) > _MOST_WAITING:
            self._waiting = self._waiting[::2]

    def plates(self) -> tuple[Plate, ...]:
        """In order; call it once, after the last look. Empty when nothing was looked at."""
        if len(self._waiting) >= _FEWEST_LOOKS or not self._plates:
            self._finish()
        return tuple(self._plates)

    def _finish(self) -> None:
        if self._waiting:
            self._plates.append(plate_of(self._waiting))
        self._waiting = []
        if len(self._plates) > _MOST_PLATES:
            self._seconds *= 2
            self._plates = [_filled(self._plates[at : at + 2]) for at in range(0, len(self._plates), 2)]


def plate_of(looks: Sequence[Look]) -> Plate:
    """The median of up to five of the looks, spread evenly; ``looks`` is not empty."""
    resting = _resting([look.vehicles for look in looks])
    chosen = [looks[round(at)] for at in np.linspace(0, len(looks) - 1, min(len(looks), _MOST_LOOKS))]
    hidden = hidden_in(chosen, resting)
    image, noise = _median([look.image for look in chosen], hidden)
    known = np.sum([~one for one in hidden], axis=0) >= min(_FEWEST_LOOKS, len(chosen))
    image[~known] = 0
    return Plate(looks[0].at, looks[-1].at, image, np.asarray(known, np.bool_), noise)


def hidden_in(looks: Sequence[Look], resting: Sequence[Box] | None = None) -> list[_Mask]:
    """Where living things, and whatever drives, hide the scene in each of the looks; not empty.

    Args:
        looks: Of one size.
        resting: Vehicles that are a part of the scene; by default those that most of the looks share.
    """
    rest = _resting([look.vehicles for look in looks]) if resting is None else resting
    shape = (looks[0].image.shape[0], looks[0].image.shape[1])
    return [
        mask_of([*look.alive, *(box for box in look.vehicles if not _is_among(box, rest))], shape, _MARGIN)
        for look in looks
    ]


def earliest(plates: Sequence[Plate]) -> Plate:
    """What each place shows in the first of ``plates`` that knows it; not empty."""
    return _filled(plates)


def latest(plates: Sequence[Plate]) -> Plate:
    """What each place shows in the last of ``plates`` that knows it; not empty."""
    return _filled(plates[::-1])


@dataclass(frozen=True, slots=True)
class Difference:
    """Two plates side by side.

    Attributes:
        noises: Shape (h, w): how far apart they are beyond light, in units of their noise; 0 where either is unknown.
        before: The earlier one as the later one's place and light would have shown it.
        after: The later one.
        known: Shape (h, w): where both are known.
        shift: How far the later one moved against the earlier, in pixels.
    """

    noises: _Floats
    before: _Image
    after: _Image
    known: _Mask
    shift: tuple[float, float]


def difference(before: Plate, after: Plate) -> Difference | None:
    """Compares two plates of one size; None when they show different scenes, or nothing in common."""
    shift = shift_between(_grey(before), _grey(after)) or (0.0, 0.0)
    if max(abs(part) for part in shift) >= 0.5:  # noqa: PLR2004 - half a pixel is none
        before = _moved(before, shift)
    known = before.known & after.known
    if not known.any():
        return None
    agreement = alike(before.image, after.image, known)
    if agreement is not None and agreement < _SAME_SCENE:
        return None
    logs = [cv2.LUT(cv2.blur(one.image, (3, 3)), _LOGS) for one in (before, after)]
    ratio = np.asarray(cv2.subtract(logs[1], logs[0]), np.float32)
    light = _light(ratio, known)
    blue, green, red = cv2.split(cv2.absdiff(ratio, light))
    apart = np.asarray(cv2.max(cv2.max(blue, green), red), np.float32)
    apart[~known] = 0
    darker = cv2.cvtColor(cv2.min(before.image, after.image), cv2.COLOR_BGR2GRAY).astype(np.float32) + _FLOOR
    noise = (before.noise.astype(np.float32) + after.noise) / darker
    lit = (before.image.astype(np.float32) + _FLOOR) * cv2.exp(light) - _FLOOR
    return Difference(
        noises=np.asarray(apart / (_LEAST_NOISE + cv2.blur(noise, (5, 5))), np.float32),
        before=np.asarray(np.clip(lit, 0, 255), np.uint8),
        after=after.image,
        known=known,
        shift=shift,
    )


def _light(ratio: _Floats, known: _Mask) -> _Floats:
    """The smooth part of the log ratio; found at a quarter of the size, since it is smooth."""
    high, wide = known.shape
    size = (max(wide // _LIGHT_SCALE, 1), max(high // _LIGHT_SCALE, 1))
    small = np.asarray(cv2.resize(ratio, size, interpolation=cv2.INTER_AREA), np.float32)
    there = cv2.resize(known.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 250  # noqa: PLR2004
    side = 2 * int(_LIGHT_REACH * size[1] / 2) + 1
    light = np.zeros_like(small)
    for _ in range(2):  # once with everything, once without what stands out of it
        plain = (there & (np.abs(small - light).max(axis=2) < _LIGHT_STEP)).astype(np.float32)
        weight = np.maximum(cv2.blur(plain, (side, side)), 0.02)
        light = np.asarray(cv2.blur(small * plain[:, :, None], (side, side)) / weight[:, :, None], np.float32)
    return np.asarray(cv2.resize(light, (wide, high), interpolation=cv2.INTER_LINEAR), np.float32)


def _median(images: Sequence[_Image], hidden: Sequence[_Mask]) -> tuple[_Image, _Image]:
    """The median of what is not hidden, and the median distance from it (the largest of the colours)."""
    shown = _free(images, hidden) if any(one.any() for one in hidden) else list(images)
    middle = middle_of(shown)
    return middle, middle_of([strongest(cv2.absdiff(image, middle)) for image in shown])


def _free(images: Sequence[_Image], hidden: Sequence[_Mask]) -> list[_Image]:
    """Each picture with what is hidden in it taken from the next that shows it; some may count twice for it."""
    shown = []
    for at in range(len(images)):
        image, missing = images[at].copy(), hidden[at].copy()
        for step in range(1, len(images)):
            if not missing.any():
                break
            other = (at + step) % len(images)
            cv2.copyTo(images[other], (missing & ~hidden[other]).astype(np.uint8), image)
            missing &= hidden[other]
        shown.append(image)
    return shown


def _filled(plates: Sequence[Plate]) -> Plate:
    whole = plates[0]
    for other in plates[1:]:
        missing = other.known & ~whole.known
        if not missing.any():
            continue
        image, noise = whole.image.copy(), whole.noise.copy()
        image[missing], noise[missing] = other.image[missing], other.noise[missing]
        whole = replace(whole, image=image, noise=noise, known=whole.known | missing)
    ends = sorted((plates[0], plates[-1]), key=lambda plate: plate.start)
    return replace(whole, start=ends[0].start, end=ends[1].end)


def _resting(looks: Sequence[tuple[Box, ...]]) -> list[Box]:
    """The vehicles' boxes that most looks share."""
    enough = _RESTING_SHARE * len(looks)
    return [box for box in looks[len(looks) // 2] if sum(_is_among(box, boxes) for boxes in looks) >= enough]


def _is_among(box: Box, boxes: Sequence[Box]) -> bool:
    return any(box.iou(other) >= _RESTING_IOU for other in boxes)


def _moved(plate: Plate, shift: tuple[float, float]) -> Plate:
    back = (-shift[0], -shift[1])
    known = shifted_back(plate.known.astype(np.uint8), back).astype(np.bool_)
    return replace(plate, image=shifted_back(plate.image, back), noise=shifted_back(plate.noise, back), known=known)


def _grey(plate: Plate) -> _Image:
    """Where nothing is known, the mean: no edges of people cut out."""
    grey = np.asarray(cv2.cvtColor(plate.image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    if plate.known.any():
        grey[~plate.known] = round(float(grey[plate.known].mean()))
    return grey
