"""What came to stay or went for good, by the clean plates of a whole clip, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.scene.judgement import Signs, signs
from pipeline.scene.package_likeness import Likeness
from pipeline.scene.plates import Difference, Look, Plate, PlateCamera, difference, earliest, latest
from pipeline.scene.regions import Region, mask_of, regions_of
from pipeline.scene.turning import SeenPlaces

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]

_NOISES = 2.2
"""Units of noise from which on a neighbourhood is different. On the composites that rules are tried on, light, leaves
and rain leave nothing beyond it that ``signs`` takes for an object."""
_FAINT_NOISES = 1.3
"""Likewise beside what is clearly different: the rest of a thing that hardly differs from its ground."""
_REACH, _MOST_GROWN = 0.7, 5.0
"""How far such a rest may reach, in shorter edges of the clear part, and how many times larger the whole may be."""
_SMALLEST = 0.0012
"""Area in squared heights of the picture: a square of 3.5 % of the height. Plates carry a fifth of what a look does."""
_LARGEST = 0.3
"""Share of the picture; where more of it is different the light or the view changed, and no thing is told from it."""
_MANY = 8
"""Regions beyond this are not measured: by then it is the light."""
_TRANSIENT_SIDE = 320
"""Longer side at which what came and went is looked for, to save time."""
_SCALES = (1.0, 0.5)
"""Of the working size, at which a region is judged: edges of large things are soft at full size."""
_LOWEST = 0.3
"""Object score below which a region is no finding."""
_EVEN = 0.5
_MOST_ASKED = 16
"""Places that are judged for having come and gone, each once: leaves show dozens, over and over."""
_LASTS = 2
"""Plates in a row that must show what came and went."""
_STILL_SECONDS = 1.0
_ALIVE_IOU, _ALIVE = 0.6, 0.2
"""Overlap with a living thing's box from which on the region is that thing, and the factor for it."""
_SAME_PLACE = 0.3
_ALONE = 3
"""Looks that must show a thing with nobody beside it: what somebody holds, or stands in, lies nowhere."""


@dataclass(frozen=True, slots=True)
class _Found:
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
        return Change.APPEARED if self.told.held_after >= _EVEN else Change.DISAPPEARED


class LastingChanges:
    """Sees every look of a clip, and says at its end what came to stay, what went, and what did both.

    Args:
        picture: Width and height of the picture as shown; boxes are given in its pixels.
        likeness: Says how much an object looks like a parcel.
    """

    def __init__(self, picture: tuple[int, int], likeness: Likeness) -> None:
        self._picture = picture
        self._likeness = likeness
        self._camera = PlateCamera()
        self._places = SeenPlaces()

    def look(self, at: Timestamp, image: _Image, alive: Sequence[Box], vehicles: Sequence[Box]) -> None:
        """Takes in one sampled frame.

        Args:
            at: Later than the last.
            image: BGR, shape (h, w, 3), working size; kept without a copy.
            alive: Persons and bicycles in it, in its pixels.
            vehicles: Vehicles and animals: what else moves, unless it rests.
        """
        self._camera.look(Look(at, image, tuple(alive), tuple(vehicles)))
        self._places.look(at, image, alive)

    def changes(self) -> tuple[RegionChange, ...]:
        """In order of time; call it once, after the last look."""
        plates = self._camera.plates()
        if len(plates) < 2:  # noqa: PLR2004 - before and after
            return ()
        found = _between(earliest(plates[:-1]), latest(plates[1:]))
        passing = [
            one for one in _passing(plates) if not any(_same_place(one.region.box, other.region.box) for other in found)
        ]
        told = [change for one in (*found, *passing) for change in self._told(one)]
        return tuple(sorted(told, key=lambda change: (change.before, change.after, change.box.xyxy)))

    def _told(self, found: _Found) -> list[RegionChange]:
        """The change with its moments; none where no look shows it turn, or the thing never lay there alone."""
        turn = self._places.turn(found.region, found.pair, (found.earlier.start, found.later.end))
        came = found.change is Change.APPEARED
        if turn is None or turn.alone[came] < _ALONE:
            return []
        image, other = (found.later.image, found.earlier.image)
        held = found.told.held_after
        if not came:
            image, other, held = other, image, 1 - held
        score = found.told.object_score * min(turn.before_seconds / _STILL_SECONDS, 1.0) * min(turn.after_seconds, 1.0)
        if any(found.region.box.iou(box) > _ALIVE_IOU for box in turn.alive[came]):
            score *= _ALIVE
        likeness, region = max(
            ((self._likeness.of(image, one.box), one) for one in (found.region, found.whole) if one is not None),
            key=lambda one: one[0],
        )
        box, mask = region.box, region.mask.astype(np.uint8)
        lit = found.pair.after if image is found.later.image else found.pair.before  # one light, to compare colours in
        mean, spread = cv2.meanStdDev(cv2.cvtColor(lit, cv2.COLOR_BGR2LAB), mask=mask)
        high, wide = region.mask.shape
        return [
            RegionChange(
                change=found.change,
                box=box.scaled(self._picture[0] / wide, self._picture[1] / high),
                before=turn.before,
                after=turn.after,
                score=round(score, 4),
                held=round(held, 4),
                package_likeness=round(likeness, 4),
                place_likeness=round(self._likeness.of(other, box), 4),
                lies=ClipSpan(turn.after, turn.last) if came else ClipSpan(turn.first, turn.before),
                luma=round(float(cv2.mean(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), mask=mask)[0]), 4),
                shorter_edge=round(min(box.width, box.height), 4),
                colour=tuple(round(float(value), 4) for value in (*mean.ravel(), *spread.ravel())),
                moved_beside=round(turn.moved_beside, 4),
            )
        ]


def merged(lasting: Sequence[RegionChange], others: Sequence[RegionChange]) -> tuple[RegionChange, ...]:
    """All changes, each once: what both ways of looking found is told as the surer one shows it.

    Args:
        lasting: From plates.
        others: From single looks, which see what stays for a second or two as well.
    """
    rest, told = list(others), []
    for one in lasting:
        same = [other for other in rest if _is_same(one, other)]
        rest = [other for other in rest if other not in same]
        told.append(_told_once(one, same))
    return tuple(sorted((*told, *rest), key=lambda change: (change.before, change.after, change.box.xyxy)))


def _told_once(one: RegionChange, same: Sequence[RegionChange]) -> RegionChange:
    """The surest reading, with the box in which the thing is known best, and the moments that both leave open."""
    if not same:
        return one
    surest = max((one, *same), key=lambda change: change.score * change.held)
    known = max((one, *same), key=lambda change: (change.package_likeness, change.score))
    before, after = (max(one.before, surest.before), min(one.after, surest.after))
    if before >= after:
        before, after = surest.before, surest.after
    return replace(
        known, before=before, after=after, score=surest.score, held=surest.held, moved_beside=surest.moved_beside
    )


def _is_same(one: RegionChange, other: RegionChange) -> bool:
    return one.change is other.change and one.span.overlaps(other.span) and _same_place(one.box, other.box)


def _same_place(one: Box, other: Box) -> bool:
    return one.intersection(other) >= _SAME_PLACE * min(one.area, other.area)


def _between(before: Plate, after: Plate) -> list[_Found]:
    pair = difference(before, after)
    if pair is None:
        return []
    return _judged(before, after, pair, np.asarray(cv2.blur(pair.noises, (3, 3)), np.float32))


def _judged(before: Plate, after: Plate, pair: Difference, noises: NDArray[np.float32]) -> list[_Found]:
    """The regions in which ``noises`` rise clearly; each as it is and with what differs faintly around it."""
    changed = noises > _NOISES
    if changed.mean() > _LARGEST:
        return []
    smallest = _SMALLEST * min(changed.shape[0], changed.shape[1] * 9 / 16) ** 2
    found = []
    for region in regions_of(changed, smallest)[:_MANY]:
        whole = _grown(region, noises > _FAINT_NOISES)
        told = [_best_signs(pair, one) for one in (region, whole) if one is not None]
        surest = max(told, key=lambda one: one.object_score * max(one.held_after, 1 - one.held_after))
        if surest.object_score >= _LOWEST:
            found.append(_Found(region, whole, surest, pair, before, after))
    return found


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


def _passing(plates: Sequence[Plate]) -> list[_Found]:
    """What several plates in a row show, and neither the first state nor the last does; both its changes."""
    if len(plates) < _LASTS + 2:
        return []
    high, wide = plates[0].known.shape
    scale = min(_TRANSIENT_SIDE / max(high, wide), 1.0)
    small = [plate.at((round(wide * scale), round(high * scale))) for plate in plates]
    first, last = earliest(small[:-1]), latest(small[1:])
    shown: list[_Mask] = []
    for plate in small[1:-1]:
        pairs = (difference(first, plate), difference(plate, last))
        masks = [cv2.blur(pair.noises, (3, 3)) > _NOISES for pair in pairs if pair is not None]
        shown.append(np.logical_and(*masks) if len(masks) == 2 else np.zeros_like(plate.known))  # noqa: PLR2004
    found: list[_Found] = []
    asked: list[Box] = []
    for at in range(len(shown) - 1):
        both = shown[at] & shown[at + 1]
        smallest = _SMALLEST * min(both.shape[0], both.shape[1] * 9 / 16) ** 2
        for region in regions_of(both, smallest)[:_MANY]:
            box = region.box.scaled(1 / scale, 1 / scale)
            known = (*asked, *(one.region.box for one in found))
            if len(asked) < _MOST_ASKED and not any(_same_place(box, one) for one in known):
                asked.append(box)
                found += _came_and_went(plates, at + 1, box)
    return found


def _came_and_went(plates: Sequence[Plate], at: int, box: Box) -> list[_Found]:
    """Judges one place in the plates as they are: how it came, and how it went; both or nothing."""
    there = plates[at + 1] if at + 2 < len(plates) else plates[at]
    place = mask_of([box], there.known.shape, 0.5)
    both: list[_Found] = []
    for before, after in ((earliest(plates[: at + 1]), there), (there, latest(plates[at + 1 :]))):
        pair = difference(before, after)
        if pair is None:
            return []
        both += _judged(before, after, pair, np.where(place, cv2.blur(pair.noises, (3, 3)), 0))[:1]
    changes = [one.change for one in both]
    return both if changes == [Change.APPEARED, Change.DISAPPEARED] else []
