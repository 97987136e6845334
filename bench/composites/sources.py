"""Where the material lies, and which half of it a split may use."""

import csv
import hashlib
import os
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from maker.footage import Picture

from bench.composites import ROOT

OTHER_OBJECTS = ROOT / "models" / "package-likeness" / "other_objects.csv"
PACKAGE = 4
"""The dataset's number of a package."""
SALT = "composites 2"
"""Part of what is digested, so that the halves have nothing to do with any other use of the digests."""


class Split(StrEnum):
    """What the scenes are for. Nothing is both."""

    TUNE = "tune"
    SCORE = "score"


class MissingMaterialError(Exception):
    """The shared folder, or a part of it that the composites are made from, is not there."""


class Box(NamedTuple):
    """x1, y1, x2, y2 in pixels."""

    x1: float
    y1: float
    x2: float
    y2: float

    def grown(self, pixels: float) -> "Box":
        """The same box with a margin."""
        return Box(self.x1 - pixels, self.y1 - pixels, self.x2 + pixels, self.y2 + pixels)

    def touches(self, other: "Box") -> bool:
        """Whether the two have any area in common."""
        return self.x1 < other.x2 and other.x1 < self.x2 and self.y1 < other.y2 and other.y1 < self.y2


class Labelled(NamedTuple):
    """One box of one picture of the dataset: where a cut-out may come from."""

    file: str
    word: str
    box: Box
    others: tuple[Box, ...]


def split_of(item: str) -> Split:
    """The half to which a source item belongs: by its digest, hence the same for ever."""
    digest = hashlib.sha256(f"{SALT}\n{item}".encode()).digest()
    return Split.SCORE if digest[0] % 2 else Split.TUNE


def shared() -> Path:
    """The shared folder.

    Raises:
        MissingMaterialError: it, its clips or its dataset are not there.
    """
    folder = Path(os.environ.get("DOORSTEP_SHARED", ROOT.parent / "shared"))
    for part in ("clips", "dataset/SOURCES.csv", "dataset/images"):
        if not (folder / part).exists():
            raise MissingMaterialError(
                f"composites are made from the shared folder, and {folder / part} is not there; "
                "DOORSTEP_SHARED names the folder"
            )
    return folder


def picture(file: str) -> Picture:
    """A picture of the dataset by its path in ``SOURCES.csv``.

    Raises:
        MissingMaterialError: it is not there or cannot be read.
    """
    read = cv2.imread(str(shared() / "dataset" / file))
    if read is None:
        raise MissingMaterialError(f"the dataset's {file} cannot be read")
    return np.asarray(read, np.uint8)


@cache
def listed() -> tuple[dict[str, str], ...]:
    """The dataset's table of sources, in its order."""
    with (shared() / "dataset" / "SOURCES.csv").open(newline="", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def files_by_number() -> dict[int, str]:
    """Paths of the dataset's pictures by the number at the end of their names."""
    return {int(row["file"][-9:-4]): row["file"] for row in listed()}


def labels(file: str, width: int, height: int) -> list[tuple[int, Box]]:
    """The boxes of one picture of the dataset with their classes."""
    path = shared() / "dataset" / file.replace("images/", "labels/").replace(".jpg", ".txt")
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        number, x, y, w, h = (float(word) for word in line.split())
        box = Box((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
        found.append((int(number), box))
    return found


@cache
def packages(split: Split) -> tuple[Labelled, ...]:
    """Every package box drawn by a person whose scene belongs to the split."""
    found = []
    for row in listed():
        if not row["label_origin"].startswith("human:package") or split_of(row["scene_group"]) != split:
            continue
        shape = picture(row["file"]).shape
        boxes = labels(row["file"], shape[1], shape[0])
        for place, (number, box) in enumerate(boxes):
            if number == PACKAGE:
                others = tuple(other for at, (_, other) in enumerate(boxes) if at != place)
                found.append(Labelled(row["file"], "package", box, others))
    return tuple(found)


@cache
def other_objects(split: Split, words: tuple[str, ...]) -> tuple[Labelled, ...]:
    """Boxes of the things that are no packages, of the given words, whose picture belongs to the split.

    Without the pictures of parcels: what a detector called a suitcase there is mostly a parcel.
    """
    parcels = {row["file"] for row in listed() if row["label_origin"].startswith("human:package")}
    with OTHER_OBJECTS.open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if split_of(row["file"]) == split and row["file"] not in parcels]
    boxes = [(row, Box(*(float(row[side]) for side in Box._fields))) for row in rows]
    return tuple(
        Labelled(row["file"], row["label"], box, tuple(_beside(boxes, row, box)))
        for row, box in boxes
        if row["label"] in words
    )


def _beside(boxes: Iterable[tuple[dict[str, str], Box]], row: dict[str, str], box: Box) -> list[Box]:
    return [other for another, other in boxes if another["file"] == row["file"] and other != box]
