"""Where a track goes over from one person to another: somebody left, and another came to the same place.

A tracker looks for a lost object where it was last seen, and takes whoever comes there for the same. What follows from
a track (who is shown in a copy that leaves, who put a thing down and took it) must not go over with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box, Detection, ObjectClass, Sighting, Track
from pipeline.domain.video import Timestamp

_PARTS = ((0.20, 0.46), (0.5, 0.85))
"""Of a person's height, from above: what is worn above the waist, and below it. The head ends at 0.13."""
_UPRIGHT = 1.5
"""Height over width below which a box shows nobody who stands, and its parts are not where they seem."""
_ASIDE = 0.25
"""Of a person's width, at both sides, that may show what lies behind."""
_FEWEST_PIXELS, _MOST_ACROSS = 36, 32
"""Of a part that are measured, skin-like ones left out; and along its longer side, of which of a larger part every
second, third ... is."""
_LEAST_CLOTH = 0.5
"""Share of a part that must be left without what is skin-like: beside bare legs, what is left is their shade."""
_CUT = 3.0
"""Pixels from the picture's edge within which a box is cut, and its parts are not where they seem."""
_UNSEEN = 1.5
"""Seconds out of sight from which on another may have come; longer than the step over which the rule about cuts asks
who is gone and who is there."""
_OTHER = 25.0
"""Distance of two hues (a, b of CIELAB, 0 to 255) from which on they are not of one piece of clothing. Over gaps, the
same person's lay 20 apart at most in composites to tune on, two persons' from 52 on; brightness says nothing, since
it changes with every shadow."""
_AROUND, _FEWEST = 3, 2
"""Sightings on each side of a gap that are compared, and how many of them must show the parts."""

_Hues = NDArray[np.float64]
"""Shape (2, 2): a and b of the upper and the lower part; not numbers where a part shows no clothing."""
SkinLike = Callable[[NDArray[np.uint8]], NDArray[np.bool_]]
"""Which pixels of a (..., 3) array in BGR may be skin: they are not clothing, and nothing is measured of them."""
_NO_CLOTH = np.full(2, np.nan)


class ClothesWatch:
    """Sees every look of a clip, and remembers what hues were worn where; forgotten with the clip, and no picture."""

    def __init__(self, skin_like: SkinLike) -> None:
        self._skin_like = skin_like
        self._hues: dict[tuple[Timestamp, Box], _Hues] = {}

    def look(
        self, at: Timestamp, image: NDArray[np.uint8], found: Sequence[Detection], shown: Sequence[Detection]
    ) -> None:
        """Takes in one look.

        Args:
            at: Its moment.
            image: BGR, as sampled.
            found: In pixels of ``image``.
            shown: The same, in the same order, in pixels of the picture as shown: what tracks are made of.
        """
        for detection, as_shown in zip(found, shown, strict=True):
            if detection.object_class is ObjectClass.PERSON:
                hues = self._hues_of(image, detection.box)
                if hues is not None:
                    self._hues[at, as_shown.box] = hues

    def handovers(self, track: Track) -> Iterator[Timestamp]:
        """The first sightings after a gap that show somebody in other clothes than before; none in infrared."""
        seen = track.sightings
        for place, (before, after) in enumerate(pairwise(seen), start=1):
            if after.at.seconds - before.at.seconds >= _UNSEEN:
                old = self._typical(seen[max(place - _AROUND, 0) : place])
                new = self._typical(seen[place : place + _AROUND])
                if old is not None and new is not None and _apart(old, new) >= _OTHER:
                    yield after.at

    def _typical(self, sightings: Sequence[Sighting]) -> _Hues | None:
        known = [self._hues.get((one.at, one.detection.box)) for one in sightings]
        shown = [one for one in known if one is not None]
        if len(shown) < _FEWEST:
            return None
        parts = [[one[part] for one in shown if not np.isnan(one[part]).any()] for part in range(len(_PARTS))]
        return np.array([np.median(part, axis=0) if len(part) >= _FEWEST else _NO_CLOTH for part in parts])

    def _hues_of(self, image: NDArray[np.uint8], box: Box) -> _Hues | None:
        """What is worn above and below the waist; None where the box or the picture says nothing of either."""
        height, width = image.shape[:2]
        is_cut = box.x1 <= _CUT or box.y1 <= _CUT or box.x2 >= width - _CUT or box.y2 >= height - _CUT
        if is_cut or box.height < _UPRIGHT * box.width:
            return None
        return np.array([self._hue_of(_part(image, box, *part)) for part in _PARTS])

    def _hue_of(self, part: NDArray[np.uint8]) -> NDArray[np.float64]:
        pixels = part.reshape(-1, 3)
        cloth = pixels[~self._skin_like(pixels)]
        if len(cloth) < max(_FEWEST_PIXELS, _LEAST_CLOTH * len(pixels)):
            return _NO_CLOTH
        hues = cv2.cvtColor(cloth.reshape(-1, 1, 3), cv2.COLOR_BGR2LAB)[:, 0, 1:]
        return np.asarray(np.median(hues, axis=0), dtype=np.float64)


def parted(tracks: Iterable[Track], breaks: Callable[[Track], Iterable[Timestamp]]) -> tuple[Track, ...]:
    """Each person's track in parts, from break to break; all tracks numbered anew, in order of their first sighting.

    Args:
        tracks: Of one clip.
        breaks: Says at which of a track's sightings another person begins.
    """
    parts = [(track.object_class, part) for track in tracks for part in _parts(track, breaks)]
    ordered = sorted(parts, key=lambda one: (one[1][0].at.seconds, one[0], one[1][0].detection.box.xyxy))
    return tuple(Track(number, *one) for number, one in enumerate(ordered, start=1))


def taken_for_one(followed: Iterable[Track], parts: Iterable[Track]) -> frozenset[tuple[int, Timestamp]]:
    """Where a part ends or begins that the tracker had taken for one with its neighbour: the part's id, and the moment.

    Nothing is missing there but a few looks at somebody: the footage goes on.
    """
    whole = [(track.sightings[0], track.sightings[-1]) for track in followed]
    firsts, lasts = [first for first, _ in whole], [last for _, last in whole]
    ends = {(part.track_id, part.sightings[-1].at) for part in parts if part.sightings[-1] not in lasts}
    begins = {(part.track_id, part.sightings[0].at) for part in parts if part.sightings[0] not in firsts}
    return frozenset(ends | begins)


def _parts(track: Track, breaks: Callable[[Track], Iterable[Timestamp]]) -> list[tuple[Sighting, ...]]:
    if track.object_class is not ObjectClass.PERSON:
        return [track.sightings]
    moments = set(breaks(track))
    starts = [0, *(place for place, one in enumerate(track.sightings) if place and one.at in moments)]
    return [track.sightings[start:end] for start, end in pairwise([*starts, len(track.sightings)])]


def _part(image: NDArray[np.uint8], box: Box, top: float, low: float) -> NDArray[np.uint8]:
    """The middle of a band of the box, thinned out."""
    step = max(1, int(max(box.width, (low - top) * box.height) / _MOST_ACROSS))
    rows = slice(int(box.y1 + top * box.height), int(box.y1 + low * box.height), step)
    columns = slice(int(box.x1 + _ASIDE * box.width), int(box.x2 - _ASIDE * box.width), step)
    return np.ascontiguousarray(image[rows, columns])


def _apart(one: _Hues, other: _Hues) -> float:
    """The larger distance of the parts that both show; zero where they show none in common."""
    distances = np.hypot(*(one - other).T)
    return float(np.nan_to_num(distances, nan=0.0).max())
