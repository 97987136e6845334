"""Draws boxes to train on: parcels, by source, and all that is none."""

# ruff: noqa: PLR2004 - the numbers of a recipe are the recipe

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.package_likeness_training.composites import at_hand, pasted, shadowed, silhouetted
from models.package_likeness_training.pictures import OFTEN_PARCELS, PACKAGE_SOURCES, Picture
from models.package_likeness_training.proposed import proposed
from pipeline.domain.tracks import Box

Drawn = tuple[Picture, Box]
POSITIVE_SHARE = dict(zip(PACKAGE_SOURCES, (0.34, 0.32, 0.24, 0.10), strict=True))
"""How often a parcel is drawn from each source: porches and couriers count double, warehouses little."""


@dataclass(frozen=True, slots=True)
class Mix:
    """How often what is drawn.

    Attributes:
        negative: Share of each kind of other thing; they make 1.
        pasted: Share of parcels that are pasted into another picture.
        in_hand: Share of what is pasted that is put at somebody's hand.
        against_light: Share of hands, with and without a thing, that are shown dark before a bright street.
    """

    negative: Mapping[str, float]
    pasted: float
    in_hand: float
    against_light: float


PLAIN = Mix(
    {"thing": 0.22, "living": 0.16, "hand": 0.08, "beside": 0.22, "elsewhere": 0.12, "shadow": 0.05, "pasted": 0.15},
    pasted=0.14,
    in_hand=0.5,
    against_light=0.0,
)
CARRIED = Mix(
    {"thing": 0.20, "living": 0.15, "hand": 0.10, "beside": 0.20, "elsewhere": 0.10, "shadow": 0.05, "pasted": 0.20},
    pasted=0.22,
    in_hand=0.65,
    against_light=0.4,
)
"""More of what doorbells show of couriers: a parcel in the hand of a dark figure."""
HARD = Mix(
    {
        "proposed": 0.33,
        "thing": 0.13,
        "living": 0.08,
        "hand": 0.08,
        "beside": 0.15,
        "elsewhere": 0.02,
        "shadow": 0.03,
        "pasted": 0.18,
    },
    pasted=0.2,
    in_hand=0.65,
    against_light=0.4,
)
"""More of what a detector takes for things."""
PROMINENT = frozenset(
    {"bottle", "handbag", "backpack", "umbrella", "chair", "bench", "potted plant", "vase", "suitcase"}
)
"""What lies at doors and is no parcel, drawn twice as often as other things."""
APART = 0.12
"""Share that a box may have in common with a parcel and yet be something else."""


class Draws:
    """An endless supply, the same for the same ``rng``."""

    def __init__(self, pool: Sequence[Picture], rng: np.random.Generator, mix: Mix = PLAIN) -> None:
        self._rng = rng
        self._mix = mix
        self._positives: dict[str, list[Picture]] = defaultdict(list)
        for picture in pool:
            if picture.packages:
                self._positives[picture.source].append(picture)
        self._living = [(p, b) for p in pool for b in p.others if p.share_of_packages(b) < APART]
        self._people = [p for p in pool if p.people]
        self._proposed = proposed(pool) if "proposed" in mix.negative else []
        self._things = [
            (p, b)
            for p in pool
            for name, b in p.things
            for _ in range(2 if name in PROMINENT else 1)
            if p.share_of_packages(b) < APART and not (name in OFTEN_PARCELS and p.source in PACKAGE_SOURCES)
        ]
        self._with = [p for p in pool if p.packages and p.source != "roboflow-boxes-ou3c2"]
        self._without = [p for p in pool if p.source not in PACKAGE_SOURCES]
        self._edges: dict[int, NDArray[np.float64]] = {}

    def positive(self) -> Drawn:
        """A parcel where it was, or seen at another place."""
        picture, box = self._parcel()
        if self._rng.random() >= self._mix.pasted:
            return picture, box
        return self._pasted(picture, box)

    def negative(self) -> Drawn:
        """Things, living things and parts of them, ground, walls, shadows."""
        kind = str(self._rng.choice(list(self._mix.negative), p=list(self._mix.negative.values())))
        if kind in {"thing", "living"}:
            picture, box = self._one(self._things if kind == "thing" else self._living)
            part = self._rng.random() < (0.12 if kind == "thing" else 0.5)
            return picture, self._part(box) if part else box
        if kind == "hand":
            picture, person, box = self._empty_hand()
            return self._lit(picture, person, None), box
        if kind == "proposed":
            return self._one(self._proposed)
        if kind in {"beside", "elsewhere"}:
            tries = 1 if self._rng.random() < 0.35 else 8
            return self.background(self._with if kind == "beside" else self._without, tries)
        picture, box = self.background(self._with if self._rng.random() < 0.6 else self._without, 1)
        if kind == "shadow":
            return shadowed(picture, box, self._rng), box
        thing, its_box = self._one(self._things) if self._rng.random() < 0.7 else self.background(self._without, 1)
        return self._pasted(thing, its_box)

    def background(self, pool: Sequence[Picture], tries: int = 8) -> Drawn:
        """A box beside the parcels of a picture of ``pool``: of ``tries``, the one with most detail."""
        while True:
            picture = pool[int(self._rng.integers(len(pool)))]
            box = self._busiest(picture, tries)
            if box is not None:
                return picture, box

    def _parcel(self) -> Drawn:
        sources = [source for source in POSITIVE_SHARE if self._positives[source]]
        share = np.array([POSITIVE_SHARE[source] for source in sources])
        pool = self._positives[sources[self._rng.choice(len(sources), p=share / share.sum())]]
        picture = pool[int(self._rng.integers(len(pool)))]
        return picture, picture.packages[self._rng.integers(len(picture.packages))]

    def _pasted(self, thing: Picture, box: Box) -> Drawn:
        """The thing somewhere else: in a hand, or lying."""
        if self._rng.random() < self._mix.in_hand:
            picture, person, place = self._empty_hand()
            at = self._fitted(box, place)
            return self._lit(pasted(thing, box, picture, at, self._rng), person, at), at
        picture, place = self.background(self._with if self._rng.random() < 0.5 else self._without, 1)
        at = self._fitted(box, place)
        return pasted(thing, box, picture, at, self._rng), at

    @staticmethod
    def _fitted(box: Box, place: Box) -> Box:
        """The size of ``place`` in the shape of ``box``."""
        ratio = np.sqrt(np.clip(box.width / box.height, 0.4, 2.5))
        width, height = np.sqrt(place.area) * ratio, np.sqrt(place.area) / ratio
        x, y = place.centre
        return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def _lit(self, picture: Picture, person: Box, carried: Box | None) -> Picture:
        if self._mix.against_light and self._rng.random() < self._mix.against_light:
            return silhouetted(picture, person, carried, self._rng)
        return picture

    def _empty_hand(self) -> tuple[Picture, Box, Box]:
        """A picture, somebody in it, and the place where the person could carry a thing."""
        while True:
            picture = self._people[int(self._rng.integers(len(self._people)))]
            person = picture.people[int(self._rng.integers(len(picture.people)))]
            box = at_hand(person, self._rng)
            if min(box.width, box.height) >= 8 and picture.share_of_packages(box) < APART:
                return picture, person, box

    def _one(self, pool: Sequence[Drawn]) -> Drawn:
        return pool[int(self._rng.integers(len(pool)))]

    def _busiest(self, picture: Picture, tries: int) -> Box | None:
        boxes = (self._anywhere(picture) for _ in range(tries))
        apart = [box for box in boxes if picture.share_of_packages(box) < APART]
        return max(apart, key=lambda box: self._detail(picture, box), default=None)

    def _anywhere(self, picture: Picture) -> Box:
        height, width = picture.image.shape[:2]
        area = np.exp(self._rng.uniform(np.log(0.05), np.log(0.55))) * min(width, height)
        ratio = np.exp(self._rng.normal(0.0, 0.35))
        w, h = min(area * ratio, width - 2.0), min(area / ratio, height - 2.0)
        x, y = self._rng.uniform(0, width - w), self._rng.uniform(0, height - h)
        return Box(x, y, x + w, y + h)

    def _part(self, box: Box) -> Box:
        w, h = box.width * self._rng.uniform(0.3, 0.8), box.height * self._rng.uniform(0.25, 0.7)
        x, y = self._rng.uniform(box.x1, box.x2 - w), self._rng.uniform(box.y1, box.y2 - h)
        return Box(x, y, x + w, y + h)

    def _detail(self, picture: Picture, box: Box) -> float:
        key = id(picture)
        if key not in self._edges:
            grey = cv2.cvtColor(picture.image, cv2.COLOR_BGR2GRAY).astype(np.float32)
            size = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
            small = cv2.resize(size, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
            self._edges[key] = np.asarray(cv2.integral(small), dtype=np.float64)
        total = self._edges[key]
        x1, y1, x2, y2 = (int(edge / 8) for edge in box.xyxy)
        x2, y2 = min(max(x2, x1 + 1), total.shape[1] - 1), min(max(y2, y1 + 1), total.shape[0] - 1)
        x1, y1 = min(x1, x2 - 1), min(y1, y2 - 1)
        inside = float(total[y2, x2] - total[y1, x2] - total[y2, x1] + total[y1, x1])
        return float(inside / ((x2 - x1) * (y2 - y1)))
