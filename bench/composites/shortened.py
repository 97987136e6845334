"""Scenes as a doorbell films them that records when something moves: it begins and ends with somebody in the picture.

Place, people, things and what happens stay as they are; the weather and the camera are drawn for the clip that is left,
and are others than those of the scene filmed whole.
"""

from dataclasses import replace

import numpy as np

from bench.composites.script import Scene

AWAY = (0.1, 0.5)
"""Shares of the way to the first thing that is touched, of which one is over when the clip begins."""
LEFT = (0.6, 1.1)
"""Likewise of the way from the last thing that is touched, when the clip ends: from 1 on nobody is left."""
LATE, EARLY = 0.8, 0.5
"""How often the beginning is cut off, and the end."""
SHORTEST = 4.0
"""Seconds of a clip that is left as long as it is."""


def shortened(scene: Scene, random: np.random.Generator) -> Scene:
    """The scene without its still beginning, its still end, or both.

    Where nobody touches anything, somebody has come a part of his way. Scenes without anybody, such that are cut, and
    such that begin or end over a thing stay as they are.
    """
    is_late, is_early = random.random() < LATE, random.random() < EARLY
    away, left = float(random.uniform(*AWAY)), float(random.uniform(*LEFT))
    if not scene.actors or scene.gap is not None or "_over_parcel" in scene.kind:
        return scene
    first = min(scene.actors, key=lambda actor: actor.marks[0].second)
    last = max(scene.actors, key=lambda actor: actor.marks[-1].second)
    came, went = first.marks[0].second, last.marks[-1].second
    touched = first.bends[0].start if first.bends else first.marks[-1].second
    let_go = last.bends[-1].end if last.bends else last.marks[0].second
    starts = came + away * (touched - came) if is_late else 0.0
    ends = let_go + left * (went - let_go) if is_early else scene.seconds
    ends = min(max(ends, starts + SHORTEST), scene.seconds)
    words = ("begins_busy",) * is_late + ("ends_busy",) * (ends < min(went, scene.seconds))
    return replace(scene, starts=starts, seconds=ends - starts, conditions=(*scene.conditions, *words))
