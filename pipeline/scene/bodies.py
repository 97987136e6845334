"""Large solid things that move through the picture, whether a detector has a name for them or not.

Detectors are taught by pictures from eye height: a car that is seen from above is nothing to them. What this finds is
told apart from people by its shape and its way alone, and so it is asked for only where no living thing was detected.
"""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import BODY_LABEL, Box, Detection, FrameDetections, ObjectClass, Track
from pipeline.domain.video import Timestamp

_LONG_SIDE = 160
_BLOCK = 240
"""Looks that share one empty picture; about two minutes in which something moves all the time."""
_FEWEST_LOOKS = 8
"""From which the usual picture of a block shows the place without what passes."""
_LEVELS = 25.0
"""Of 255, in any colour: what a solid thing differs from the ground by, and a soft shadow does not."""
_SMALLEST = 0.02
"""Of the picture, for a patch to be followed."""
_SHARP = 18.0
"""Levels by which a solid thing stands out along its edge; the light of headlights and of the sun fades over more."""
_RING = np.ones((5, 5), np.uint8)
_LARGE, _LARGEST = 0.08, 0.5
"""Of the picture, at its largest, for a body to be as large as a vehicle that passes close by."""
_SOLID = 0.72
"""Of its box that a body fills, in the median: vehicles fill four fifths, people two thirds at most."""
_LEAST_SIGHTINGS = 3
_STRAIGHT = 0.8
"""Way as the crow flies over the way gone."""
_LEAST_WAY = 0.4
"""Of the picture's side along which it goes: arms and doors reach less far."""
_EDGE = 0.02
_ALIVE = 0.15
"""Overlap with a person or an animal, of the smaller of the two, from which on the body is theirs."""
_DARK = 40.0
"""Mean luma below which nothing is followed: by night headlights move over the ground as bodies do."""
_SURENESS = 0.3
"""Confidence of each sighting: four of them make an event as sure as one clear detection."""


class BodyWatch:
    """Keeps a small copy of every look, and says afterwards where something large moved.

    Args:
        picture: Width and height of the picture as shown; boxes are given in its pixels.
    """

    def __init__(self, picture: tuple[int, int]) -> None:
        self._picture = picture
        self._moments: list[Timestamp] = []
        self._pictures: list[NDArray[np.uint8]] = []
        self._patches: list[FrameDetections] = []

    def look(self, at: Timestamp, image: NDArray[np.uint8]) -> None:
        """Takes in one picture: BGR, (h, w, 3), the same shape for the whole clip."""
        height, width = image.shape[:2]
        scale = min(_LONG_SIDE / max(height, width), 1.0)
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        self._moments.append(at)
        self._pictures.append(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
        if len(self._pictures) == _BLOCK:
            self._close()

    def patches(self) -> tuple[FrameDetections, ...]:
        """One a look, with the patches that differ from the empty place; empty where nothing does."""
        if self._pictures:
            self._close()
        return tuple(self._patches)

    def _close(self) -> None:
        stack = np.stack(self._pictures)
        x, y = self._picture[0] / stack.shape[2], self._picture[1] / stack.shape[1]
        enough = len(stack) >= _FEWEST_LOOKS and float(stack.mean()) >= _DARK
        empty = np.median(stack, axis=0).astype(np.float32)
        for at, picture in zip(self._moments, stack, strict=True):
            found = _patches(picture, empty) if enough else ()
            boxes = tuple(Detection(ObjectClass.OTHER, BODY_LABEL, fill, box.scaled(x, y)) for box, fill in found)
            self._patches.append(FrameDetections(at, boxes))
        self._moments, self._pictures = [], []


def _patches(picture: NDArray[np.uint8], empty: NDArray[np.float32]) -> list[tuple[Box, float]]:
    """Boxes of what is not the empty place, each with the share of its box that it fills."""
    apart = picture.astype(np.float32) - empty
    apart -= np.median(apart, axis=(0, 1))  # exposure
    strength = np.abs(apart).max(axis=2)
    mask = (strength > _LEVELS).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_REPLICATE)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = []
    for label, (x, y, width, height, area) in enumerate(stats[1:].tolist(), start=1):
        if _SMALLEST <= area / mask.size <= _LARGEST and _edge(labels == label, strength) >= _SHARP:
            found.append((Box(x, y, x + width, y + height), round(area / (width * height), 4)))
    return found


def _edge(patch: NDArray[np.bool_], strength: NDArray[np.float32]) -> float:
    """How much less the place is changed just outside a patch than in the clearer quarter just inside, in levels."""
    grown, shrunk = (
        way(patch.astype(np.uint8), _RING, borderType=cv2.BORDER_REPLICATE).astype(np.bool_)
        for way in (cv2.dilate, cv2.erode)
    )
    inside, outside = patch & ~shrunk, grown & ~patch
    if not inside.any() or not outside.any():
        return 0.0
    return float(np.percentile(strength[inside], 75) - np.median(strength[outside]))


def as_vehicles(
    bodies: Sequence[Track], looks: Sequence[FrameDetections], width: float, height: float
) -> tuple[FrameDetections, ...]:
    """The looks, with those bodies added that go through the picture as only a vehicle does.

    Args:
        bodies: Patches, followed from look to look; the confidence of a sighting is how much of its box it fills.
        looks: What the detector said at the same moments.
        width: Of the picture that all boxes are given in.
        height: Likewise.

    Returns:
        As many looks as were given, in their order.
    """
    added: dict[Timestamp, list[Detection]] = {}
    said = {look.at: look.detections for look in looks}
    for body in bodies:
        if not (_is_solid(body, width * height) and _goes_through(body, width, height) and not _lives(body, said)):
            continue
        for one in body.sightings:
            if not any(other.box.iou(one.detection.box) > _ALIVE for other in said.get(one.at, ())):
                vehicle = Detection(ObjectClass.VEHICLE, BODY_LABEL, _SURENESS, one.detection.box)
                added.setdefault(one.at, []).append(vehicle)
    return tuple(FrameDetections(look.at, (*look.detections, *added.get(look.at, ()))) for look in looks)


def _is_solid(body: Track, picture: float) -> bool:
    if len(body.sightings) < _LEAST_SIGHTINGS:
        return False
    largest = max(one.detection.box.area * one.detection.confidence for one in body.sightings) / picture
    return largest >= _LARGE and median(one.detection.confidence for one in body.sightings) >= _SOLID


def _goes_through(body: Track, width: float, height: float) -> bool:
    """Whether it comes in over one edge of the picture or goes out over one, on a long straight way across.

    What touches the same edge all the time is cut off by it: a door's wing, or somebody who walks by close to the lens.
    """
    boxes = [one.detection.box for one in body.sightings]
    touched = [_edges(box, width, height) for box in boxes]
    if set.intersection(*touched) or not (touched[0] or touched[-1]):
        return False
    places = [(box.centre[0] / width, box.centre[1] / height) for box in boxes]
    gone = sum(_apart(before, after) for before, after in pairwise(places))
    way = _apart(places[0], places[-1])
    return way >= _LEAST_WAY and way >= _STRAIGHT * gone


def _edges(box: Box, width: float, height: float) -> set[str]:
    reach = {
        "left": box.x1 <= _EDGE * width,
        "right": box.x2 >= (1 - _EDGE) * width,
        "top": box.y1 <= _EDGE * height,
        "bottom": box.y2 >= (1 - _EDGE) * height,
    }
    return {edge for edge, is_there in reach.items() if is_there}


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def _lives(body: Track, said: dict[Timestamp, tuple[Detection, ...]]) -> bool:
    alive = {ObjectClass.PERSON, ObjectClass.ANIMAL, ObjectClass.BICYCLE}
    return any(
        other.object_class in alive
        and other.box.intersection(one.detection.box) >= _ALIVE * min(other.box.area, one.detection.box.area)
        for one in body.sightings
        for other in said.get(one.at, ())
    )
