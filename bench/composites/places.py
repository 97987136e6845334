"""The places: still backgrounds with where the ground is, how tall a person is on it, and from where one comes in.

Read off the pictures by eye. All coordinates are shares of the picture's width and height. A person whose soles are
at ``y`` is ``tallness * (y - horizon)`` of the picture's height tall: the ground is flat and the camera looks ahead.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from maker.footage import Picture, read_frames

from bench.composites.filling import filled
from bench.composites.sources import (
    PACKAGE,
    Box,
    MissingMaterialError,
    Split,
    files_by_number,
    labels,
    picture,
    shared,
    split_of,
)

Point = tuple[float, float]
PERSON, ANIMAL = 0, 3


@dataclass(frozen=True, slots=True)
class Place:
    """One background.

    Attributes:
        name: Its own; `site` names what it shares with others of the same site, so that a site is in one split.
        pictures: First and last number of the dataset's pictures whose median it is; of one picture, the boxes of
            people and packages are filled.
        clip: Name and step of frames of the shared clip whose median it is, instead of pictures.
        crop: The part that is used: left, top, width, height.
        horizon: Height in the picture at which people have no size.
        tallness: See above.
        ground: Corners of where things may lie.
        entries: Where people come in and go out, outside the picture or behind an occluder.
        door: Where a resident comes from.
        cleared: What is filled, by left, top, right, bottom.
        occluders: What stands before the people.
        conditions: What the picture itself shows (infrared, snow, rain, fog, dusk).
        has_cars: Cars are parked in view.
    """

    name: str
    horizon: float
    tallness: float
    ground: tuple[Point, ...]
    entries: tuple[Point, ...]
    pictures: tuple[int, int] = (0, 0)
    clip: tuple[str, int] | None = None
    site: str = ""
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    door: Point = (0.5, 1.35)
    cleared: tuple[tuple[float, float, float, float], ...] = ()
    occluders: tuple[tuple[Point, ...], ...] = ()
    conditions: tuple[str, ...] = ()
    has_cars: bool = False

    def tall(self, y: float) -> float:
        """Height of a person whose soles are at `y`, as a share of the picture's height."""
        return self.tallness * (y - self.horizon)


def _ground(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


_SIDES = ((-0.12, 0.7), (1.12, 0.7), (-0.12, 0.85), (1.12, 0.85))

PLACES = (
    Place("fence_path", -0.30, 0.37, ((0.60, 0.95), (0.78, 0.52), (0.92, 0.5), (0.97, 0.65), (0.9, 0.95)),
          ((1.1, 0.55), (1.12, 0.8), (0.75, 1.5)), (3989, 3991), cleared=((0.42, 0.66, 0.70, 0.93),)),
    Place("palace_yard", 0.02, 0.46, _ground(0.22, 0.55, 0.75, 0.95), ((-0.1, 0.9), (0.2, 1.5), (0.75, 1.5)),
          (4006, 4010)),
    Place("town_street", 0.05, 0.31, ((0.42, 0.55), (0.62, 0.55), (0.66, 0.95), (0.3, 0.95)),
          ((-0.08, 0.92), (0.3, 1.4), (0.62, 1.4)), (4034, 4036), has_cars=True),
    Place("playground", 0.08, 0.44, _ground(0.1, 0.62, 0.92, 0.78), ((-0.1, 0.72), (1.1, 0.75), (1.1, 0.66)),
          (4038, 4053)),
    Place("night_road", -0.02, 0.40, _ground(0.1, 0.4, 0.9, 0.93), _SIDES, (4054, 4058),
          cleared=((0.46, 0.38, 0.58, 0.78),), conditions=("dusk",)),
    Place("plaza", -0.08, 0.47, ((0.08, 0.62), (0.6, 0.45), (0.95, 0.5), (0.95, 0.93), (0.08, 0.93)), _SIDES,
          (4077, 4086), cleared=((0.18, 0.30, 0.37, 0.70),)),
    Place("court", -0.2, 0.58, _ground(0.06, 0.45, 0.94, 0.93), _SIDES, (4094, 4101),
          cleared=((0.44, 0.12, 0.54, 0.52),), conditions=("rain",)),
    Place("rain_path", 0.0, 0.46, ((0.2, 0.62), (0.35, 0.45), (0.6, 0.45), (0.75, 0.9), (0.2, 0.9)),
          ((-0.1, 0.75), (0.15, 1.45), (0.75, 1.45)), (4105, 4110), site="rain_path", conditions=("rain",)),
    Place("rain_path_infrared", 0.0, 0.46, ((0.2, 0.62), (0.35, 0.45), (0.6, 0.45), (0.75, 0.9), (0.2, 0.9)),
          ((-0.1, 0.75), (0.15, 1.45), (0.75, 1.45)), (4111, 4118), site="rain_path", conditions=("infrared",)),
    Place("fog_walk", 0.03, 0.44, ((0.3, 0.66), (0.7, 0.55), (0.78, 0.95), (0.2, 0.95)), ((-0.1, 0.8), (0.2, 1.4)),
          (4126, 4131), conditions=("fog",)),
    Place("snow_field", -0.12, 0.46, _ground(0.06, 0.4, 0.85, 0.93), _SIDES, (4134, 4139), conditions=("snow",)),
    Place("infrared_road", 0.0, 0.42, ((0.35, 0.65), (0.72, 0.6), (0.72, 0.92), (0.3, 0.92)),
          ((-0.1, 0.7), (0.2, 1.4), (1.12, 0.9)), (4140, 4140), cleared=((0.74, 0.48, 0.88, 0.88),),
          conditions=("infrared",)),
    Place("steps_infrared", 0.08, 0.40, ((0.05, 0.5), (0.5, 0.5), (0.5, 0.62), (0.05, 0.9)),
          ((-0.1, 0.6), (-0.1, 0.8), (0.1, 1.4)), (4145, 4148), site="steps", conditions=("infrared",)),
    Place("steps_snow", 0.08, 0.40, ((0.05, 0.5), (0.5, 0.5), (0.5, 0.62), (0.05, 0.9)),
          ((-0.1, 0.6), (-0.1, 0.8), (0.1, 1.4)), (4150, 4157), site="steps", conditions=("snow",)),
    Place("brick_snow", 0.12, 0.5, _ground(0.42, 0.5, 0.93, 0.93), ((1.1, 0.7), (1.1, 0.9), (0.7, 1.4)), (4158, 4165),
          conditions=("snow",)),
    Place("infrared_pavement", -0.02, 0.45, _ground(0.15, 0.55, 0.9, 0.93), _SIDES, (4166, 4166),
          cleared=((0.63, 0.26, 0.77, 0.46),), conditions=("infrared",)),
    Place("doorbell_fisheye", 0.54, 1.40, ((0.30, 0.80), (0.44, 0.80), (0.66, 0.86), (0.7, 0.97), (0.3, 0.97)),
          ((0.13, 0.74), (0.14, 0.70)), (472, 507), door=(0.6, 1.3),
          occluders=(((0.0, 0.0), (0.24, 0.0), (0.205, 0.2), (0.205, 0.5), (0.245, 1.0), (0.0, 1.0)),
                     ((0.79, 0.0), (1.0, 0.0), (1.0, 1.0), (0.86, 1.0), (0.84, 0.6))),
          conditions=("fisheye",)),
    Place("entrance_steps", 0.44, 1.15, _ground(0.05, 0.77, 0.95, 0.94), ((-0.12, 0.84), (1.12, 0.84), (1.12, 0.92)),
          (2171, 2171), crop=(0.0, 0.24, 1.0, 0.76)),
    Place("drive_by_hedge", 0.30, 1.05, _ground(0.08, 0.68, 0.6, 0.94), ((-0.15, 0.75), (-0.15, 0.9)), (2197, 2197),
          crop=(0.0, 0.0, 1.0, 1.0), occluders=()),
    Place("brick_wall_trees", 0.30, 0.95, _ground(0.05, 0.86, 0.95, 0.97), ((-0.12, 0.9), (1.12, 0.9), (1.12, 0.95)),
          (2178, 2178), crop=(0.0, 0.25, 1.0, 0.75)),
    Place("bicycle_wall", 0.33, 1.25, _ground(0.05, 0.85, 0.95, 0.96), ((-0.12, 0.9), (1.12, 0.9)), (2226, 2226),
          crop=(0.0, 0.0, 1.0, 1.0)),
    Place("hedge_lawn", 0.35, 1.25, _ground(0.05, 0.87, 0.95, 0.97), ((-0.12, 0.92), (1.12, 0.92)), (2227, 2227),
          crop=(0.0, 0.0, 1.0, 1.0)),
    Place("porch_slabs", 0.08, 1.0, ((0.45, 0.60), (0.66, 0.55), (0.86, 0.66), (0.5, 0.78)),
          ((1.2, 0.85), (0.9, 1.6)), (538, 538)),
    Place("red_porch", 0.25, 1.15, ((0.42, 0.86), (0.6, 0.78), (0.85, 0.86), (0.85, 0.96), (0.35, 0.96)),
          ((1.2, 0.93), (-0.25, 0.98)), (148, 148)),
    Place("door_with_mat", 0.30, 1.25, _ground(0.15, 0.85, 0.8, 0.95), ((-0.25, 0.93), (1.2, 0.95)), (509, 509)),
    Place("security_lane", 0.38, 0.28, ((0.62, 0.5), (0.74, 0.45), (0.92, 0.93), (0.62, 0.93)),
          ((0.70, 1.5), (0.85, 1.5), (1.15, 0.8)), clip=("lane_brightness_negative.avi", 7), crop=(0.0, 0.5, 1.0, 0.5)),
    Place("road_by_gate", 0.18, 0.52, ((0.3, 0.62), (0.6, 0.55), (0.95, 0.85), (0.95, 0.95), (0.32, 0.95)),
          ((1.12, 0.8), (1.12, 0.92), (0.4, 1.4)), clip=("road_by_gate_cars.mp4", 7), has_cars=True),
    Place("tunnel_path", 0.38, 1.45, ((0.3, 0.75), (0.55, 0.62), (0.9, 0.62), (0.95, 0.92), (0.25, 0.92)),
          ((1.12, 0.7), (1.12, 0.85), (-0.15, 0.97)), clip=("woman_and_dog_on_path.mp4", 7),
          cleared=((0.155, 0.24, 0.26, 0.78),)),
    Place("campus_road", -0.28, 0.2, ((0.1, 0.46), (0.5, 0.45), (0.85, 0.52), (0.85, 0.65), (0.1, 0.53)),
          ((-0.06, 0.47), (1.1, 0.62), (1.1, 0.7)), clip=("campus_walkers.avi", 18), crop=(0.05, 0.2, 0.7, 0.525),
          has_cars=True),
)  # fmt: skip


@cache
def places(split: Split) -> tuple[Place, ...]:
    """The places of a split."""
    return tuple(place for place in PLACES if split_of(f"site {place.site or place.name}") == split)


@cache
def background(place: Place) -> Picture:
    """The empty place, in the size of its source, not cropped."""
    still = _of_clip(*place.clip) if place.clip else _of_pictures(*place.pictures)
    height, width = still.shape[:2]
    cleared = [Box(x1 * width, y1 * height, x2 * width, y2 * height) for x1, y1, x2, y2 in place.cleared]
    return filled(still, cleared)


def _of_clip(name: str, step: int) -> Picture:
    path = shared() / "clips" / name
    if not path.exists():
        raise MissingMaterialError(f"the shared clip {name} is not there")
    frames = [frame for number, (_, frame) in enumerate(read_frames(path)) if number % step == 0]
    return np.asarray(np.median(np.stack(frames), axis=0), np.uint8)


def _of_pictures(first: int, last: int) -> Picture:
    files = [files_by_number()[number] for number in range(first, last + 1) if number in files_by_number()]
    if not files:
        raise MissingMaterialError(f"the dataset has no picture numbered {first} to {last}")
    frames = [picture(file) for file in files]
    if len(files) > 1:
        like = [frame for frame in frames if frame.shape == frames[0].shape]
        return np.asarray(np.median(np.stack(like), axis=0), np.uint8)
    height, width = frames[0].shape[:2]
    standing = [box for number, box in labels(files[0], width, height) if number in (PERSON, ANIMAL, PACKAGE)]
    return filled(frames[0], [_with_margin(box) for box in standing])


def _with_margin(box: Box) -> Box:
    """A box of a label is drawn tight; shadow and hair stand out of it."""
    across, down = max(4.0, 0.12 * (box.x2 - box.x1)), max(4.0, 0.08 * (box.y2 - box.y1))
    return Box(box.x1 - across, box.y1 - down, box.x2 + across, box.y2 + down)


def occluding(place: Place, shape: tuple[int, int]) -> Picture | None:
    """1 where something stands before the people, in a picture of `shape` (height, width) of the whole place."""
    if not place.occluders:
        return None
    mask = np.zeros(shape, np.uint8)
    for corners in place.occluders:
        at = np.round(np.array(corners) * (shape[1], shape[0])).astype(np.int32)
        cv2.fillPoly(mask, [at], 1)
    return mask
