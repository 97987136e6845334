"""When somebody in the close look is somebody whom the event names. Pure.

The event's tracks are from the night's analysis, which looks twice a second; the close look follows everybody anew. A
sighting is the event's when it fits the event's track best of all; from there it is followed on from look to look, as
long as nobody else comes near enough to be taken for him.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from pipeline.domain.redaction import in_order
from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track

Spans = tuple[tuple[Fraction, Fraction], ...]

_SAME = 0.3
"""Overlap of two boxes from which a sighting can be that of the event's track."""
_FOLLOWED = Fraction(4)
"""Seconds between two sightings of the event's track over which it is known where it is."""
_EDGE = Fraction(1, 2)
"""Seconds before its first and after its last sighting in which it is taken to be where it was then."""
_TOGETHER = Fraction(1)
"""Seconds between two moments at which a sighting was the event's track's, over which it is all along."""
_STEP = Fraction(3, 10)
"""Seconds between two sightings over which somebody is followed on."""
_STEADY = 0.4
"""Overlap of two sightings in a row from which he is followed on."""
_MEETS = 0.2
"""Overlap with another person from which it is no longer sure who is who."""
_INSIDE = 0.8
"""Of a box that lies in that of somebody who is shown, from which it may be a second box around the same body."""
_SAME_TOP = 0.15
"""Of the height of somebody who is shown: a second box around the same body has its head."""
_CLEAR = 0.5
"""Confidence from which a box over somebody who is shown is taken for another person, and not for a part of him."""
_OVER = 0.5
"""Of a faint box that lies over somebody who is shown, from which it is taken for a part of him."""
_FEWEST = 2
"""Sightings that somebody must have beside those who are shown, or a clear one, to be hidden for himself."""


def shown_spans(people: Sequence[Track], of_analysis: Iterable[Track], named: frozenset[int]) -> Mapping[int, Spans]:
    """When each of the people is shown, by place in ``people``; who is never shown is left out.

    Args:
        people: Of the close look.
        of_analysis: The analysis's tracks.
        named: Ids of those that the event names.
    """
    moments: dict[int, set[Fraction]] = {}
    for track in of_analysis:
        if track.track_id in named and track.object_class is ObjectClass.PERSON:
            for number, moment in _sightings_of(track, people):
                moments.setdefault(number, set()).add(moment)
    shown = {
        number: _joined(sorted(found | set(_followed_on(number, found, people)))) for number, found in moments.items()
    }
    subjects = [(people[number], spans) for number, spans in shown.items()]
    for number, person in enumerate(people):
        if number not in moments:
            spans = _as_double(person, subjects)
            shown |= {number: spans} if spans else {}
    return shown


def box_in(track: Track, moment: Fraction, spans: Spans) -> Box | None:
    """Where somebody was seen nearest to the moment; None outside the spans."""
    if not any(start <= moment <= end for start, end in spans):
        return None
    near = min(track.sightings, key=lambda one: abs(one.at.seconds - moment))
    return near.detection.box


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
    box = named.box_at(sighting.at, _FOLLOWED)
    if box is not None:
        return box
    for edge in (named.sightings[0], named.sightings[-1]):
        if abs(edge.at.seconds - sighting.at.seconds) <= _EDGE:
            return edge.detection.box
    return None


def _followed_on(number: int, found: set[Fraction], people: Sequence[Track]) -> Iterator[Fraction]:
    """Moments before and after those found at which he is still the same: seen in a row, and by himself."""
    others = [person for place, person in enumerate(people) if place != number]
    for sightings in (people[number].sightings, people[number].sightings[::-1]):
        is_he = False
        for before, after in pairwise(sightings):
            is_he = (is_he or before.at.seconds in found) and _goes_on(before, after) and _is_alone(after, others)
            if is_he:
                yield after.at.seconds


def _goes_on(before: Sighting, after: Sighting) -> bool:
    step = abs(after.at.seconds - before.at.seconds)
    return step <= _STEP and before.detection.box.iou(after.detection.box) >= _STEADY


def _is_alone(sighting: Sighting, others: Iterable[Track]) -> bool:
    """Whether no other person is so near that the two can be taken for each other; a part of a body is no other."""
    found = sighting.detection
    for other in others:
        for one in other.sightings:
            meets = one.at == sighting.at and found.box.iou(one.detection.box) >= _MEETS
            if meets and not _is_same_body(one.detection, found.box):
                return False
    return True


def _joined(moments: Sequence[Fraction]) -> Spans:
    near = [(before, after) for before, after in pairwise(moments) if after - before <= _TOGETHER]
    return in_order([*near, *((moment, moment) for moment in moments)])


def _as_double(person: Track, subjects: Sequence[tuple[Track, Spans]]) -> Spans:
    """When the person is one more box around somebody who is shown; all along, where he is hardly seen elsewhere."""
    doubles = [one for one in person.sightings if _is_double(one, subjects)]
    others = [one for one in person.sightings if one not in doubles]
    if not doubles:
        return ()
    if len(others) >= _FEWEST or any(one.detection.confidence >= _CLEAR for one in others):
        return _joined([one.at.seconds for one in doubles])
    return ((person.span.start.seconds, person.span.end.seconds),)


def _is_double(sighting: Sighting, subjects: Iterable[tuple[Track, Spans]]) -> bool:
    wholes = (box_in(subject, sighting.at.seconds, spans) for subject, spans in subjects)
    return any(whole is not None and _is_same_body(sighting.detection, whole) for whole in wholes)


def _is_same_body(found: Detection, whole: Box) -> bool:
    """With the same head in any case; a faint box also where it is a part of the body, or the body a part of it."""
    box, shared = found.box, found.box.intersection(whole)
    if shared >= _INSIDE * box.area and abs(box.y1 - whole.y1) <= _SAME_TOP * whole.height:
        return True
    return found.confidence < _CLEAR and (shared >= _OVER * box.area or shared >= _INSIDE * whole.area)
