"""A scene with the way in which it is filmed."""

from dataclasses import dataclass

from bench.composites.camera import Fisheye
from bench.composites.script import Scene
from bench.composites.stage import Stage
from bench.composites.weather import Weather


@dataclass(slots=True)
class Shot:
    """Everything that makes one clip.

    Attributes:
        rate: Frames a second.
        quality: x264's constant rate factor.
        lens: What bends the picture; None for a straight lens.
    """

    scene: Scene
    stage: Stage
    weather: Weather
    rate: int
    quality: int
    lens: Fisheye | None
