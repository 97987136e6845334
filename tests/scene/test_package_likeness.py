from pathlib import Path

import numpy as np
import pytest

from pipeline.domain.tracks import Box
from pipeline.errors import ModelUnavailableError
from pipeline.scene.package_likeness import CROP, NO_STATEMENT, PackageLikeness, crop
from tests.conftest import ROOT
from tests.scene.drawn import ground, shown, with_carton

WEIGHTS = ROOT / "models" / "package-likeness" / "weights.npz"


@pytest.fixture(scope="module")
def likeness() -> PackageLikeness:
    return PackageLikeness.load(WEIGHTS)


def test_a_carton_looks_more_like_a_parcel_than_the_ground_it_stands_on(likeness: PackageLikeness) -> None:
    for seed, box in enumerate((Box(100, 90, 160, 140), Box(30, 100, 70, 140), Box(200, 80, 290, 150))):
        empty = ground(seed)
        with_it = likeness.of(shown(with_carton(empty, box), seed), box)
        without = likeness.of(shown(empty, seed), box)
        assert with_it > without + 0.3


def test_the_same_crop_gives_the_same_number(likeness: PackageLikeness) -> None:
    image = shown(ground(), 1)
    box = Box(50, 50, 90, 90)
    assert likeness.of(image, box) == likeness.of(image.copy(), box)


def test_nothing_is_said_of_what_is_too_small_and_no_yes_of_what_is_too_tall(likeness: PackageLikeness) -> None:
    image = shown(with_carton(ground(), Box(100, 20, 130, 140)), 1)
    assert likeness.of(image, Box(50, 50, 58, 90)) == NO_STATEMENT
    assert likeness.of(image, Box(100, 20, 130, 140)) <= NO_STATEMENT


def test_a_crop_keeps_the_shape_and_marks_the_box() -> None:
    image = np.zeros((100, 200, 3), dtype=np.uint8)
    image[40:60, 80:120] = 255
    planes = crop(image, Box(80, 40, 120, 60))
    assert planes.shape == (4, CROP, CROP)
    assert planes[3].sum() == pytest.approx(40 * 20, rel=0.05)
    assert np.abs(planes[0] - planes[3]).mean() < 0.05


def test_a_box_over_the_edge_is_cut_out_all_the_same(likeness: PackageLikeness) -> None:
    assert 0.0 <= likeness.of(shown(ground(), 1), Box(-20, 150, 60, 200)) <= 1.0


def test_weights_that_are_missing_or_broken_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError):
        PackageLikeness.load(tmp_path / "none.npz")
    (tmp_path / "broken.npz").write_bytes(b"not an archive")
    with pytest.raises(ModelUnavailableError):
        PackageLikeness.load(tmp_path / "broken.npz")
    np.savez(tmp_path / "other.npz", something=np.zeros(3))
    with pytest.raises(ModelUnavailableError):
        PackageLikeness.load(tmp_path / "other.npz")
