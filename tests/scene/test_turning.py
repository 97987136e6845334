"""When a place turned, in looks that do not lie as the two states do, and beside people who hold nothing."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.scene.plates import Difference
from pipeline.scene.regions import Region, mask_of
from pipeline.scene.turning import SeenPlaces, Turn
from tests.scene.drawn import at

SHAPE = (360, 640)
PLACE = Box(300, 200, 340, 214)
_ROUGH = np.random.default_rng(5).integers(60, 200, (SHAPE[0] // 6, SHAPE[1] // 6, 3)).astype(np.uint8)


def yard() -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(_ROUGH, (SHAPE[1], SHAPE[0]), interpolation=cv2.INTER_CUBIC), np.uint8)


def with_parcel() -> NDArray[np.uint8]:
    image = yard()
    image[200:214, 300:340] = (60, 90, 140)
    return image


def moved(image: NDArray[np.uint8], x: float, y: float) -> NDArray[np.uint8]:
    move = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    return np.asarray(cv2.warpAffine(image, move, (SHAPE[1], SHAPE[0]), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def turn(
    shift: tuple[float, float], told: tuple[float, float], people: tuple[Box, ...] = (), *, came: bool = False
) -> Turn | None:
    """Ten looks a second apart; the parcel goes or comes after the fifth, and the camera is ``shift`` away before."""
    places, states = SeenPlaces(), (yard(), with_parcel()) if came else (with_parcel(), yard())
    for number in range(10):
        image = moved(states[0], -shift[0], -shift[1]) if number < 5 else states[1]
        places.look(at(float(number)), image, people)
    pair = Difference(np.zeros(SHAPE, np.float32), *states, np.ones(SHAPE, np.bool_), told)
    return places.turn(Region(PLACE, mask_of([PLACE], SHAPE, 0.0)), pair, (at(0.0), at(9.0)), came=came)


def test_looks_before_the_camera_moved_show_the_old_state_too() -> None:
    shift = (2.0, 12.0)
    found = turn(shift, shift)
    assert found is not None
    assert (float(found.before.seconds), float(found.after.seconds)) == (4.0, 5.0)
    assert turn(shift, (0.0, 0.0)) is None, "where it is not known how far, they show neither"


def test_what_lies_at_somebodys_feet_is_not_in_his_hands() -> None:
    behind, nearer = Box(230, 100, 295, 216), Box(230, 120, 295, 300)
    told = [turn((0, 0), (0, 0), (person,)) for person in (behind, nearer)]
    assert [found and found.unheld for found in told] == [(True, True), (False, False)]


def test_whoever_lifts_a_thing_held_it_before_and_whoever_puts_it_down_holds_it_a_little_longer() -> None:
    beside = Box(230, 100, 295, 216)
    for came, people, span in (
        (False, (beside,), (3.0, 5.0)),
        (True, (beside,), (4.0, 6.0)),
        (False, (), (4.0, 5.0)),
        (True, (), (4.0, 5.0)),
    ):
        found = turn((0, 0), (0, 0), people, came=came)
        assert found is not None
        assert (float(found.before.seconds), float(found.after.seconds)) == span
