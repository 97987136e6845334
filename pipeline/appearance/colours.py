"""Colours of what a clip's tracks followed, from every look at the clip, joined into one statement a part."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from pipeline.appearance.behind import Behind
from pipeline.appearance.light import Picture, light_of
from pipeline.appearance.measure import Reading, read_patch
from pipeline.appearance.naming import NAMES
from pipeline.appearance.parts import patches_of
from pipeline.domain.appearance import ColourMark, NoColour, Part
from pipeline.domain.tracks import Box, Detection, ObjectClass, Track
from pipeline.domain.video import Timestamp

_MOST = 8
"""Detections of one look that are measured, the largest first: a crowd costs no more than a few people."""
_LEAST_SHARE = 0.55
"""Share of a part, the middle over the looks, from which its colour is said."""
_SECOND_SHARE = 0.3
"""Share from which another colour is said beside the first."""
_LEAST_AGREEMENT = 0.5
_BUSY = frozenset({ObjectClass.PERSON, ObjectClass.VEHICLE, ObjectClass.BICYCLE, ObjectClass.ANIMAL})


class ColourWatch:
    """Sees every look at a clip, and keeps small counts of colours; no picture but what lies behind everything."""

    def __init__(self) -> None:
        self._readings: dict[tuple[Timestamp, Box], dict[Part, Reading]] = {}
        self._behind: Behind | None = None

    def look(self, at: Timestamp, picture: Picture, found: Sequence[Detection], shown: Sequence[Detection]) -> None:
        """Measures what was found in one picture.

        Args:
            at: Its moment.
            picture: As sampled.
            found: In pixels of ``picture``.
            shown: The same in the same order, in pixels of the picture as shown: what tracks are made of.
        """
        busy = [one for one in found if one.object_class in _BUSY]
        if self._behind is None:
            self._behind = Behind(*picture.shape[:2])
        measured = [pair for pair in zip(found, shown, strict=True) if patches_of(pair[0], picture.shape[0])]
        if measured:
            light = light_of(picture)
            largest = sorted(measured, key=lambda pair: (-pair[0].box.area, pair[0].box.xyxy))[:_MOST]
            for detection, as_shown in largest:
                others = _in_front(detection, busy)
                self._readings[at, as_shown.box] = {
                    patch.part: read_patch(picture, patch, light, self._behind, others)
                    for patch in patches_of(detection, picture.shape[0])
                }
        self._behind.learn(picture, [one.box for one in busy])

    def marks(self, tracks: Sequence[Track]) -> tuple[ColourMark, ...]:
        """What is said of each part of each track, in order of track and part, the largest share first."""
        return tuple(mark for track in tracks for mark in self._marks_of(track))

    def _marks_of(self, track: Track) -> Iterator[ColourMark]:
        by_part: dict[Part, list[Reading]] = defaultdict(list)
        for sighting in track.sightings:
            for part, reading in self._readings.get((sighting.at, sighting.detection.box), {}).items():
                if (part is Part.VEHICLE) is (track.object_class is ObjectClass.VEHICLE):
                    by_part[part].append(reading)
        for part in Part:
            if by_part[part]:
                yield from joined(track.track_id, part, by_part[part])


def joined(track_id: int, part: Part, readings: Sequence[Reading]) -> Iterator[ColourMark]:
    """One statement of many looks: the middle share of each colour, weighed by how many looks agree on the first."""
    counted = [reading.shares for reading in readings if reading.reason is None]
    reasons = Counter(reading.reason for reading in readings if reading.reason is not None)
    if len(counted) < sum(reasons.values()) / 2 or not counted:
        yield _unsaid(track_id, part, reasons.most_common(1)[0][0], len(readings))
        return
    shares = np.median(np.stack(counted), axis=0)
    first = int(np.argmax(shares))
    agreement = float(np.mean([int(np.argmax(one)) == first for one in counted]))
    if shares[first] < _LEAST_SHARE or agreement < _LEAST_AGREEMENT:
        yield _unsaid(track_id, part, NoColour.MIXED, len(readings))
        return
    for number in np.argsort(-shares, kind="stable"):
        if number == first or shares[number] >= _SECOND_SHARE:
            score = round(min(float(shares[number]) * agreement, 1.0), 4)
            yield ColourMark(track_id, part, NAMES[number], score, len(counted))


def _unsaid(track_id: int, part: Part, reason: NoColour | None, looks: int) -> ColourMark:
    return ColourMark(track_id, part, None, 0.0, looks, reason)


def _in_front(detection: Detection, busy: Sequence[Detection]) -> list[Box]:
    """Boxes that reach lower: what stands on the ground nearer to the camera hides what stands behind it."""
    return [
        one.box
        for one in busy
        if one is not detection and one.box.y2 > detection.box.y2 and one.box.intersection(detection.box) > 0
    ]
