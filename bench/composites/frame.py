"""Which part of a place fills the picture, and how large the picture is."""

from dataclasses import dataclass

import numpy as np

from bench.composites.places import Place, Point, background

SIZES = (((640, 360), 0.62), ((960, 540), 0.28), ((1280, 720), 0.10))
"""Sizes of clips and how often they are used."""
SQUARE_SIZES = (((480, 480), 0.7), ((720, 720), 0.3))
"""Doorbells that see the ground before the door are as tall as wide."""
AS_TALL_AS_WIDE = 0.9
PEOPLE_TALL = (0.27, 0.5)
"""Share of the picture's height that people on the middle of the ground are made to fill where the place is wide."""
CLOSEST = 0.5
"""Least share of a place's width that is shown: closer, the enlarged picture is a blur."""
INNER = 0.06
"""Share of the picture at its edges where nothing is put."""

HIGHEST = 0.3
"""Share of the picture's height above which nothing is put: who stands there must be seen."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Which part of the place fills the picture.

    Attributes:
        left: Of the part, share of the place's width; `top`, `wide`, `high` likewise.
        size: Width and height of the clip.
    """

    left: float
    top: float
    wide: float
    high: float
    size: tuple[int, int]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Output pixels of a point of the place."""
        return ((x - self.left) / self.wide * self.size[0], (y - self.top) / self.high * self.size[1])

    def holds(self, point: Point) -> bool:
        """Whether a point of the place is in the picture, away from its edges."""
        x, y = (point[0] - self.left) / self.wide, (point[1] - self.top) / self.high
        return INNER < x < 1 - INNER and HIGHEST < y < 1 - 0.4 * INNER


def choose_frame(place: Place, random: np.random.Generator) -> Frame:
    """A size, and a part of the place in which people are large enough."""
    height, width = background(place).shape[:2]
    is_square = height * place.crop[3] > AS_TALL_AS_WIDE * width * place.crop[2]
    sizes = SQUARE_SIZES if is_square else SIZES
    size = sizes[int(random.choice(len(sizes), p=[often for _, often in sizes]))][0]
    whole = framed(place, size, 1.0, 0.5)
    middle = float(np.mean([y for _, y in place.ground]))
    zoom = place.tall(middle) / whole.high / float(random.uniform(*PEOPLE_TALL))
    zoom = float(np.clip(zoom, CLOSEST, 1.0))
    over = float(np.mean([x for x, _ in place.ground])) + float(random.uniform(-0.2, 0.2)) * zoom * whole.wide
    spare = place.crop[2] - zoom * whole.wide
    shift = 0.0 if spare <= 0 else (over - zoom * whole.wide / 2 - place.crop[0]) / spare
    return framed(place, size, zoom, float(np.clip(shift, 0, 1)))


def framed(place: Place, size: tuple[int, int], zoom: float, shift: float) -> Frame:
    """The part of a place with the clip's shape: as wide as its crop allows, from its lower edge up.

    Args:
        place: The place.
        size: Width and height of the clip.
        zoom: Share of the crop's width that is used, at most 1.
        shift: 0 to 1: where within the crop the part lies, from left to right.
    """
    height, width = background(place).shape[:2]
    left, top, wide, high = place.crop
    part = wide * zoom
    tall = part * width / height * size[1] / size[0]
    if tall > high:
        part, tall = part * high / tall, high
    return Frame(left + shift * (wide - part), top + high - tall, part, tall, size)
