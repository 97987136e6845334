"""Prepares a shot: chooses the scene by its number, the size, the weather and the camera."""

import numpy as np

from bench.composites.camera import Fisheye, Grain, Shake, Sway
from bench.composites.kinds import ROTA, set_up
from bench.composites.script import Scene
from bench.composites.shot import Shot
from bench.composites.sources import Split
from bench.composites.stage import Stage
from bench.composites.weather import (
    AutoGain,
    Headlights,
    Infrared,
    Rain,
    Shadows,
    Weather,
    cut_to,
    drift,
    dusk,
    steps,
)

RATES = (10, 10, 12, 12, 15)
STRONG_COMPRESSION = 31


def prepare(number: int, split: Split, seed: int) -> Shot:
    """Scene `number` of a split and a seed: everything but its pictures."""
    random = np.random.default_rng([seed, number, 0 if split is Split.TUNE else 1])
    scene = set_up(ROTA[number % len(ROTA)], split, random)
    stage = Stage(scene)
    weather, lens = _weather(scene, stage, random)
    quality = int(random.choice((21, 24, 27, 31, 34), p=(0.2, 0.3, 0.25, 0.15, 0.1)))
    if quality >= STRONG_COMPRESSION:
        weather.conditions.append("compression")
    return Shot(scene, stage, weather, int(random.choice(RATES)), quality, lens)


def _weather(scene: Scene, stage: Stage, random: np.random.Generator) -> tuple[Weather, Fisheye | None]:
    weather = Weather(conditions=list(scene.place.conditions) + list(scene.conditions))
    lens: Fisheye | None = None
    size, seconds = stage.frame.size, scene.seconds
    is_about_light = scene.kind == "light_only"
    sway = Sway(random, stage.empty)
    if sway.has_leaves and random.random() < 0.45:  # noqa: PLR2004
        weather.add("foliage", sway)
    is_night = _time_of_day(weather, size, random)
    if scene.gap is not None:
        weather.add("cut", cut_to(scene.gap[0], random))
    chosen = random.random(6) < (
        (0.4,) * 3 + (0.35, 0.3, 0.4) if is_about_light else (0.13, 0.13, 0.13, 0.08, 0.1, 0.3)
    )
    if is_about_light and not chosen.any():
        chosen[0] = True
    if chosen[0]:
        weather.add("exposure", steps(random, seconds))
    if chosen[1]:
        weather.add("drift", drift(random, seconds))
    if chosen[2] and not is_night:
        weather.add("shadows", Shadows(random, size, is_fine=bool(random.random() < 0.6)))  # noqa: PLR2004
    if chosen[3]:
        weather.add("headlights", Headlights(random, size, seconds))
    if chosen[4] or "rain" in weather.conditions:
        weather.add("rain", Rain(random, size))
    if chosen[5]:
        weather.add("auto_gain", AutoGain(stage.empty, float(random.uniform(0.3, 0.8))))
    if random.random() < 0.12:  # noqa: PLR2004
        weather.add("shake", Shake(random, size, seconds))
    if random.random() < 0.12 and "fisheye" not in weather.conditions:  # noqa: PLR2004
        lens = Fisheye(random, size)
        weather.add("fisheye", lens)
    strength = float(random.uniform(2.2, 5.0) if is_night else random.uniform(0.6, 2.6))
    weather.effects.append(Grain(random, size, strength))
    if strength > 2.0:  # noqa: PLR2004
        weather.conditions.append("noise")
    return weather, lens


def _time_of_day(weather: Weather, size: tuple[int, int], random: np.random.Generator) -> bool:
    """Makes a day a dusk or a night now and then; whether it is dark."""
    if "infrared" in weather.conditions:
        weather.effects.append(Infrared(random, size))
        return True
    chance = float(random.random())
    if chance < 0.18:  # noqa: PLR2004
        weather.add("infrared", Infrared(random, size))
    elif chance < 0.32 and "dusk" not in weather.conditions:  # noqa: PLR2004
        weather.add("dusk", dusk(random))
    if not {"infrared", "dusk"} & set(weather.conditions):
        weather.conditions.append("day")
        return False
    return True
