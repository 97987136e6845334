"""When one place of the picture turned from what it was to what it is: look by look, at a small size."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.domain.video import Timestamp
from pipeline.scene.plates import Difference
from pipeline.scene.regions import Region, ring

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Floats = NDArray[np.float32]

_LONG_SIDE = 320
_MOST_LOOKS = 600
"""Then every second one is let go: the moments of a long clip are told less narrowly."""
_CLEARLY = 0.2
"""A look shows a state when it is nearer to it than to the other by this share of both distances."""
_WHOLLY = 0.75
"""Of a state's usual share: the looks next to the turn must show it as well as the others do. A thing that is being
lifted still looks like itself."""
_TOUCHED = 1
"""How many looks earlier than the last of the old state the interval begins where somebody is in view: whoever lifts a
thing holds it before it is seen to move."""
_HIDDEN = 0.4
"""Share of the place under somebody's box from which on a look says nothing of it."""
_STAYS = 0.9
"""Share of the clear looks on either side that must show its state: what somebody holds comes and goes."""
_MOVED_LEVELS = 18
_BESIDE, _ARM = 0.5, 0.35
"""Reach, in longer edges of the place and in heights of a person, within which somebody beside it may hold it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One place's change.

    Attributes:
        first: The first look that shows the old state.
        before: The last one.
        after: The first that shows the new state to stay.
        last: The last one that does.
        before_seconds: For how long the old state was seen.
        after_seconds: Likewise the new one.
        moved_beside: 0 to 1: share of the surroundings that moved in between.
        alone: How many looks show the old and the new state with nobody beside the place.
        alive: Persons' boxes next to the turn, in the old and in the new state; pixels of the working size.
    """

    first: Timestamp
    before: Timestamp
    after: Timestamp
    last: Timestamp
    before_seconds: float
    after_seconds: float
    moved_beside: float
    alone: tuple[int, int]
    alive: tuple[tuple[Box, ...], tuple[Box, ...]]


@dataclass(frozen=True, slots=True)
class _Seen:
    at: Timestamp
    grey: _Image
    alive: tuple[Box, ...]


class SeenPlaces:
    """Remembers every look, small and grey, to ask it about places that turn out to matter."""

    def __init__(self) -> None:
        self._seen: list[_Seen] = []
        self._every = 1
        self._count = 0
        self._scale = 1.0

    def look(self, at: Timestamp, image: _Image, alive: Sequence[Box]) -> None:
        """Takes in one look; ``alive`` in pixels of ``image``."""
        self._count += 1
        if self._count % self._every:
            return
        high, wide = image.shape[:2]
        self._scale = min(_LONG_SIDE / max(high, wide), 1.0)
        size = (round(wide * self._scale), round(high * self._scale))
        grey = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        self._seen.append(_Seen(at, np.asarray(grey, np.uint8), tuple(alive)))
        if len(self._seen) > _MOST_LOOKS:
            self._seen = self._seen[1::2]
            self._every *= 2

    def turn(self, region: Region, pair: Difference, within: tuple[Timestamp, Timestamp]) -> Turn | None:
        """When the place turned; None when no look shows both states clearly.

        Args:
            region: The place, in pixels of the working size.
            pair: The two states.
            within: Looks from the first to the second moment are asked.
        """
        seen = [one for one in self._seen if within[0] <= one.at <= within[1]]
        shows = self._shows(seen, region, pair)
        states = [int(np.sign(share)) if abs(share) > _CLEARLY else 0 for share in shows]
        split = _split(states)
        if split is None:
            return None
        before, after = _wholly(shows, states, *split)
        old = [one.at for one, state in zip(seen[: before + 1], states[: before + 1], strict=True) if state < 0]
        new = [one.at for one, state in zip(seen[after:], states[after:], strict=True) if state > 0]
        is_touched = any(one.alive for one in seen[max(before - 1, 0) : after + 2])
        return Turn(
            first=old[0],
            before=old[-1 - _TOUCHED] if is_touched and len(old) > _TOUCHED else old[-1],
            after=new[0],
            last=new[-1],
            before_seconds=float(old[-1].seconds - old[0].seconds),
            after_seconds=float(new[-1].seconds - new[0].seconds),
            moved_beside=self._moved(seen[before : after + 1], region),
            alone=(
                self._alone(seen[: before + 1], states[: before + 1], -1, region.box),
                self._alone(seen[after:], states[after:], 1, region.box),
            ),
            alive=(_boxes(seen[max(before - 2, 0) : before + 1]), _boxes(seen[after : after + 3])),
        )

    @staticmethod
    def _alone(seen: Sequence[_Seen], states: Sequence[int], wanted: int, place: Box) -> int:
        return sum(
            state == wanted and not any(_is_beside(place, box) for box in one.alive)
            for one, state in zip(seen, states, strict=True)
        )

    def _shows(self, seen: Sequence[_Seen], region: Region, pair: Difference) -> list[float]:
        """For each look: from -1 for the old state to 1 for the new one; 0 where it is hidden too."""
        if not seen:
            return []
        high, wide = seen[0].grey.shape
        old, new = (_small(image, (wide, high)) for image in (pair.before, pair.after))
        mask = cv2.resize(region.mask.astype(np.uint8) * 255, (wide, high), interpolation=cv2.INTER_AREA) > 127  # noqa: PLR2004
        if not mask.any():
            mask = cv2.resize(region.mask.astype(np.uint8), (wide, high), interpolation=cv2.INTER_NEAREST) > 0
        if not mask.any():
            return [0.0] * len(seen)
        around = ring(mask, 6)
        return [self._share(one, mask, around, old, new) for one in seen]

    def _share(self, one: _Seen, mask: _Mask, around: _Mask, old: _Floats, new: _Floats) -> float:
        if _covered(mask, [box.scaled(self._scale, self._scale) for box in one.alive]) > _HIDDEN:
            return 0.0
        grey = cv2.blur(one.grey, (3, 3)).astype(np.float32)
        from_old, from_new = (_distance(grey, state, mask, around) for state in (old, new))
        return (from_old - from_new) / max(from_old + from_new, 1.0)

    def _moved(self, seen: Sequence[_Seen], region: Region) -> float:
        if len(seen) < 2:  # noqa: PLR2004 - nothing in between
            return 0.0
        high, wide = seen[0].grey.shape
        mask = cv2.resize(region.mask.astype(np.uint8), (wide, high), interpolation=cv2.INTER_NEAREST) > 0
        around = ring(mask, 8)
        moved = np.zeros_like(mask)
        for one, other in pairwise(seen):
            moved |= cv2.absdiff(one.grey, other.grey) > _MOVED_LEVELS
        return float(moved[around].mean()) if around.any() else 0.0


def _boxes(seen: Sequence[_Seen]) -> tuple[Box, ...]:
    return tuple(box for one in seen for box in one.alive)


def _is_beside(place: Box, alive: Box) -> bool:
    reach = max(_BESIDE * max(place.width, place.height), _ARM * alive.height)
    return place.grown(reach).intersection(alive) > 0


def _small(image: _Image, size: tuple[int, int]) -> _Floats:
    grey = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.blur(grey, (3, 3)), np.float32)


def _distance(grey: _Floats, state: _Floats, mask: _Mask, around: _Mask) -> float:
    """Mean distance inside, the light of the surroundings taken out."""
    offset = float(np.median(grey[around] - state[around])) if around.any() else 0.0
    return float(np.abs(grey[mask] - state[mask] - offset).mean())


def _covered(mask: _Mask, boxes: Sequence[Box]) -> float:
    total = max(int(mask.sum()), 1)
    over = 0.0
    for box in boxes:
        rows = slice(max(int(box.y1), 0), max(int(np.ceil(box.y2)), 0))
        over = max(over, float(mask[rows, max(int(box.x1), 0) : max(int(np.ceil(box.x2)), 0)].sum()) / total)
    return over


def _split(states: Sequence[int]) -> tuple[int, int] | None:
    """The last look of the old state and the first of the new one, where the new one stays."""
    old = [at for at, state in enumerate(states) if state < 0]
    new = [at for at, state in enumerate(states) if state > 0]
    if not old or not new:
        return None
    best = min(range(len(states) + 1), key=lambda cut: sum(at >= cut for at in old) + sum(at < cut for at in new))
    before, after = [at for at in old if at < best], [at for at in new if at >= best]
    if not before or not after:
        return None
    sides = (([state < 0 for state in states[:best] if state]), ([state > 0 for state in states[best:] if state]))
    if any(sum(side) < _STAYS * len(side) for side in sides):
        return None
    return before[-1], after[0]


def _wholly(shows: Sequence[float], states: Sequence[int], before: int, after: int) -> tuple[int, int]:
    """The last look that shows the old state as well as most do, and the first that does so of the new one."""
    old = [at for at in range(before + 1) if states[at] < 0]
    new = [at for at in range(after, len(states)) if states[at] > 0]
    limits = (_WHOLLY * float(np.median([shows[at] for at in side])) for side in (old, new))
    last, first = next(limits), next(limits)
    return max(at for at in old if shows[at] <= last), min(at for at in new if shows[at] >= first)
