"""Where heads are: exactly, in composites; by a detector that looks at every frame, in real clips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from bench.composites.figures import Layer
from bench.composites.shot import Shot
from pipeline.detection.darkness import lifted
from pipeline.detection.detector import Detector
from pipeline.domain.tracks import Box, ObjectClass

HEAD = 0.15
"""Of a body's height, from above."""
HEAD_WIDE = 0.4
"""Of a detected person's width around the middle, in which the head is."""
VISIBLE = 0.5
"""Share of a head that must be in view for it to be visible."""
SMALLEST = 6.0
"""Pixels of height below which a head is no more than a speck, and not counted."""
REFERENCE_SURE = 0.35
"""Confidence from which the independent detector's people count."""


@dataclass(frozen=True, slots=True)
class Head:
    """A visible head in one frame: whose, where, and the whole body's box; pixels of the picture."""

    who: int
    box: Box
    body: Box


@dataclass(frozen=True, slots=True)
class TrueFrame:
    """One frame of a clip: its moment in seconds, how long it stands, and the heads in it."""

    second: float
    stands: float
    heads: tuple[Head, ...]


def of_composite(shot: Shot) -> Iterator[TrueFrame]:
    """The frames of a composite, in order of time, with every visible head."""
    count = round(shot.scene.seconds * shot.rate)
    for number in range(count):
        second = number / shot.rate
        yield TrueFrame(second, 1 / shot.rate, tuple(_heads(shot, second + shot.scene.starts)))


def _heads(shot: Shot, second: float) -> Iterator[Head]:
    for number, actor in enumerate(shot.scene.actors):
        mark = actor.at(second)
        if mark is None:
            continue
        body = shot.stage.body(actor, mark)
        whole, head = _box(body, body.matte.shape[0]), _head(body)
        if head is None or whole is None:
            continue
        inside = _inside(head, shot.stage.frame.size)
        if inside is None or inside.height < SMALLEST or _in_view(shot, body) * inside.area < VISIBLE * head.area:
            continue
        yield Head(number, _bent(inside, shot), _bent(_inside(whole, shot.stage.frame.size) or inside, shot))


def _box(layer: Layer, rows: int) -> Box | None:
    ys, xs = np.nonzero(layer.matte[:rows] > 0.5)  # noqa: PLR2004 - half covered
    if not len(ys):
        return None
    return Box(
        float(layer.x + xs.min()),
        float(layer.y + ys.min()),
        float(layer.x + xs.max() + 1),
        float(layer.y + ys.max() + 1),
    )


def _head(body: Layer) -> Box | None:
    ys, _ = np.nonzero(body.matte > 0.5)  # noqa: PLR2004
    if not len(ys):
        return None
    return _box(body, int(ys.min() + max(1, HEAD * (ys.max() + 1 - ys.min()))))


def _in_view(shot: Shot, body: Layer) -> float:
    """How much of the upper part no post or wall of the place hides."""
    rows = max(1, round(HEAD * body.matte.shape[0]))
    return shot.stage.seen(body._replace(matte=body.matte[:rows], colour=body.colour[:rows]))


def _inside(box: Box, size: tuple[int, int]) -> Box | None:
    left, top = max(box.x1, 0.0), max(box.y1, 0.0)
    right, bottom = min(box.x2, float(size[0])), min(box.y2, float(size[1]))
    return Box(left, top, right, bottom) if left < right and top < bottom else None


def _bent(box: Box, shot: Shot) -> Box:
    if shot.lens is None:
        return box
    width, height = shot.stage.frame.size
    x1, y1, x2, y2 = shot.lens.seen((box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height))
    return Box(x1 * width, y1 * height, x2 * width, y2 * height)


def of_clip(path: Path, reference: Detector) -> Iterator[TrueFrame]:
    """The frames of a real clip, in order of time, with the heads of the people whom the reference sees in each."""
    with av.open(str(path)) as container:
        frames = [(float(frame.time), frame) for frame in container.decode(video=0)]
    moments = [moment for moment, _ in frames]
    for place, (moment, frame) in enumerate(frames):
        picture = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
        found = reference.detect(lifted(picture))
        people = [one for one in found if one.object_class is ObjectClass.PERSON]
        sure = [one.box for one in people if one.confidence >= REFERENCE_SURE]
        yield TrueFrame(moment, _stands(moments, place), tuple(_detected_heads(sure, picture.shape[:2])))


def _stands(moments: Sequence[float], place: int) -> float:
    after = moments[place + 1] if place + 1 < len(moments) else moments[place]
    return min(after - moments[place], 1.0)


def _detected_heads(sure: Sequence[Box], shape: tuple[int, ...]) -> Iterator[Head]:
    for number, body in enumerate(sure):
        if body.y1 <= 1 or body.height < body.width:
            continue  # cut off above, or lying: where its head is cannot be told from the box
        middle, half = body.centre[0], HEAD_WIDE * body.width / 2
        head = _inside(Box(middle - half, body.y1, middle + half, body.y1 + HEAD * body.height), (shape[1], shape[0]))
        if head is not None and head.height >= SMALLEST:
            yield Head(number, head, body)
