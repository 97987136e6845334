"""A clip that begins, or ends, with somebody in the picture: what came or went is seen place by place."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box
from pipeline.scene.end_states import EndStates
from pipeline.scene.plates import Look
from tests.scene.drawn import at, ground, with_carton, with_person
from tests.scene.test_lasting import PLACE, Scene, clip, faint, is_in
from tests.scene.test_plates import levels


class KnowsCartons:
    """A classifier that takes what is darker than paving for a parcel."""

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        x, y = (int(middle) for middle in box.centre)
        return 0.95 if float(image[y - 3 : y + 4, x - 3 : x + 4].mean()) < 110 else 0.02


def there_then_gone(leaves: float) -> Callable[[float], float | None]:
    """Somebody who stands a metre aside as the clip begins, is at the place at 2 s, and walks away."""

    def x(moment: float) -> float | None:
        if moment >= leaves:
            return None
        return float(np.interp(moment, (0, 1.2, 2.0, 2.8, leaves), (60, 70, 140, 140, 20)))

    return x


def comes_and_stays(comes: float) -> Callable[[float], float | None]:
    """Comes from the left, is at the place two seconds later and still in the picture as the clip ends."""

    def x(moment: float) -> float | None:
        if moment < comes:
            return None
        return float(np.interp(moment - comes, (0, 2.0, 2.8, 4.4), (20, 140, 140, 50)))

    return x


def surest(changes: tuple[RegionChange, ...]) -> RegionChange:
    assert changes
    assert all(is_in(one, PLACE) for one in changes), changes
    return max(changes, key=lambda one: one.score)


def test_a_carton_taken_two_seconds_after_the_clip_began_went() -> None:
    changes = clip(
        lambda moment: ground() if moment >= 2.4 else faint(ground()), there_then_gone(5), 12, likeness=KnowsCartons()
    )
    told = surest(changes)
    assert (told.change, told.score > 0.45) == (Change.DISAPPEARED, True)
    assert told.before.seconds <= 2.4 <= told.after.seconds <= 4


def test_a_carton_put_down_two_seconds_after_the_clip_began_came() -> None:
    told = surest(clip(lambda moment: faint(ground()) if moment >= 2.4 else ground(), there_then_gone(5), 12))
    assert told.change is Change.APPEARED
    assert told.before.seconds <= 2.4 <= told.after.seconds <= 4


def test_a_carton_put_down_two_seconds_before_the_clip_ends_came() -> None:
    changes = clip(
        lambda moment: faint(ground()) if moment >= 8.4 else ground(), comes_and_stays(6), 10.8, likeness=KnowsCartons()
    )
    told = surest(changes)
    assert told.change is Change.APPEARED
    assert told.before.seconds <= 8.4 <= told.after.seconds


def test_of_what_comes_at_the_end_with_somebody_beside_it_only_a_parcel_is_told() -> None:
    def scene(moment: float) -> Scene:
        return faint(ground()) if moment >= 8.4 else ground()

    assert clip(scene, comes_and_stays(6), 9.6) == ()


@pytest.mark.parametrize("until", [3.0, 12.0])
def test_a_carton_in_the_hands_of_somebody_who_stands_still_lies_nowhere(until: float) -> None:
    """Whoever waits with it, and goes or is there to the end, took nothing from the place and put nothing there."""
    hands = Box(150, 80, 172, 98)

    def scene(moment: float) -> Scene:
        return with_carton(ground(), hands, tone=(60, 80, 100)) if moment < until else ground()

    changes = clip(scene, lambda moment: 130.0 if moment < until else None, 12, likeness=KnowsCartons())
    assert changes == ()


def looks(person_until: float, carton_from: float) -> list[Look]:
    made = []
    for number in range(12):
        moment = number * 0.5
        scene: Scene = with_carton(ground(), PLACE) if moment >= carton_from else ground()
        boxes: tuple[Box, ...] = ()
        if moment < person_until:
            scene, box = with_person(scene, 60.0, seed=number)
            boxes = (box,)
        made.append(Look(at(moment), levels(scene, seed=number, noise=3.0), boxes, ()))
    return made


def test_a_state_is_of_the_first_looks_that_show_the_place_and_knows_nothing_of_what_is_hidden() -> None:
    states = EndStates()
    for look in looks(person_until=5.0, carton_from=1.5):
        states.look(look)
    opening = states.opening()
    assert opening is not None
    x, y = (int(middle) for middle in PLACE.centre)
    empty = levels(ground(), seed=3, noise=0.0)
    assert np.abs(opening.image[y - 8 : y, x - 8 : x].astype(int) - empty[y - 8 : y, x - 8 : x]).mean() < 6
    assert opening.known[y, x]
    assert not opening.known[100, 60]
    assert opening.start == at(0)


def test_plates_say_it_better_where_nobody_was_there() -> None:
    states = EndStates()
    for look in looks(person_until=2.0, carton_from=1.5):
        states.look(look)
    assert states.opening() is not None
    assert states.closing() is None
