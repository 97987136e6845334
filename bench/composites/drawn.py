"""Draws a bottle, a wheeled bin, a garden chair and a bag: round or box-like bodies shaded from one side."""

import cv2
import numpy as np
from maker.footage import Matte, Picture

BOTTLES = ((70, 110, 40), (40, 60, 90), (190, 190, 195), (60, 60, 160))
BINS = ((60, 62, 60), (50, 95, 50), (120, 80, 40))
BAGS = ((45, 45, 48), (110, 60, 40), (50, 50, 140), (90, 110, 90), (150, 140, 60))
CHAIRS = ((215, 218, 220), (60, 95, 130), (70, 90, 60))
FINE = 2
"""Drawn this many times larger, then averaged."""


def draw_bottle(random: np.random.Generator, high: int = 150) -> tuple[Picture, Matte]:
    """A standing bottle with a label."""
    tall, wide = high * FINE, int(high * FINE * random.uniform(0.27, 0.36))
    neck, shoulder = wide * 0.17, random.uniform(0.26, 0.38)
    rows = np.linspace(0, 1, tall, dtype=np.float32)
    rise = np.clip((rows - 0.5 * shoulder) / (0.5 * shoulder), 0, 1)
    half = neck + (wide / 2 - 1 - neck) * (3 * rise**2 - 2 * rise**3)
    across = np.abs(np.arange(wide, dtype=np.float32) - (wide - 1) / 2)
    body = across[None, :] <= half[:, None]
    round_light = 0.55 + 0.6 * np.exp(-(((np.arange(wide) / wide) - 0.35) ** 2) / 0.04)
    colour = np.tile(np.array(BOTTLES[int(random.integers(len(BOTTLES)))], np.float32), (tall, wide, 1))
    colour[int(0.55 * tall) : int(0.8 * tall)] = (225, 228, 230)
    colour[: int(0.06 * tall)] = (60, 60, 200)
    return _small(colour * round_light[None, :, None], body.astype(np.float32))


def draw_bin(random: np.random.Generator, high: int = 150) -> tuple[Picture, Matte]:
    """A bin with a lid, a little narrower at its foot."""
    tall, wide = high * FINE, int(high * FINE * random.uniform(0.52, 0.62))
    rows = np.linspace(0, 1, tall, dtype=np.float32)
    half = np.where(rows < 0.14, wide / 2 - 1, (wide / 2 - 1) * (0.94 - 0.14 * rows))  # noqa: PLR2004  # the lid
    across = np.abs(np.arange(wide, dtype=np.float32) - (wide - 1) / 2)
    body = across[None, :] <= half[:, None]
    colour = np.tile(np.array(BINS[int(random.integers(len(BINS)))], np.float32), (tall, wide, 1))
    colour *= (1.1 - 0.45 * rows)[:, None, None]
    colour *= np.linspace(1.1, 0.75, wide, dtype=np.float32)[None, :, None]
    colour[: int(0.12 * tall)] *= 1.35
    colour[int(0.13 * tall) : int(0.15 * tall)] *= 0.4
    return _small(colour, body.astype(np.float32))


def draw_chair(random: np.random.Generator, high: int = 150) -> tuple[Picture, Matte]:
    """A garden chair from the front, a little from above: back, seat, four legs."""
    tall, wide = high * FINE, int(high * FINE * random.uniform(0.58, 0.7))
    colour = np.zeros((tall, wide, 3), np.float32)
    body = np.zeros((tall, wide), np.float32)
    paint = np.array(CHAIRS[int(random.integers(len(CHAIRS)))], np.float32)
    leg = max(3, int(0.07 * wide))
    parts = [((0.13, 0.5), (0.13 + leg / wide, 0.9), 0.6), ((0.87 - leg / wide, 0.5), (0.87, 0.9), 0.6)]
    parts += [((0.04, 0.55), (0.04 + leg / wide, 1.0), 0.9), ((0.96 - leg / wide, 0.55), (0.96, 1.0), 0.8)]
    parts += [((0.1 + 0.14 * slat, 0.03), (0.2 + 0.14 * slat, 0.45), 0.85) for slat in range(6)]
    parts += [((0.1, 0.0), (0.9, 0.07), 1.0), ((0.05, 0.44), (0.95, 0.56), 1.1), ((0.04, 0.56), (0.96, 0.61), 0.7)]
    for (x1, y1), (x2, y2), light in parts:
        part = (slice(int(y1 * tall), int(y2 * tall)), slice(int(x1 * wide), int(x2 * wide)))
        colour[part], body[part] = paint * light, 1.0
    return _small(colour, body)


def draw_bag(random: np.random.Generator, high: int = 150) -> tuple[Picture, Matte]:
    """A backpack or shopping bag: soft corners, a pocket, a strap or two handles."""
    tall, wide = high * FINE, int(high * FINE * random.uniform(0.62, 0.85))
    body = np.zeros((tall, wide), np.float32)
    top, bend = int(0.2 * tall), int(random.uniform(0.06, 0.2) * tall)
    cv2.ellipse(body, (wide // 2, top), (wide // 5, int(0.16 * tall)), 0, 180, 360, 1.0, max(3, wide // 22))
    cv2.rectangle(body, (bend, top), (wide - bend, tall - 1), 1.0, -1)
    cv2.rectangle(body, (2, top + bend), (wide - 3, tall - 1 - bend // 2), 1.0, -1)
    for x in (bend, wide - bend):
        cv2.circle(body, (x, top + bend), bend - 2, 1.0, -1)
    folds = cv2.GaussianBlur(random.normal(0, 1, (tall, wide)).astype(np.float32), (0, 0), 14)
    light = 1.0 + 4.0 * folds + 0.25 * np.linspace(1, -1, wide, dtype=np.float32)[None, :]
    paint = np.array(BAGS[int(random.integers(len(BAGS)))], np.float32)
    colour = paint * np.clip(light, 0.5, 1.5)[..., None]
    pocket = (slice(int(0.58 * tall), int(0.9 * tall)), slice(int(0.2 * wide), int(0.8 * wide)))
    colour[pocket] *= 0.82
    colour[int(0.57 * tall) : int(0.59 * tall), int(0.2 * wide) : int(0.8 * wide)] *= 0.5
    return _small(colour, body)


def _small(colour: np.ndarray, matte: Matte) -> tuple[Picture, Matte]:
    size = (matte.shape[1] // FINE, matte.shape[0] // FINE)
    small = cv2.resize(np.clip(colour, 0, 255).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    opacity = cv2.resize(matte, size, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8), np.asarray(opacity, np.float32)
