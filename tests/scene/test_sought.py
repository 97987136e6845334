"""A parcel of which the change shows a splinter, or more than the parcel, is looked for around it and within it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.scene.sought import Pictures, Sought, sought_parcel

PARCEL = Box(200, 120, 260, 165)
SHAPE = (360, 640)


class KnowsItsBox:
    """A classifier that knows a parcel by the box: it says 1 for the very box in the picture with the parcel."""

    def __init__(self, holding: NDArray[np.uint8], parcel: Box = PARCEL, most: float = 1.0) -> None:
        self.holding, self.parcel, self.most, self.asked = holding, parcel, most, 0

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        self.asked += 1
        return self.most * box.iou(self.parcel) ** 0.25 if image is self.holding else 0.05


def pictures(differing: Box) -> Pictures:
    holding = np.zeros((*SHAPE, 3), np.uint8)
    noises = np.zeros(SHAPE, np.float32)
    noises[int(differing.y1) : int(differing.y2), int(differing.x1) : int(differing.x2)] = 3.0
    return Pictures(holding, holding.copy(), noises)


def found(change: Box, differing: Box = PARCEL, most: float = 1.0) -> tuple[Sought | None, int]:
    given = pictures(differing)
    classifier = KnowsItsBox(given.holding, most=most)
    return sought_parcel(given, change, classifier), classifier.asked


@pytest.mark.parametrize(
    "change",
    [Box(240, 140, 258, 162), Box(202, 122, 225, 140), Box(225, 120, 260, 165), Box(180, 90, 300, 210)],
    ids=["a corner", "another corner", "its right half", "it and its shadow"],
)
def test_the_parcel_is_found_from_a_part_of_it_or_from_more(change: Box) -> None:
    parcel, asked = found(change, Box(170, 80, 310, 220))
    assert parcel is not None
    assert parcel.box.iou(PARCEL) > 0.6
    assert parcel.likeness > 0.9
    assert asked < 110


def test_what_lies_in_both_pictures_is_no_news() -> None:
    given = pictures(PARCEL)
    classifier = KnowsItsBox(given.holding)
    same = Pictures(given.holding, given.holding, given.noises)
    assert sought_parcel(same, Box(240, 140, 258, 162), classifier) is None


def test_a_parcel_where_hardly_anything_differs_is_none() -> None:
    splinter = Box(240, 140, 250, 150)
    parcel, asked = found(splinter, differing=splinter)
    assert parcel is None
    assert asked < 40


def test_one_lucky_answer_is_not_enough() -> None:
    assert found(Box(240, 140, 258, 162), most=0.88)[0] is None


def test_boxes_end_at_the_picture() -> None:
    given = pictures(Box(0, 300, 70, 360))
    corner = Box(0, 310, 60, 360)
    parcel = sought_parcel(given, Box(0, 340, 30, 360), KnowsItsBox(given.holding, corner))
    assert parcel is not None
    assert parcel.box.x1 >= 0
    assert parcel.box.y2 <= SHAPE[0]
