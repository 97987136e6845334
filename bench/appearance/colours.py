"""Colours against labels: what is said, what of it is right, and how often nothing is said.

A label names every colour that a person may fairly give; ``none`` where no colour may be said: brown and beige
clothing, bare skin, pictures by infrared.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from pipeline.appearance.colours import joined
from pipeline.appearance.light import light_of
from pipeline.appearance.measure import read_patch
from pipeline.appearance.parts import patches_of
from pipeline.domain.appearance import ColourMark, Part
from pipeline.domain.tracks import Box, Detection, ObjectClass

LABELS = Path(__file__).with_name("labels.csv")
NONE = "none"


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said of one part in one picture.

    Attributes:
        image: Within the folder of images.
        box: In pixels.
        part: Of what.
        colours: Every name that is right; ``none`` alone where none may be said.
        is_tuned_on: Whether the borders between colours were chosen on it; the other half judges them.
    """

    image: str
    box: Box
    part: Part
    colours: frozenset[str]
    is_tuned_on: bool


@dataclass(slots=True)
class Score:
    """Counts of one kind of part."""

    labels: int = 0
    said: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    could: Counter[str] = field(default_factory=Counter)
    """Labels with a single right name, by it."""
    found: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    rightly_silent: int = 0


def labels() -> Iterator[Label]:
    """All of them, in order."""
    with LABELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            box = Box(*(float(row[edge]) for edge in ("x1", "y1", "x2", "y2")))
            half = int(hashlib.sha256(row["image"].encode()).hexdigest(), 16) % 2
            yield Label(row["image"], box, Part(row["part"]), frozenset(row["colours"].split("|")), half == 0)


def score(images: Path, least: float) -> dict[str, Score]:
    """By ``clothing`` and ``vehicles``, of all labels and of the half that nothing was chosen on.

    Args:
        images: Folder of the training images.
        least: Score below which what is said is not counted as said.
    """
    scores: dict[str, Score] = {}
    for label in labels():
        mark = _said(images, label)
        kind = "vehicles" if label.part is Part.VEHICLE else "clothing"
        for name in (kind, *(() if label.is_tuned_on else (f"{kind}, not tuned on",))):
            count(scores.setdefault(name, Score()), label.colours, mark, least)
    return scores


def _said(images: Path, label: Label) -> ColourMark | None:
    picture = np.asarray(cv2.imread(str(images / label.image)), dtype=np.uint8)
    kind = ObjectClass.VEHICLE if label.part is Part.VEHICLE else ObjectClass.PERSON
    patches = patches_of(Detection(kind, kind.value, 1.0, label.box), picture.shape[0])
    for patch in patches:
        if patch.part is label.part:
            return next(joined(1, patch.part, [read_patch(picture, patch, light_of(picture), None, ())]))
    return None


def count(found: Score, colours: frozenset[str], mark: ColourMark | None, least: float) -> None:
    """Adds one label and what was said; below the least score nothing was."""
    found.labels += 1
    single = next(iter(colours)) if len(colours) == 1 and NONE not in colours else None
    if single:
        found.could[single] += 1
    if mark is None or mark.colour is None or mark.score < least:
        found.reasons[str(mark.reason) if mark is not None and mark.reason else "below the score"] += 1
        found.rightly_silent += NONE in colours
        return
    found.said[mark.colour] += 1
    is_right = mark.colour.value in colours
    found.right[mark.colour] += is_right
    if single and is_right:
        found.found[single] += 1
