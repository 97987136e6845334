"""What happens in a scene: who walks where and when, what is carried, what lies where, and what the truth is."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from bench.composites.frame import Frame
from bench.composites.places import Place, Point
from bench.composites.things import Thing
from bench.composites.walkers import Walker

PERSON_TALL = 1.72
"""Metres, sets how large things are beside people."""
DEPTH = 2.4
"""A step towards the camera covers so much less of the picture than a step aside."""


class Mark(NamedTuple):
    """Where somebody's soles are at a second, in shares of the place's picture."""

    second: float
    x: float
    y: float


class Bend(NamedTuple):
    """Bends down from `start`, is lowest from a third to two thirds, upright at `end`; `side` as for facing."""

    start: float
    end: float
    side: int

    @property
    def lowest(self) -> float:
        """When hands touch what lies on the ground."""
        return (self.start + self.end) / 2


class Carry(NamedTuple):
    """Which thing is in the hands from when to when."""

    thing: int
    start: float
    end: float


class Lie(NamedTuple):
    """Which thing lies where, from when to when."""

    thing: int
    at: Point
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Actor:
    """One person's way through the scene; not drawn before the first mark and after the last."""

    walker: Walker
    marks: tuple[Mark, ...]
    bends: tuple[Bend, ...] = ()
    carries: tuple[Carry, ...] = ()

    def at(self, second: float) -> Mark | None:
        """Where the soles are; None while the person is not there."""
        times = [mark.second for mark in self.marks]
        if not times[0] <= second <= times[-1]:
            return None
        x, y = (float(np.interp(second, times, [mark[axis] for mark in self.marks])) for axis in (1, 2))
        return Mark(second, x, y)


class Happened(NamedTuple):
    """An event of the truth file; `end` equals `start` for what happens in a moment."""

    word: str
    start: float
    end: float
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene before it is lit.

    Attributes:
        kind: The scenario's name.
        seconds: Length of the clip that is kept.
        starts: Second of the script at which the clip starts.
        things: What `Carry` and `Lie` number.
        gap: Seconds of the script that the film leaves out, if any; later times are those after the cut.
    """

    kind: str
    place: Place
    frame: Frame
    seconds: float
    actors: tuple[Actor, ...]
    things: tuple[Thing, ...]
    lies: tuple[Lie, ...]
    events: tuple[Happened, ...]
    conditions: tuple[str, ...] = ()
    starts: float = 0.0
    gap: tuple[float, float] | None = None


@dataclass(slots=True)
class Way:
    """Builds an actor's marks in the order in which they are walked.

    Attributes:
        speed: Metres a second.
    """

    place: Place
    aspect: float
    speed: float
    marks: list[Mark] = field(default_factory=list)

    @property
    def now(self) -> float:
        """The second of the last mark."""
        return self.marks[-1].second

    def start(self, second: float, at: Point) -> None:
        """Appears at a second."""
        self.marks.append(Mark(second, *at))

    def walk(self, to: Point) -> None:
        """Goes straight to a place, as fast as it takes."""
        last = self.marks[-1]
        steps = 8
        x, y = last.x, last.y
        second = last.second
        for step in range(1, steps + 1):
            nx = last.x + (to[0] - last.x) * step / steps
            ny = last.y + (to[1] - last.y) * step / steps
            metre = max(0.04, self.place.tall((y + ny) / 2)) / PERSON_TALL
            second += float(np.hypot((nx - x) * self.aspect, (ny - y) * DEPTH)) / metre / self.speed
            self.marks.append(Mark(second, nx, ny))
            x, y = nx, ny

    def stand(self, seconds: float) -> None:
        """Stays."""
        last = self.marks[-1]
        self.marks.append(Mark(last.second + seconds, last.x, last.y))
