"""Reads the labelled images, and says which of them train, which choose and which are only measured."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.domain.tracks import Box

PERSON, PACKAGE = 0, 4
SHORTEST_EDGE = 8
"""Pixels; smaller labels are left out."""
OTHER_OBJECTS = Path(__file__).parents[1] / "package-likeness" / "other_objects.csv"
"""Bottles, bags, chairs, plants and the like in the images, by yolo11n at confidence 0.3: what a parcel is not."""
PACKAGE_SOURCES = (
    "fuyi-package-detection",
    "roboflow-doorbell-camera-alert-v4",
    "roboflow-final-object-detection-cardboard",
    "roboflow-boxes-ou3c2",
)
OFTEN_PARCELS = frozenset({"suitcase", "refrigerator", "microwave", "oven", "book", "bed", "tv", "toilet", "sink"})
"""What that detector, which knows no parcel, calls unlabelled cartons; not believed in pictures of parcels."""
DEV_FROM, DEV_TO = 0.15, 0.27
"""The part of a source's scene groups, in natural order, that chooses: neighbours are frames of one film."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One labelled image; boxes in pixels.

    Attributes:
        people: A part of ``others``.
        others: People, vehicles, bicycles, animals.
        things: Objects of other kinds with their names.
    """

    image: NDArray[np.uint8]
    source: str
    packages: tuple[Box, ...]
    people: tuple[Box, ...]
    others: tuple[Box, ...]
    things: tuple[tuple[str, Box], ...]

    def share_of_packages(self, box: Box) -> float:
        """The largest part that a parcel and ``box`` have of the smaller of the two."""
        return max((box.intersection(one) / min(box.area, one.area) for one in self.packages), default=0.0)


def pictures(dataset: Path, part: str, leave_out: Callable[[str], bool] = lambda _: False) -> list[Picture]:
    """The images of ``train`` (less dev), ``dev`` or ``val``, in the order of SOURCES.csv.

    Args:
        dataset: Its folder.
        part: Which of the three.
        leave_out: Asked of the scene group of an image with parcels drawn by people, and of the file of any other.
    """
    with (dataset / "SOURCES.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    things: dict[str, list[tuple[str, Box]]] = defaultdict(list)
    with OTHER_OBJECTS.open(newline="") as file:
        for row in csv.DictReader(file):
            box = Box(*(float(row[edge]) for edge in ("x1", "y1", "x2", "y2")))
            things[row["file"]].append((row["label"], box))
    if part == "val":
        chosen = [row for row in rows if row["split"] == "val"]
    else:
        rows = [row for row in rows if row["split"] == "train"]
        groups = _dev_groups(rows)
        chosen = [row for row in rows if ((row["source"], row["scene_group"]) in groups) == (part == "dev")]
    kept = [row for row in chosen if not leave_out(_named(row))]
    return [_picture(dataset, row["file"], row["source"], things[row["file"]]) for row in kept]


def _named(row: dict[str, str]) -> str:
    """What the composites sort a picture's cut-outs by."""
    return row["scene_group"] if row["label_origin"].startswith("human:package") else row["file"]


def _dev_groups(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    by_source: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_source[row["source"]].add(row["scene_group"])
    chosen: set[tuple[str, str]] = set()
    for source, groups in by_source.items():
        ordered = sorted(groups, key=_natural)
        chosen |= {(source, group) for group in ordered[int(DEV_FROM * len(ordered)) : int(DEV_TO * len(ordered))]}
    return chosen


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name))


def _picture(dataset: Path, file: str, source: str, things: list[tuple[str, Box]]) -> Picture:
    image = cv2.imread(str(dataset / file))
    if image is None:
        raise SystemExit(f"cannot read {file}")
    boxes = _labels((dataset / file.replace("images", "labels", 1)).with_suffix(".txt"), image.shape[1], image.shape[0])
    return Picture(
        np.asarray(image, dtype=np.uint8),
        source,
        tuple(box for kind, box in boxes if kind == PACKAGE),
        tuple(box for kind, box in boxes if kind == PERSON),
        tuple(box for kind, box in boxes if kind != PACKAGE),
        tuple(things),
    )


def _labels(path: Path, width: int, height: int) -> list[tuple[int, Box]]:
    found = []
    for line in path.read_text().splitlines() if path.exists() else []:
        kind, x, y, w, h = (float(part) for part in line.split()[:5])
        if min(w * width, h * height) >= SHORTEST_EDGE:
            box = Box((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
            found.append((int(kind), box))
    return found
