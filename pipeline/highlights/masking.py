"""Whom a shared copy hides: everybody who was followed, but for those whom the event names. Pure.

Doubt goes to the mask: a sighting that is not clearly that of a track of the event is hidden, and where a mask lies
over somebody of the event, the mask stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pipeline.domain.redaction import Also, Hidden, RedactionOrder, in_order
from pipeline.domain.tracks import Box, ObjectClass, Track
from pipeline.highlights.masks import Mask, Masks, Shown, hull
from pipeline.highlights.named_people import Spans, box_in, shown_spans

_CLEAR = 0.5
"""Confidence from which a sighting is hidden even where it lies over somebody who is shown."""
_LARGEST = 1.0
"""Of the area of the masked person beside it that a moving patch may have: what is larger is light, or the camera."""
_EXPLAINED = 0.6
"""Of a moving patch that somebody who is shown, a vehicle or an animal covers."""
_STANDS = Fraction(1, 4)
"""Seconds around a look in which a moving patch is masked."""
_LEGIBLE = 64.0
"""Pixels of a vehicle's width below which nobody can read its plate, which is a fifth of it at the most."""
_BESIDE_LOOK = Fraction(3, 8)
"""Seconds around each sight in which a thing is hidden."""
_THING_REACH = Fraction(1, 16)
"""Seconds to both sides whose boxes hide a thing too: half a look, since a thing does not turn or bend as people do."""
_LOWER_PART = 0.6
"""Of a vehicle's height, from below, in which its plate may be."""
_OTHERS = frozenset({ObjectClass.VEHICLE, ObjectClass.ANIMAL, ObjectClass.BICYCLE})


@dataclass(frozen=True, slots=True)
class Seen:
    """What masks are made of; boxes in pixels of the picture as shown.

    Attributes:
        tracks: From the close look, of every class, faint ones too.
        screens: Which of them are of screens, by their ids.
        of_analysis: The analysis's own tracks.
        named: Which of those the highlight's events name.
        moving: Patches that differ from the empty place: moment and boxes.
        places: Where a thing of the highlight's events came or went: it differs from the empty place, and is no body.
    """

    tracks: tuple[Track, ...]
    screens: frozenset[int]
    of_analysis: tuple[Track, ...]
    named: frozenset[int]
    moving: tuple[tuple[Fraction, tuple[Box, ...]], ...] = ()
    places: tuple[Box, ...] = ()


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
    shown = shown_spans(people, seen.of_analysis, seen.named)
    masks: list[Mask] = []
    for number, person in enumerate(people):
        spans = _without(_whole(person, rules), shown.get(number, ()), person)
        if spans:
            name = f"m{len({mask.mask_id for mask in masks if mask.what is Hidden.PERSON}) + 1}"
            mask = Mask(name, Hidden.PERSON, _boxes(person), spans, rules.margin, clear=_clear(person))
            masks.append(mask)
            body = _beside(mask, seen, [(people[one], spans) for one, spans in shown.items()])
            masks += [body] if body is not None else []
    masks += _things(seen, rules, order, len(people))
    if order.show_everyone:
        return Masks(()), Masks(tuple(masks))
    open_ = tuple(Shown(_boxes(people[number]), spans) for number, spans in shown.items())
    off = [mask for mask in masks if mask.mask_id.rstrip("b") in order.show]
    return Masks(tuple(mask for mask in masks if mask not in off), open_), Masks(tuple(off))


def _is_sure(track: Track, rules: MaskRules) -> bool:
    return max(one.detection.confidence for one in track.sightings) >= rules.sure


def _clear(track: Track) -> frozenset[Fraction]:
    return frozenset(one.at.seconds for one in track.sightings if one.detection.confidence >= _CLEAR)


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
    others = [one for one in seen.tracks if one.object_class in _OTHERS]
    for moment, boxes in seen.moving:
        if not boxes or person.at(moment) is None:
            continue
        place = person.place(moment)
        known = [box for one, spans in shown if (box := box_in(one, moment, spans))]
        known += [one for one in seen.places if one.intersection(place) == 0]  # unless the person is at it
        known += [box for one in others if (box := box_in(one, moment, (_edges(one),)))]
        beside = [box for box in boxes if box.area <= _LARGEST * place.area and _reaches(box, place)]
        yield moment, [box for box in beside if not any(_covers(one, box) for one in known)]


def _edges(track: Track) -> tuple[Fraction, Fraction]:
    return track.span.start.seconds, track.span.end.seconds


def _reaches(patch: Box, place: Box) -> bool:
    return patch.intersection(place.grown(place.height / 4)) > 0


def _covers(box: Box, patch: Box) -> bool:
    return box.grown(0.15 * box.height).intersection(patch) >= _EXPLAINED * patch.area


def _things(seen: Seen, rules: MaskRules, order: RedactionOrder, people: int) -> Iterator[Mask]:
    """Plates and screens, where they are asked for; their ids follow those of the people."""
    wanted: list[tuple[Track, Hidden]] = [
        *(
            (one, Hidden.PLATE)
            for one in seen.tracks
            if one.object_class is ObjectClass.VEHICLE and Also.PLATES in order.also
        ),
        *((one, Hidden.SCREEN) for one in seen.tracks if one.track_id in seen.screens and Also.SCREENS in order.also),
    ]
    number = people
    for track, what in wanted:
        seen_at = _boxes(track)
        if what is Hidden.PLATE:
            seen_at = tuple((at, lower_part(box)) for at, box in seen_at if box.width >= _LEGIBLE)
        if seen_at and _is_sure(track, rules):
            number += 1
            spans = in_order([(at - _BESIDE_LOOK, at + _BESIDE_LOOK) for at, _ in seen_at])
            yield Mask(f"m{number}", what, seen_at, spans, rules.margin / 2, _THING_REACH)


def lower_part(box: Box) -> Box:
    """Of a vehicle, where its plate may be."""
    return Box(box.x1, box.y2 - _LOWER_PART * box.height, box.x2, box.y2)
