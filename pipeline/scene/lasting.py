"""What came to stay or went for good, by the clean plates of a whole clip, and when."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.likeness import PACKAGE_FROM
from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipSpan, Timestamp
from pipeline.scene.close_up import ALIVE
from pipeline.scene.end_states import EndStates
from pipeline.scene.package_likeness import Likeness, best_of
from pipeline.scene.plate_regions import (
    GOOD,
    MANY,
    NOISES,
    SMALLEST_THING,
    Found,
    between,
    judged,
    same_place,
    smallest_area,
)
from pipeline.scene.plates import Look, Plate, PlateCamera, difference, earliest, latest
from pipeline.scene.regions import Region, mask_of, regions_of
from pipeline.scene.somebody import NobodyAsked, Somebody
from pipeline.scene.sought import Pictures, sought_parcel
from pipeline.scene.turning import SeenPlaces, Turn

_Image = NDArray[np.uint8]

_TRANSIENT_SIDE = 320
"""Longer side at which what came and went is looked for, to save time."""
_MOST_ASKED = 16
"""Places that are judged for having come and gone, each once: leaves show dozens, over and over."""
_LASTS = 2
"""Plates in a row that must show what came and went."""
_STILL_SECONDS, _AT_ONCE = 1.0, 0.5
"""How long a state must be seen to count wholly, and what a single look at it counts."""
_ALIVE_IOU = 0.6
"""Overlap with a living thing's box from which on the region is that thing, unless it looks like a parcel."""
_MOST_LARGER = 5.0
"""How many times larger than the surest reading another one may be that shows the thing better: beyond, it holds more
than the thing, somebody's legs for example."""
_ALONE = 3
"""Looks that must show a thing with nobody beside it: what somebody holds, or stands in, lies nowhere."""


class LastingChanges:
    """Sees every look of a clip, and says at its end what came to stay, what went, and what did both.

    Args:
        picture: Width and height of the picture as shown; boxes are given in its pixels.
        likeness: Says how much an object looks like a parcel.
        somebody: Says whether what looks like none is a person who stood still; nobody does by default.
    """

    def __init__(self, picture: tuple[int, int], likeness: Likeness, somebody: Somebody | None = None) -> None:
        self._picture = picture
        self._likeness = likeness
        self._somebody = somebody or NobodyAsked()
        self._camera = PlateCamera()
        self._ends = EndStates()
        self._places = SeenPlaces()

    def look(self, at: Timestamp, image: _Image, alive: Sequence[Box], vehicles: Sequence[Box]) -> None:
        """Takes in one sampled frame.

        Args:
            at: Later than the last.
            image: BGR, shape (h, w, 3), working size; kept without a copy.
            alive: Persons and bicycles in it, in its pixels.
            vehicles: Vehicles and animals: what else moves, unless it rests.
        """
        look = Look(at, image, tuple(alive), tuple(vehicles))
        self._camera.look(look)
        self._ends.look(look)
        self._places.look(at, image, alive)

    def changes(self) -> tuple[RegionChange, ...]:
        """In order of time; call it once, after the last look."""
        plates, opening, closing = self._camera.plates(), self._ends.opening(), self._ends.closing()
        if len(plates) < 2 and (opening is None or closing is None):  # noqa: PLR2004 - before and after
            return ()
        found = between(plates, self._likeness) if len(plates) > 1 else []
        if opening is not None or closing is not None:
            found = [*found, *between(plates, self._likeness, opening, closing)]
        places = [one.region.box for one in found]
        passing = [
            one
            for one in _passing(plates, self._likeness)
            if not any(same_place(one.region.box, place) for place in places)
        ]
        return merged([change for one in (*found, *passing) for change in self._told(one)], ())

    def _told(self, found: Found) -> list[RegionChange]:
        """The change with its moments; none where no look shows it turn, or the thing never lay there alone."""
        came = found.change is Change.APPEARED
        turn = self._places.turn(found.region, found.pair, (found.earlier.start, found.later.end), came=came)
        if turn is None:
            return []
        image, other = (found.later.image, found.earlier.image)
        held = found.told.held_after
        if not came:
            image, other, held = other, image, 1 - held
        likeness, region = max(
            ((best_of(self._likeness, image, one.box), one) for one in (found.region, found.whole) if one is not None),
            key=lambda one: one[0],
        )
        if likeness < PACKAGE_FROM and found.told.object_score >= GOOD and _lay(turn, came=came, is_parcel=True):
            parcel = sought_parcel(Pictures(image, other, found.pair.noises), region.box, self._likeness)
            if parcel is not None:
                likeness, region = parcel.likeness, Region(parcel.box, mask_of([parcel.box], region.mask.shape, 0.0))
        is_parcel = likeness >= PACKAGE_FROM
        if not _lay(turn, came=came, is_parcel=is_parcel) or not (is_parcel or self._is_thing(image, region)):
            return []
        score = found.told.object_score * _steady(turn.before_seconds) * _steady(turn.after_seconds)
        if likeness < PACKAGE_FROM and any(found.region.box.iou(box) > _ALIVE_IOU for box in turn.alive[came]):
            score *= ALIVE
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

    def _is_thing(self, image: _Image, region: Region) -> bool:
        is_large = region.area >= smallest_area(region.mask.shape, SMALLEST_THING)
        return is_large and not self._somebody.is_at(image, region.box)


def _lay(turn: Turn, *, came: bool, is_parcel: bool) -> bool:
    """Whether the thing was seen to lie there, and was not held by somebody beside it, or a part of one.

    Somebody may stay beside a thing for as long as the clip shows it. A parcel that stays where it is while he moves
    lies there; of what looks like none, a single look without anybody is asked for too, and of what came more of them:
    at the clip's end it may be anything.
    """
    alone, is_unheld = turn.alone[came], turn.unheld[came]
    if alone >= _ALONE or (is_parcel and is_unheld):
        return True
    return not came and alone > 0 and is_unheld


def _steady(seconds: float) -> float:
    """What a state counts that was seen for so long."""
    return min((_AT_ONCE * _STILL_SECONDS + (1 - _AT_ONCE) * seconds) / _STILL_SECONDS, 1.0)


def merged(lasting: Sequence[RegionChange], others: Sequence[RegionChange]) -> tuple[RegionChange, ...]:
    """All changes, each once: what was found twice at one place and time is told as the surest reading shows it.

    A thing's label, its shade and the thing itself may be found one by one; each told for itself would be one thing
    too many.

    Args:
        lasting: From plates.
        others: From single looks, which see what stays for a second or two as well.
    """
    told = [*lasting, *others]
    while len(once := _joined(told)) < len(told):  # what two readings share shows only once they are joined with others
        told = once
    return tuple(sorted(told, key=lambda change: (change.before, change.after, change.box.xyxy)))


def _joined(changes: Sequence[RegionChange]) -> list[RegionChange]:
    """Each change with those that are the same."""
    rest, told = list(changes), []
    while rest:
        one, *rest = rest
        same = [other for other in rest if _is_same(one, other)]
        rest = [other for other in rest if other not in same]
        told.append(_told_once(one, same))
    return told


def _told_once(one: RegionChange, same: Sequence[RegionChange]) -> RegionChange:
    """The surest reading, with the box in which the thing is known best, and the moments that both leave open."""
    if not same:
        return one
    surest = max((one, *same), key=lambda change: change.score * change.held)
    fitting = [change for change in (one, *same) if change.box.area <= _MOST_LARGER * surest.box.area]
    known = max(fitting, key=lambda change: (change.package_likeness, change.score))
    before, after = (max(one.before, surest.before), min(one.after, surest.after))
    if before >= after:
        before, after = surest.before, surest.after
    return replace(
        known, before=before, after=after, score=surest.score, held=surest.held, moved_beside=surest.moved_beside
    )


def _is_same(one: RegionChange, other: RegionChange) -> bool:
    return one.change is other.change and one.span.overlaps(other.span) and same_place(one.box, other.box)


def _passing(plates: Sequence[Plate], likeness: Likeness) -> list[Found]:
    """What several plates in a row show, and neither the first state nor the last does; both its changes."""
    if len(plates) < _LASTS + 2:
        return []
    high, wide = plates[0].known.shape
    scale = min(_TRANSIENT_SIDE / max(high, wide), 1.0)
    small = [plate.at((round(wide * scale), round(high * scale))) for plate in plates]
    first, last = earliest(small[:-1]), latest(small[1:])
    found: list[Found] = []
    asked: list[Box] = []
    runs, began = np.zeros(first.known.shape, np.uint8), np.zeros(first.known.shape, np.uint8)
    for at, plate in enumerate(small[1:-1], start=1):
        longer = _runs(runs, first, plate, last)
        began = np.where((runs == 0) & (longer > 0), at, began)
        runs = longer
        for region in regions_of(runs >= _LASTS, smallest_area(runs.shape))[:MANY]:
            box = region.box.scaled(1 / scale, 1 / scale)
            known = (*asked, *(one.region.box for one in found))
            if len(asked) < _MOST_ASKED and not any(same_place(box, one) for one in known):
                asked.append(box)
                found += _came_and_went(plates, (max(int(np.median(began[region.mask])), 1), at), box, likeness)
    return found


def _runs(runs: NDArray[np.uint8], first: Plate, plate: Plate, last: Plate) -> NDArray[np.uint8]:
    """For how many plates each place has shown what neither end does; those that do not know it are passed over."""
    shown = plate.known.copy()
    for pair in (difference(first, plate), difference(plate, last)):
        shown &= np.zeros_like(shown) if pair is None else cv2.blur(pair.noises, (3, 3)) > NOISES
    return np.where(plate.known, np.where(shown, runs + 1, 0), runs).astype(np.uint8)


def _came_and_went(plates: Sequence[Plate], shown: tuple[int, int], box: Box, likeness: Likeness) -> list[Found]:
    """Judges one place in the plates as they are: how it came, and how it went; both or nothing.

    Args:
        plates: All of the clip.
        shown: The first and the last of those that show it.
        box: The place.
        likeness: Says how much a thing looks like a parcel.
    """
    there = latest(plates[shown[0] : shown[1] + 1])
    place = mask_of([box], there.known.shape, 0.5)
    both: list[Found] = []
    going = replace(there, start=plates[shown[0]].end)  # it may have come in the midst of the first
    for before, after in ((earliest(plates[: shown[0]]), there), (going, latest(plates[shown[1] + 1 :]))):
        pair = difference(before, after)
        if pair is None:
            return []
        both += judged(before, after, pair, np.where(place, cv2.blur(pair.noises, (3, 3)), 0), likeness)[:1]
    changes = [one.change for one in both]
    return both if changes == [Change.APPEARED, Change.DISAPPEARED] else []
