"""Looks closely at what came or went, in the pictures at working size."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.likeness import PACKAGE_FROM
from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box
from pipeline.scene.alignment import Exposure
from pipeline.scene.background import Background
from pipeline.scene.findings import Finding
from pipeline.scene.package_likeness import Likeness, best_of
from pipeline.scene.regions import Region
from pipeline.scene.somebody import Somebody

_EVERY = 4
"""Looks between two copies of the still picture; more often shows nothing new and costs a resize each."""

ALIVE = 0.2
"""The factor for the score of a region that is a living thing."""


@dataclass(frozen=True, slots=True)
class CloseUp:
    """What one object looks like; see `RegionChange` for the fields."""

    package_likeness: float
    place_likeness: float
    luma: float
    shorter_edge: float
    colour: tuple[float, ...]


class CloseUps:
    """Keeps the still picture and today's at working size, and says what the objects in them look like."""

    def __init__(self, image: NDArray[np.uint8], likeness: Likeness, somebody: Somebody) -> None:
        self._likeness = likeness
        self._somebody = somebody
        self.still = image.copy()
        self.now = image

    def rebase(self, exposure: Exposure) -> None:
        """Brings the still picture to the exposure of today's."""
        self.still = exposure.applied_to_levels(self.still)

    def begin_anew(self) -> None:
        """Another scene is shown: today's picture is the still one."""
        self.still = self.now.copy()

    def adopt(self, where: NDArray[np.bool_]) -> None:
        """Makes what today's picture shows the still one there; ``where`` has the size of the small picture."""
        size = (self.still.shape[1], self.still.shape[0])
        large = cv2.resize(where.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(self.now, large, self.still)

    def remember(self, look: int, memory: Background, unsettled: NDArray[np.bool_]) -> None:
        """Follows the still picture where it is unchanged; every fourth look is enough."""
        if look % _EVERY == 0:
            self.adopt(memory.known & ~unsettled & ~memory.moving)

    def looked_at(self, finding: Finding) -> Finding:
        """The finding with what its object looks like, and less sure where it looks like somebody."""
        held_now = finding.change.change is Change.APPEARED
        seen = self.of(finding.region, held_now=held_now)
        is_alive = seen.package_likeness < PACKAGE_FROM and self._is_somebody(finding.region, held_now=held_now)
        change = replace(
            finding.change,
            score=round(finding.change.score * (ALIVE if is_alive else 1.0), 4),
            package_likeness=seen.package_likeness,
            place_likeness=seen.place_likeness,
            luma=seen.luma,
            shorter_edge=seen.shorter_edge,
            colour=seen.colour,
        )
        return replace(finding, change=change)

    def _is_somebody(self, region: Region, *, held_now: bool) -> bool:
        scale = self.now.shape[1] / region.mask.shape[1]
        return self._somebody.is_at(self.now if held_now else self.still, region.box.scaled(scale, scale))

    def of(self, region: Region, *, held_now: bool) -> CloseUp:
        """What the object looks like that came (``held_now``) or went."""
        scale = self.now.shape[1] / region.mask.shape[1]
        box = region.box.scaled(scale, scale)
        with_it, without = (self.now, self.still) if held_now else (self.still, self.now)
        part, mask = _cut(with_it, box), _mask_at(region, scale)
        part = part[: mask.shape[0], : mask.shape[1]]
        mask = mask[: part.shape[0], : part.shape[1]]
        mean, spread = cv2.meanStdDev(cv2.cvtColor(part, cv2.COLOR_BGR2LAB), mask=mask)
        return CloseUp(
            package_likeness=round(best_of(self._likeness, with_it, box), 4),
            place_likeness=round(self._likeness.of(without, box), 4),
            luma=round(float(cv2.mean(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), mask=mask)[0]), 4),
            shorter_edge=round(min(box.width, box.height), 4),
            colour=tuple(round(float(value), 4) for value in (*mean.ravel(), *spread.ravel())),
        )


def _cut(image: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    x1, y1 = max(int(box.x1), 0), max(int(box.y1), 0)
    return image[y1 : max(int(box.y2), y1 + 1), x1 : max(int(box.x2), x1 + 1)]


def _mask_at(region: Region, scale: float) -> NDArray[np.uint8]:
    x1, y1, x2, y2 = (int(edge) for edge in region.box.xyxy)
    small = region.mask[y1:y2, x1:x2].astype(np.uint8)
    size = (max(int(x2 * scale) - int(x1 * scale), 1), max(int(y2 * scale) - int(y1 * scale), 1))
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
