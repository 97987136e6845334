"""When one place of the picture turned from what it was to what it is: look by look, at a small size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.domain.video import Timestamp
from pipeline.scene.alignment import shifted_back
from pipeline.scene.plates import Difference
from pipeline.scene.regions import Region, ring

_Image = NDArray[np.uint8]
_Mask = NDArray[np.bool_]
_Floats = NDArray[np.float32]
_Shift = tuple[float, float]

_LONG_SIDE = 320
_MOST_LOOKS = 600
"""Then every second one is let go: the moments of a long clip are told less narrowly."""
_CLEARLY = 0.2
"""A look shows a state when it is nearer to it than to the other by this share of both distances."""
_WHOLLY = 0.75
"""Of a state's usual share: the looks next to the turn must show it as well as the others do. A thing that is being
lifted still looks like itself."""
_TOUCHED = 1
"""Looks by which the interval is longer at the thing's side, with somebody in view: whoever lifts a thing holds it
before it is seen to move, and whoever puts it down lets it go after it is seen to lie."""
_HIDDEN = 0.4
"""Share of the place under somebody's box from which on a look says nothing of it."""
_STAYS = 0.9
"""Share of the clear looks on either side that must show its state: what somebody holds comes and goes."""
_ITSELF = 0.6
"""Overlap from which on what a detector calls somebody is the thing: nobody is hidden behind himself."""
_MOVED_LEVELS = 18
_WENT = 0.3
"""Heights by which somebody has gone from where he stood, and does not just lean or bend."""
_AT_HIS_FEET, _FREE_LOOKS = 0.05, 2
"""Heights of a person above his feet, below which a thing ends that lies on the ground, and in how many looks."""
_LEAST_SHIFT = 1.5
"""Pixels of the small size by which a camera must have moved: swaying leaves seem to shift a view by one."""
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
        unheld: Whether two looks show it while whoever was beside it at the one was elsewhere at the other: what is
            held goes along. Or whether it lies at the feet of whoever is beside it, or nearer. Or whether, away from
            the turn, nobody was beside it any more, or not yet.
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
    unheld: tuple[bool, bool]
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

    def turn(self, region: Region, pair: Difference, within: tuple[Timestamp, Timestamp], *, came: bool) -> Turn | None:
        """When the place turned; None when no look shows both states clearly.

        Args:
            region: The place, in pixels of the working size.
            pair: The two states.
            within: Looks from the first to the second moment are asked.
            came: Whether the new state holds the thing, and not the old one.
        """
        asked = [one for one in self._seen if within[0] <= one.at <= within[1]]
        as_said = [
            replace(one, alive=tuple(box for box in one.alive if box.iou(region.box) < _ITSELF)) for one in asked
        ]
        turned = self._turned(as_said, region, pair, came=came)
        return turned or self._turned(_without_blinks(as_said), region, pair, came=came)

    def _turned(self, seen: Sequence[_Seen], region: Region, pair: Difference, *, came: bool) -> Turn | None:
        shows = self._shows(seen, region, pair)
        states = [int(np.sign(share)) if abs(share) > _CLEARLY else 0 for share in shows]
        split = _split(states)
        if split is None:
            return None
        before, after = _wholly(shows, states, *split)
        old = [one for one, state in zip(seen[: before + 1], states[: before + 1], strict=True) if state < 0]
        new = [one for one, state in zip(seen[after:], states[after:], strict=True) if state > 0]
        beside = [[_beside(region.box, one) for one in side] for side in (old, new)]
        touched = _TOUCHED if any(one.alive for one in seen[max(before - 1, 0) : after + 2]) else 0
        return Turn(
            first=old[0].at,
            before=old[-1].at if came else old[-1 - touched :][0].at,
            after=new[: 1 + touched][-1].at if came else new[0].at,
            last=new[-1].at,
            before_seconds=float(old[-1].at.seconds - old[0].at.seconds),
            after_seconds=float(new[-1].at.seconds - new[0].at.seconds),
            moved_beside=self._moved(seen[before : after + 1], region),
            alone=(sum(not people for people in beside[0]), sum(not people for people in beside[1])),
            unheld=(_is_unheld(beside[0], region), _is_unheld(beside[1][::-1], region)),
            alive=(_boxes(seen[max(before - 2, 0) : before + 1]), _boxes(seen[after : after + 3])),
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
        aligned = _aligned(pair.shift, self._scale)
        return [self._share(one, mask, around, (old, new), aligned) for one in seen]

    def _share(
        self, one: _Seen, mask: _Mask, around: _Mask, states: tuple[_Floats, _Floats], aligned: Sequence[_Shift]
    ) -> float:
        """As the look lies best on either state, where the camera moved between the two."""
        if _covered(mask, [box.scaled(self._scale, self._scale) for box in one.alive]) > _HIDDEN:
            return 0.0
        apart = []
        for shift in aligned:
            shown = shifted_back(one.grey, shift) if any(shift) else one.grey
            grey = cv2.blur(shown, (3, 3)).astype(np.float32)
            apart.append([_distance(grey, state, mask, around) for state in states])
        from_old, from_new = min(apart, key=min)
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


def _without_blinks(seen: Sequence[_Seen]) -> list[_Seen]:
    """A detector that sees somebody in a look and in the next but one, and nobody in between, has blinked.

    What was hidden before or after is taken to be hidden in between: it says less of when a place turned, and so it is
    asked only where the looks as they are contradict each other.
    """
    if len(seen) < 3:  # noqa: PLR2004 - no look in between
        return list(seen)
    filled = [
        one if one.alive else replace(one, alive=(*before.alive, *after.alive) if before.alive and after.alive else ())
        for before, one, after in zip(seen, seen[1:], seen[2:], strict=False)
    ]
    return [seen[0], *filled, seen[-1]]


def _boxes(seen: Sequence[_Seen]) -> tuple[Box, ...]:
    return tuple(box for one in seen for box in one.alive)


def _beside(place: Box, look: _Seen) -> list[Box]:
    """Those who may hold what is at the place."""
    return [
        box
        for box in look.alive
        if place.grown(max(_BESIDE * max(place.width, place.height), _ARM * box.height)).intersection(box) > 0
    ]


def _is_unheld(looks: Sequence[Sequence[Box]], region: Region) -> bool:
    """Whether nobody beside the place in one look stands where anybody beside it stood in another one.

    A detector that blinks shows nobody for a look; so of such looks only the farthest from the turn counts.
    """
    attended = [people for people in looks if people]
    if attended and not looks[0]:
        return True
    if sum(all(_is_at_the_feet(region, box) for box in people) for people in attended) >= _FREE_LOOKS:
        return True
    return any(
        all(_is_elsewhere(one, other) for one in people for other in others)
        for people, others in combinations(attended, 2)
    )


def _is_at_the_feet(region: Region, person: Box) -> bool:
    """Whether the place ends where the person does, or below: nearer to the camera, on the ground."""
    are_feet_seen = person.y2 < region.mask.shape[0] - 1
    return are_feet_seen and region.box.y2 >= person.y2 - _AT_HIS_FEET * person.height


def _is_elsewhere(one: Box, other: Box) -> bool:
    (x, _), (other_x, _) = one.centre, other.centre
    return hypot(x - other_x, one.y2 - other.y2) >= _WENT * min(one.height, other.height)


def _aligned(shift: _Shift, scale: float) -> list[_Shift]:
    """How looks may lie to the later state: as it does, or as the earlier one did."""
    moved = (-shift[0] * scale, -shift[1] * scale)
    return [(0.0, 0.0), moved] if max(map(abs, moved)) >= _LEAST_SHIFT else [(0.0, 0.0)]


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
