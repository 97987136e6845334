import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.detection.darkness import DARK_LUMA, lifted


def a_picture(level: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(1)
    return np.clip(rng.normal(level, level / 3, (90, 160, 3)), 0, 255).astype(np.uint8)


def test_a_picture_by_day_stays_the_very_same() -> None:
    picture = a_picture(90)
    assert lifted(picture) is picture


@pytest.mark.parametrize("level", [2, 6, 12])
def test_a_picture_of_the_night_becomes_brighter_and_keeps_its_order(level: int) -> None:
    picture = a_picture(level)
    bright = lifted(picture)
    assert bright.shape == picture.shape
    assert bright.mean() > 2 * picture.mean() > 0
    assert bright.mean() > DARK_LUMA
    flat, lifted_flat = picture.ravel(), bright.ravel()
    order = np.argsort(flat, kind="stable")
    assert (np.diff(lifted_flat[order].astype(int)) >= 0).all()
    assert picture.mean() < DARK_LUMA


def test_black_stays_black_and_white_lamps_stay_white() -> None:
    black = np.zeros((40, 60, 3), np.uint8)
    assert lifted(black).max() == 0
    black[0, 0] = 255
    assert lifted(black).max() == 255
