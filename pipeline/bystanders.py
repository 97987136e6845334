"""Looks at the span of a highlight once more and more closely, for everybody who is in it.

An analysis looks twice a second and wants to be sure; a copy that is shared must not show whom it did not see. So here
every picture is looked at that the settings allow, on the whole and in overlapping parts, and faint sightings count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.detection.darkness import lifted
from pipeline.detection.detector import Detector
from pipeline.domain.tracks import Box, Detection, FrameDetections, ModelIdentity, ObjectClass, Track
from pipeline.domain.video import ClipProbe, ClipSpan, Timestamp
from pipeline.sampling import sample_clip
from pipeline.scene.movement import Movement
from pipeline.settings import RedactionSettings, SamplingSettings
from pipeline.tracking import track

SCREENS = ("tv", "laptop", "cell phone", "Television", "Laptop", "Mobile phone", "Computer monitor", "Tablet computer")
"""Labels of COCO and Open Images that stand for a screen."""
_DOUBLE = 0.6
"""Overlap above which two boxes of one class, from the whole picture and from a part, are one object."""
_CUT = 2.0
"""Pixels from the inner edge of a part within which a box is cut off by it: the whole picture shows it better."""


@dataclass(frozen=True, slots=True)
class CloseLook:
    """All that was seen in a span; boxes are in pixels of the picture as shown.

    Attributes:
        tracks: Of every class, also faint ones; sureness is for the reader to ask for.
        moving: What differs from the empty place, one entry a look; empty when the picture does not rest.
        looks: When the detector looked, in order.
        model: Which weights.
    """

    tracks: tuple[Track, ...]
    moving: tuple[FrameDetections, ...]
    looks: tuple[Timestamp, ...]
    model: ModelIdentity


@dataclass(frozen=True, slots=True)
class CloseLookOrder:
    """What is looked at.

    Attributes:
        source: The original's bytes; only read, in the decoding child.
        probe: Of the clip.
        span: On the clip's time line; looked at with the extension on both sides.
        sampling: Limits of the decoding child.
        redaction: How closely.
    """

    source: Path
    probe: ClipProbe
    span: ClipSpan
    sampling: SamplingSettings
    redaction: RedactionSettings


def look_closely(order: CloseLookOrder, detector: Detector) -> CloseLook:
    """Follows everybody through the span.

    Args:
        order: What is looked at.
        detector: Ready to report faint sightings too; its own limit stays.

    Raises:
        VideoError: The clip cannot be decoded, or a limit ended the decoding.
        DetectionError: The model cannot be used.
    """
    looks: list[FrameDetections] = []
    movement = Movement((order.probe.width, order.probe.height))
    for at, picture in _pictures(order):
        x, y = order.probe.width / picture.shape[1], order.probe.height / picture.shape[0]
        found = detect_closely(picture, detector, order.redaction.parts)
        looks.append(FrameDetections(at, tuple(replace(one, box=one.box.scaled(x, y)) for one in found)))
        movement.look(at, picture)
    tracks = track(looks, float(order.redaction.bridge_seconds))
    return CloseLook(tracks, movement.patches(), tuple(look.at for look in looks), detector.identity)


def detect_closely(picture: NDArray[np.uint8], detector: Detector, parts: int) -> list[Detection]:
    """What one picture shows on the whole and in so many overlapping parts, faint sightings too."""
    return _detect(lifted(picture), detector, parts)


def _pictures(order: CloseLookOrder) -> Iterator[tuple[Timestamp, NDArray[np.uint8]]]:
    extension = Fraction(order.redaction.extend_seconds)
    first, last = order.span.start.seconds - extension, order.span.end.seconds + extension
    sampling = order.sampling.model_copy(update={"working_width": order.redaction.working_width})
    with sample_clip(order.source, sampling, every_frame_rate=order.redaction.frames_per_second) as sample:
        for frame in sample.frames():
            if first <= frame.at.seconds <= last:
                yield frame.at, frame.image
            elif frame.at.seconds > last:
                return


def _detect(picture: NDArray[np.uint8], detector: Detector, parts: int) -> list[Detection]:
    """What the whole picture and its overlapping parts show, each thing once, the surest first."""
    found = list(detector.detect(picture))
    for left, right in _parts(picture.shape[1], parts):
        part = np.ascontiguousarray(picture[:, left:right])
        for one in detector.detect(part):
            if not _is_cut(one.box, left, right, picture.shape[1]):
                box = Box(one.box.x1 + left, one.box.y1, one.box.x2 + left, one.box.y2)
                found.append(replace(one, box=box))
    return _without_doubles(found)


def _parts(width: int, count: int) -> list[tuple[int, int]]:
    """Columns of overlapping upright parts, half a part apart; none where the whole picture is enough."""
    if count < 2:  # noqa: PLR2004 - one part is the whole picture
        return []
    wide = 2 * width / (count + 1)
    return [(round(number * wide / 2), min(width, round(number * wide / 2 + wide))) for number in range(count)]


def _is_cut(box: Box, left: int, right: int, width: int) -> bool:
    return (left > 0 and box.x1 <= _CUT) or (right < width and box.x2 >= right - left - _CUT)


def _without_doubles(found: Sequence[Detection]) -> list[Detection]:
    kept: list[Detection] = []
    for one in sorted(found, key=lambda one: (-one.confidence, one.box.xyxy)):
        same = (other for other in kept if other.object_class is one.object_class and other.label == one.label)
        if all(one.box.iou(other.box) < _DOUBLE for other in same):
            kept.append(one)
    return kept


def is_screen(track_of: Track) -> bool:
    """Whether the track is of something with a screen."""
    labels = [one.detection.label for one in track_of.sightings]
    return track_of.object_class is ObjectClass.OTHER and sum(label in SCREENS for label in labels) * 2 > len(labels)
