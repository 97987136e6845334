"""Prepares a shot: chooses the scene by its number, the size, the weather and the camera."""

from collections.abc import Callable

import numpy as np

from bench.composites.camera import Fisheye, Grain, Shake, Sway
from bench.composites.kinds import ROTA, set_up
from bench.composites.script import Scene
from bench.composites.shortened import shortened
from bench.composites.shot import Shot
from bench.composites.sources import Split
from bench.composites.stage import Stage
from bench.composites.weather import (
    AutoGain,
    Effect,
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
"""Constant rate factor from which a clip counts as strongly compressed."""
NOISY = 2.0
"""Standard deviation of the noise, of 255, from which a clip counts as noisy."""
WINDY, SHAKY, BENT, LEAFY = 0.45, 0.12, 0.12, 0.6
"""How often leaves move where there are any, the camera shakes, its lens bends, and shadows are those of leaves."""
NIGHTS, DARK = 0.18, 0.32
"""How often a day is made a night; and either a night or a dusk."""
OFTEN_ABOUT_LIGHT = np.array((0.4, 0.4, 0.4, 0.35, 0.3, 0.4))
OFTEN = np.array((0.13, 0.13, 0.13, 0.08, 0.1, 0.3))
"""How often there are steps of the exposure, drift, shadows, headlights, rain, auto-gain."""


def prepare(number: int, split: Split, seed: int, *, is_short: bool = False) -> Shot:
    """Scene `number` of a split and a seed: everything but its pictures.

    Args:
        number: From 0.
        split: Of the material.
        seed: Of the draw.
        is_short: Whether the clip begins or ends with somebody in the picture; see `shortened`.
    """
    random = np.random.default_rng([seed, number, 0 if split is Split.TUNE else 1])
    scene = set_up(ROTA[number % len(ROTA)], split, random)
    if is_short:
        scene = shortened(scene, random)
    stage = Stage(scene)
    weather, lens = _weather(scene, stage, random)
    quality = int(random.choice((21, 24, 27, 31, 34), p=(0.2, 0.3, 0.25, 0.15, 0.1)))
    if quality >= STRONG_COMPRESSION:
        weather.conditions.append("compression")
    return Shot(scene, stage, weather, int(random.choice(RATES)), quality, lens)


def _weather(scene: Scene, stage: Stage, random: np.random.Generator) -> tuple[Weather, Fisheye | None]:
    weather = Weather(conditions=list(scene.place.conditions) + list(scene.conditions))
    size = stage.frame.size
    sway = Sway(random, stage.empty)
    if sway.has_leaves and random.random() < WINDY:
        weather.add("foliage", sway)
    is_night = _time_of_day(weather, size, random)
    if scene.gap is not None:
        weather.add("cut", cut_to(scene.gap[0], random))
    _light(weather, scene, stage, random, is_night=is_night)
    lens = _camera(weather, scene, random)
    strength = float(random.uniform(2.2, 5.0) if is_night else random.uniform(0.6, 2.6))
    weather.effects.append(Grain(random, size, strength))
    if strength > NOISY:
        weather.conditions.append("noise")
    return weather, lens


def _light(weather: Weather, scene: Scene, stage: Stage, random: np.random.Generator, *, is_night: bool) -> None:
    """Adds what changes the light. Where the scene is about light, there is more of it, and always something."""
    is_about_light = scene.kind == "light_only"
    chosen = random.random(6) < (OFTEN_ABOUT_LIGHT if is_about_light else OFTEN)
    if is_about_light and not chosen.any():
        chosen[0] = True
    chosen[2] &= not is_night
    chosen[4] |= "rain" in weather.conditions
    size, seconds = stage.frame.size, scene.seconds
    makers: tuple[tuple[str, Callable[[], Effect]], ...] = (
        ("exposure", lambda: steps(random, seconds)),
        ("drift", lambda: drift(random, seconds)),
        ("shadows", lambda: Shadows(random, size, is_fine=bool(random.random() < LEAFY))),
        ("headlights", lambda: Headlights(random, size, seconds)),
        ("rain", lambda: Rain(random, size)),
        ("auto_gain", lambda: AutoGain(stage.empty, float(random.uniform(0.3, 0.8)))),
    )
    for is_there, (word, make) in zip(chosen, makers, strict=True):
        if is_there:
            weather.add(word, make())


def _camera(weather: Weather, scene: Scene, random: np.random.Generator) -> Fisheye | None:
    if random.random() < SHAKY:
        weather.add("shake", Shake(random, scene.frame.size, scene.seconds))
    if random.random() < BENT and "fisheye" not in weather.conditions:
        lens = Fisheye(random, scene.frame.size)
        weather.add("fisheye", lens)
        return lens
    return None


def _time_of_day(weather: Weather, size: tuple[int, int], random: np.random.Generator) -> bool:
    """Makes a day a dusk or a night now and then; whether it is dark."""
    if "infrared" in weather.conditions:
        weather.effects.append(Infrared(random, size))
        return True
    chance = float(random.random())
    if chance < NIGHTS:
        weather.add("infrared", Infrared(random, size))
    elif chance < DARK and "dusk" not in weather.conditions:
        weather.add("dusk", dusk(random))
    if not {"infrared", "dusk"} & set(weather.conditions):
        weather.conditions.append("day")
        return False
    return True
