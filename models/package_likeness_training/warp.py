"""Cuts a box out of a picture as some other camera would show it: turned, mirrored, bent, cut by the picture's edge."""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.package_likeness_training.pictures import Picture
from pipeline.domain.tracks import Box
from pipeline.scene.package_likeness import CONTEXT, SIDE

JITTER = 0.07
"""Deviation of each edge of a box, in lengths of the box: what the still scene draws is off by 10 to 20 %."""
SHRINK, GROW = -0.05, 0.2
CUT = 0.2
"""Share of cut-outs that a picture's edge cuts."""
BENT = 0.3
QUARTER_TURNS = (0.76, 0.08, 0.08, 0.08)


@dataclass(frozen=True, slots=True)
class CutOut:
    """A square of side SIDE, its box of ``width`` by ``height`` in the middle."""

    patch: NDArray[np.uint8]
    width: float
    height: float


def jittered(box: Box, rng: np.random.Generator) -> Box:
    """The box as a found region would be: moved edges, usually too large."""
    across, down = rng.uniform(SHRINK, GROW, 2) / 2
    moves = np.clip(rng.normal(0.0, JITTER, 4), -0.2, 0.2)
    x1 = box.x1 + (moves[0] - across) * box.width
    x2 = box.x2 + (moves[1] + across) * box.width
    y1 = box.y1 + (moves[2] - down) * box.height
    y2 = box.y2 + (moves[3] + down) * box.height
    return Box(x1, y1, max(x2, x1 + 6), max(y2, y1 + 6))


def cut_out(picture: Picture, box: Box, rng: np.random.Generator) -> CutOut:
    """One view of ``box``, which may reach over the picture's edge."""
    bounds, box = _bounded(picture, box, rng)
    quarter = int(rng.choice(4, p=QUARTER_TURNS))
    tilt = np.deg2rad(float(np.clip(rng.normal(0.0, 6.0), -15, 15)))
    width = box.width * abs(np.cos(tilt)) + 0.5 * box.height * abs(np.sin(tilt))
    height = box.height * abs(np.cos(tilt)) + 0.5 * box.width * abs(np.sin(tilt))
    scale = SIDE / (CONTEXT * max(width, height))
    angle = tilt + np.deg2rad(90 * quarter)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    back = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) / scale * [[mirror], [1.0]]
    points = _grid(rng) @ back.T.astype(np.float32) + np.array(box.centre, dtype=np.float32)
    x = np.clip(points[..., 0], bounds.x1, bounds.x2 - 1).astype(np.float32)
    y = np.clip(points[..., 1], bounds.y1, bounds.y2 - 1).astype(np.float32)
    patch = _sampled(picture.image, x, y, scale)
    across, down = width * scale, height * scale
    return CutOut(patch, down if quarter % 2 else across, across if quarter % 2 else down)


def _bounded(picture: Picture, box: Box, rng: np.random.Generator) -> tuple[Box, Box]:
    """What of the picture there is, and what of the box is in it; now and then an edge runs through the box."""
    height, width = picture.image.shape[:2]
    box = _inside(box, (0.0, 0.0, float(width), float(height)))
    edges = [0.0, 0.0, float(width), float(height)]
    if rng.random() < CUT:
        side = int(rng.integers(4))
        share = rng.uniform(0.4, 0.95)
        start, length = (box.x1, box.width) if side % 2 == 0 else (box.y1, box.height)
        edges[side] = start + length * (1 - share if side < 2 else share)
        box = _inside(box, (edges[0], edges[1], edges[2], edges[3]))
    return Box(*edges), box


def _inside(box: Box, bounds: tuple[float, float, float, float]) -> Box:
    """The part of the box within the bounds, at least a strip of two pixels at their edge."""
    left, top, right, bottom = bounds
    x1, y1 = min(max(box.x1, left), right - 2), min(max(box.y1, top), bottom - 2)
    return Box(x1, y1, max(min(box.x2, right), x1 + 2), max(min(box.y2, bottom), y1 + 2))


def _grid(rng: np.random.Generator) -> NDArray[np.float32]:
    """Places to look at, from the square's middle, in its pixels; bent as by a wide lens whose axis is elsewhere."""
    line = np.arange(SIDE, dtype=np.float32) - (SIDE - 1) / 2
    points = np.stack(np.meshgrid(line, line), axis=-1)
    if rng.random() >= BENT:
        return points
    reach = SIDE * rng.uniform(1.2, 4.0)
    axis = rng.normal(0.0, 0.6, 2).astype(np.float32) * np.float32(reach)
    strength = rng.uniform(-0.15, 0.7)

    def bend(away: NDArray[np.float32]) -> NDArray[np.float32]:
        square = (away**2).sum(axis=-1, keepdims=True) / reach**2
        return np.asarray(away * (1 + strength * square), dtype=np.float32)

    bent = bend(points - axis) - bend(-axis)
    square = float((axis**2).sum()) / reach**2
    along, across = max(1 + 3 * strength * square, 0.3), max(1 + strength * square, 0.3)
    return np.asarray(bent / np.sqrt(along * across), dtype=np.float32)


def _sampled(
    image: NDArray[np.uint8], x: NDArray[np.float32], y: NDArray[np.float32], scale: float
) -> NDArray[np.uint8]:
    left, top = max(int(x.min()), 0), max(int(y.min()), 0)
    part = image[top : int(y.max()) + 2, left : int(x.max()) + 2]
    if scale < 1.0:
        kernel = max(round(1.0 / scale), 1)
        part = np.asarray(cv2.blur(part, (kernel, kernel)), dtype=np.uint8)
    found = cv2.remap(part, x - left, y - top, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.uint8)
