"""Whom a shared copy hides: everybody who was followed, but for those whom the event names. Pure.

Doubt goes to the mask: a sighting that is not clearly that of a track of the event is hidden, and where a mask lies
over somebody of the event, the mask stands.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from pipeline.domain.redaction import Also, Hidden, RedactionOrder, in_order
from pipeline.domain.tracks import Box, ObjectClass, Sighting, Track
from pipeline.highlights.masks import Mask, Masks, hull

_SAME = 0.3
"""Overlap of two boxes from which a sighting can be that of the event's track."""
_FOLLOWED = Fraction(4)
"""Seconds between two sightings of the event's track over which it is known where it is."""
_TOGETHER = Fraction(1)
"""Seconds between two moments at which a sighting was the event's track's, over which it is all along."""
_INSIDE = 0.8
"""Of a box that lies in that of somebody who is shown, from which it may be a second box around the same body."""
_SAME_TOP = 0.15
"""Of the height of somebody who is shown: a second box around the same body has its head."""
_NEAR = Fraction(3, 2)
"""Seconds before and after a masked person is in sight in which what moves beside the place is taken for a part."""
_MOST_OF_PICTURE = 0.3
"""Of all boxes together that a moving patch may reach: what is larger is light, or the camera."""
_EXPLAINED = 0.6
"""Of a moving patch that somebody who is shown, a vehicle or an animal covers."""
_STANDS = Fraction(1, 4)
"""Seconds around a look in which a moving patch is masked."""
_LOWER_PART = 0.6
"""Of a vehicle's height, from below, in which its plate may be."""
_OTHERS = frozenset({ObjectClass.VEHICLE, ObjectClass.ANIMAL, ObjectClass.BICYCLE})

Spans = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What masks are made of; boxes in pixels of the picture as shown.

    Attributes:
        tracks: From the close look, of every class, faint ones too.
        screens: Which of them are of screens, by their ids.
        of_analysis: The analysis's own tracks.
        named: Which of those the highlight's events name.
        moving: Patches that differ from the empty place: moment and boxes.
    """

    tracks: tuple[Track, ...]
    screens: frozenset[int]
    of_analysis: tuple[Track, ...]
    named: frozenset[int]
    moving: tuple[tuple[Fraction, tuple[Box, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class MaskRules:
    """How masks are made; see ``RedactionSettings``."""

    sure: float
    margin: float
    extend: Fraction


def plan_masks(seen: Seen, rules: MaskRules, order: RedactionOrder) -> tuple[Masks, Masks]:
    """The masks of a copy.

    Args:
        seen: Of the highlight's span.
        rules: How large and how long.
        order: What is hidden besides people, and what is shown in spite of the default.

    Returns:
        The masks that stand, and those that were taken off by the order.
    """
    people = [one for one in seen.tracks if one.object_class is ObjectClass.PERSON and _is_sure(one, rules)]
    shown = shown_spans(people, seen)
    masks: list[Mask] = []
    for number, person in enumerate(people):
        spans = _without(_whole(person, rules), shown.get(number, ()), person)
        if spans:
            name = f"m{len({mask.mask_id for mask in masks if mask.what is Hidden.PERSON}) + 1}"
            mask = Mask(name, Hidden.PERSON, _boxes(person), spans, rules.margin)
            masks.append(mask)
            body = _beside(mask, seen, [(people[one], spans) for one, spans in shown.items()])
            masks += [body] if body is not None else []
    masks += _things(seen, rules, order, len(people))
    if order.show_everyone:
        return Masks(()), Masks(tuple(masks))
    off = [mask for mask in masks if mask.mask_id.rstrip("b") in order.show]
    return Masks(tuple(mask for mask in masks if mask not in off)), Masks(tuple(off))


def shown_spans(people: Sequence[Track], seen: Seen) -> Mapping[int, Spans]:
    """When each of the people is somebody whom the event names, by place in ``people``; the others are left out."""
    moments: dict[int, list[Fraction]] = {}
    for named in seen.of_analysis:
        if named.track_id in seen.named and named.object_class is ObjectClass.PERSON:
            for number, moment in _sightings_of(named, people):
                moments.setdefault(number, []).append(moment)
    shown = {number: _joined(sorted(set(found))) for number, found in moments.items()}
    for number, person in enumerate(people):
        doubles = _joined(list(_doubles(person, [(people[one], spans) for one, spans in shown.items()])))
        if doubles and number not in moments:
            shown[number] = doubles
    return shown


def _sightings_of(named: Track, people: Sequence[Track]) -> Iterator[tuple[int, Fraction]]:
    """For every moment at which somebody was seen where the named track is: who fits best, and nobody else."""
    best: dict[Fraction, tuple[float, int]] = {}
    for number, person in enumerate(people):
        for sighting in person.sightings:
            box = _place_of(named, sighting)
            fit = 0.0 if box is None else box.iou(sighting.detection.box)
            if fit >= _SAME and fit > best.get(sighting.at.seconds, (0.0, 0))[0]:
                best[sighting.at.seconds] = (fit, number)
    return ((number, moment) for moment, (_, number) in best.items())


def _place_of(named: Track, sighting: Sighting) -> Box | None:
    """Where the named track is; for half a second before its first look and after its last, where it was then."""
    box = named.box_at(sighting.at, _FOLLOWED)
    if box is not None:
        return box
    for edge in (named.sightings[0], named.sightings[-1]):
        if abs(edge.at.seconds - sighting.at.seconds) <= _TOGETHER / 2:
            return edge.detection.box
    return None


def _joined(moments: Sequence[Fraction]) -> Spans:
    near = [(before, after) for before, after in pairwise(moments) if after - before <= _TOGETHER]
    return in_order([*near, *((moment, moment) for moment in moments)])


def _doubles(person: Track, shown: Iterable[tuple[Track, Spans]]) -> Iterator[Fraction]:
    """Moments at which the sighting is a second box around somebody who is shown: inside, and with the same head."""
    for sighting in person.sightings:
        moment, box = sighting.at.seconds, sighting.detection.box
        for other, spans in shown:
            whole = _box_in(other, moment, spans) if other is not person else None
            if whole is not None and _is_same_body(box, whole):
                yield moment
                break


def _is_same_body(box: Box, whole: Box) -> bool:
    is_inside = box.intersection(whole) >= _INSIDE * box.area
    return is_inside and abs(box.y1 - whole.y1) <= _SAME_TOP * whole.height


def _box_in(track: Track, moment: Fraction, spans: Spans) -> Box | None:
    if not any(start <= moment <= end for start, end in spans):
        return None
    near = min(track.sightings, key=lambda one: abs(one.at.seconds - moment))
    return near.detection.box


def _is_sure(track: Track, rules: MaskRules) -> bool:
    return max(one.detection.confidence for one in track.sightings) >= rules.sure


def _boxes(track: Track) -> tuple[tuple[Fraction, Box], ...]:
    return tuple((one.at.seconds, one.detection.box) for one in track.sightings)


def _whole(track: Track, rules: MaskRules) -> tuple[Fraction, Fraction]:
    return track.span.start.seconds - rules.extend, track.span.end.seconds + rules.extend


def _without(whole: tuple[Fraction, Fraction], shown: Spans, track: Track) -> Spans:
    """The span less those in which the person is shown; an end at which he is shown is not drawn out."""
    if not shown:
        return (whole,)
    first, last = track.span.start.seconds, track.span.end.seconds
    start = whole[0] if shown[0][0] > first else None
    spans, at = [], start
    for begins, ends in shown:
        if at is not None and at < begins:
            spans.append((at, begins))
        at = ends
    if at is not None and shown[-1][1] < last:
        spans.append((at, whole[1]))
    return tuple(spans)


def _beside(person: Mask, seen: Seen, shown: Sequence[tuple[Track, Spans]]) -> Mask | None:
    """What moves beside a masked person and has no name: an arm, a bag, a leg that the detector left out."""
    found = [(moment, hull(boxes)) for moment, boxes in _patches(person, seen, shown) if boxes]
    if not found:
        return None
    spans = in_order([(moment - _STANDS, moment + _STANDS) for moment, _ in found])
    return Mask(f"{person.mask_id}b", Hidden.BODY, tuple(found), spans, person.margin)


def _patches(person: Mask, seen: Seen, shown: Sequence[tuple[Track, Spans]]) -> Iterator[tuple[Fraction, list[Box]]]:
    first, last = person.spans[0][0] - _NEAR, person.spans[-1][1] + _NEAR
    others = [one for one in seen.tracks if one.object_class in _OTHERS]
    picture = hull([box for _, boxes in seen.moving for box in boxes] or [Box(0, 0, 1, 1)]).area
    for moment, boxes in seen.moving:
        place = person.place(moment)
        if not first <= moment <= last or not boxes:
            continue
        known = [box for one, spans in shown if (box := _box_in(one, moment, spans))]
        known += [box for one in others if (box := _box_in(one, moment, (_edges(one),)))]
        beside = [box for box in boxes if box.area <= _MOST_OF_PICTURE * picture and _reaches(box, place)]
        yield moment, [box for box in beside if not any(_covers(one, box) for one in known)]


def _edges(track: Track) -> tuple[Fraction, Fraction]:
    return track.span.start.seconds, track.span.end.seconds


def _reaches(patch: Box, place: Box) -> bool:
    return patch.intersection(place.grown(place.height / 4)) > 0


def _covers(box: Box, patch: Box) -> bool:
    return box.grown(0.15 * box.height).intersection(patch) >= _EXPLAINED * patch.area


def _things(seen: Seen, rules: MaskRules, order: RedactionOrder, people: int) -> Iterator[Mask]:
    """Plates and screens, where they are asked for; their ids follow those of the people."""
    wanted = [
        *(
            (one, Hidden.PLATE)
            for one in seen.tracks
            if one.object_class is ObjectClass.VEHICLE and Also.PLATES in order.also
        ),
        *((one, Hidden.SCREEN) for one in seen.tracks if one.track_id in seen.screens and Also.SCREENS in order.also),
    ]
    for number, (track, what) in enumerate(((one, what) for one, what in wanted if _is_sure(one, rules)), people + 1):
        boxes = _boxes(track) if what is Hidden.SCREEN else tuple((at, _lower(box)) for at, box in _boxes(track))
        yield Mask(f"m{number}", what, boxes, (_whole(track, rules),), rules.margin)


def _lower(box: Box) -> Box:
    return Box(box.x1, box.y2 - _LOWER_PART * box.height, box.x2, box.y2)
