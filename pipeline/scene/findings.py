"""Joins what was found of one object in several patches, and settles the scores at the end of the clip."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box
from pipeline.domain.video import Timestamp
from pipeline.scene.background import Background
from pipeline.scene.regions import Region
from pipeline.scene.settings import SceneSettings

_GAP = 0.3
_SHARED_SIDE = 0.5
_SLENDER = 4.5
_UNKNOWN_ORIGIN = 0.5
_FROM_START = 3.0
"""Seconds within which what lies there from the start becomes known: somebody may stand before it first."""
_SHARED_PLACE = 0.3


@dataclass(frozen=True, slots=True)
class Finding:
    """One judged patch.

    Attributes:
        region: In pixels of the small picture.
        change: In pixels of the picture as shown; its score without what only the whole clip tells.
    """

    region: Region
    change: RegionChange

    @property
    def area(self) -> int:
        """Pixels of the small picture."""
        return self.region.area


def joined(findings: Sequence[Finding], smallest: float) -> list[Finding]:
    """One finding an object: patches of the same change, close together and at the same time, are one.

    Args:
        findings: In any order.
        smallest: Area in pixels of the small picture, below which an object is dropped.
    """
    rest = sorted(findings, key=lambda finding: -finding.area)
    whole: list[Finding] = []
    while rest:
        first = rest.pop(0)
        near = [other for other in rest if _belongs(first, other)]
        while near:
            rest = [other for other in rest if other not in near]
            for other in near:
                first = _union(first, other)
            near = [other for other in rest if _belongs(first, other)]
        whole.append(first)
    return [finding for finding in whole if finding.area >= smallest]


def final_score(finding: Finding, memory: Background, after: int, settings: SceneSettings) -> float:
    """The score with what the whole clip tells.

    It is less where the picture never rests, where the new state did not last (longer, the less the place rests), and
    for lines and captions.

    Args:
        finding: Joined.
        memory: At the end of the clip.
        after: Number of the look at ``finding.change.after``.
        settings: How long still is.
    """
    where = finding.region.mask
    restless = memory.restless_share(where)
    calm = 1.0 - min(max((restless - 0.2) / 0.25, 0.0), 1.0)
    needed = settings.still_seconds * (1.0 + 15.0 * max(restless - 0.1, 0.0))
    lasted = min((memory.lasted(where, after) + 0.05) / needed, 1.0)
    box = finding.region.box
    slender = max(box.width / box.height, box.height / box.width) > _SLENDER
    return finding.change.score * calm * lasted * (0.3 if slender else 1.0)


def without_origin(changes: Sequence[RegionChange], start: Timestamp) -> list[RegionChange]:
    """The changes, less sure of what went without having been there from the start or having come.

    An arm that rests is taken for the scene when it is not told from it, and its going is then no thing's.

    Args:
        changes: Finished.
        start: The first look.
    """
    came = [change for change in changes if change.change is Change.APPEARED]
    return [
        replace(change, score=round(_UNKNOWN_ORIGIN * change.score, 4))
        if change.change is Change.DISAPPEARED
        and change.lies is not None
        and change.lies.start.seconds - start.seconds > _FROM_START
        and not any(_same_place(change, other) and other.before < change.after for other in came)
        else change
        for change in changes
    ]


def _same_place(change: RegionChange, other: RegionChange) -> bool:
    return change.box.intersection(other.box) >= _SHARED_PLACE * min(change.box.area, other.box.area)


def _belongs(first: Finding, other: Finding) -> bool:
    if first.change.change is not other.change.change or not first.change.span.overlaps(other.change.span):
        return False
    a, b = first.region.box, other.region.box
    gaps = (max(a.x1, b.x1) - min(a.x2, b.x2), max(a.y1, b.y1) - min(a.y2, b.y2))
    reach = _GAP * max(a.width, a.height)
    shared = (-gaps[0] / min(a.width, b.width), -gaps[1] / min(a.height, b.height))
    return max(gaps) <= reach and max(shared) >= _SHARED_SIDE


def _union(first: Finding, other: Finding) -> Finding:
    one, two = first.region.box, other.region.box
    box = Box(min(one.x1, two.x1), min(one.y1, two.y1), max(one.x2, two.x2), max(one.y2, two.y2))
    shown, more = first.change.box, other.change.box
    change = replace(
        first.change,
        box=Box(min(shown.x1, more.x1), min(shown.y1, more.y1), max(shown.x2, more.x2), max(shown.y2, more.y2)),
        before=min(first.change.before, other.change.before),
        after=max(first.change.after, other.change.after),
        score=(first.change.score * first.area + other.change.score * other.area) / (first.area + other.area),
    )
    return Finding(Region(box, np.logical_or(first.region.mask, other.region.mask)), change)
