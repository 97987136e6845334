"""From a network's raw candidates to detections: the class map, suppression of doubles, boxes on the picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.detection.letterbox import Letterbox
from pipeline.domain.tracks import Box, Detection, ObjectClass

MOST_CANDIDATES = 300
OVERLAP = 0.6
"""IoU above which the weaker of two boxes of one class is a double. Source: NanoDet's published configuration."""


@dataclass(frozen=True, slots=True)
class ClassMap:
    """What a model's classes mean to us.

    Attributes:
        labels: The model's words, by the model's class number.
        classes: Our class of each label that is reported; a label that is missing here is not.
        floors: Confidence that a class needs whatever the operator's setting; for classes that the model is bad at.
    """

    labels: tuple[str, ...]
    classes: Mapping[str, ObjectClass]
    floors: Mapping[ObjectClass, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = set(self.classes) - set(self.labels)
        if unknown:
            raise ValueError(f"the class map names labels that the model has not: {', '.join(sorted(unknown))}")

    @property
    def reported(self) -> tuple[int, ...]:
        """The model's class numbers that are reported, ascending."""
        return tuple(number for number, label in enumerate(self.labels) if label in self.classes)

    def needed(self, label: str, least: float) -> float:
        """Confidence from which a reported label counts: ``least``, or its class's floor when that is higher."""
        return max(least, self.floors.get(self.classes[label], 0.0))


def findings(
    scores: NDArray[np.float32], boxes: NDArray[np.float32], letterbox: Letterbox, class_map: ClassMap, least: float
) -> tuple[Detection, ...]:
    """Picks what is confident, mapped and no double.

    Args:
        scores: (n, classes of the model), 0 to 1.
        boxes: (n, 4) xyxy in canvas pixels.
        letterbox: How the picture lies on the canvas.
        class_map: Of the model.
        least: Confidence below which nothing is reported; the map may ask for more of a class.

    Returns:
        Most confident first; empty when there is none.
    """
    reported = np.array(class_map.reported)
    needed = np.array([class_map.needed(class_map.labels[number], least) for number in reported], dtype=np.float32)
    rows, columns = np.nonzero(scores[:, reported] >= needed)
    numbers = reported[columns]
    confidences = scores[rows, numbers]
    order = np.argsort(-confidences, kind="stable")[:MOST_CANDIDATES]
    rows, numbers, confidences = rows[order], numbers[order], confidences[order]
    placed = letterbox.back(boxes[rows])
    classes = [class_map.classes[class_map.labels[number]] for number in numbers]
    kept = [
        Detection(classes[i], class_map.labels[numbers[i]], float(confidences[i]), Box(*map(float, placed[i])))
        for i in _without_doubles(placed, classes)
        if placed[i, 0] < placed[i, 2] and placed[i, 1] < placed[i, 3]
    ]
    return tuple(kept)


def _without_doubles(boxes: NDArray[np.float32], classes: list[ObjectClass]) -> list[int]:
    """Indices to keep of boxes that come strongest first; boxes of different classes do not suppress each other."""
    of_class = np.array(classes, dtype=object)
    left = np.arange(len(boxes))
    kept: list[int] = []
    while left.size:
        strongest, left = left[0], left[1:]
        kept.append(int(strongest))
        doubles = (of_class[left] == of_class[strongest]) & (_overlaps(boxes[strongest], boxes[left]) > OVERLAP)
        left = left[~doubles]
    return kept


def _overlaps(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    corner = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    shared = np.prod(np.maximum(corner, 0), axis=1)
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    overlap: NDArray[np.float32] = shared / np.maximum(areas - shared, np.float32(1e-9))
    return overlap
