"""Light, weather and camera: what happens to whole pictures, second by second. Every number comes from the seed."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from maker.footage import Picture

Effect = Callable[[Picture, float], Picture]
"""A picture and its second -> the picture as it becomes."""

SPARE = 96
"""Pixels by which fields of noise and rain are larger than the picture."""


@dataclass(slots=True)
class Weather:
    """What a scene's pictures go through, in order, and the words for it."""

    effects: list[Effect] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)

    def add(self, word: str, effect: Effect) -> None:
        """One more effect."""
        self.effects.append(effect)
        if word not in self.conditions:
            self.conditions.append(word)

    def on(self, picture: Picture, second: float) -> Picture:
        """The picture after all effects."""
        for effect in self.effects:
            picture = effect(picture, second)
        return picture


def steps(random: np.random.Generator, seconds: float) -> Effect:
    """A camera that hunts for its exposure: gains that hold for seconds, each reached within a third of one."""
    times = np.cumsum(random.uniform(2.0, 6.0, 8))
    gains = np.concatenate([[1.0], random.uniform(0.68, 1.35, 8)])
    points = [(0.0, 1.0)]
    for number, time in enumerate(times[times < seconds]):
        points += [(float(time), float(gains[number])), (float(time) + 0.33, float(gains[number + 1]))]
    return _gain([p[0] for p in points], [p[1] for p in points])


def drift(random: np.random.Generator, seconds: float) -> Effect:
    """Clouds: the light changes by up to a third, over many seconds."""
    times = np.linspace(0, seconds, 5)
    return _gain(list(times), [float(value) for value in random.uniform(0.68, 1.15, 5)])


def cut_to(second: float, random: np.random.Generator) -> Effect:
    """After a cut of the film the light is another."""
    return _gain([second - 1e-3, second], [1.0, float(random.choice([0.82, 0.9, 1.12]))])


def _gain(times: list[float], gains: list[float]) -> Effect:
    levels = np.arange(256, dtype=np.float32)

    def lit(picture: Picture, second: float) -> Picture:
        table = np.clip(levels * float(np.interp(second, times, gains)), 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(picture, table), np.uint8)

    return lit


class AutoGain:
    """A camera that answers what enters the picture with its gain, a little late."""

    def __init__(self, empty: Picture, strength: float) -> None:
        self._mean, self._strength, self._gain = float(empty[::8, ::8].mean()), strength, 1.0

    def __call__(self, picture: Picture, _second: float) -> Picture:
        """The picture with this frame's gain."""
        wanted = (self._mean / max(1.0, float(picture[::8, ::8].mean()))) ** self._strength
        self._gain += 0.15 * (wanted - self._gain)
        table = np.clip(np.arange(256) * self._gain, 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(picture, table), np.uint8)


def dusk(random: np.random.Generator) -> Effect:
    """A third of the light, bluish, shadows crushed."""
    gamma, light = float(random.uniform(1.1, 1.4)), float(random.uniform(0.38, 0.62))
    levels = 255 * (np.arange(256) / 255) ** gamma * light
    tables = [np.clip(levels * tint + 5, 0, 255).astype(np.uint8) for tint in (1.12, 0.98, 0.9)]
    table = np.stack(tables, axis=1)[None]
    return lambda picture, _second: np.asarray(cv2.LUT(picture, table), np.uint8)


class Infrared:
    """Grey, bright where the camera's lamps reach, dark at the edge."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int]) -> None:
        rows, columns = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j].astype(np.float32)
        reach = float(random.uniform(0.5, 0.85))
        lamp = float(random.uniform(0.7, 1.0)) * (1.05 - reach * np.clip(0.8 * columns**2 + 0.7 * rows**2, 0, 1))
        self._lamp = np.clip(lamp * 255, 0, 255).astype(np.uint8)
        self._weights = np.array([[0.22, 0.48, 0.30]], np.float32)

    def __call__(self, picture: Picture, _second: float) -> Picture:
        """The picture under the lamps."""
        grey = cv2.transform(picture, self._weights)
        lit = cv2.multiply(grey, self._lamp, scale=1 / 255)
        return np.asarray(cv2.cvtColor(lit, cv2.COLOR_GRAY2BGR), np.uint8)


class Shadows:
    """Soft shadows of leaves and clouds that wander over the ground."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], *, is_fine: bool) -> None:
        grid = (int(random.integers(14, 24)), int(random.integers(9, 14))) if is_fine else (5, 3)
        rough = random.uniform(0, 1, (grid[1], grid[0])).astype(np.float32)
        field_ = cv2.resize(rough, (2 * size[0], round(1.3 * size[1])), interpolation=cv2.INTER_CUBIC)
        depth = float(random.uniform(0.3, 0.55))
        shade = 1 - depth * np.clip((field_ - 0.45) * 4, 0, 1)
        self._shade = cv2.merge([np.clip(shade * 255, 0, 255).astype(np.uint8)] * 3)
        self._speed = float(random.uniform(0.01, 0.05)) * size[0]
        self._sway = float(random.uniform(0.0, 0.02)) * size[0]
        self._size = size

    def __call__(self, picture: Picture, second: float) -> Picture:
        """The picture under the shadows of this second."""
        x = int(self._speed * second + self._sway * (1 + np.sin(2.2 * second))) % self._size[0]
        y = int(0.1 * self._size[1] * (1 + np.sin(0.5 * second)))
        part = self._shade[y : y + self._size[1], x : x + self._size[0]]
        return np.asarray(cv2.multiply(picture, part, scale=1 / 255), np.uint8)


class Headlights:
    """The beam of a car that turns somewhere outside: sweeps across within a few seconds."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int], seconds: float) -> None:
        width, height = size
        rows, columns = np.mgrid[0:height, 0 : 3 * width].astype(np.float32)
        middle, low = 1.5 * width, float(random.uniform(0.45, 0.75)) * height
        beam = np.exp(-(((columns - middle) / (0.22 * width)) ** 2) - ((rows - low) / (0.3 * height)) ** 2)
        bright = float(random.uniform(60, 130))
        warm = np.array((0.8, 0.95, 1.0), np.float32)
        self._beam = np.clip(beam[..., None] * bright * warm, 0, 255).astype(np.uint8)
        self._starts = [float(one) for one in random.uniform(0, max(1.0, seconds - 3), int(random.integers(1, 3)))]
        self._lasts, self._way, self._size = float(random.uniform(1.8, 3.5)), int(random.choice([-1, 1])), size

    def __call__(self, picture: Picture, second: float) -> Picture:
        """The picture with the beam, if there is one now."""
        for start in self._starts:
            share = (second - start) / self._lasts
            if 0 <= share <= 1:
                x = int((share if self._way < 0 else 1 - share) * 2 * self._size[0])
                picture = np.asarray(cv2.add(picture, self._beam[:, x : x + self._size[0]]), np.uint8)
        return picture


class Rain:
    """Streaks, other ones in every frame."""

    def __init__(self, random: np.random.Generator, size: tuple[int, int]) -> None:
        self._random = random
        width, height = size[0] + SPARE, size[1] + SPARE
        slant = float(random.uniform(-0.3, 0.3))
        self._fields, self._size = [], size
        for _ in range(5):
            drops = np.zeros((height, width), np.uint8)
            for x, y in random.integers(0, (width, height), (int(random.integers(120, 320)), 2)):
                long = int(random.integers(height // 40, height // 12))
                end = (int(x + slant * long), int(y + long))
                cv2.line(drops, (int(x), int(y)), end, int(random.integers(25, 80)), 1, cv2.LINE_AA)
            self._fields.append(cv2.merge([cv2.GaussianBlur(drops, (3, 3), 0)] * 3))

    def __call__(self, picture: Picture, _second: float) -> Picture:
        """The picture behind the rain."""
        drops = self._fields[int(self._random.integers(len(self._fields)))]
        y, x = (int(one) for one in self._random.integers(0, SPARE, 2))
        return np.asarray(cv2.add(picture, drops[y : y + self._size[1], x : x + self._size[0]]), np.uint8)
