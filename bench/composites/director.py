"""Sets scenes up: picks place, people and things by the seed, and walks people through their errands."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from bench.composites.frame import Frame, choose_frame
from bench.composites.places import Place, Point, background, places
from bench.composites.script import PERSON_TALL, Actor, Bend, Carry, Way
from bench.composites.sources import Split
from bench.composites.things import BAGS, Thing, cut_object, cut_parcel, draw_carton, draw_other
from bench.composites.walkers import Walker, walkers

REACH = 0.27
"""Body heights between the middle of somebody who bends and what is touched."""
BENDING = (1.3, 2.0)
"""Seconds that bending down and up takes."""
IN_FRONT = 0.35
"""Share of those who bend that stand between the camera and the thing."""
CUT_OUTS = 0.6
"""Share of parcels that come from photographs."""


class Errand(NamedTuple):
    """Somebody's way, and when the things were put down and taken up."""

    actor: Actor
    put: float
    taken: float


@dataclass(slots=True)
class Director:
    """One scene's choices.

    Attributes:
        random: The scene's own.
        split: Which half of the material is used.
        place: Where it is.
        speed: Metres a second at which people walk.
    """

    random: np.random.Generator
    split: Split
    place: Place
    speed: float
    aspect: float
    in_front: bool
    frame: Frame

    @staticmethod
    def of(split: Split, random: np.random.Generator) -> "Director":
        """Picks a place and a manner."""
        choice = places(split)
        place = choice[int(random.integers(len(choice)))]
        height, width = background(place).shape[:2]
        in_front = bool(random.random() < IN_FRONT)
        speed = float(random.uniform(1.2, 1.7))
        frame = choose_frame(place, random)
        return Director(random, split, place, speed, width / height, in_front, frame)

    def between(self, low: float, high: float) -> float:
        """A number from an even distribution."""
        return float(self.random.uniform(low, high))

    def walker(self) -> Walker:
        """Somebody."""
        people = walkers(self.split)
        return people[int(self.random.integers(len(people)))]

    def parcel(self) -> Thing:
        """A parcel, of a photograph or drawn."""
        if self.random.random() < CUT_OUTS:
            return cut_parcel(self.split, self.random)
        return draw_carton(self.random)

    def bag(self) -> Thing:
        """A bag, of a photograph or drawn."""
        if self.random.random() < 0.4:  # noqa: PLR2004  # few bags can be cut out cleanly
            return cut_object(self.split, BAGS, self.random)
        return draw_other("bag", self.random)

    def other(self) -> Thing:
        """Something that is no parcel."""
        word = ("bottle", "bin", "chair", "bag")[int(self.random.integers(4))]
        return self.bag() if word == "bag" else draw_other(word, self.random)

    def spot(self) -> Point:
        """Somewhere on the ground and in the picture, rather near than far."""
        corners = np.array(self.place.ground, np.float32)
        low, high = corners.min(axis=0), corners.max(axis=0)
        for _ in range(400):
            x, y = (float(value) for value in self.random.uniform(low, high))
            y = max(y, float(self.random.uniform(low[1], high[1])))
            if self._can_lie((x, y)):
                return (x, y)
        middle = corners.mean(axis=0)
        return (float(middle[0]), float(middle[1]))

    def _can_lie(self, point: Point) -> bool:
        corners = np.array(self.place.ground, np.float32)
        return cv2.pointPolygonTest(corners, point, False) > 0 and self.frame.holds(point)

    def near(self, spot: Point, metres: float) -> Point:
        """Another place on the ground, about so far to a side of the first; the ground's edge may bring it nearer."""
        across = metres * self.place.tall(spot[1]) / PERSON_TALL / self.aspect
        sides = (1, -1) if self.random.random() < 0.5 else (-1, 1)  # noqa: PLR2004
        for share in (1.0, 0.7, 0.5):
            for side in sides:
                there = (spot[0] + side * share * across, spot[1] + self.between(-0.005, 0.005))
                if self._can_lie(there):
                    return there
        return (spot[0] + 0.5 * sides[0] * across, spot[1])

    def beside(self, spot: Point, came_from: Point, reach: float = REACH) -> Point:
        """Where somebody stands who touches the spot: on the side from which he came."""
        tall = self.place.tall(spot[1])
        side = -1 if came_from[0] < spot[0] else 1
        if self.in_front:
            return (spot[0] + 0.4 * side * reach * tall / self.aspect, spot[1] + 0.05 * tall)
        return (spot[0] + side * reach * tall / self.aspect, spot[1] - 0.015 * tall)

    def entries(self) -> tuple[Point, Point]:
        """Where somebody comes in and where he goes out."""
        choice = self.place.entries
        first, second = (choice[int(place)] for place in self.random.integers(len(choice), size=2))
        return self._just_outside(first), self._just_outside(second)

    def _just_outside(self, entry: Point) -> Point:
        """The entry brought to the edge of the picture, where only a part of the place is shown."""
        x, y = entry
        left, right = self.frame.left, self.frame.left + self.frame.wide
        half = 0.25 * self.place.tall(y) / self.aspect
        if y > 1:
            return (float(np.clip(x, left + 0.1 * self.frame.wide, right - 0.1 * self.frame.wide)), y)
        if x < 0:
            return (left - half, y)
        return (right + half, y) if x > 1 else entry

    def way(self, start: float, entry: Point) -> Way:
        """Begins somebody's way."""
        way = Way(self.place, self.aspect, self.speed * self.between(0.92, 1.08))
        way.start(start, entry)
        return way

    def bend(self, way: Way, spot: Point) -> Bend:
        """Bends towards a spot and up again."""
        side = 1 if spot[0] >= way.marks[-1].x else -1
        start = way.now
        way.stand(self.between(*BENDING))
        return Bend(start, way.now, side)

    def errand(
        self, start: float, spot: Point, ends: tuple[Point, Point], *, brings: int | None = None,
        takes: tuple[int, Point] | None = None, waits: tuple[float, float] = (0.2, 0.6),
    ) -> Errand:  # fmt: skip
        """Comes, puts one thing down at the spot, takes another from where it lies, goes.

        Args:
            start: Second at which the person appears.
            spot: Where the thing is put.
            ends: Where he comes in and goes out.
            brings: Number of what is put down.
            takes: Number of what is taken, and where it lies.
            waits: Least and most seconds between the deeds.
        """
        way = self.way(start, ends[0])
        bends: list[Bend] = []
        carries: list[Carry] = []
        put = taken = start
        way.walk(self.beside(spot, ends[0]))
        way.stand(self.between(0.2, 0.5))
        if brings is not None:
            bends.append(self.bend(way, spot))
            put = bends[-1].lowest
            carries.append(Carry(brings, start, put))
            way.stand(self.between(*waits))
        if takes is not None:
            if takes[1] != spot:
                way.walk(self.beside(takes[1], ends[0]))
            bends.append(self.bend(way, takes[1]))
            taken = bends[-1].lowest
        way.stand(self.between(0.2, 0.8))
        way.walk(ends[1])
        if takes is not None:
            carries.append(Carry(takes[0], taken, way.now))
        return Errand(Actor(self.walker(), tuple(way.marks), tuple(bends), tuple(carries)), put, taken)

    def passer(self, start: float, spot: Point, *, waits: float = 0.0) -> Actor:
        """Goes past a spot or stands near it for some seconds, and touches nothing."""
        entry, leaving = self.entries()
        ends = [self._just_outside(end) for end in self.place.entries]
        others = [end for end in ends if end != entry]
        way = self.way(start, entry)
        tall = self.place.tall(spot[1])
        aside = self.between(0.5, 1.4) * (1 if entry[0] > spot[0] else -1)
        down = self.between(-0.10, 0.12) * tall
        way.walk((spot[0] + aside * tall / self.aspect, spot[1] + down))
        if waits > 0:
            way.stand(waits)
        elif others:
            leaving = others[int(self.random.integers(len(others)))]
            way.walk((spot[0] - 0.5 * aside * tall / self.aspect, spot[1] + down))
        way.walk(leaving)
        return Actor(self.walker(), tuple(way.marks))
