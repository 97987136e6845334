"""Shows a cut-out in another light and through another camera: grey, infrared, dark, backlit, noisy, small, coded."""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.package_likeness_training.warp import CutOut
from pipeline.scene.package_likeness import SIDE


def relit(cut: CutOut, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The cut-out's patch, degraded by chance; each step comes alone or with others."""
    patch = cut.patch
    if rng.random() < 0.12:
        patch = _occluded(patch, rng)
    if rng.random() < 0.4:
        side = int(np.exp(rng.uniform(np.log(18), np.log(SIDE))))
        patch = _u8(cv2.resize(cv2.resize(patch, (side, side), interpolation=cv2.INTER_AREA), (SIDE, SIDE)))
    values = patch.astype(np.float32)
    values = _coloured(values, rng)
    if rng.random() < 0.15:
        values *= _shade(rng)[..., None]
    values = _backlit(values, cut, rng) if rng.random() < 0.12 else _exposed(values, rng)
    if rng.random() < 0.35:
        values += rng.normal(0.0, rng.uniform(2, 14), values.shape).astype(np.float32)
    patch = _u8(np.clip(values, 0, 255))
    if rng.random() < 0.2:
        patch = _u8(cv2.GaussianBlur(patch, (0, 0), rng.uniform(0.6, 2.2)))
    if rng.random() < 0.1:
        soft = cv2.GaussianBlur(patch, (0, 0), 1.5)
        patch = _u8(cv2.addWeighted(patch, 2.2, soft, -1.2, 0))
    return _coded(patch, rng) if rng.random() < 0.3 else patch


def _coloured(values: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    draw = rng.random()
    if draw < 0.32:
        weights = rng.dirichlet((2.0, 4.0, 4.0)).astype(np.float32)  # infrared mixes colours in its own way
        values[:] = (values @ weights)[..., None]
    elif draw < 0.45:
        grey = values.mean(axis=2, keepdims=True)
        values = grey + (values - grey) * np.float32(rng.uniform(0.2, 2.0))
    return values * (rng.normal(1.0, 0.08, 3).astype(np.float32) if draw > 0.32 else np.float32(1.0))


def _exposed(values: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    values = np.clip(values, 0, 255)
    if rng.random() < 0.5:
        power = np.float32(np.exp(rng.normal(0.1, 0.45)))
        values = np.asarray(255 * (values / 255) ** power, dtype=np.float32)
    if rng.random() < 0.15:  # a lamp beside the lens: bright in the middle, dark around
        values = np.asarray(values * _lamp(rng)[..., None], dtype=np.float32)
    gain = rng.uniform(0.2, 0.6) if rng.random() < 0.18 else rng.normal(1.0, 0.15)
    return np.asarray(values * np.float32(gain) + np.float32(rng.normal(0.0, 8.0)), dtype=np.float32)


def _lamp(rng: np.random.Generator) -> NDArray[np.float32]:
    line = np.linspace(-1, 1, SIDE, dtype=np.float32)
    x, y = np.meshgrid(line - rng.uniform(-0.8, 0.8), line - rng.uniform(-0.8, 0.8))
    return np.asarray(1.5 / (1 + (x**2 + y**2) * rng.uniform(0.5, 2.5)), dtype=np.float32)


def _shade(rng: np.random.Generator) -> NDArray[np.float32]:
    """A shadow's edge across the picture, sharp or soft."""
    line = np.linspace(-1, 1, SIDE, dtype=np.float32)
    x, y = np.meshgrid(line, line)
    angle = rng.uniform(0, 2 * np.pi)
    across = (x * np.cos(angle) + y * np.sin(angle) - rng.uniform(-0.6, 0.6)) / rng.uniform(0.02, 0.3)
    return np.asarray(1 - (1 - rng.uniform(0.35, 0.75)) / (1 + np.exp(-np.clip(across, -30, 30))), dtype=np.float32)


def _backlit(values: NDArray[np.float32], cut: CutOut, rng: np.random.Generator) -> NDArray[np.float32]:
    """The thing, and often a dark shape beside it like who carries it, before a bright street."""
    mask = np.zeros((SIDE, SIDE), dtype=np.float32)
    middle = SIDE / 2
    half = np.array([cut.width, cut.height]) / 2 * rng.uniform(0.85, 1.1)
    cv2.rectangle(
        mask, (int(middle - half[0]), int(middle - half[1])), (int(middle + half[0]), int(middle + half[1])), 1, -1
    )
    if rng.random() < 0.6:
        side = rng.choice([-1, 1])
        x = middle + side * half[0] * rng.uniform(0.3, 1.6)
        reach = SIDE * rng.uniform(0.1, 0.3)
        cv2.rectangle(
            mask,
            (int(x - reach), int(-SIDE * rng.random())),
            (int(x + reach), int(SIDE * rng.uniform(0.7, 1.6))),
            1,
            -1,
        )
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(1.0, 5.0)), dtype=np.float32)[..., None]
    dark = values * np.float32(rng.uniform(0.15, 0.55)) + np.float32(rng.uniform(0, 15))
    bright = 255 - (255 - values) * np.float32(rng.uniform(0.35, 0.95))
    return np.asarray(mask * dark + (1 - mask) * bright, dtype=np.float32)


def _occluded(patch: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Something stands before a part of the box; it is the picture's own, from a corner."""
    found = patch.copy()
    width, height = (int(SIDE * rng.uniform(0.12, 0.35)) for _ in range(2))
    from_x, from_y = (0 if rng.random() < 0.5 else SIDE - edge for edge in (width, height))
    to_x, to_y = (int(rng.uniform(0.2, 0.8) * SIDE - edge / 2) for edge in (width, height))
    to_x, to_y = max(to_x, 0), max(to_y, 0)
    found[to_y : to_y + height, to_x : to_x + width] = patch[from_y : from_y + height, from_x : from_x + width]
    return found


def _coded(patch: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    coded = cv2.imencode(".jpg", patch, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 75))])[1]
    decoded = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    return patch if decoded is None else _u8(decoded)


def _u8(image: ArrayLike) -> NDArray[np.uint8]:
    return np.asarray(image, dtype=np.uint8)
