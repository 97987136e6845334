"""Puts cut-outs of things into other pictures, so that a parcel's place is no sign of it, and draws shadows.

What is pasted is cut as a rectangle with soft edges; things that are no parcels are pasted in the same way, so the cut
itself says nothing.
"""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.package_likeness_training.pictures import Picture
from pipeline.domain.tracks import Box

CORE = 0.88
"""Part of a box that surely shows the thing."""


def pasted(thing: Picture, box: Box, onto: Picture, at: Box, rng: np.random.Generator) -> Picture:
    """``onto`` with the thing in ``box`` seen at ``at``; nothing else is copied."""
    width, height = max(round(at.width), 6), max(round(at.height), 6)
    tall, wide = thing.image.shape[:2]
    inner = box.grown(-(1 - CORE) / 2 * min(box.width, box.height))
    x1, y1 = max(int(inner.x1), 0), max(int(inner.y1), 0)
    x2, y2 = min(max(int(inner.x2), x1 + 4), wide), min(max(int(inner.y2), y1 + 4), tall)
    small = cv2.resize(thing.image[y1:y2, x1:x2], (width, height), interpolation=cv2.INTER_AREA)
    source = np.asarray(small, dtype=np.uint8)
    image = onto.image.copy()
    left, top = round(at.x1), round(at.y1)
    rows = slice(max(top, 0), min(top + height, image.shape[0]))
    columns = slice(max(left, 0), min(left + width, image.shape[1]))
    under = image[rows, columns].astype(np.float32)
    if under.size == 0:
        return onto
    source, alpha = _slanted(source, rng)
    part = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
    over, alpha = source[part].astype(np.float32), alpha[part][..., None]
    gain = (under.mean() + 10) / (over.mean() + 10)
    over *= np.float32(np.clip(gain ** rng.uniform(0.2, 0.9), 0.3, 1.8))
    image[rows, columns] = np.clip(alpha * over + (1 - alpha) * under, 0, 255).astype(np.uint8)
    return replace(onto, image=image)


def _slanted(source: NDArray[np.uint8], rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Seen from the side: a quadrilateral inside of its rectangle, and how much of each pixel it covers."""
    height, width = source.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float32)
    moved = corners + inward * rng.uniform(0, 0.14, (4, 2)).astype(np.float32) * [width, height]
    move = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(source, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(np.ones((height, width), dtype=np.float32), move, (width, height))
    soft = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.4, 1.2))
    return np.asarray(seen, dtype=np.uint8), np.asarray(soft, dtype=np.float32)


def at_hand(person: Box, rng: np.random.Generator) -> Box:
    """Where somebody would carry a thing: beside or before the body, between chest and knee."""
    height = person.height
    width, tall = height * rng.uniform(0.1, 0.3), height * rng.uniform(0.08, 0.26)
    x = rng.uniform(person.x1 - 0.05 * height, person.x2 + 0.05 * height)
    y = person.y1 + height * rng.uniform(0.3, 0.68)
    return Box(x - width / 2, y - tall / 2, x + width / 2, y + tall / 2)


def shadowed(picture: Picture, box: Box, rng: np.random.Generator) -> Picture:
    """A shadow or a patch of light of about the box's shape, on whatever lies there."""
    image = picture.image.copy()
    mask = np.zeros(image.shape[:2], dtype=np.float32)
    x, y = box.centre
    half = np.array([box.width, box.height]) / 2
    if rng.random() < 0.5:
        axes = (max(int(half[0] * rng.uniform(0.7, 1.0)), 2), max(int(half[1] * rng.uniform(0.7, 1.0)), 2))
        cv2.ellipse(mask, (int(x), int(y)), axes, float(rng.uniform(0, 180)), 0, 360, 1.0, -1)
    else:
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 7))))
        points = np.stack([x + half[0] * np.cos(angles) * 1.1, y + half[1] * np.sin(angles) * 1.1], axis=1)
        cv2.fillPoly(mask, [points.astype(np.int32)], 1.0)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 5.0)), dtype=np.float32)[..., None]
    factor = rng.uniform(0.25, 0.75) if rng.random() < 0.7 else rng.uniform(1.3, 2.0)
    image = np.clip(image * (1 + (np.float32(factor) - 1) * mask), 0, 255).astype(np.uint8)
    return replace(picture, image=image)


def silhouetted(picture: Picture, person: Box, carried: Box | None, rng: np.random.Generator) -> Picture:
    """Somebody dark before a bright street; what is carried is as dark."""
    mask = np.zeros(picture.image.shape[:2], dtype=np.float32)
    x, y = (int(middle) for middle in person.centre)
    head = (x, int(person.y1 + 0.09 * person.height))
    cv2.ellipse(mask, (x, y), (max(int(0.36 * person.width), 2), max(int(person.height / 2), 2)), 0, 0, 360, 1.0, -1)
    cv2.circle(mask, head, max(int(0.09 * person.height), 2), 1.0, -1)
    if carried is not None:
        inner = carried.grown(-0.06 * min(carried.width, carried.height))
        cv2.rectangle(mask, (int(inner.x1), int(inner.y1)), (int(inner.x2), int(inner.y2)), 1.0, -1)
    soft = max(person.height * rng.uniform(0.005, 0.03), 0.5)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), dtype=np.float32)[..., None]
    values = picture.image.astype(np.float32)
    dark = values * np.float32(rng.uniform(0.12, 0.45)) + np.float32(rng.uniform(0, 20))
    bright = 255 - (255 - values) * np.float32(rng.uniform(0.4, 1.0))
    return replace(picture, image=np.clip(mask * dark + (1 - mask) * bright, 0, 255).astype(np.uint8))
