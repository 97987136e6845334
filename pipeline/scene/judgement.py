"""Decides from two still pictures of a region: did an object come or go, or only the light change; which holds it?"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_FLOOR = 10.0
"""Added to levels before their ratio is taken, so that noise in the dark stays small."""

_REACH = 4
_COARSE = 64
_ROUGH = 0.03
_OTHER_HUE = 0.1
_LARGEST_OFFSET = 25.0
_LEAST_DETAIL = 1.5
_LEAST_STEP = 0.05
_WITNESS, _SILENT = 6.0, 0.3
"""Weight of the classifier's word on which picture holds the object, and by how much its two answers must differ to be
one: a smooth parcel on rough ground leaves no other."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What was measured in a region, before and after.

    Attributes:
        structure: Steps inside that light does not explain: slope of the log ratio of the pictures, in per cent a
            pixel, above what it is around the region.
        displaced: 0 to 1: how well the later picture is found a few pixels away in the earlier one, as leaves are.
        colour: Change of hue inside, as the ratio of colours; below 0.06 for shadows.
        sharpness: 0 to 1: how much of the change happens within two pixels of the contour.
        contrast: Median change inside, in levels.
        contour: Log ratio of the contour's gradient, after over before.
        strangeness: How much less the inside resembles its surroundings after than before, -1 to 1.
        continuation: Log ratio of the distance from what the surroundings would continue to, after over before.
        likeness: How much more the inside looks like a parcel after than before, -1 to 1; 0 where nobody was asked.
    """

    structure: float
    displaced: float
    colour: float
    sharpness: float
    contrast: float
    contour: float
    strangeness: float
    continuation: float
    likeness: float = 0.0

    @property
    def object_score(self) -> float:
        """0 to 1: an object, not light."""
        decided = max(self.held_after, 1.0 - self.held_after)
        return self.substance * (0.25 + 0.75 * _risen(decided, 0.6, 0.9))

    @property
    def substance(self) -> float:
        """0 to 1: more than light changed, whichever of the two pictures holds the object."""
        proofs = (
            _risen(self.structure, 3.0, 7.0),
            _risen(self.colour, 0.06, 0.15),
            0.6 * _risen(self.sharpness, 0.35, 0.7) * _risen(abs(self.contrast), 12.0, 40.0),
        )
        doubt = 1.0
        for proof in proofs:
            doubt *= 1.0 - proof
        tone = max(
            _risen(abs(self.contrast), 5.0, 15.0),
            _risen(self.colour, 0.03, 0.08),
            _risen(abs(self.likeness), _SILENT, 2 * _SILENT),
        )
        return (1.0 - doubt) * (1.0 - _risen(self.displaced, 0.7, 0.9)) * (0.5 + 0.5 * tone)

    @property
    def held_after(self) -> float:
        """0 to 1: the later picture holds the object."""
        says = 1.6 * self.contour + 2.5 * self.strangeness + 1.2 * self.continuation
        says += _WITNESS * np.sign(self.likeness) * max(abs(self.likeness) - _SILENT, 0.0)
        return float(1.0 / (1.0 + np.exp(-np.clip(says, -8, 8))))


def signs(before: _Image, after: _Image, region: _Mask) -> Signs:
    """Measures a region in two pictures of the same exposure.

    Args:
        before: BGR, shape (h, w, 3): the region with a margin around it.
        after: Likewise.
        region: Shape (h, w); neither empty nor everything.
    """
    around = _grown(region, 9) & ~_grown(region, 2)
    after = _levelled(before, after, around)
    inside = _shrunk(region, 2)
    contour = _grown(region, 2) & ~_shrunk(region, 2)
    old, new = _grey(before), _grey(after)
    away_before, away_after = (_away_from_surroundings(image, region, inside) for image in (before, after))
    return Signs(
        structure=_steps(old, new, _shrunk(region, 4), around),
        displaced=_displaced(old, new, region),
        colour=_hue_change(before, after, inside),
        sharpness=_sharpness(old, new, region, inside, around),
        contrast=float(np.median((new - old)[inside])),
        contour=_log_ratio(_gradient(after)[contour].mean(), _gradient(before)[contour].mean(), 4.0),
        strangeness=_resemblance(before, inside, around) - _resemblance(after, inside, around),
        continuation=_log_ratio(away_after, away_before, 4.0),
    )


def solid_part(before: _Image, after: _Image, region: _Mask) -> _Mask:
    """The part of a region that is more than a shadow: rough or of another hue, holes filled; empty for mere light.

    Args:
        before: As for `signs`.
        after: Likewise.
        region: Likewise.
    """
    depth = min(4, min(cv2.boundingRect(region.astype(np.uint8))[2:]) // 6)
    rough = cv2.blur(_slope(_grey(before), _grey(after)), (5, 5)) > _ROUGH
    logs = [np.log(cv2.blur(image, (3, 3)).astype(np.float32) + _FLOOR) for image in (before, after)]
    change = logs[1] - logs[0]
    hue = np.abs(change - change.mean(axis=2, keepdims=True)).max(axis=2) > _OTHER_HUE
    solid = _grown(_shrunk(region, depth) & (rough | hue), depth).astype(np.uint8)
    solid = np.asarray(cv2.morphologyEx(solid, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), dtype=np.uint8)
    outlines, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(solid, outlines, -1, 1, cv2.FILLED)
    return np.asarray(solid, dtype=np.bool_) & region


def _risen(value: float, start: float, full: float) -> float:
    return min(max((value - start) / (full - start), 0.0), 1.0)


def _log_ratio(after: float, before: float, floor: float) -> float:
    return float(np.log((after + floor) / (before + floor)))


def _grown(mask: _Mask, by: int) -> _Mask:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), _disc(by)), dtype=np.bool_)


def _shrunk(mask: _Mask, by: int) -> _Mask:
    small = np.asarray(cv2.erode(mask.astype(np.uint8), _disc(by)), dtype=np.bool_)
    return small if small.any() else mask


def _disc(radius: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), dtype=np.uint8)


def _levelled(before: _Image, after: _Image, around: _Mask) -> _Image:
    if not around.any():
        return after
    offset = np.median(before[around].astype(np.float32) - after[around], axis=0)
    if np.abs(offset).max() > _LARGEST_OFFSET:
        return after
    return np.asarray(np.clip(after + offset, 0, 255), dtype=np.uint8)


def _grey(image: _Image) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.float32)


def _slope(old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
    """Per pixel, of the log ratio: nothing in even light, little in soft shade, much at the edges of things."""
    ratio = np.log((cv2.GaussianBlur(new, (3, 3), 0) + _FLOOR) / (cv2.GaussianBlur(old, (3, 3), 0) + _FLOOR))
    size = cv2.magnitude(cv2.Sobel(ratio, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(ratio, cv2.CV_32F, 0, 1) / 8)
    return np.asarray(size, dtype=np.float32)


def _steps(old: NDArray[np.float32], new: NDArray[np.float32], inside: _Mask, around: _Mask) -> float:
    slope = _slope(old, new)
    usual = min(float(np.percentile(slope[around], 75)), 0.03) if around.any() else 0.0
    return 100 * max(float(np.percentile(slope[inside], 85)) - usual, 0.0)


def _fine(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.GaussianBlur(levels, (3, 3), 0) - cv2.blur(levels, (9, 9)), dtype=np.float32)


def _displaced(old: NDArray[np.float32], new: NDArray[np.float32], region: _Mask) -> float:
    x, y, w, h = cv2.boundingRect(region.astype(np.uint8))
    y1, x1 = max(y - _REACH, 0), max(x - _REACH, 0)
    place = _fine(old)[y1 : y + h + _REACH, x1 : x + w + _REACH]
    piece = _fine(new)[y : y + h, x : x + w]
    if piece.std() < _LEAST_DETAIL or place.std() < _LEAST_DETAIL:
        return 0.0
    return float(np.clip(cv2.matchTemplate(place, piece, cv2.TM_CCOEFF_NORMED).max(), 0.0, 1.0))


def _hue_change(before: _Image, after: _Image, inside: _Mask) -> float:
    logs = [np.log(image[inside].astype(np.float32).mean(axis=0) + _FLOOR) for image in (before, after)]
    change = logs[1] - logs[0]
    return float(np.abs(change - change.mean()).max())


def _sharpness(
    old: NDArray[np.float32], new: NDArray[np.float32], region: _Mask, inside: _Mask, around: _Mask
) -> float:
    ratio = np.log((new + _FLOOR) / (old + _FLOOR))
    slope = _slope(old, new)
    across = _grown(region, 1) & ~_shrunk(region, 1)
    step = abs(float(np.median(ratio[inside])) - (float(np.median(ratio[around])) if around.any() else 0.0))
    if step < _LEAST_STEP:
        return 0.0
    return min(float(np.median(slope[across])) * 2.5 / step, 1.0)


def _gradient(image: _Image) -> NDArray[np.float32]:
    soft = cv2.GaussianBlur(image, (3, 3), 0).astype(np.float32)
    size = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0) / 4, cv2.Sobel(soft, cv2.CV_32F, 0, 1) / 4)
    return np.asarray(size.max(axis=2), dtype=np.float32)


def _away_from_surroundings(image: _Image, region: _Mask, inside: _Mask) -> float:
    """Mean distance, in levels, of the inside from what its surroundings would continue to; coarse when large."""
    scale = min(_COARSE / max(region.shape), 1.0)
    size = (max(round(region.shape[1] * scale), 4), max(round(region.shape[0] * scale), 4))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    hole = cv2.resize(_grown(region, 2).astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    within = cv2.resize(inside.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.bool_)
    if not within.any() or hole.all():
        return 0.0
    ground = cv2.inpaint(small, hole, 3, cv2.INPAINT_TELEA)
    return float(np.abs(small[within].astype(np.float32) - ground[within]).mean())


def _resemblance(image: _Image, inside: _Mask, around: _Mask) -> float:
    if not around.any():
        return 0.5
    colours = np.asarray(cv2.cvtColor(cv2.GaussianBlur(image, (3, 3), 0), cv2.COLOR_BGR2LAB), dtype=np.uint8)
    spread = [_histogram(colours, mask) for mask in (inside, around)]
    return float(np.sqrt(spread[0] * spread[1]).sum())


def _histogram(colours: _Image, mask: _Mask) -> NDArray[np.float32]:
    counts = cv2.calcHist([colours], [0, 1, 2], mask.astype(np.uint8), [24, 24, 24], [0, 256, 0, 256, 0, 256])
    smooth = cv2.blur(counts.reshape(24, -1), (1, 3)).reshape(24, 24, 24)
    smooth = smooth + np.roll(smooth, 1, axis=1) + np.roll(smooth, -1, axis=1)
    smooth = smooth + np.roll(smooth, 1, axis=2) + np.roll(smooth, -1, axis=2)
    return np.asarray(smooth / max(float(smooth.sum()), 1.0), dtype=np.float32)
