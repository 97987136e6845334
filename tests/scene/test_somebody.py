"""Who stood still and was missed is no thing: the detector is asked again about the place alone."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.scene import Change
from pipeline.domain.tracks import Box, Detection, ObjectClass
from pipeline.scene.lasting import LastingChanges
from pipeline.scene.package_likeness import NoLikeness
from pipeline.scene.somebody import SecondLook
from pipeline.scene.still import StillScene
from tests.scene.drawn import at, ground, with_carton
from tests.scene.test_lasting import PLACE, Scene
from tests.scene.test_plates import levels

PICTURE = np.zeros((360, 640, 3), np.uint8)


@dataclass
class Says:
    """A detector that says the same of every part of a picture: something there, in shares of the part."""

    object_class: ObjectClass = ObjectClass.PERSON
    confidence: float = 0.6
    part: tuple[float, float, float, float] = (0.2, 0.1, 0.8, 1.0)
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, image: NDArray[np.uint8]) -> tuple[Detection, ...]:
        self.shapes.append(image.shape)
        high, wide = image.shape[:2]
        x1, y1, x2, y2 = self.part
        box = Box(x1 * wide, y1 * high, x2 * wide, y2 * high)
        return (Detection(self.object_class, self.object_class.value, self.confidence, box),)


@pytest.mark.parametrize(
    ("says", "is_somebody"),
    [
        (Says(), True),
        (Says(ObjectClass.ANIMAL), True),
        (Says(ObjectClass.VEHICLE), False),
        (Says(confidence=0.44), False),
        (Says(part=(0.0, 0.0, 0.3, 0.3)), False),
    ],
    ids=["a person", "an animal", "a car", "hardly", "elsewhere"],
)
def test_somebody_is_who_is_seen_at_the_place(says: Says, is_somebody: bool) -> None:
    assert SecondLook(says).is_at(PICTURE, Box(300, 100, 340, 160)) is is_somebody


def test_the_place_is_shown_with_what_is_around_it_inside_the_picture() -> None:
    says = Says(confidence=0.1)
    SecondLook(says).is_at(PICTURE, Box(0, 300, 30, 360))
    assert says.shapes == [(90, 75, 3), (135, 120, 3)]


def test_a_place_outside_of_the_picture_shows_nobody() -> None:
    assert not SecondLook(Says()).is_at(PICTURE, Box(900, 600, 960, 700))


def scene_at(moment: float) -> Scene:
    return with_carton(ground(), PLACE, tone=(40, 60, 110)) if moment >= 8 else ground()


@pytest.mark.parametrize(("says", "is_told"), [(Says(), False), (Says(confidence=0.1), True)], ids=["he", "nobody"])
def test_of_who_stood_still_no_change_is_told(says: Says, is_told: bool) -> None:
    somebody = SecondLook(says)
    lasting = LastingChanges((640, 360), NoLikeness(), somebody)
    still = StillScene((640, 360), somebody=somebody)
    for number in range(40):
        moment = number * 0.4
        image = levels(scene_at(moment), seed=number, noise=4.0)
        lasting.look(at(moment), image, (), ())
        still.look(at(moment), image, ())
    told = lasting.changes()
    assert bool(told) is is_told
    seen = [one for one in still.report().changes if one.change is Change.APPEARED]
    assert (max((one.score for one in seen), default=0.0) > 0.45) is is_told
