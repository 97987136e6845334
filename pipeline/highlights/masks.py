"""What is hidden at a moment of a shared copy, and for how long. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.domain.redaction import Hidden, MaskedSpan, exact
from pipeline.domain.tracks import Box
from pipeline.domain.video import ClipProbe, ClipSpan, Timestamp

_REACH = Fraction(1, 5)
"""Seconds to both sides whose boxes a mask covers as well: between two looks somebody turns, bends or runs."""
_LONG_GAP = Fraction(3, 4)
"""Seconds out of sight from which a mask covers both ends of the gap and all between."""
_ONE_LOOK = Fraction(3, 20)
"""Seconds to the nearest look, at eight looks a second and a little more."""
_LEAST_MARGIN = 4.0
"""Pixels of the picture as shown."""


@dataclass(frozen=True, slots=True)
class Mask:
    """One thing that is hidden.

    Attributes:
        mask_id: See ``MaskedSpan``.
        what: What it was taken for.
        boxes: Moments in seconds of the clip's time line, in order, with the box seen there; at least one.
        spans: When the mask stands, in order, apart from each other.
        margin: Share of its height by which a box is grown.
        reach: Seconds to both sides whose boxes the mask covers as well.
        clear: Moments of those boxes that are clear sightings: not even somebody who is shown is shown through them.
    """

    mask_id: str
    what: Hidden
    boxes: tuple[tuple[Fraction, Box], ...]
    spans: tuple[tuple[Fraction, Fraction], ...]
    margin: float
    reach: Fraction = _REACH
    clear: frozenset[Fraction] = frozenset()

    def at(self, moment: Fraction) -> Box | None:
        """The box that is hidden at the moment; None where the mask does not stand."""
        if not any(start <= moment <= end for start, end in self.spans):
            return None
        box = self.place(moment)
        return box.grown(max(_LEAST_MARGIN, self.margin * max(box.height, box.width)))

    def place(self, moment: Fraction) -> Box:
        """Where it is taken to be at the moment, whether the mask stands then or not."""
        boxes = [_between(self.boxes, moment + shift) for shift in (-self.reach, Fraction(0), self.reach)]
        times = [at for at, _ in self.boxes]
        first, last = bisect_left(times, moment - self.reach), bisect_right(times, moment + self.reach)
        return hull([*boxes, *(box for _, box in self.boxes[first:last])])

    def core(self, moment: Fraction) -> Box | None:
        """The box itself, where it was clearly seen within one look of the moment; None elsewhere."""
        if not any(abs(at - moment) <= _ONE_LOOK for at in self.clear):
            return None
        return _between(self.boxes, moment)


@dataclass(frozen=True, slots=True)
class Shown:
    """Somebody whom the event names: where he was seen, and in which spans he is shown."""

    boxes: tuple[tuple[Fraction, Box], ...]
    spans: tuple[tuple[Fraction, Fraction], ...]

    def at(self, moment: Fraction) -> Box | None:
        """Where he is shown at the moment; None where he is not."""
        if not any(start <= moment <= end for start, end in self.spans):
            return None
        return _between(self.boxes, moment)


@dataclass(frozen=True, slots=True)
class Masks:
    """All that is hidden in one copy.

    What is added to a sighting (its margin, the bridges, the extensions) yields to somebody who is shown; the clear
    sighting of another does not.
    """

    masks: tuple[Mask, ...]
    shown: tuple[Shown, ...] = ()

    def at(self, moment: Timestamp, probe: ClipProbe) -> tuple[tuple[int, int, int, int], ...]:
        """Left, top, right and bottom of what is hidden, in whole pixels of the picture as shown and inside it."""
        second = moment.seconds
        holes = [box for box in (one.at(second) for one in self.shown) if box is not None]
        boxes = (piece for mask in self.masks for piece in _pieces(mask, second, holes))
        found = (_inside(box, probe) for box in boxes)
        return tuple(box for box in found if box is not None)

    def told(self, probe: ClipProbe) -> tuple[MaskedSpan, ...]:
        """What is hidden, for the record."""
        base = probe.first.time_base
        return tuple(
            MaskedSpan(mask.mask_id, mask.what, _span(mask.spans, base), len(mask.boxes)) for mask in self.masks
        )


def _pieces(mask: Mask, moment: Fraction, holes: Sequence[Box]) -> list[Box]:
    """What the mask hides at the moment, without those who are shown, but for where somebody else was clearly seen."""
    box = mask.at(moment)
    if box is None:
        return []
    if mask.what not in (Hidden.PERSON, Hidden.BODY):
        return [box]
    pieces = [box]
    for hole in holes:
        pieces = [part for piece in pieces for part in _around(piece, hole)]
    core = mask.core(moment)
    return [*pieces, core] if core is not None else pieces


def _around(box: Box, hole: Box) -> list[Box]:
    """The parts of a box outside a hole: above, below, left and right of it; the box itself where they do not meet."""
    if box.intersection(hole) <= 0:
        return [box]
    top, bottom = max(box.y1, hole.y1), min(box.y2, hole.y2)
    edges = (
        (box.x1, box.y1, box.x2, top),
        (box.x1, bottom, box.x2, box.y2),
        (box.x1, top, min(box.x2, hole.x1), bottom),
        (max(box.x1, hole.x2), top, box.x2, bottom),
    )
    return [Box(x1, y1, x2, y2) for x1, y1, x2, y2 in edges if x1 < x2 and y1 < y2]


def _between(boxes: Sequence[tuple[Fraction, Box]], moment: Fraction) -> Box:
    """Drawn straight between neighbours; over a long gap the whole way; beyond both ends drawn on."""
    place = bisect_left(boxes, moment, key=lambda one: one[0])
    if place == 0 or place == len(boxes):
        return _beyond(boxes, moment, is_before=place == 0)
    (start, before), (end, after) = boxes[place - 1], boxes[place]
    if end - start > _LONG_GAP:
        return hull([before, after])
    share = float((moment - start) / (end - start))
    return Box(*(one + (two - one) * share for one, two in zip(before.xyxy, after.xyxy, strict=True)))


def _beyond(boxes: Sequence[tuple[Fraction, Box]], moment: Fraction, *, is_before: bool) -> Box:
    """The outermost box, and where it would be had it gone on as it went."""
    (at, box), rest = (boxes[0], boxes[1:3]) if is_before else (boxes[-1], boxes[-3:-1][::-1])
    if not rest or rest[-1][0] == at:
        return box
    then, other = rest[-1]
    far = float((moment - at) / (then - at))
    x, y = ((one - two) * -far for one, two in zip(box.centre, other.centre, strict=True))
    x, y = (max(-box.height, min(box.height, step)) for step in (x, y))
    return hull([box, Box(box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y)])


def hull(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of them; there must be one."""
    edges = list(zip(*(box.xyxy for box in boxes), strict=True))
    return Box(min(edges[0]), min(edges[1]), max(edges[2]), max(edges[3]))


def _inside(box: Box, probe: ClipProbe) -> tuple[int, int, int, int] | None:
    left, top = max(0, int(box.x1)), max(0, int(box.y1))
    right, bottom = min(probe.width, int(box.x2) + 1), min(probe.height, int(box.y2) + 1)
    return (left, top, right, bottom) if left < right and top < bottom else None


def _span(spans: Sequence[tuple[Fraction, Fraction]], base: Fraction) -> ClipSpan:
    return ClipSpan(exact(spans[0][0], base), exact(spans[-1][1], base))
