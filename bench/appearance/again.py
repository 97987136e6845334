"""Whether a vector finds a thing again: in another light, cut and size, and in later looks of the same track."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.appearance.light import Picture
from pipeline.appearance.vectors import vector_of
from pipeline.detection.loading import load_detector
from pipeline.detection.weights import open_shelf
from pipeline.domain.tracks import Box, FrameDetections, ObjectClass
from pipeline.domain.video import Timestamp
from pipeline.sampling import sample_clip
from pipeline.settings import DetectionSettings, SamplingSettings
from pipeline.tracking import track

_SEED = 3
_MOST = 400
_LEAST_SIDE = 40
_LEAST_TRACKED = 22
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """How far up the right one stood.

    Attributes:
        queries: How many were asked.
        among: Of how many the right one was.
        first: Share in which it was the first.
        five: Share in which it was among the first five.
        middle: Mean of one over its place.
        alike: Cosines of the right ones: tenth, half, nine tenths.
        unlike: Cosines of the best wrong ones, likewise.
    """

    queries: int
    among: int
    first: float
    five: float
    middle: float
    alike: tuple[float, ...]
    unlike: tuple[float, ...]


def changed(dataset: Path, number: int) -> Found:
    """Things of still pictures, asked for by themselves in another light, cut, size and compression.

    Args:
        dataset: With images and labels.
        number: Of the class in the labels.
    """
    chance = np.random.default_rng(_SEED)
    kept, asked = [], []
    for picture, box in _labelled(dataset, number):
        own, other = vector_of(picture, box), vector_of(*_changed(picture, box, chance))
        if own is not None and other is not None:
            kept.append(own)
            asked.append(other)
    return _places(_matrix(asked), _matrix(kept), np.arange(len(kept)))


def later(clips: Sequence[Path], distractors: Path) -> Found:
    """Vehicles of clips: a track's first look asks for its last, among the last looks of all and other vehicles."""
    kept: list[bytes] = []
    asked: list[bytes] = []
    right: list[int] = []
    for looks in _tracked(clips):
        vectors = [values for picture, box in looks if (values := vector_of(picture, box)) is not None]
        if len(vectors) > 2:  # noqa: PLR2004 - a first look, a last one, and one between
            asked.append(vectors[0])
            right.append(len(kept))
            kept.append(vectors[-1])
    others = [values for picture, box in _labelled(distractors, 1) if (values := vector_of(picture, box)) is not None]
    return _places(_matrix(asked), _matrix(kept + others), np.array(right))


def _labelled(dataset: Path, number: int) -> Iterator[tuple[Picture, Box]]:
    """The first box of the class in each picture, in an order by chance that is always the same."""
    paths = sorted((dataset / "images").rglob("*.jpg"))
    np.random.default_rng(_SEED).shuffle(paths)
    given = 0
    for path in paths:
        words = dataset / "labels" / path.parent.name / f"{path.stem}.txt"
        for line in words.read_text("utf-8").splitlines() if words.exists() else ():
            kind, x, y, wide, high = line.split()[:5]
            if int(kind) != number:
                continue
            picture = np.asarray(cv2.imread(str(path)), dtype=np.uint8)
            down, across = picture.shape[:2]
            middle, size = (float(x) * across, float(y) * down), (float(wide) * across, float(high) * down)
            if min(size) >= _LEAST_SIDE:
                corner = middle[0] - size[0] / 2, middle[1] - size[1] / 2
                yield picture, Box(*corner, corner[0] + size[0], corner[1] + size[1])
                given += 1
                break
        if given == _MOST:
            return


def _changed(picture: Picture, box: Box, chance: np.random.Generator) -> tuple[Picture, Box]:
    moved = chance.uniform(-0.1, 0.1, 4) * np.array([box.width, box.height, box.width, box.height])
    light, balance = chance.uniform(0.55, 1.6), chance.uniform(0.88, 1.12, 3)
    lit = np.clip(255 * (picture / 255.0) ** light * balance, 0, 255).astype(np.uint8)
    scale = chance.uniform(0.35, 0.8)
    small = cv2.resize(lit, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(35, 80))])
    opened = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return opened, Box(*(float(edge) for edge in np.array(box.xyxy) + moved)).scaled(scale, scale)


def _tracked(clips: Sequence[Path]) -> Iterator[list[tuple[Picture, Box]]]:
    detector = load_detector(open_shelf(Path("/nowhere")), DetectionSettings())
    for clip in clips:
        pictures: dict[Timestamp, Picture] = {}
        looks = []
        with sample_clip(clip, SamplingSettings()) as sample:
            for frame in sample.frames():
                pictures[frame.at] = frame.image
                found = [
                    one for one in detector.detect(frame.image) if one.confidence >= DetectionSettings().confidence
                ]
                looks.append(FrameDetections(frame.at, tuple(found)))
        for followed in track(looks):
            if followed.object_class is ObjectClass.VEHICLE:
                seen = [(one.at, one.detection.box) for one in followed.sightings]
                yield [(pictures[at], box) for at, box in seen if min(box.width, box.height) >= _LEAST_TRACKED]


def _matrix(vectors: Sequence[bytes]) -> Vectors:
    rows = np.stack([np.frombuffer(values, np.int8) for values in vectors]).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def _places(asked: Vectors, kept: Vectors, right: NDArray[np.int64]) -> Found:
    cosines = asked @ kept.T
    own = cosines[np.arange(len(asked)), right]
    place = (cosines > own[:, None]).sum(axis=1) + 1
    cosines[np.arange(len(asked)), right] = -1
    best = cosines.max(axis=1)
    marks = (0.1, 0.5, 0.9)
    return Found(
        queries=len(asked),
        among=len(kept),
        first=float((place == 1).mean()),
        five=float((place <= 5).mean()),  # noqa: PLR2004 - as its name says
        middle=float((1 / place).mean()),
        alike=tuple(float(np.quantile(own, mark)) for mark in marks),
        unlike=tuple(float(np.quantile(best, mark)) for mark in marks),
    )
