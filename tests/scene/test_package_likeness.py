import json

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.analysis import embedded_likeness
from pipeline.detection.weights import embedded_directory
from pipeline.domain.likeness import NO_STATEMENT, PACKAGE_FROM
from pipeline.domain.tracks import Box
from pipeline.scene.package_likeness import CONTEXT, SIDE, SMALLEST, PackageLikeness, crop
from tests.scene.drawn import ground, shown, with_carton

FOLDER = embedded_directory() / "package-likeness"
MOST_BYTES = 5_000_000
CARTONS = (Box(100, 90, 160, 140), Box(30, 100, 70, 140), Box(200, 80, 290, 150))


@pytest.fixture(scope="module")
def likeness() -> PackageLikeness:
    return embedded_likeness()


class Answering:
    """A network that says one number and keeps what it was shown."""

    def __init__(self, says: float) -> None:
        self.says = says
        self.shown: list[NDArray[np.generic]] = []

    def run(self, values: NDArray[np.generic]) -> tuple[NDArray[np.float32], ...]:
        self.shown.append(values)
        return (np.array([self.says], dtype=np.float32),)


def test_a_carton_looks_more_like_a_parcel_than_the_ground_it_stands_on(likeness: PackageLikeness) -> None:
    for seed, box in enumerate(CARTONS):
        empty = ground(seed)
        with_it = likeness.of(shown(with_carton(empty, box), seed), box)
        without = likeness.of(shown(empty, seed), box)
        assert with_it > without + 0.3


def test_a_carton_in_the_dark_or_without_colour_looks_more_like_one_too(likeness: PackageLikeness) -> None:
    for box in CARTONS:
        empty = ground(1)
        for scene in (with_carton(empty, box), empty):
            scene *= 0.4
            scene[:] = scene.mean(axis=2, keepdims=True)
        dark = [likeness.of(shown(scene, 1), box) for scene in (with_carton(empty, box, (60, 60, 60)), empty)]
        assert dark[0] > dark[1]


def test_the_same_crop_gives_the_same_number_of_four_digits(likeness: PackageLikeness) -> None:
    image = shown(ground(), 1)
    box = Box(50, 50, 90, 90)
    first = likeness.of(image, box)
    assert first == likeness.of(image.copy(), box)
    assert first == round(first, 4)


def test_nothing_is_said_of_what_is_too_small_or_out_of_the_picture() -> None:
    network = Answering(0.97)
    image = shown(ground(), 1)
    asked = PackageLikeness(network)
    assert asked.of(image, Box(50, 50, 50 + SMALLEST - 1, 90)) == NO_STATEMENT
    assert asked.of(image, Box(-60, 50, 5, 90)) == NO_STATEMENT
    assert asked.of(image, Box(-60, -50, -5, -9)) == NO_STATEMENT
    assert network.shown == []
    assert asked.of(image, Box(50, 50, 90, 90)) == pytest.approx(0.97)


def test_a_crop_keeps_the_shape_and_marks_the_box() -> None:
    for size in (1, 6):  # enlarged, and averaged down
        image = np.zeros((100 * size, 200 * size, 3), dtype=np.uint8)
        image[40 * size : 60 * size, 80 * size : 120 * size] = 255
        planes = crop(image, Box(80, 40, 120, 60).scaled(size, size))
        assert planes.shape == (SIDE, SIDE, 4)
        assert (planes[..., 3] > 0).sum() == pytest.approx((SIDE / CONTEXT) ** 2 / 2, rel=0.05)
        assert np.abs(planes[..., 0].astype(int) - planes[..., 3]).mean() < 0.05 * 255


def test_of_a_box_over_the_edge_the_part_in_the_picture_is_looked_at() -> None:
    network = Answering(0.3)
    image = shown(ground(), 1)
    asked = PackageLikeness(network)
    asked.of(image, Box(-20, 150, 60, 200))
    asked.of(image, Box(0, 150, 60, 180))
    assert np.array_equal(network.shown[0], network.shown[1])


def test_the_network_is_small_enough_to_come_along() -> None:
    assert sum((FOLDER / name).stat().st_size for name in ("model.xml", "model.bin")) <= MOST_BYTES


def test_the_limit_from_which_a_thing_is_called_a_package_is_one_that_was_measured() -> None:
    measured = json.loads((FOLDER / "figures.json").read_text())["thresholds"][str(PACKAGE_FROM)]
    assert measured["precision"] >= 0.97
    assert 1 - measured["recall"] <= 0.14


def test_the_figures_reach_what_is_asked_of_the_classifier() -> None:
    found = json.loads((FOLDER / "figures.json").read_text())
    assert found["auc"][0] >= 0.95
    assert all(row["parcels"] > 0 for row in found["by_source"].values())


def test_the_card_says_what_was_measured() -> None:
    found = json.loads((FOLDER / "figures.json").read_text())
    card = (FOLDER / "MODEL_CARD.md").read_text()
    for name, row in found["by_source"].items():
        middle, low, high = row["beside_own_background"]
        assert f"| {name} | {row['parcels']} | {middle:.3f} ({low:.3f} to {high:.3f}) |" in card
