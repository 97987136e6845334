from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import BODY_LABEL, Box, Detection, FrameDetections, ObjectClass
from pipeline.scene.bodies import BodyWatch, as_vehicles
from pipeline.tracking import track
from tests.scene.drawn import SIZE, at, ground, shown

WIDTH, HEIGHT = 4 * SIZE[1], 4 * SIZE[0]
Place = tuple[float, float, float, float]
"""Left, top, width and height, in shares of the picture."""


def seen(
    place: Callable[[float], Place | None],
    said: ObjectClass | None = None,
    light: float = 1.0,
    softness: float = 0.0,
) -> list[Detection]:
    """What is added to a clip in which a dark solid thing lies at ``place`` at every moment of twelve seconds.

    The detector calls it ``said``, or nothing. ``softness`` is how many pixels its edge takes to fade into the ground.
    """
    watch = BodyWatch((WIDTH, HEIGHT))
    looks = []
    for index in range(24):
        scene = ground(1)
        there = place(0.5 * index)
        found: tuple[Detection, ...] = ()
        if there is not None:
            box = _drawn(scene, there)
            if softness:
                apart = cv2.GaussianBlur(scene - ground(1), (0, 0), softness)
                scene = ground(1) + apart
            if said is not None and box is not None:
                found = (Detection(said, said.value, 0.6, box),)
        watch.look(at(0.5 * index), shown(scene * light, index))
        looks.append(FrameDetections(at(0.5 * index), found))
    added = as_vehicles(track(watch.patches()), looks, WIDTH, HEIGHT)
    assert [look.at for look in added] == [look.at for look in looks]
    return [one for look in added for one in look.detections if one.label == BODY_LABEL]


def _drawn(scene: NDArray[np.float32], place: Place) -> Box | None:
    left, top, width, height = place
    x1, x2 = (int(np.clip(x, 0, 1) * SIZE[1]) for x in (left, left + width))
    y1, y2 = (int(np.clip(y, 0, 1) * SIZE[0]) for y in (top, top + height))
    scene[y1:y2, x1:x2] = 40
    return Box(4 * x1, 4 * y1, 4 * x2, 4 * y2) if x1 < x2 and y1 < y2 else None


def from_below(seconds: float) -> Place | None:
    """A car seen from above that drives from the lower edge over the upper one, within four seconds."""
    return (0.4, 1.1 - 0.4 * (seconds - 4), 0.2, 0.6) if 4 <= seconds < 8 else None


def test_a_large_solid_thing_that_goes_through_is_taken_for_a_vehicle() -> None:
    found = seen(from_below)
    assert len(found) >= 5
    assert {one.object_class for one in found} == {ObjectClass.VEHICLE}
    assert all(one.box.x1 > 0.35 * WIDTH and one.box.x2 < 0.65 * WIDTH for one in found)


def test_what_the_detector_names_is_left_to_it() -> None:
    assert seen(from_below, said=ObjectClass.VEHICLE) == []
    assert seen(from_below, said=ObjectClass.PERSON) == []
    assert seen(from_below, said=ObjectClass.ANIMAL) == []


def test_what_is_cut_off_by_the_same_edge_all_along_is_none() -> None:
    assert seen(lambda t: (0.3 * (t - 4) - 0.2, 0.5, 0.25, 0.6) if 4 <= t < 8 else None) == []


def test_what_stays_small_or_turns_back_or_stops_half_way_is_none() -> None:
    assert seen(lambda t: (0.45, 1.1 - 0.4 * (t - 4), 0.1, 0.3) if 4 <= t < 8 else None) == []
    assert seen(lambda t: (0.4, 1.1 - 0.3 * min(t - 4, 8 - t), 0.2, 0.6) if 4 <= t < 8 else None) == []
    assert seen(lambda t: (0.2 + 0.05 * (t - 4), 0.2, 0.2, 0.6) if 4 <= t < 8 else None) == []


def test_by_night_lights_on_the_ground_are_none() -> None:
    assert len(seen(from_below, light=0.8)) >= 5
    assert seen(from_below, light=0.25) == []


def test_light_that_moves_over_the_ground_fades_at_its_edge_and_is_none() -> None:
    assert len(seen(from_below, softness=0)) >= 5
    assert seen(from_below, softness=12) == []


def test_an_empty_clip_has_none() -> None:
    assert seen(lambda _: None) == []
    assert BodyWatch((WIDTH, HEIGHT)).patches() == ()
