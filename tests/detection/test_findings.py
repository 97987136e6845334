"""Thresholds, class map and suppression, on made-up candidates."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.detection.findings import MOST_CANDIDATES, ClassMap, findings
from pipeline.detection.letterbox import Letterbox
from pipeline.domain.tracks import Detection, ObjectClass

LABELS = ("person", "car", "truck", "vase")
CLASSES = {"person": ObjectClass.PERSON, "car": ObjectClass.VEHICLE, "truck": ObjectClass.VEHICLE}
WHOLE = Letterbox((100, 100), (100, 100), 0)


def _found(
    candidates: Sequence[tuple[dict[str, float], tuple[float, ...]]], least: float = 0.35
) -> tuple[Detection, ...]:
    scores: NDArray[np.float32] = np.zeros((len(candidates), len(LABELS)), dtype=np.float32)
    boxes: NDArray[np.float32] = np.zeros((len(candidates), 4), dtype=np.float32)
    for row, (by_label, box) in enumerate(candidates):
        boxes[row] = box
        for label, score in by_label.items():
            scores[row, LABELS.index(label)] = score
    return findings(scores, boxes, WHOLE, ClassMap(LABELS, CLASSES), least)


def test_the_weaker_of_two_boxes_of_one_object_goes() -> None:
    found = _found([({"person": 0.6}, (10, 10, 30, 60)), ({"person": 0.9}, (11, 10, 31, 60))])

    assert [round(one.confidence, 2) for one in found] == [0.9]


def test_a_truck_that_is_also_a_car_is_one_vehicle() -> None:
    found = _found([({"car": 0.5, "truck": 0.7}, (10, 10, 60, 40))])

    assert [(one.object_class, one.label) for one in found] == [(ObjectClass.VEHICLE, "truck")]


def test_a_person_in_front_of_a_car_does_not_hide_it() -> None:
    found = _found([({"person": 0.8}, (10, 10, 60, 40)), ({"car": 0.7}, (10, 10, 60, 40))])

    assert [one.label for one in found] == ["person", "car"]


def test_people_side_by_side_stay_two() -> None:
    assert len(_found([({"person": 0.8}, (10, 10, 30, 60)), ({"person": 0.7}, (22, 10, 42, 60))])) == 2


def test_a_label_outside_the_map_is_not_reported() -> None:
    assert _found([({"vase": 0.99}, (10, 10, 30, 60))]) == ()


def test_the_threshold_itself_counts() -> None:
    assert len(_found([({"person": 0.5}, (10, 10, 30, 60))], least=0.5)) == 1
    assert _found([({"person": 0.5}, (10, 10, 30, 60))], least=0.51) == ()


def test_a_class_that_the_model_is_bad_at_needs_more() -> None:
    class_map = ClassMap(LABELS, CLASSES, {ObjectClass.VEHICLE: 0.6})
    scores = np.array([[0.5, 0, 0, 0], [0, 0.5, 0, 0], [0, 0.7, 0, 0]], dtype=np.float32)
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], dtype=np.float32)

    assert [one.label for one in findings(scores, boxes, WHOLE, class_map, 0.35)] == ["car", "person"]
    assert [one.label for one in findings(scores, boxes, WHOLE, class_map, 0.8)] == []


def test_a_box_outside_the_picture_is_none() -> None:
    assert _found([({"person": 0.9}, (120, 10, 140, 60))]) == ()


def test_a_flood_of_candidates_is_bounded() -> None:
    flood = [({"person": 0.5}, (i / 10, 0, i / 10 + 0.05, 1)) for i in range(MOST_CANDIDATES + 50)]

    assert len(_found(flood)) == MOST_CANDIDATES


def test_a_map_may_not_name_what_the_model_has_not() -> None:
    with pytest.raises(ValueError, match="unicorn"):
        ClassMap(LABELS, {"unicorn": ObjectClass.ANIMAL})
