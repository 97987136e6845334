"""Clean plates: what they leave out, and what two of them show."""

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box
from pipeline.scene.plates import Look, Plate, PlateCamera, difference, earliest, latest, plate_of
from tests.scene.drawn import NOBODY, at, ground, with_carton

Picture = NDArray[np.uint8]
PLACE = Box(140, 110, 170, 136)
SOMEBODY = Box(100, 40, 136, 165)


def levels(scene: NDArray[np.float32], seed: int = 0, noise: float = 3.0) -> Picture:
    drawn = scene + np.random.default_rng(seed).normal(0, noise, scene.shape)
    return np.asarray(np.clip(drawn, 0, 255), dtype=np.uint8)


def look(seconds: float, scene: NDArray[np.float32], *alive: Box, vehicles: tuple[Box, ...] = NOBODY) -> Look:
    return Look(at(seconds), levels(scene, seed=round(seconds * 10)), alive, vehicles)


def plate(scene: NDArray[np.float32], start: float = 0.0) -> Plate:
    return plate_of([look(start + 0.4 * step, scene) for step in range(5)])


def test_what_is_seen_in_one_look_of_five_is_not_in_the_plate() -> None:
    passing = with_carton(ground(), PLACE)
    seen = plate_of([look(0.4 * step, passing if step == 2 else ground()) for step in range(5)])
    assert np.abs(seen.image.astype(int) - levels(ground(), noise=0).astype(int)).mean() < 2.0
    assert seen.known.all()


def test_a_place_is_unknown_where_somebody_stands_in_most_looks() -> None:
    seen = plate_of([look(0.4 * step, ground(), *([SOMEBODY] if step else [])) for step in range(5)])
    assert not seen.known[100, 118]
    assert seen.known[100, 250]
    assert not seen.image[100, 118].any()


def test_a_vehicle_that_rests_belongs_to_the_scene_and_one_that_drives_does_not() -> None:
    rests = plate_of([look(0.4 * step, ground(), vehicles=(PLACE,)) for step in range(5)])
    drives = plate_of([look(0.4 * step, ground(), vehicles=(PLACE.scaled(1 + 0.1 * step, 1),)) for step in range(5)])
    assert rests.known.all()
    assert not drives.known.all()


def test_a_grey_carton_in_noise_stands_out_of_the_noise() -> None:
    faint = with_carton(ground(), PLACE, tone=(100, 108, 112))
    pair = difference(plate(ground()), plate(faint, 10.0))
    assert pair is not None
    inside = pair.noises[112:134, 142:168]
    assert np.median(inside) > 2.2 * np.median(pair.noises)


def test_a_darker_exposure_and_a_lamp_to_the_left_are_no_difference() -> None:
    lamp = ground() * 0.6 + np.linspace(60, 0, 320, dtype=np.float32)[None, :, None]
    pair = difference(plate(ground()), plate(lamp, 10.0))
    assert pair is not None
    assert np.percentile(pair.noises, 99) < 2.2


def test_two_scenes_are_not_compared() -> None:
    assert difference(plate(ground(1)), plate(np.rot90(ground(2)).repeat(2, axis=1)[:180, :320].copy(), 10.0)) is None


def test_what_is_hidden_in_the_first_plate_comes_from_the_next() -> None:
    hidden = plate_of([look(0.4 * step, ground(), SOMEBODY) for step in range(5)])
    after = plate(with_carton(ground(), PLACE), 2.4)
    assert earliest([hidden, after]).known.all()
    assert latest([hidden, after]).image[120, 155].tolist() == after.image[120, 155].tolist()


def test_a_long_clip_has_longer_plates_and_no_more_of_them() -> None:
    camera = PlateCamera()
    for step in range(200):
        camera.look(look(float(step), ground()))
    plates = camera.plates()
    assert len(plates) <= 24 + 1
    assert plates[0].start == at(0)
    assert plates[-1].end >= at(195)  # a rest of fewer than three looks is no plate


def test_a_plate_of_many_looks_holds_few_of_them() -> None:
    camera = PlateCamera()
    for step in range(200):
        camera.look(look(0.01 * step, ground()))
        assert len(camera._waiting) <= 16
    assert camera.plates()[0].start == at(0)


def test_no_look_gives_no_plate() -> None:
    assert PlateCamera().plates() == ()
