"""Follows the still part of one clip's picture and says what came and went."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.scene import Change, RegionChange, SceneReport
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.scene.alignment import alike, exposure_between, shift_between, shifted_back
from pipeline.scene.background import Background, Settled
from pipeline.scene.candidates import candidates
from pipeline.scene.close_up import ALIVE, CloseUps
from pipeline.scene.cuts import CutWatch
from pipeline.scene.findings import Finding, final_score, joined, without_origin
from pipeline.scene.judgement import signs
from pipeline.scene.obscured import ObscuredWatch
from pipeline.scene.package_likeness import Likeness, NoLikeness
from pipeline.scene.regions import Region, mask_of, regions_of, ring
from pipeline.scene.settings import SceneSettings
from pipeline.scene.somebody import NobodyAsked, Somebody
from pipeline.scene.views import ViewWatch

_LONG_SIDE = 320
_BUSY_MARGIN = 0.06
_BUSY_MEMORY_SECONDS = 1.2
_MOVING_SHARE = 0.002
_SHAKY_LOOKS = 10
_WORTH_SHIFTING = 4.0
_WORTH_DOUBT = 0.08
_SAME_SCENE = 0.25
_ENOUGH_KNOWN = 0.2
_LITTLE_CHANGED = 0.01
_EVEN = 0.5
_OVER = 0.15
"""Share of a region that a living thing's box must cover for the region to wait."""
_UNSETTLED = 0.2
_BESIDE, _PATIENT_WITH_SOMEBODY = 0.5, 5.0
"""Reach, in heights of a region, within which somebody stands beside it and may hide a part of the thing; and how many
times longer it then waits: half a thing, once taken for the scene, hides the whole."""
_PASSED, _UNVISITED = 0.08, 0.6
"""Share of the surroundings that must have moved for a change to be somebody's doing, and the factor where not."""
_AS_GOOD = 0.1
"""Score by which a thing's clear part must beat the whole, which shows its outline, to be taken instead."""
_ITSELF = 0.6
"""Overlap with a living thing's box from which on the region is that thing."""


class StillScene:
    """What the still scene of one clip did; looked at frame by frame, it keeps a few pictures and no frames.

    Args:
        picture: Width and height of the picture as shown; boxes are given in its pixels.
        settings: Thresholds.
        likeness: Says how much an object looks like a parcel; nobody does by default.
        somebody: Says whether what looks like none is a person who stood still; likewise.
    """

    def __init__(
        self,
        picture: tuple[int, int],
        settings: SceneSettings | None = None,
        likeness: Likeness | None = None,
        somebody: Somebody | None = None,
    ) -> None:
        self._picture = picture
        self._settings = settings or SceneSettings()
        self._likeness = likeness or NoLikeness()
        self._somebody = somebody or NobodyAsked()
        self._obscured = ObscuredWatch(self._settings)
        self._background: Background | None = None
        self._close: CloseUps | None = None
        self._stamps: list[Timestamp] = []
        self._busy: list[tuple[Box, ...]] = []
        self._found: list[Finding] = []
        self._lumas: list[float] = []
        self._moved = 0
        self._shaky = 0
        self._cuts = CutWatch()
        self._views = ViewWatch()
        self._last: Settled | None = None

    def look(self, at: Timestamp, image: NDArray[np.uint8], busy: Sequence[Box]) -> None:
        """Takes in one sampled frame.

        Args:
            at: Later than the last; steps may be irregular.
            image: BGR, shape (h, w, 3), longer side about 640; the same shape for the whole clip.
            busy: Persons, vehicles and animals that the detector sees in this frame, in pixels of ``image``.

        Raises:
            ValueError: The moment does not follow the last, or the shape changed.
        """
        height, width = image.shape[:2]
        scale = min(_LONG_SIDE / max(height, width), 1.0)
        size = (round(width * scale), round(height * scale))
        small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        self._lumas.append(float(grey.mean()))
        if self._obscured.look(at, grey):
            return
        memory, close = self._memories(at, image, small.shape[:2])
        self._views.look(at, grey)
        boxes = tuple(box.scaled(scale, scale) for box in busy)
        small, image = self._aligned(memory, close, small, image)
        if self._cuts.look(memory, small, mask_of(boxes, small.shape[:2], _BUSY_MARGIN)):
            return
        self._stamps.append(at)
        self._busy.append(boxes)
        close.now = image
        self._last = memory.look(
            float(at.seconds), small, mask_of(boxes, small.shape[:2], _BUSY_MARGIN), self._shaky > 0
        )
        self._shaky -= 1
        self._moved += len(self._stamps) > 1 and memory.moving_share > _MOVING_SHARE
        self._settle(memory, close, self._last.changed, patience=self._settings.patience_seconds)
        close.remember(len(self._stamps), memory, self._last.changed | self._last.restless)

    def report(self) -> SceneReport:
        """What the clip showed; call it once, after the last look."""
        if self._background is not None and self._close is not None and self._last is not None:
            rest = (self._last.changed | self._last.restless) & self._background.almost_settled()
            self._settle(self._background, self._close, rest, patience=0.0)
        return SceneReport(
            changes=tuple(self._changes()),
            obscured=self._obscured.spans(),
            mean_luma=float(np.mean(self._lumas)) if self._lumas else 0.0,
            moving_share=self._moved / len(self._lumas) if self._lumas else 0.0,
            camera=self._views.changes,
        )

    def _changes(self) -> list[RegionChange]:
        memory = self._background
        if memory is None:
            return []
        largest = self._settings.largest_object * memory.known.size
        whole = [
            one for one in joined(self._found, self._smallest(memory.known.shape)) if one.region.box.area < largest
        ]
        scored = without_origin([self._finished(finding, memory) for finding in whole], self._stamps[0])
        kept = [change for change in scored if change.score >= self._settings.lowest_score]
        return sorted(kept, key=lambda change: (change.before, change.after, change.box.xyxy))

    def _finished(self, finding: Finding, memory: Background) -> RegionChange:
        """With what only the whole clip tells: its score, and how long what appeared was seen to lie."""
        change = finding.change
        after = self._stamps.index(change.after)
        score = round(final_score(finding, memory, after, self._settings), 4)
        if change.change is Change.DISAPPEARED:
            return replace(change, score=score)
        return replace(change, score=score, lies=self._span(after, memory.last_look_of(finding.region.mask, after)))

    def _smallest(self, shape: tuple[int, ...]) -> float:
        return self._settings.smallest_object * min(shape[0], shape[1] * 9 / 16) ** 2

    def _memories(self, at: Timestamp, image: NDArray[np.uint8], size: tuple[int, int]) -> tuple[Background, CloseUps]:
        if self._background is None or self._close is None:
            self._background = Background(size, self._settings)
            self._close = CloseUps(image, self._likeness, self._somebody)
        if self._close.still.shape != image.shape:
            raise ValueError(f"picture of {image.shape} after one of {self._close.still.shape}")
        if self._stamps and at <= self._stamps[-1]:
            raise ValueError(f"look at {at.seconds} s after one at {self._stamps[-1].seconds} s")
        return self._background, self._close

    def _aligned(
        self, memory: Background, close: CloseUps, small: NDArray[np.uint8], image: NDArray[np.uint8]
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        if len(self._stamps) == 0:
            return small, image
        enough = float(memory.known.mean()) > _ENOUGH_KNOWN
        exposure = (
            exposure_between(memory.still, small, memory.known)
            if enough
            else exposure_between(memory.lately.astype(np.float32), small, np.ones_like(memory.known))
        )
        if exposure is not None and exposure.is_changed:
            memory.rebase(exposure)
            close.rebase(exposure)
        if not enough or memory.differs(small)[memory.known].mean() < _LITTLE_CHANGED:
            return small, image
        still = cv2.cvtColor(memory.still.astype(np.uint8), cv2.COLOR_BGR2GRAY)
        shift = shift_between(np.asarray(still), np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)))
        if shift is None:
            return small, image
        back = shifted_back(small, shift)
        unlike, unlike_back = memory.differs(small) & memory.known, memory.differs(back) & memory.known
        if (unlike & ~unlike_back).sum() < _WORTH_SHIFTING * (unlike_back & ~unlike).sum():
            return small, image
        self._shaky = _SHAKY_LOOKS
        scale = image.shape[1] / small.shape[1]
        return back, shifted_back(image, (shift[0] * scale, shift[1] * scale))

    def _settle(self, memory: Background, close: CloseUps, changed: NDArray[np.bool_], patience: float) -> None:
        if self._is_another_scene(memory, changed):
            memory.adopt(memory.known & ~memory.moving)
            close.begin_anew()
            return
        smallest = self._smallest(changed.shape)
        found: list[Finding] = []
        ready = [region for region in regions_of(changed, smallest) if not self._must_wait(memory, region, patience)]
        for region in ready:
            clear, whole = (self._all_judged(memory, parts) for parts in candidates(memory, region, smallest))
            found += whole if _best(whole) >= _best(clear) - _AS_GOOD else clear
        sure = [one for one in found if one.change.score >= self._settings.lowest_score]
        self._found += [close.looked_at(finding) for finding in joined(sure, smallest=0)]
        for region in ready:
            where = region.mask | (ring(region.mask, 3) & changed)
            memory.adopt(where)
            close.adopt(where)

    def _is_another_scene(self, memory: Background, changed: NDArray[np.bool_]) -> bool:
        share = float(changed.mean())
        if share > self._settings.largest_object or share < _WORTH_DOUBT:
            return share >= _WORTH_DOUBT
        likeness = alike(memory.still.astype(np.uint8), memory.lately, memory.known & ~changed & ~memory.moving)
        return likeness is not None and likeness < _SAME_SCENE

    def _must_wait(self, memory: Background, region: Region, patience: float) -> bool:
        now = memory.seconds_at(len(self._stamps) - 1)
        lately = [
            boxes
            for boxes, at in zip(self._busy[-8:], self._stamps[-8:], strict=True)
            if now - float(at.seconds) <= _BUSY_MEMORY_SECONDS
        ]
        over = mask_of([box for boxes in lately for box in boxes], region.mask.shape, _BUSY_MARGIN)
        if region.share_in(over) > _OVER:
            return True
        if self._last is None or patience <= 0:
            return False
        beside = ring(region.mask, 6)
        unsettled = self._last.restless & (beside | region.mask)
        if unsettled.sum() < _UNSETTLED * region.area:
            return False
        near = region.box.grown(_BESIDE * region.box.height)
        if any(near.intersection(box) > 0 for boxes in lately for box in boxes):
            patience *= _PATIENT_WITH_SOMEBODY
        return now - memory.seconds_at(int(np.median(memory.since[region.mask]))) < patience

    def _all_judged(self, memory: Background, parts: Sequence[Region]) -> list[Finding]:
        judged = [self._judged(memory, part) for part in parts]
        return [one for one in judged if one is not None]

    def _judged(self, memory: Background, region: Region) -> Finding | None:
        rows, columns = region.window()
        before = memory.still[rows, columns].astype(np.uint8)
        found = signs(before, memory.lately[rows, columns], region.mask[rows, columns])
        first, last = self._moments(memory, region)
        if first >= last:
            return None
        passed = float((memory.last_moved[ring(region.mask, 8)] > first).mean())
        since = int(np.median(memory.known_since[region.mask]))
        held_after = found.held_after
        change = Change.APPEARED if held_after >= _EVEN else Change.DISAPPEARED
        beside = self._busy[-3:] if change is Change.APPEARED else self._busy[first : first + 3]
        alive = any(region.box.iou(box) > _ITSELF for boxes in beside for box in boxes)
        trust = (1.0 if passed > _PASSED else _UNVISITED) * (ALIVE if alive else 1.0)
        score = found.object_score * self._steadiness(memory, region, first, last) * trust
        result = RegionChange(
            change=change,
            box=self._shown(region.box, region.mask.shape),
            before=self._stamps[first],
            after=self._stamps[last],
            score=round(score, 4),
            held=round(max(held_after, 1 - held_after), 4),
            lies=self._span(min(since, first), first) if change is Change.DISAPPEARED else self._span(last, last),
            moved_beside=round(passed, 4),
        )
        return Finding(region, result)

    def _moments(self, memory: Background, region: Region) -> tuple[int, int]:
        first = int(np.percentile(memory.last_seen[region.mask], 15))
        last = int(np.percentile(memory.since[region.mask], 85))
        if first >= last:
            first = min(int(np.median(memory.last_seen[region.mask])), last - 1)
        return max(first, 0), last

    def _steadiness(self, memory: Background, region: Region, first: int, last: int) -> float:
        """1 when the region was still long enough before and after; less at the clip's ends."""
        start = memory.seconds_at(int(np.median(memory.known_since[region.mask])))
        sides = (memory.seconds_at(first) - start, memory.seconds_at(len(self._stamps) - 1) - memory.seconds_at(last))
        enough = self._settings.still_seconds
        return float(np.prod([min(max((side + 0.05) / enough, 0.0), 1.0) for side in sides]))

    def _span(self, first: int, last: int) -> ClipSpan:
        return ClipSpan(self._stamps[first], self._stamps[last])

    def _shown(self, box: Box, shape: tuple[int, ...]) -> Box:
        return box.scaled(self._picture[0] / shape[1], self._picture[1] / shape[0])


def _best(findings: Sequence[Finding]) -> float:
    return max((one.change.score for one in findings), default=0.0)
