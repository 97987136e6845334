"""Where two clean plates differ, region by region, and which of the two holds a thing there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.scene.judgement import Signs, signs
from pipeline.scene.package_likeness import Likeness
from pipeline.scene.plates import Difference, Plate, difference, earliest, latest
from pipeline.scene.regions import Region, mask_of, regions_of

_Mask = NDArray[np.bool_]

NOISES = 2.2
"""Units of noise from which on a neighbourhood is different. On the composites that rules are tried on, light, leaves
and rain leave nothing beyond it that ``signs`` takes for an object."""
SMALLEST, SMALLEST_THING = 0.0006, 0.0012
"""Area in squared heights of the picture: a square of 2.5 % of the height, and of 3.5 % for what looks like no parcel.
Plates carry a fifth of what a look does."""
MANY = 8
"""Regions beyond this are not measured: by then it is the light."""
_FAINT_NOISES = 1.3
"""Likewise beside what is clearly different: the rest of a thing that hardly differs from its ground."""
_REACH, _MOST_GROWN = 0.7, 5.0
"""How far such a rest may reach, in shorter edges of the clear part, and how many times larger the whole may be."""
_LARGEST = 0.3
"""Share of the picture; where more of it is different the light or the view changed, and no thing is told from it."""
_SCALES = (1.0, 0.5)
"""Of the working size, at which a region is judged: edges of large things are soft at full size."""
_LOWEST = 0.3
"""Object score below which a region is no finding."""
GOOD = 0.5
"""And from which on it is looked upon as one thing."""
_CLEARER = (2.0, 4.0)
"""How many times more than the least the parts of a region must differ that are looked at one by one."""
_PART = 5
"""How many times larger than the smallest region a part must be: a splinter of swaying leaves looks like a thing."""
_EVEN, _DECIDED = 0.5, 0.9
"""Sureness of which plate holds the thing at even odds, and object score from which on nobody else is asked."""
_SAME_PLACE = 0.3
_CALM_SIDE, _FEWEST_PLATES = 320, 5
"""Longer side at which plates are compared with their neighbours, and how many there must be."""
_CALM_TIMES, _CALMEST = 2.5, 0.5
"""How many times more than neighbours usually differ is a unit of noise, and the least it may be."""


@dataclass(frozen=True, slots=True)
class Found:
    """A region that two plates show differently.

    Attributes:
        region: What is clearly different.
        whole: With what is faintly different around it; None where there is nothing.
        told: What was measured in the surer of the two.
        pair: Both plates in one light.
        earlier: The one plate.
        later: The other.
    """

    region: Region
    whole: Region | None
    told: Signs
    pair: Difference
    earlier: Plate
    later: Plate

    @property
    def change(self) -> Change:
        """Which of the two holds the thing."""
        return Change.APPEARED if self.told.held_after >= _EVEN else Change.DISAPPEARED

    @property
    def is_cut(self) -> bool:
        """Whether the picture's edge cuts it: what a camera that stirs brings in and takes out."""
        high, wide = self.region.mask.shape
        box = self.region.box
        return box.x1 <= 0 or box.y1 <= 0 or box.x2 >= wide or box.y2 >= high


def same_place(one: Box, other: Box) -> bool:
    """Whether two boxes share enough of the smaller one to be one place."""
    return one.intersection(other) >= _SAME_PLACE * min(one.area, other.area)


def smallest_area(shape: tuple[int, ...], share: float = SMALLEST) -> float:
    """Pixels of a region, in a picture of this shape, below which it is nothing."""
    return share * min(shape[0], shape[1] * 9 / 16) ** 2


def between(
    plates: Sequence[Plate], likeness: Likeness, opening: Plate | None = None, closing: Plate | None = None
) -> list[Found]:
    """Everything that differs between the first state of a clip and its last.

    Args:
        plates: The clip's, in order; two or more where not both ends are given.
        likeness: Says how much a thing looks like a parcel.
        opening: What each place showed first, where plates mix it with what came.
        closing: Likewise last.

    Returns:
        Empty where the two states cannot be compared.
    """
    before = earliest([*([opening] if opening else []), *plates[:-1]])
    after = latest([*plates[1:], *([closing] if closing else [])])
    pair = difference(before, after)
    if pair is None:
        return []
    noises = np.asarray(cv2.blur(pair.noises, (3, 3)), np.float32)
    found = judged(before, after, pair, noises, likeness)
    unit = calm(plates)
    if float(unit.min()) >= 1:
        return found
    places = tuple(one.region.box for one in found)
    fainter = judged(before, after, pair, noises / unit, likeness, places)
    return [*found, *(one for one in fainter if not one.is_cut)]


def calm(plates: Sequence[Plate]) -> NDArray[np.float32]:
    """By how much smaller a unit of noise is where the plates agree with one another all along: 1, or less.

    Looks may be noisy and their medians the same; what two plates show differently there is no noise. A change makes
    one pair of neighbours disagree, or two, and the usual pair of four or more is not one of these.

    Returns:
        Shape (h, w) of the plates.
    """
    high, wide = plates[0].known.shape
    ones = np.ones((high, wide), np.float32)
    if len(plates) < _FEWEST_PLATES:
        return ones
    scale = min(_CALM_SIDE / max(high, wide), 1.0)
    small = [plate.at((round(wide * scale), round(high * scale))) for plate in plates]
    steps = []
    for one, other in pairwise(small):
        pair = difference(one, other)
        if pair is not None:
            steps.append(np.where(pair.known, cv2.blur(pair.noises, (9, 9)), 1.0))
    if len(steps) < _FEWEST_PLATES - 1:
        return ones
    usual = np.median(np.stack(steps), axis=0)
    unit = cv2.resize(usual.astype(np.float32), (wide, high), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(_CALM_TIMES * unit, _CALMEST, 1.0), np.float32)


def judged(  # two plates with what lies between them, and who is asked
    before: Plate,
    after: Plate,
    pair: Difference,
    noises: NDArray[np.float32],
    likeness: Likeness,
    told: Sequence[Box] = (),
) -> list[Found]:
    """The regions in which ``noises`` rise clearly; each as it is and with what differs faintly around it.

    Args:
        before: The earlier plate.
        after: The later one.
        pair: Both side by side.
        noises: Of ``pair``, or a part of it, smoothed.
        likeness: Says how much a thing looks like a parcel.
        told: Places that were judged before, and are passed over.
    """
    changed = noises > NOISES
    if changed.mean() > _LARGEST:
        return []
    eye = _Eye(before, after, pair, noises, likeness)
    regions = regions_of(changed, smallest_area(changed.shape))[:MANY]
    new = [region for region in regions if not any(same_place(region.box, place) for place in told)]
    return [found for region in new for found in eye.things_in(region) if found.told.object_score >= _LOWEST]


@dataclass(frozen=True, slots=True)
class _Eye:
    """Two plates, and what is asked of each place in them."""

    before: Plate
    after: Plate
    pair: Difference
    noises: NDArray[np.float32]
    likeness: Likeness

    def things_in(self, region: Region) -> list[Found]:
        """The region, or its clearest parts where these are two things or where it is none as a whole.

        What lies beside swaying grass is one region with it, and so are two parcels of which one came and one went.
        """
        whole = self._judged(region)
        is_good = whole.told.object_score >= GOOD
        for times in _CLEARER:
            clear = regions_of(region.mask & (self.noises > times * NOISES), _PART * smallest_area(region.mask.shape))
            if is_good and len(clear) == 1:
                continue
            parts = [part for part in map(self._judged, clear[:MANY]) if part.told.object_score >= GOOD]
            sure = {part.change for part in parts if part.told.object_score >= _DECIDED}
            if len(sure) > 1 or (parts and not is_good):
                return parts
        return [whole]

    def _judged(self, region: Region) -> Found:
        whole = _grown(region, self.noises > _FAINT_NOISES)
        told = [_witnessed(self.pair, one, self.likeness) for one in (region, whole) if one is not None]
        surest = max(told, key=lambda one: one.object_score * max(one.held_after, 1 - one.held_after))
        return Found(region, whole, surest, self.pair, self.before, self.after)


def _witnessed(pair: Difference, region: Region, likeness: Likeness) -> Signs:
    """The signs; where they leave a doubt, the classifier is asked in which of the two plates it knows a thing."""
    told = _best_signs(pair, region)
    if told.object_score >= _DECIDED or told.substance < _LOWEST:
        return told
    says = likeness.of(pair.after, region.box) - likeness.of(pair.before, region.box)
    return replace(told, likeness=round(says, 4))


def _grown(region: Region, faint: _Mask) -> Region | None:
    """With the faintly changed around it, as far as half its size; None where that adds nothing or too much."""
    near = mask_of([region.box], faint.shape, _REACH)
    whole = max(
        regions_of((faint & near) | region.mask, region.area), key=lambda one: one.share_in(region.mask), default=None
    )
    if whole is None or not 1.1 * region.area < whole.area < _MOST_GROWN * region.area:
        return None
    return whole


def _best_signs(pair: Difference, region: Region) -> Signs:
    """At the scale at which it looks most like a thing."""
    told = []
    for scale in _SCALES:
        high, wide = (max(round(scale * side), 1) for side in region.mask.shape)
        mask = cv2.resize(region.mask.astype(np.uint8) * 255, (wide, high), interpolation=cv2.INTER_AREA) > 127  # noqa: PLR2004
        if not mask.any():
            continue
        rows, columns = Region(region.box.scaled(scale, scale), mask).window(16)
        old, new = (
            np.asarray(cv2.resize(one, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)[rows, columns]
            for one in (pair.before, pair.after)
        )
        told.append(signs(old, new, mask[rows, columns]))
    return max(told, key=lambda one: one.object_score)
