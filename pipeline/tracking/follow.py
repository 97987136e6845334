"""Detections of irregularly sampled frames to tracks, with a buffered-IoU tracker that is told the exact times."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Any

from pipeline.domain.tracks import Detection, FrameDetections, ObjectClass, Sighting, Track
from pipeline.tracking.join import join_broken

LOST_SECONDS = 2.0
"""How long an object may be out of sight and still be the same track."""
_LONGEST_STEP = 0.5
"""Seconds. An object that is hidden for some time goes unseen for up to a step between looks longer on either side;
longer steps than this are no sign of that."""
_BUFFER = 0.7
"""Each box is grown by this share of its size before two are compared: a walker covers one to two widths in half a
second, so that plain overlap is zero. Source: Yang et al., C-BIoU, WACV 2023."""
_LEAST_BUFFERED_IOU = 0.08
_NOMINAL_RATE = 30.0
"""The rate for which the tracker's noise is tuned; steps of other lengths are scaled from it."""
_SAME_OBJECT_IOU = 0.75
"""Two boxes of one class and one frame that overlap more than this are one object."""


def track(frames: Sequence[FrameDetections], lost_seconds: float = LOST_SECONDS) -> tuple[Track, ...]:
    """Follows every object through one clip.

    Args:
        frames: In order of time, at any distance from each other; frames without detections count as looks.
        lost_seconds: How long an object may be out of sight; raised to the longest time between two looks.

    Returns:
        Tracks in order of their first sighting, numbered from 1; objects that were seen once are tracks too. The same
        frames give the same tracks.
    """
    lost_seconds = max(lost_seconds, _longest_step(frames))
    unseen = 2 * min(_usual_step(frames), _LONGEST_STEP)
    found: list[tuple[ObjectClass, list[Sighting]]] = []
    for object_class in ObjectClass:
        looks = [(frame, _of_class(frame, object_class)) for frame in frames]
        if any(detections for _, detections in looks):
            pieces = _Follower(lost_seconds).follow(looks)
            found.extend((object_class, piece) for piece in join_broken(pieces, lost_seconds + unseen))
    found.sort(key=lambda item: (item[1][0].at.seconds, item[0], item[1][0].detection.box.xyxy))
    return tuple(
        Track(number, object_class, tuple(sightings)) for number, (object_class, sightings) in enumerate(found, start=1)
    )


def _longest_step(frames: Sequence[FrameDetections]) -> float:
    return max((float(after.at.seconds - before.at.seconds) for before, after in pairwise(frames)), default=0.0)


def _usual_step(frames: Sequence[FrameDetections]) -> float:
    return median([float(after.at.seconds - before.at.seconds) for before, after in pairwise(frames)] or [0.0])


def _of_class(frame: FrameDetections, object_class: ObjectClass) -> list[Detection]:
    """Detections of one class, the surest first, without a second box around the same object."""
    kept: list[Detection] = []
    candidates = (detection for detection in frame.detections if detection.object_class is object_class)
    for detection in sorted(candidates, key=lambda one: (-one.confidence, one.box.xyxy)):
        if all(detection.box.iou(other.box) < _SAME_OBJECT_IOU for other in kept):
            kept.append(detection)
    return kept


class _Follower:
    """One class of objects in one clip."""

    def __init__(self, lost_seconds: float) -> None:
        from trackers.core.cbiou.tracker import CBIoUTracker

        self._tracker = CBIoUTracker(
            lost_track_buffer=ceil(lost_seconds * _NOMINAL_RATE),
            frame_rate=_NOMINAL_RATE,
            track_activation_threshold=0.0,
            minimum_consecutive_frames=1,
            minimum_iou_threshold_first_assoc=_LEAST_BUFFERED_IOU,
            high_conf_det_threshold=0.0,
            buffer_ratio_first=_BUFFER,
        )
        self._pieces: dict[int, list[Sighting]] = {}
        """By the identity of the tracker's own object; the lists keep their order of birth."""
        self._alive: list[Any] = []
        """Keeps the tracker's objects, so that no identity is used twice."""

    def follow(self, looks: Sequence[tuple[FrameDetections, list[Detection]]]) -> list[list[Sighting]]:
        """The sightings of each object, in order of time."""
        for frame, detections in looks:
            for tracklet, detection in self._look(frame, detections):
                if id(tracklet) not in self._pieces:
                    self._alive.append(tracklet)
                self._pieces.setdefault(id(tracklet), []).append(Sighting(frame.at, detection))
        return list(self._pieces.values())

    def _look(self, frame: FrameDetections, detections: list[Detection]) -> Iterator[tuple[Any, Detection]]:
        known = {id(tracklet) for tracklet in self._tracker.tracks}
        result: Any = self._tracker.update(_arrays(detections), timestamp=float(frame.at.seconds))
        numbered = {one.tracker_id: one for one in self._tracker.tracks if one.tracker_id >= 0}
        born = iter([one for one in self._tracker.tracks if one.tracker_id < 0 and id(one) not in known])
        # An object has no number before its second sighting; newborn ones come in the order of their detections.
        for row, number in zip(result.data.get("row", ()), result.tracker_id, strict=True):
            yield (numbered[number] if number >= 0 else next(born)), detections[int(row)]


def _arrays(detections: list[Detection]) -> Any:  # noqa: ANN401 - supervision has no types
    import numpy as np
    import supervision

    if not detections:
        return supervision.Detections.empty()
    # All detections weigh the same: the detector's threshold has already been applied.
    return supervision.Detections(
        xyxy=np.array([detection.box.xyxy for detection in detections]),
        confidence=np.ones(len(detections)),
        data={"row": np.arange(len(detections))},
    )
