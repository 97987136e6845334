"""What came and went between two still pictures of one camera: the end of a clip and the start of a later one.

Nobody was there to say what happened, and much time may lie between. So the pictures are made comparable first: small
moves of the camera, its exposure and slow differences of light are taken out, and a picture in colour is compared with
one in infrared in grey. What is left is measured, place by place; the rule decides what may be said.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.doorstep import DoorstepComparison, KnownPlace, PlaceChange
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.scene.alignment import alike, exposure_between, shift_between, shifted_back
from pipeline.scene.background import Background
from pipeline.scene.judgement import Signs, signs, solid_part
from pipeline.scene.package_likeness import Likeness
from pipeline.scene.regions import Region, regions_of, ring
from pipeline.scene.settings import SceneSettings
from pipeline.scene.straightened import straightened

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_LONG_SIDE = 320
"""The size at which ``signs`` was measured."""
_GREY_CHROMA = 4.0
"""Mean spread of a pixel's colours below which a picture is an infrared one."""
_FEWEST_LEVELS = 18.0
"""Half as much again as within a clip: noise, compression and light differ more between two clips."""
_LARGEST = 0.2
"""Share of the picture above which a change is no thing at a door."""
_MANY = 12
"""Regions beyond this are not measured: by then the scene is another."""
_WELL_REGISTERED = 0.6
"""Agreement from which on it is not asked whether the camera was turned or zoomed: at one degree it falls to 0.4."""
_SAME_SCENE = 0.15
"""Agreement of detail below which no change is measured, since every edge would be one. The rule demands more."""
_LIGHT_REACH = 0.3
"""Side of the window, in heights of the picture, over which light is evened: several times a parcel's."""
_LIGHT_STEP = 0.35
"""Log ratio of two pictures beyond which a pixel shows something else, and says nothing of the light."""
_FLOOR = 10.0
_STRUCTURE, _COLOUR = (3.0, 7.0), (0.06, 0.15)
"""As ``Signs.object_score`` weighs them: nothing at the first, everything from the second on."""
_SETTINGS = SceneSettings(fewest_levels=_FEWEST_LEVELS)


@dataclass(frozen=True, slots=True)
class Still:
    """A still picture and where it is known.

    Attributes:
        image: BGR, shape (h, w, 3).
        seen: Shape (h, w).
    """

    image: _Image
    seen: _Mask

    def at(self, size: tuple[int, int]) -> "Still":
        """In another size, (width, height); a pixel is known where all that it is made of is."""
        image = cv2.resize(self.image, size, interpolation=cv2.INTER_AREA)
        seen = cv2.resize(self.seen.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) >= 250  # noqa: PLR2004
        return Still(np.asarray(image, dtype=np.uint8), np.asarray(seen, dtype=np.bool_))

    def in_grey(self) -> "Still":
        """Without its colours."""
        grey = cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY)
        return replace(self, image=np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8))

    def moved_back(self, shift: tuple[float, float]) -> "Still":
        """Moved by ``-shift``; what comes in at the edge is not known."""
        seen = shifted_back(self.seen.astype(np.uint8), shift).astype(np.bool_)
        left, top = (max(int(np.ceil(-part)), 0) for part in shift)
        right, bottom = (max(int(np.ceil(part)), 0) for part in shift)
        height, width = seen.shape
        inside = np.zeros_like(seen)
        inside[top : height - bottom, left : width - right] = True
        return Still(shifted_back(self.image, shift), seen & inside)

    @property
    def is_grey(self) -> bool:
        """Whether it has no colours: an infrared picture."""
        part = self.image[::4, ::4].astype(np.int16)
        return float((part.max(axis=2) - part.min(axis=2))[self.seen[::4, ::4]].mean()) < _GREY_CHROMA

    @property
    def luma(self) -> float:
        """Mean of what is known, 0 to 255."""
        return float(cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY)[self.seen].mean())


def compare(before: Still, after: Still, known: Sequence[Box], likeness: Likeness) -> DoorstepComparison:
    """Compares the end of one clip with the start of a later one of the same camera.

    Args:
        before: The earlier picture.
        after: The later one.
        known: Where things are known to lie in the earlier one, in shares of its width and height.
        likeness: Says how much a thing looks like a parcel.
    """
    found = _compared(before, after, known, likeness)
    if found.agreement is not None and found.agreement >= _WELL_REGISTERED:
        return found
    other = before.at((after.image.shape[1], after.image.shape[0]))
    turned = straightened(_grey(other), _grey(after)) if other.seen.any() and after.seen.any() else None
    if turned is None:
        return found
    height = after.image.shape[0] / after.image.shape[1]
    straight = Still(*turned.picture(other.image, other.seen))
    again = _compared(straight, after, [turned.box(box, height) for box in known], likeness)
    return again if (again.agreement or 0.0) > (found.agreement or 0.0) else found


def _compared(before: Still, after: Still, known: Sequence[Box], likeness: Likeness) -> DoorstepComparison:
    """With the camera's pushes taken out, and not its turns."""
    small = _small_size(after.image)
    old, new = before.at(small), after.at(small)
    if not (old.seen.any() and new.seen.any()):
        places = tuple(KnownPlace(box, 0.0, 0.0) for box in known)
        return DoorstepComparison(None, 0.0, is_switched=False, changed=0.0, changes=(), places=places)
    luma, is_switched = min(old.luma, new.luma), old.is_grey != new.is_grey
    if is_switched or old.is_grey:
        old, new = old.in_grey(), new.in_grey()
    shift = shift_between(_grey(new), _grey(old)) or (0.0, 0.0)
    old = old.moved_back(shift)
    both = old.seen & new.seen
    agreement = alike(old.image, new.image, both) if both.any() else None
    old = _lit_alike(old, new, both)
    changed = _differs(old, new) & both
    share = float(changed.sum()) / max(float(both.sum()), 1.0)
    moved = [_moved(box, shift, small) for box in known]
    pair = _Pair(old, new, both, before.at((after.image.shape[1], after.image.shape[0])), after, shift, likeness)
    same = agreement is not None and agreement >= _SAME_SCENE
    return DoorstepComparison(
        agreement=None if agreement is None else round(agreement, 4),
        luma=round(luma, 4),
        is_switched=is_switched,
        changed=round(share, 4),
        changes=pair.changes(changed) if same else (),
        places=tuple(_place(box, both, changed) for box in moved),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two comparable pictures at the size of judgement, and the same two as they were."""

    old: Still
    new: Still
    both: _Mask
    before: Still
    after: Still
    shift: tuple[float, float]
    likeness: Likeness

    def changes(self, changed: _Mask) -> tuple[PlaceChange, ...]:
        smallest = _SETTINGS.smallest_object * min(changed.shape[0], changed.shape[1] * 9 / 16) ** 2
        found = []
        for region in regions_of(changed, smallest)[:_MANY]:
            for part in self._solid(region, smallest):
                if part.area <= _LARGEST * part.mask.size:
                    found.append(self._measured(part))
        return tuple(found)

    def _solid(self, region: Region, smallest: float) -> list[Region]:
        rows, columns = region.window()
        mask = np.zeros_like(region.mask)
        before, after = self.old.image[rows, columns], self.new.image[rows, columns]
        mask[rows, columns] = solid_part(before, after, region.mask[rows, columns])
        return regions_of(mask, smallest)

    def _measured(self, region: Region) -> PlaceChange:
        rows, columns = region.window()
        found = signs(self.old.image[rows, columns], self.new.image[rows, columns], region.mask[rows, columns])
        change = Change.APPEARED if found.held_after >= 0.5 else Change.DISAPPEARED  # noqa: PLR2004 - more than even
        around = ring(region.mask, 12) & ~ring(region.mask, 2) & self.both
        agreement = alike(self.old.image, self.new.image, around)
        high, wide = region.mask.shape
        return PlaceChange(
            change=change,
            box=_rounded(region.box.scaled(1 / wide, 1 / high)),
            score=round(min(found.object_score, _substance(found)), 4),
            held=round(max(found.held_after, 1 - found.held_after), 4),
            seen=round(float(self.both[region.mask | ring(region.mask, 6)].mean()), 4),
            surroundings=1.0 if agreement is None else round(agreement, 4),
            compactness=round(_compactness(region), 4),
            package_likeness=round(self._likeness(change, region), 4),
        )

    def _likeness(self, change: Change, region: Region) -> float:
        """Asked of the picture that holds the thing, as it was taken."""
        image = self.after.image if change is Change.APPEARED else self.before.image
        scale = image.shape[1] / region.mask.shape[1]
        box = region.box.scaled(scale, scale)
        if change is Change.DISAPPEARED:
            x, y = self.shift[0] * scale, self.shift[1] * scale
            box = Box(box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y)
        return self.likeness.of(image, box)


def _substance(found: Signs) -> float:
    """0 to 1: steps inside, or another hue.

    Within a clip a sharp outline is a sign too; between two clips it may be the shadow of a post or a car.
    """
    proofs = ((found.structure, _STRUCTURE), (found.colour, _COLOUR))
    return max(min(max((value - start) / (full - start), 0.0), 1.0) for value, (start, full) in proofs)


def _small_size(image: _Image) -> tuple[int, int]:
    height, width = image.shape[:2]
    scale = min(_LONG_SIDE / max(height, width), 1.0)
    return round(width * scale), round(height * scale)


def _grey(still: Still) -> _Image:
    """Where nothing is known, the mean: no edges of people cut out."""
    grey = np.asarray(cv2.cvtColor(still.image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    grey[~still.seen] = round(float(grey[still.seen].mean()))
    return grey


def _lit_alike(old: Still, new: Still, both: _Mask) -> Still:
    """The earlier picture as the later one's exposure and light would have shown it."""
    exposure = exposure_between(old.image.astype(np.float32), new.image, both)
    image = old.image if exposure is None else exposure.applied_to_levels(old.image)
    logs = [np.log(cv2.blur(one, (3, 3)).astype(np.float32) + _FLOOR) for one in (image, new.image)]
    ratio = logs[1] - logs[0]
    side = 2 * int(_LIGHT_REACH * image.shape[0] / 2) + 1
    light = np.zeros_like(ratio)
    for _ in range(2):  # once with everything, once without what stands out of it
        plain = (both & (np.abs(ratio - light).max(axis=2) < _LIGHT_STEP)).astype(np.float32)
        weight = cv2.blur(plain, (side, side))
        light = cv2.blur(ratio * plain[:, :, None], (side, side)) / np.maximum(weight, 0.02)[:, :, None]
    lit = (image.astype(np.float32) + _FLOOR) * np.exp(light) - _FLOOR
    return replace(old, image=np.asarray(np.clip(lit, 0, 255), dtype=np.uint8))


def _differs(old: Still, new: Still) -> _Mask:
    memory = Background(new.seen.shape, _SETTINGS)
    memory.still = old.image.astype(np.float32)
    return memory.differs(new.image)


def _moved(box: Box, shift: tuple[float, float], size: tuple[int, int]) -> Box:
    """A place of the earlier picture in the later one, in shares, cut off at the edge where something is left."""
    x, y = shift[0] / size[0], shift[1] / size[1]
    edges = [min(max(value, 0.0), 1.0) for value in (box.x1 - x, box.y1 - y, box.x2 - x, box.y2 - y)]
    return _rounded(Box(*edges)) if edges[0] < edges[2] and edges[1] < edges[3] else _rounded(box)


def _place(box: Box, both: _Mask, changed: _Mask) -> KnownPlace:
    high, wide = both.shape
    rows = slice(int(box.y1 * high), max(int(np.ceil(box.y2 * high)), int(box.y1 * high) + 1))
    columns = slice(int(box.x1 * wide), max(int(np.ceil(box.x2 * wide)), int(box.x1 * wide) + 1))
    seen = float(both[rows, columns].mean())
    other = float(changed[rows, columns].sum()) / max(float(both[rows, columns].sum()), 1.0)
    return KnownPlace(box, round(seen, 4), round(other, 4))


def _compactness(region: Region) -> float:
    outlines, _ = cv2.findContours(region.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    hull = cv2.convexHull(np.vstack(outlines))
    filled = cv2.fillConvexPoly(np.zeros(region.mask.shape, np.uint8), hull, 1)
    return region.area / max(float(filled.sum()), 1.0)


def _rounded(box: Box) -> Box:
    return Box(*(round(value, 4) for value in box.xyxy))
