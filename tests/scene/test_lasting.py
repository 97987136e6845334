"""What came to stay and what went for good, over a whole drawn clip."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.scene import Change, RegionChange
from pipeline.domain.tracks import Box
from pipeline.scene.lasting import LastingChanges, merged
from pipeline.scene.package_likeness import Likeness, NoLikeness
from tests.scene.drawn import at, ground, with_carton, with_person
from tests.scene.test_plates import levels

PLACE = Box(140, 118, 172, 144)
Scene = NDArray[np.float32]


def clip(
    scene_at: Callable[[float], Scene],
    person_at: Callable[[float], float | None],
    seconds: float = 16.0,
    noise: float = 4.0,
    likeness: Likeness | None = None,
) -> tuple[RegionChange, ...]:
    """Two and a half looks a second; a person at ``person_at`` (x, or None), whom the detector sees."""
    watch = LastingChanges((640, 360), likeness or NoLikeness())
    for number in range(round(seconds / 0.4)):
        moment = number * 0.4
        scene, boxes = scene_at(moment), []
        x = person_at(moment)
        if x is not None:
            scene, box = with_person(scene, x, seed=number)
            boxes = [box]
        watch.look(at(moment), levels(scene, seed=number, noise=noise), boxes, ())
    return watch.changes()


def visits(start: float, end: float) -> Callable[[float], float | None]:
    """From the left to the place and back."""

    def x(moment: float) -> float | None:
        if not start <= moment <= end:
            return None
        way = 1 - abs(2 * (moment - start) / (end - start) - 1)
        return 20 + 130 * way

    return x


def nobody(_: float) -> float | None:
    return None


def faint(scene: Scene) -> Scene:
    return with_carton(scene, PLACE, tone=(84, 90, 95))


def is_in(change: RegionChange, place: Box) -> bool:
    where = place.scaled(2, 2).grown(8)
    return change.box.intersection(where) > 0.8 * change.box.area


def only(changes: Sequence[RegionChange]) -> RegionChange:
    assert len(changes) == 1, changes
    return changes[0]


def test_a_grey_carton_put_down_on_grey_ground_is_found_with_its_moment() -> None:
    found = clip(lambda moment: faint(ground()) if moment >= 8 else ground(), visits(4, 12))
    assert found
    assert all(one.change is Change.APPEARED and is_in(one, PLACE) for one in found)
    surest = max(found, key=lambda one: one.score)
    assert surest.score > 0.6
    assert surest.before.seconds < 8 <= surest.after.seconds <= 12
    assert surest.lies is not None
    assert surest.lies.end.seconds > 14


def test_a_carton_that_is_taken_went() -> None:
    found = clip(lambda moment: ground() if moment >= 8 else faint(ground()), visits(4, 12))
    assert found
    assert all(one.change is Change.DISAPPEARED and is_in(one, PLACE) for one in found)
    assert all(one.before.seconds < 8 <= one.after.seconds <= 12 for one in found)


def test_what_comes_and_goes_within_the_clip_is_two_changes() -> None:
    def scene(moment: float) -> Scene:
        return with_carton(ground(), PLACE) if 6 <= moment < 18 else ground()

    def person(moment: float) -> float | None:
        return visits(4, 8)(moment) or visits(16, 20)(moment)

    changes = clip(scene, person, seconds=26)
    assert [change.change for change in changes] == [Change.APPEARED, Change.DISAPPEARED]
    assert changes[0].after.seconds < 10
    assert changes[1].before.seconds > 14


def test_a_thing_that_somebody_stands_over_meanwhile_came_and_went() -> None:
    def scene(moment: float) -> Scene:
        return with_carton(ground(), PLACE) if 6 <= moment < 17 else ground()

    def person(moment: float) -> float | None:
        if 10 <= moment < 14:
            return 155.0
        return visits(4, 8)(moment) or visits(16, 19)(moment)

    changes = clip(scene, person, seconds=24)
    assert [change.change for change in changes] == [Change.APPEARED, Change.DISAPPEARED]


class KnowsSmooth:
    """A classifier that takes what is smooth for a parcel."""

    def of(self, image: NDArray[np.uint8], box: Box) -> float:
        x, y = (int(middle) for middle in box.centre)
        return 0.95 if float(image[y - 4 : y + 5, x - 4 : x + 5].std()) < 6 else 0.02


def test_of_a_smooth_carton_on_rough_ground_the_classifier_says_which_picture_holds_it() -> None:
    rough = ground(contrast=60.0)
    smooth = rough.copy()
    rows, columns = (slice(int(low), int(high)) for low, high in ((PLACE.y1, PLACE.y2), (PLACE.x1, PLACE.x2)))
    smooth[rows, columns] = rough[rows, columns].mean(axis=(0, 1))
    changes = clip(lambda moment: smooth if moment < 8 else rough, visits(4, 12), likeness=KnowsSmooth())
    known = max(changes, key=lambda change: change.package_likeness)
    assert known.change is Change.DISAPPEARED
    assert known.score > 0.5


def test_of_two_things_side_by_side_one_came_and_one_went() -> None:
    old, new = Box(130, 118, 152, 140), Box(160, 118, 182, 140)

    def scene(moment: float) -> Scene:
        if moment < 8:
            return with_carton(ground(), old)
        shaded = ground()
        shaded[136:142, 128:184] *= 0.7
        return with_carton(shaded, new, tone=(60, 60, 170))

    changes = clip(scene, visits(4, 12))
    assert {(change.change, change.box.centre[0] > 2 * 156) for change in changes} == {
        (Change.APPEARED, True),
        (Change.DISAPPEARED, False),
    }


def test_what_somebody_holds_all_the_time_lies_nowhere() -> None:
    def scene(moment: float) -> Scene:
        return with_carton(ground(), Box(150, 80, 170, 96)) if moment < 8 else ground()

    assert clip(scene, lambda _: 130.0) == ()


def test_light_that_changes_brings_nothing() -> None:
    lamp = np.linspace(50, 0, 320, dtype=np.float32)[None, :, None]
    assert clip(lambda moment: ground() * 0.7 + lamp if moment >= 8 else ground(), nobody) == ()


def test_a_clip_of_one_plate_says_nothing() -> None:
    assert clip(lambda _: ground(), nobody, seconds=1.2) == ()


def change(score: float, likeness: float, start: float, end: float, box: Box = PLACE) -> RegionChange:
    return RegionChange(Change.APPEARED, box, at(start), at(end), score, 0.9, package_likeness=likeness)


def test_what_both_ways_found_is_told_once_by_the_surer_with_the_better_known_box() -> None:
    lasting, look = change(0.5, 0.9, 4.0, 8.0), change(0.9, 0.6, 5.0, 9.0, Box(138, 116, 170, 140))
    told = only(merged([lasting], [look]))
    assert (told.score, told.package_likeness, told.box) == (0.9, 0.9, PLACE)
    assert (told.before, told.after) == (at(5.0), at(8.0))


def test_other_places_other_times_and_other_changes_stay_apart() -> None:
    lasting = change(0.5, 0.9, 4.0, 8.0)
    others = [
        change(0.5, 0.9, 4.0, 8.0, Box(10, 10, 40, 40)),
        change(0.5, 0.9, 9.0, 10.0),
        replace(change(0.5, 0.9, 4.0, 8.0), change=Change.DISAPPEARED),
    ]
    assert len(merged([lasting], others)) == 4


def test_what_single_looks_found_twice_at_one_place_is_told_once() -> None:
    shade = RegionChange(Change.DISAPPEARED, Box(93, 553, 295, 640), at(6.0), at(6.5), 1.0, 0.93, 0.9)
    thing = RegionChange(Change.DISAPPEARED, Box(81, 448, 285, 596), at(6.0), at(7.0), 1.0, 0.92, 0.97)
    told = only(merged([], [shade, thing]))
    assert (told.box, told.package_likeness) == (thing.box, 0.97)
    assert (told.before, told.after) == (at(6.0), at(6.5))


def test_a_box_with_somebodys_legs_in_it_does_not_stand_for_the_thing_at_his_feet() -> None:
    thing, somebody = change(1.0, 0.9, 4.0, 8.0), change(0.6, 0.97, 4.0, 8.0, Box(120, 20, 190, 160))
    assert only(merged([thing], [somebody])).box == PLACE


def test_readings_that_meet_only_once_they_are_joined_are_one_thing() -> None:
    left, right = (
        change(0.9, 0.5, 4.0, 8.0, Box(100, 100, 140, 140)),
        change(0.8, 0.6, 4.0, 8.0, Box(138, 100, 178, 140)),
    )
    between = change(0.7, 0.9, 4.0, 8.0, Box(115, 100, 163, 140))
    assert only(merged([left, right], [between])).box == between.box


def test_things_beside_each_other_stay_two() -> None:
    one = RegionChange(Change.DISAPPEARED, Box(100, 100, 160, 160), at(6.0), at(6.5), 1.0, 0.93, 0.9)
    assert len(merged([], [one, replace(one, box=Box(150, 100, 210, 160))])) == 2
    assert len(merged([], [one, replace(one, change=Change.APPEARED)])) == 2
    assert len(merged([], [one, replace(one, before=at(9.0), after=at(9.5))])) == 2
