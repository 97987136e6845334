"""Things that the embedded detector half sees: bottles, bags, bins and much else that nobody labelled."""

from collections.abc import Sequence
from pathlib import Path

from models.package_likeness_training.pictures import PACKAGE_SOURCES, Picture
from pipeline.detection.findings import ClassMap
from pipeline.detection.nanodet import NanoDet
from pipeline.detection.openvino_runtime import Network
from pipeline.domain.tracks import Box, ModelIdentity, ObjectClass

DETECTOR = Path(__file__).parents[1] / "nanodet-416"
SIDE, CLASSES = 416, 80
LIVING = frozenset({0, 1, 2, 3, 5, 6, 7, *range(14, 24)})
"""COCO's numbers of people, bicycles, vehicles and animals."""
LEAST = 0.06
MOST = 12
EVERY = 2
"""Every second picture gives its things; the detector takes time."""
SMALLEST = 12.0
"""Pixels of a thing's shorter edge."""


def proposed(pool: Sequence[Picture]) -> list[tuple[Picture, Box]]:
    """Boxes around things in the pictures of sources without parcels, the detector's first dozen of each picture."""
    labels = tuple(str(number) for number in range(CLASSES))
    classes = {label: ObjectClass.OTHER for number, label in enumerate(labels) if number not in LIVING}
    network = Network((DETECTOR / "model.xml").read_bytes(), (DETECTOR / "model.bin").read_bytes(), threads=1)
    detector = NanoDet(ModelIdentity("things", ""), network, ClassMap(labels, classes), SIDE, LEAST)
    without = [picture for picture in pool if picture.source not in PACKAGE_SOURCES][::EVERY]
    found = [(picture, one.box) for picture in without for one in detector.detect(picture.image)[:MOST]]
    return [(picture, box) for picture, box in found if min(box.width, box.height) >= SMALLEST]
