"""People and vehicles painted on a street of many colours, whose colours are therefore known."""

from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.appearance.light import Picture
from pipeline.domain.tracks import Box, Detection, ObjectClass
from pipeline.domain.video import Timestamp

WIDTH, HEIGHT = 640, 360
PERSON = Box(280, 60, 380, 340)
CAR = Box(60, 180, 260, 300)
BGR = {
    "black": (24, 24, 24),
    "white": (238, 240, 240),
    "grey": (108, 108, 108),
    "red": (40, 30, 190),
    "orange": (20, 125, 245),
    "yellow": (40, 215, 245),
    "green": (60, 130, 40),
    "blue": (170, 80, 35),
    "purple": (140, 40, 105),
    "pink": (180, 110, 250),
}
MONK = ["f6ede4", "f3e7db", "f7ead0", "eadaba", "d7bd96", "a07e56", "825c43", "604134", "3a312a", "292420"]
"""The ten tones of the Monk skin tone scale (Ellis Monk, 2019), as published: hexadecimal sRGB."""


def bgr_of(tone: str) -> tuple[int, int, int]:
    red, green, blue = (int(tone[at : at + 2], 16) for at in (0, 2, 4))
    return blue, green, red


def street(seed: int = 3) -> Picture:
    """Asphalt, a wall, a hedge and the sky, with noise."""
    picture = np.full((HEIGHT, WIDTH, 3), (118, 118, 116), np.uint8)
    picture[:90] = (236, 226, 214)
    picture[90:170, :200] = (70, 85, 150)
    picture[90:170, 420:] = (60, 110, 70)
    picture[170:180] = (245, 245, 245)
    noise = np.random.default_rng(seed).normal(0, 3, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


def with_person(
    picture: Picture, upper: tuple[int, int, int], lower: tuple[int, int, int], skin: tuple[int, int, int], box: Box
) -> Picture:
    """Somebody who stands: head and hands of ``skin``, clothes with folds."""
    out = picture.copy()
    height, (x, _) = box.height, box.centre
    across = box.width
    _ellipse(out, (x, box.y1 + 0.07 * height), (0.17 * across, 0.07 * height), skin)
    _block(out, Box(x - 0.34 * across, box.y1 + 0.16 * height, x + 0.34 * across, box.y1 + 0.52 * height), upper)
    for side in (-1, 1):
        _ellipse(out, (x + side * 0.42 * across, box.y1 + 0.53 * height), (0.07 * across, 0.03 * height), skin)
        leg = x + side * 0.14 * across
        _block(
            out, Box(leg - 0.13 * across, box.y1 + 0.52 * height, leg + 0.13 * across, box.y1 + 0.95 * height), lower
        )
    return out


def with_car(picture: Picture, body: tuple[int, int, int], box: Box) -> Picture:
    """A car from its side: windows, wheels, the shadow under it."""
    out = picture.copy()
    wide, high = box.width, box.height
    _block(out, Box(box.x1 + 0.2 * wide, box.y1, box.x2 - 0.2 * wide, box.y1 + 0.4 * high), body)
    _block(
        out, Box(box.x1 + 0.24 * wide, box.y1 + 0.08 * high, box.x2 - 0.24 * wide, box.y1 + 0.36 * high), (46, 42, 40)
    )
    _block(out, Box(box.x1, box.y1 + 0.36 * high, box.x2, box.y1 + 0.84 * high), body)
    _block(out, Box(box.x1 + 0.05 * wide, box.y1 + 0.9 * high, box.x2 - 0.05 * wide, box.y2), (30, 30, 30))
    for share in (0.2, 0.8):
        _ellipse(out, (box.x1 + share * wide, box.y1 + 0.82 * high), (0.09 * wide, 0.17 * high), (26, 26, 26))
    return out


def lit(picture: Picture, light: float, cast: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Picture:
    """The picture with so many times the light, through the curve of sRGB, each channel times its cast."""
    linear = (picture / 255.0) ** 2.2 * light * np.array(cast)
    return np.asarray(np.rint(255 * np.clip(linear, 0, 1) ** (1 / 2.2)), np.uint8)


def by_infrared(picture: Picture, tint: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Picture:
    """The picture without colours, with a tint over all of it and noise, as cameras give it at night."""
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.float64)[..., None] * np.array(tint)
    noise = np.random.default_rng(5).normal(0, 2, (*picture.shape[:2], 1))
    return np.asarray(np.clip(grey + noise, 0, 255), np.uint8)


def a_person(box: Box = PERSON) -> Detection:
    return Detection(ObjectClass.PERSON, "person", 0.9, box)


def a_car(box: Box = CAR) -> Detection:
    return Detection(ObjectClass.VEHICLE, "car", 0.9, box)


def at(number: int) -> Timestamp:
    return Timestamp(number, Fraction(1, 2))


def _block(out: NDArray[np.uint8], box: Box, colour: tuple[int, int, int]) -> None:
    """Filled, with folds: darker by up to a fifth, in waves."""
    x1, y1, x2, y2 = (round(edge) for edge in box.xyxy)
    waves = 0.9 + 0.1 * np.sin(np.arange(x1, x2) / 5.0)[None, :, None] * np.ones((y2 - y1, 1, 1))
    out[y1:y2, x1:x2] = np.clip(np.array(colour) * waves, 0, 255).astype(np.uint8)


def _ellipse(
    out: NDArray[np.uint8], middle: tuple[float, float], radii: tuple[float, float], colour: tuple[int, int, int]
) -> None:
    centre, axes = (round(middle[0]), round(middle[1])), (max(1, round(radii[0])), max(1, round(radii[1])))
    cv2.ellipse(out, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
