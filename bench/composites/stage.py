"""Draws a scene at a second: the place, what lies there, who is there and what they carry, from back to front."""

from typing import NamedTuple

import cv2
import numpy as np
from maker.footage import Matte, Picture

from bench.composites.figures import DEEPEST, Layer, Look, Pose, lay, person, shadow, thing
from bench.composites.places import background, occluding
from bench.composites.script import PERSON_TALL, Actor, Bend, Carry, Lie, Mark, Scene
from bench.composites.walkers import STEPS_A_SECOND

THING_LIGHT = 150.0
"""Mean luminance of the ground in photographs of parcels."""
HANDS = (0.15, 0.40)
"""Where the lower edge of what is carried is: body heights before the middle and above the soles."""
FOG = 0.35


class Shown(NamedTuple):
    """A picture, and how much of each actor can be seen in it, 0 to 1."""

    picture: Picture
    visible: tuple[float, ...]


class Stage:
    """A scene in one size; draws it at any second, the same for the same second."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.frame = scene, scene.frame
        frame = scene.frame
        whole = background(scene.place)
        height, width = whole.shape[:2]
        rows = slice(int(frame.top * height), round((frame.top + frame.high) * height))
        columns = slice(int(frame.left * width), round((frame.left + frame.wide) * width))
        part = whole[rows, columns]
        self._scale = frame.size[0] / part.shape[1]
        large = cv2.resize(part, frame.size, interpolation=cv2.INTER_CUBIC if self._scale > 1 else cv2.INTER_AREA)
        self.empty = np.asarray(large, np.uint8)
        mask = occluding(scene.place, (height, width))
        self._before: Matte | None = None
        if mask is not None:
            fine = cv2.resize(mask[rows, columns].astype(np.float32), frame.size, interpolation=cv2.INTER_LINEAR)
            self._before = np.asarray(fine, np.float32)
        self._ground = self._ground_colour()
        self._thing_look = self._look(THING_LIGHT)

    def at(self, second: float) -> Shown:
        """The scene at a second of its script."""
        picture = self.empty.copy()
        drawn: list[tuple[float, int, list[Layer]]] = []
        for lie in self.scene.lies:
            if lie.start <= second < lie.end:
                drawn.append((lie.at[1] - 0.02 * self.scene.place.tall(lie.at[1]), -1, self._lying(lie)))
        for number, actor in enumerate(self.scene.actors):
            mark = actor.at(second)
            if mark is not None:
                drawn.append((mark.y, number, self._acting(actor, mark)))
        visible = [0.0] * len(self.scene.actors)
        for _, number, layers in sorted(drawn, key=lambda one: one[0]):
            for layer in layers:
                hidden = self._hidden(layer)
                lay(picture, hidden)
            if number >= 0:
                visible[number] = self._seen(layers[1])
        return Shown(picture, tuple(visible))

    def visible(self, second: float) -> tuple[float, ...]:
        """How much of each actor can be seen at a second, as in `at`, without a picture."""
        marks = [(actor, actor.at(second)) for actor in self.scene.actors]
        return tuple(0.0 if mark is None else self._seen(self._acting(actor, mark)[1]) for actor, mark in marks)

    def body(self, actor: Actor, mark: Mark) -> Layer:
        """The body of somebody, without shadow and what is carried."""
        return self._acting(actor, mark)[1]

    def seen(self, layer: Layer) -> float:
        """How much of a layer is inside the picture and not hidden by the place, 0 to 1."""
        return self._seen(layer)

    def lying_box(self, lie: Lie) -> tuple[float, float, float, float]:
        """Where a thing lies: x1, y1, x2, y2 as shares of the clip's width and height."""
        layer = self._lying(lie)[1]
        rows, columns = np.nonzero(layer.matte > 0.5)  # noqa: PLR2004
        width, height = self.frame.size
        return (
            float(layer.x + columns.min()) / width, float(layer.y + rows.min()) / height,
            float(layer.x + columns.max() + 1) / width, float(layer.y + rows.max() + 1) / height,
        )  # fmt: skip

    def _tall(self, y: float) -> float:
        return self.scene.place.tall(y) / self.frame.high * self.frame.size[1]

    def _lying(self, lie: Lie) -> list[Layer]:
        what = self.scene.things[lie.thing]
        foot = self.frame.at(*lie.at)
        broad = what.broad / PERSON_TALL * self._tall(lie.at[1])
        return [shadow(foot, broad, 0.55), thing(what.colour, what.matte, foot, broad, self._thing_look)]

    def _acting(self, actor: Actor, mark: Mark) -> list[Layer]:
        """Shadow, body and what is carried, in the order in which they are laid."""
        second, tall = mark.second, self._tall(mark.y)
        foot = self.frame.at(mark.x, mark.y)
        bend = next((one for one in actor.bends if one.start <= second <= one.end), None)
        facing = bend.side if bend is not None else heading(actor, second)
        walks = bend is None and _is_moving(actor, second)
        number = int((second - actor.marks[0].second) * STEPS_A_SECOND) % len(actor.walker.cycle)
        cut = actor.walker.cycle[number] if walks else actor.walker.stand
        deep = 0.0 if bend is None else how_deep(bend, second)
        own = actor.walker.facing
        pose = Pose(*foot, tall, own not in (0, facing), DEEPEST * deep * facing if deep else 0.0)
        body = person(cut, pose, self._look(actor.walker.light))
        layers = [shadow(foot, 0.36 * tall, 0.38), body]
        for carry in actor.carries:
            if carry.start <= second < carry.end:
                layers.append(self._carried(actor, carry, mark, facing))
        return layers

    def _carried(self, actor: Actor, carry: Carry, mark: Mark, facing: int) -> Layer:
        tall = self._tall(mark.y)
        foot = self.frame.at(mark.x, mark.y)
        aside = HANDS[0] if actor.walker.facing else 0.3 * HANDS[0]
        hands = (foot[0] + facing * aside * tall, foot[1] - HANDS[1] * tall)
        what = self.scene.things[carry.thing]
        broad = what.broad / PERSON_TALL * tall
        high = broad * what.matte.shape[0] / what.matte.shape[1]
        at = (hands[0], hands[1] + 0.35 * high)
        for lie in self.scene.lies:
            down = _lowered(actor, carry, lie, mark.second)
            if down > 0:
                ground = self.frame.at(*lie.at)
                at = (at[0] + down * (ground[0] - at[0]), at[1] + down * (ground[1] - at[1]))
                broad += down * (what.broad / PERSON_TALL * self._tall(lie.at[1]) - broad)
        return thing(what.colour, what.matte, at, broad, self._thing_look)

    def _hidden(self, layer: Layer) -> Layer:
        """Without what is behind the place's occluders."""
        part = layer.inside((self.frame.size[1], self.frame.size[0]))
        if self._before is None or part is None:
            return layer
        height, width = part.matte.shape
        return part._replace(matte=part.matte * (1 - self._before[part.y : part.y + height, part.x : part.x + width]))

    def _seen(self, layer: Layer) -> float:
        part = self._hidden(layer).inside((self.frame.size[1], self.frame.size[0]))
        return 0.0 if part is None else float(part.matte.sum() / max(1e-6, float(layer.matte.sum())))

    def _ground_colour(self) -> tuple[float, float, float]:
        mask = np.zeros(self.empty.shape[:2], np.uint8)
        corners = np.array([self.frame.at(x, y) for x, y in self.scene.place.ground])
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1)
        blue, green, red, _ = cv2.mean(self.empty, mask)
        return (float(blue), float(green), float(red))

    def _look(self, filmed_in: float) -> Look:
        conditions = self.scene.place.conditions
        grey = sum(self._ground) / 3
        gain = float(np.clip((grey / filmed_in) ** 0.8, 0.42, 1.12))
        tint = [1 + 0.25 * (one / max(1.0, grey) - 1) for one in self._ground]
        haze = FOG if "fog" in conditions else 0.03
        blur = 0.28 * self._scale if self._scale > 1.2 else 0.0  # noqa: PLR2004  # as soft as the enlarged place
        return Look(
            (gain * tint[0], gain * tint[1], gain * tint[2]), "infrared" in conditions, blur, haze, self._ground
        )


def heading(actor: Actor, second: float) -> int:
    """1 where the last step aside went to the right, -1 to the left."""
    facing = 1
    for before, after in zip(actor.marks, actor.marks[1:], strict=False):
        if abs(after.x - before.x) > 1e-3:  # noqa: PLR2004  # a share of the width that nobody sees
            facing = 1 if after.x > before.x else -1
        if after.second >= second:
            break
    return facing


def how_deep(bend: Bend, second: float) -> float:
    """0 upright, 1 with the hands at the ground."""
    share = (second - bend.start) / (bend.end - bend.start)
    rise = float(np.clip(min(share, 1 - share) / 0.42, 0, 1))
    return 3 * rise**2 - 2 * rise**3


def _is_moving(actor: Actor, second: float) -> bool:
    before, after = actor.at(second - 0.06), actor.at(second + 0.06)
    return before is not None and after is not None and abs(before.x - after.x) + abs(before.y - after.y) > 1e-4  # noqa: PLR2004


def _lowered(actor: Actor, carry: Carry, lie: Lie, second: float) -> float:
    """1 where the thing is at the ground, 0 where it is in the hands."""
    if lie.thing != carry.thing:
        return 0.0
    for bend in actor.bends:
        is_put = abs(bend.lowest - carry.end) < 1e-6 and abs(lie.start - carry.end) < 1e-6  # noqa: PLR2004
        is_taken = abs(bend.lowest - carry.start) < 1e-6 and abs(lie.end - carry.start) < 1e-6  # noqa: PLR2004
        if bend.start <= second <= bend.end and (is_put or is_taken):
            return how_deep(bend, second)
    return 0.0
