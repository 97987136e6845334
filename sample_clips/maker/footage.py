"""Reads the source footage, crops it, takes walkers out of it, and doubles its frame rate."""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Matte = NDArray[np.float32]

SOURCES = {
    "campus_walkers": "45cddc9490be69345cbdab64ca583be65987e864ca408038e648db99e10516cf",
    "tree_in_wind_then_hand": "4666099d0f704e310047b2f0a5ec9f936cb76a7271de9a2e70a0c57f82ac82dc",
    "box_in_hand": "62b744b99403f899707c43398a3822441add6160379ab6dd6c12bde9e3075f8d",
}
NAMES_IN_DEBIAN = {
    "campus_walkers": ("vtest.avi", "campus_walkers.avi"),
    "tree_in_wind_then_hand": ("tree.avi", "tree_in_wind_then_hand.avi"),
    "box_in_hand": ("box.mp4", "box_in_hand.mp4"),
}
SPECK = 25
"""Source pixels below which a difference is no part of a body."""
STRIP = 48
"""Rows whose median over time is taken at once: bounds the memory."""
MOVED = 28
"""Difference in any channel, of 255, from which a pixel counts as not being the empty scene."""


class Crop(NamedTuple):
    """A rectangle of the source, in its pixels."""

    x: int
    y: int
    width: int
    height: int


class Cleared(NamedTuple):
    """A part of the source that is shown empty from one source frame to another."""

    crop: Crop
    first: int
    last: int


class Mark(NamedTuple):
    """Where a walker stands in one source frame: middle of the body, soles, height, in source pixels."""

    frame: int
    middle: float
    soles: float
    height: float


class Walk(NamedTuple):
    """One walker from entering to leaving.

    Attributes:
        marks: Where he is, by frame; straight lines between.
        head: Half the width that is left beside his head, as a share of his height.
        above: Source pixels left above his head.
    """

    marks: tuple[Mark, ...]
    head: float = 0.14
    above: float = 5.0


class Outline(NamedTuple):
    """A walker's box in pixels of the crop, and the half width at his head."""

    x1: int
    y1: int
    x2: int
    y2: int
    head: float


def find_source(folder: Path, name: str) -> Path:
    """Finds a source file under either of its names and checks its digest.

    Raises:
        FileNotFoundError: none of the names is there.
        ValueError: the file is another one than the clips were made from.
    """
    for candidate in NAMES_IN_DEBIAN[name]:
        path = folder / candidate
        if path.is_file():
            found = hashlib.sha256(path.read_bytes()).hexdigest()
            if found != SOURCES[name]:
                raise ValueError(f"{path} has SHA-256 {found}, expected {SOURCES[name]}")
            return path
    raise FileNotFoundError(f"no {' or '.join(NAMES_IN_DEBIAN[name])} in {folder}")


def read_frames(path: Path) -> Iterator[tuple[Fraction, Picture]]:
    """Decodes a file from the start; times in seconds as the container has them."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.pts is None or frame.time_base is None:
                raise ValueError(f"{path} has a frame without a time stamp")
            yield frame.pts * frame.time_base, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


class Scene:
    """One fixed camera's footage, decoded once, with its empty scene (the median over time)."""

    def __init__(self, path: Path) -> None:
        self._frames = [picture for _, picture in read_frames(path)]
        tops = range(0, self._frames[0].shape[0], STRIP)
        rows = [np.median([frame[y : y + STRIP] for frame in self._frames[::5]], axis=0) for y in tops]
        self._empty = np.concatenate(rows).astype(np.uint8)

    def frame(self, index: int, crop: Crop) -> Picture:
        """The source frame as it is, cropped."""
        return np.ascontiguousarray(self._cropped(self._frames[index], crop))

    def empty(self, index: int, crop: Crop) -> Picture:
        """The empty scene under the light of one frame, cropped."""
        shift = np.median(self._frames[index][::4, ::4].astype(np.int16) - self._empty[::4, ::4], axis=(0, 1))
        return np.asarray(np.clip(self._cropped(self._empty, crop) + shift, 0, 255), np.uint8)

    @staticmethod
    def _cropped(picture: Picture, crop: Crop) -> Picture:
        return picture[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width]


def moved(frame: Picture, empty: Picture) -> Picture:
    """Where a frame differs from the empty scene: 1 or 0 per pixel, specks dropped, small holes closed."""
    difference = np.abs(cv2.GaussianBlur(frame, (3, 3), 0).astype(np.int16) - cv2.GaussianBlur(empty, (3, 3), 0)).max(
        axis=2
    )
    mask = (difference > MOVED).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= SPECK]
    return np.isin(labels, large).astype(np.uint8)


def keep_walks(frame: Picture, empty: Picture, index: int, crop: Crop, walks: tuple[Walk, ...]) -> Picture:
    """Paints the empty scene over everybody who is not one of the given walks."""
    people = moved(frame, empty)
    kept = _kept(people, [box for walk in walks if (box := _box_at(walk, index, crop)) is not None])
    gone = cv2.dilate(people, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (19, 19))).astype(np.float32)
    matte = (cv2.GaussianBlur(gone, (7, 7), 0) * (1 - cv2.GaussianBlur(kept, (5, 5), 0)))[..., None]
    return _painted(frame, empty, people, matte)


def clear(frame: Picture, empty: Picture, crop: Crop, area: Crop) -> Picture:
    """Paints the empty scene over a part of the source, given in source pixels."""
    matte = np.zeros(frame.shape[:2], np.float32)
    x, y = area.x - crop.x, area.y - crop.y
    matte[max(0, y) : y + area.height, max(0, x) : x + area.width] = 1.0
    people = moved(frame, empty)
    gone = cv2.dilate(people, np.ones((13, 13), np.uint8)).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(matte * gone, (5, 5), 0), np.float32)
    return _painted(frame, empty, people, soft[..., None])


def _painted(frame: Picture, empty: Picture, people: Picture, matte: Matte) -> Picture:
    plate = empty + _light_nearby(frame, empty, people)
    return np.clip(frame * (1 - matte) + plate * matte + 0.5, 0, 255).astype(np.uint8)


def _kept(people: Picture, boxes: list[Outline]) -> Matte:
    """Where the frame stays: the boxes, without the parts of others that reach into them."""
    kept = np.zeros(people.shape, np.float32)
    _, labels = cv2.connectedComponents(people)
    for box in boxes:
        outline, (x1, y1, x2, y2, _) = _inside(people.shape, box), box
        third, fifth = (x2 - x1) // 3, (y2 - y1) // 5
        core = labels[max(0, y1 + fifth) : max(0, y2), max(0, x1 + third) : max(0, x2 - third)]
        own = cv2.dilate(np.isin(labels, core[core > 0]).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        others = (labels > 0) & ~np.isin(labels, core)
        others = cv2.dilate(others.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
        kept[outline & (own | ~others)] = 1.0
    return kept


def _inside(shape: tuple[int, ...], box: Outline) -> NDArray[np.bool_]:
    """A walker's box with the corners beside the head cut away, where others look over the shoulder."""
    x1, y1, x2, y2, head = box
    middle, width, height = (x1 + x2) / 2, x2 - x1, y2 - y1
    half = ((head / width, 0.0), (1.2 * head / width, 0.12), (2.4 * head / width, 0.21), (0.5, 0.5), (0.5, 1.0))
    right = [(middle + share * width, y1 + down * height) for share, down in half]
    left = [(middle - share * width, y1 + down * height) for share, down in half[::-1]]
    area = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(area, np.round(right + left).astype(np.int32), 1)
    return area.astype(bool)


def _light_nearby(frame: Picture, empty: Picture, people: Picture) -> NDArray[np.float32]:
    """How much lighter the frame is than the empty scene, smoothly, taken from where nobody stands."""
    ground = (1 - cv2.dilate(people, np.ones((9, 9), np.uint8))).astype(np.float32)
    difference = np.clip(frame.astype(np.float32) - empty, -MOVED, MOVED) * ground[..., None]
    weight = cv2.GaussianBlur(ground, (0, 0), 9)[..., None] + 1e-3
    return np.asarray(cv2.GaussianBlur(difference, (0, 0), 9) / weight, np.float32)


def _box_at(walk: Walk, index: int, crop: Crop) -> Outline | None:
    frames = [mark.frame for mark in walk.marks]
    if not frames[0] <= index <= frames[-1]:
        return None
    middle, soles, height = (float(np.interp(index, frames, [mark[i] for mark in walk.marks])) for i in (1, 2, 3))
    half = 0.36 * height
    return Outline(
        round(middle - half - crop.x),
        round(soles - height - walk.above - crop.y),
        round(middle + half - crop.x),
        round(soles + 8 - crop.y),
        walk.head * height,
    )


def between(first: Picture, second: Picture, empty: Picture) -> Picture:
    """The picture half-way between two, along the optical flow where something moved."""
    still = (first.astype(np.float32) + second) / 2
    area = cv2.dilate(moved(first, empty) | moved(second, empty), np.ones((11, 11), np.uint8)).astype(np.float32)
    if not area.any():
        return (still + 0.5).astype(np.uint8)
    grey = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8) for picture in (first, second)]
    halves = [
        _drawn_along(first, _flow(grey[0], grey[1])),
        _drawn_along(second, _flow(grey[1], grey[0])),
    ]
    flowing = (halves[0].astype(np.float32) + halves[1]) / 2
    matte = cv2.GaussianBlur(area, (9, 9), 0)[..., None]
    return np.clip(flowing * matte + still * (1 - matte) + 0.5, 0, 255).astype(np.uint8)


def _flow(first: Picture, second: Picture) -> NDArray[np.float32]:
    flows = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return np.asarray(flows.calc(first, second, None), np.float32)  # type: ignore[call-overload]  # None: no first guess


def _drawn_along(picture: Picture, flow: NDArray[np.float32]) -> Picture:
    height, width = picture.shape[:2]
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(
        cv2.remap(
            picture, columns - flow[..., 0] / 2, rows - flow[..., 1] / 2, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )
