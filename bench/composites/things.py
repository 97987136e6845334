"""Things that are put down and taken: parcels cut out of pictures, drawn cartons, bags, bottles, bins, chairs."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from maker.carton import Parcel, draw
from maker.footage import Matte, Picture

from bench.composites.drawn import draw_bag, draw_bin, draw_bottle, draw_chair
from bench.composites.sources import Box, Labelled, Split, other_objects, packages, picture

SMALLEST = 56
"""Pixels of the shorter side of a box from which its cut-out is worth it."""
LARGEST = 130
"""Pixels of the longer side at which a thing is cut: as large as it is ever shown, and quick."""
MARGIN = 0.18
"""Of a box, around it, that the cutting sees."""
CLEAN = (0.58, 0.985)
"""Share of its box that a clean mask fills: less is a shred, more is the whole box with its ground."""
ONE_PIECE = 0.93
"""Of a mask's area in its largest piece."""
BAY = {"package": 0.86, "other": 0.55}
"""Least share of its convex hull that a mask fills: a parcel is convex, a chair and a bag's handle are not."""
CONTRAST = 22.0
"""Grey levels between the rim inside and the rim outside of a mask, so that the line between them is an edge."""
BAGS = ("handbag", "backpack", "suitcase")
REAL_TALL = {"bag": 0.42, "handbag": 0.32, "backpack": 0.45, "suitcase": 0.6, "chair": 0.85, "bottle": 0.3, "bin": 0.62}
"""Metres from the ground to the top."""
DOORS = ("doorbell-camera-alert", "fuyi-package")
"""Sources whose parcels lie before doors; the others' are in stacks and warehouses."""
AT_DOORS = 0.8
"""Share of the parcels that are taken from before doors."""
PARCEL_BROAD = (0.24, 0.55)
"""Metres across a parcel, least and most."""


class Thing(NamedTuple):
    """Something that can be carried and can lie.

    Attributes:
        word: ``package`` or what else it is.
        source: What it was cut out of or how it was drawn.
        colour: BGR.
        matte: 0 to 1; the lowest row is where it touches the ground.
        broad: Metres from left to right.
        is_drawn: No photograph of it.
    """

    word: str
    source: str
    colour: Picture
    matte: Matte
    broad: float
    is_drawn: bool

    @property
    def tall(self) -> float:
        """Metres from the lowest to the highest row."""
        return float(self.broad * self.matte.shape[0] / self.matte.shape[1])


def cut_parcel(split: Split, random: np.random.Generator) -> Thing:
    """A parcel of a photograph, the first of a random order whose mask is clean."""
    at_doors = random.random() < AT_DOORS
    items = tuple(item for item in packages(split) if not at_doors or any(door in item.file for door in DOORS))
    return _first_clean(items, random, float(random.uniform(*PARCEL_BROAD)))


def cut_object(split: Split, words: Sequence[str], random: np.random.Generator) -> Thing:
    """Another thing of a photograph."""
    return _first_clean(other_objects(split, tuple(words)), random, None)


def _first_clean(items: tuple[Labelled, ...], random: np.random.Generator, broad: float | None) -> Thing:
    for place in random.permutation(len(items)):
        cut = _cut(items[place])
        if cut is not None:
            colour, matte = cut
            shape = matte.shape[1] / matte.shape[0]
            across = REAL_TALL[items[place].word] * shape if broad is None else min(broad, 0.45 * max(1.0, shape))
            box = items[place].box
            source = f"{items[place].file} at {box.x1:.0f},{box.y1:.0f}"
            return Thing(items[place].word, source, colour, matte, across, False)
    raise ValueError("none of the things can be cut out cleanly")


@cache
def _cut(item: Labelled) -> tuple[Picture, Matte] | None:
    """The thing in a box, cropped to its mask; None where the box or the mask is not clean."""
    box, whole = item.box, picture(item.file)
    height, width = whole.shape[:2]
    at_edge = min(box.x1, box.y1) < EDGE or box.x2 > width - EDGE or box.y2 > height - EDGE
    if at_edge or min(box.x2 - box.x1, box.y2 - box.y1) < SMALLEST or any(box.touches(other) for other in item.others):
        return None
    reach = MARGIN * max(box.x2 - box.x1, box.y2 - box.y1)
    outer = box.grown(reach)
    x1, y1 = max(0, int(outer.x1)), max(0, int(outer.y1))
    part = np.ascontiguousarray(whole[y1 : int(outer.y2), x1 : int(outer.x2)])
    small = min(1.0, LARGEST / max(box.x2 - box.x1, box.y2 - box.y1))
    part = np.asarray(cv2.resize(part, None, fx=small, fy=small, interpolation=cv2.INTER_AREA), np.uint8)
    inner = Box(*(small * side for side in (box.x1 - x1, box.y1 - y1, box.x2 - x1, box.y2 - y1)))
    mask = _grabbed(part, inner, BAY["package" if item.word == "package" else "other"])
    if mask is None or not _stands_out(part, mask):
        return None
    x, y, wide, high = cv2.boundingRect(mask)
    soft = cv2.GaussianBlur(cv2.erode(mask, np.ones((3, 3), np.uint8)).astype(np.float32), (0, 0), 0.8)
    return part[y : y + high, x : x + wide], np.asarray(soft[y : y + high, x : x + wide], np.float32)


EDGE = 4
"""Pixels from the edge of a picture within which a box may be cut off."""


def _grabbed(part: Picture, inner: Box, least_full: float) -> Picture | None:
    mask = np.zeros(part.shape[:2], np.uint8)
    corners = (int(inner.x1), int(inner.y1), int(inner.x2 - inner.x1), int(inner.y2 - inner.y1))
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)
    cv2.grabCut(part, mask, corners, models[0], models[1], 3, cv2.GC_INIT_WITH_RECT)
    body = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    body = np.asarray(cv2.morphologyEx(body, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    body = np.asarray(cv2.morphologyEx(body, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), np.uint8)
    count, blobs, stats, _ = cv2.connectedComponentsWithStats(body)
    if count == 1:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    area, whole = float(stats[largest, cv2.CC_STAT_AREA]), float(body.sum())
    share = area / ((inner.x2 - inner.x1) * (inner.y2 - inner.y1))
    if area < ONE_PIECE * whole or not CLEAN[0] <= share <= CLEAN[1]:
        return None
    outlines, _ = cv2.findContours((blobs == largest).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    solid = np.zeros_like(body)
    cv2.drawContours(solid, outlines, -1, 1, -1)
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))
    return solid if solid.sum() > least_full * hull else None


def _stands_out(part: Picture, mask: Picture) -> bool:
    inside = mask - cv2.erode(mask, np.ones((7, 7), np.uint8))
    outside = cv2.dilate(mask, np.ones((9, 9), np.uint8)) - cv2.dilate(mask, np.ones((3, 3), np.uint8))
    if not outside.any():
        return False
    difference = part[inside > 0].mean(axis=0) - part[outside > 0].mean(axis=0)
    return float(np.abs(difference).max()) >= CONTRAST


def draw_carton(random: np.random.Generator, wide: int = 150) -> Thing:
    """A carton of random shape, colour and turn, by the drawing of the sample clips."""
    seed = int(random.integers(1 << 30))
    broad = float(random.uniform(*PARCEL_BROAD))
    size = (1.0, float(random.uniform(0.6, 0.9)), float(random.uniform(0.3, 0.85)))
    brown = np.array((112, 148, 182)) * random.uniform(0.72, 1.15)
    white = np.array((205, 208, 212)) * random.uniform(0.8, 1.0)
    board = brown if random.random() < 0.8 else white  # noqa: PLR2004  # most parcels are brown
    parcel = Parcel(
        0.0, 0.0, (25.0, 25.0 * size[1], 25.0 * size[2]), float(random.uniform(12, 40)),
        float(random.uniform(14, 38)), (int(board[0]), int(board[1]), int(board[2])), seed,
    )  # fmt: skip
    scale = wide / 34
    drawn = draw(parcel, (wide, 2 * wide - 20.0), scale, (2 * wide, 2 * wide))
    x1, y1, x2, y2 = drawn.box
    part = (slice(y1, y2), slice(x1, x2))
    colour = np.clip(drawn.colour[part], 0, 255).astype(np.uint8)
    return Thing("package", f"carton {seed}", colour, np.asarray(drawn.body[part], np.float32), broad, True)


def draw_other(word: str, random: np.random.Generator) -> Thing:
    """A drawn bag, bottle, bin or chair."""
    colour, matte = DRAWN[word](random)
    broad = REAL_TALL[word] * matte.shape[1] / matte.shape[0]
    return Thing(word, f"drawn {word} {int(random.integers(1 << 30))}", colour, matte, broad, True)


DRAWN = {"bag": draw_bag, "bottle": draw_bottle, "bin": draw_bin, "chair": draw_chair}
"""What can be drawn, beside cartons."""
