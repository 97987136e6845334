"""People: cut out of fixed-camera footage by what differs from its empty scene, followed from frame to frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from maker.footage import Matte, Picture, find_source, read_frames
from numpy.typing import NDArray

from bench.composites.sources import MissingMaterialError, Split, shared, split_of

FOOTAGE = "campus_walkers"
DIFFERENT = 24
"""Difference in any channel, of 255, from which a pixel is a person's."""
LEAST_TALL, MOST_TALL = 62, 150
"""Source pixels: smaller ones are blurs when enlarged, larger ones two people behind each other."""
BROADEST, BROADEST_AT_MIDDLE = 0.72, 0.52
"""Width of a walker in heights, at most in any frame and in the middle frame of its widths; broader blobs are two
people beside each other."""
LEAST_FULL = 0.26
"""Share of its box that a person fills; less is the outline of something that moved."""
MISSED = 2
"""Frames after which a walker who was not found is lost."""
FEWEST_FRAMES = 20
STRIDES = range(6, 11)
"""Frames that one cycle of two steps may take: the footage has about eight."""
STEPS_A_SECOND = 7.5
"""Source frames a second at which the walkers move as people do."""
FACING = 12.0
"""Source pixels that a walker must go sideways within a cycle to face that way."""
EDGE = 3
SHADE = 0.5
"""Share of the ground's light that is left in the shadow at the feet; less is a trouser."""


class Cut(NamedTuple):
    """One picture of a walker.

    Attributes:
        colour: BGR.
        matte: 0 to 1.
        soles: Lowest row of the body.
        middle: Column of the body's middle.
        tall: Height of the body in pixels.
    """

    colour: Picture
    matte: Matte
    soles: int
    middle: float
    tall: int


@dataclass(frozen=True, slots=True)
class Walker:
    """A person.

    Attributes:
        name: Of the track.
        cycle: Pictures of two steps, which can be repeated.
        stand: The picture in which the legs are closest.
        facing: 1 to the right, -1 to the left, 0 towards the camera or away.
        light: Mean luminance of the ground where the person was filmed, 0 to 255.
    """

    name: str
    cycle: tuple[Cut, ...]
    stand: Cut
    facing: int
    light: float


class _Seen(NamedTuple):
    frame: int
    x: int
    y: int
    width: int
    height: int
    frame_itself: Picture
    body: Picture

    def cut(self) -> Cut:
        """The walker taken out of the frame."""
        return _cut(self.frame_itself, self.body, (self.x, self.y, self.width, self.height))


@cache
def walkers(split: Split) -> tuple[Walker, ...]:
    """The walkers of a split, by their tracks.

    Raises:
        MissingMaterialError: the footage is not in the shared folder.
    """
    return tuple(walker for walker in _all_walkers() if split_of(f"walker {walker.name}") == split)


@cache
def _all_walkers() -> tuple[Walker, ...]:
    try:
        path = find_source(shared() / "clips", FOOTAGE)
    except (FileNotFoundError, ValueError) as error:
        raise MissingMaterialError(str(error)) from error
    frames = [frame for _, frame in read_frames(path)]
    rows = range(0, frames[0].shape[0], 48)
    empty = np.concatenate([_middle(np.stack([one[y : y + 48] for one in frames[::9]])) for y in rows])
    light = float(np.median(empty[::8, ::8]))
    tracks = _followed(frames, empty)
    return tuple(_walker(track, light) for track in tracks if len(track) >= FEWEST_FRAMES and _is_one(track))


def _middle(stack: Picture) -> Picture:
    """The middle of the values over the first axis; of whole numbers, which is quicker than a median of floats."""
    half = len(stack) // 2
    return np.asarray(np.partition(stack, half, axis=0)[half], np.uint8)


def _is_one(track: list[_Seen]) -> bool:
    return float(np.median([seen.width / seen.height for seen in track])) < BROADEST_AT_MIDDLE


def _followed(frames: list[Picture], empty: Picture) -> list[list[_Seen]]:
    """Tracks of blobs that look like one person each; a track ends where the blob joins another."""
    still = cv2.GaussianBlur(empty, (3, 3), 0).astype(np.int16)
    tracks: list[list[_Seen]] = []
    live: list[list[_Seen]] = []
    for number, frame in enumerate(frames):
        live = [track for track in live if number - track[-1].frame <= MISSED]
        for seen in _people(number, frame, still):
            own = next((track for track in live if _goes_on(track[-1], seen)), None)
            if own is None:
                own = []
                tracks.append(own)
                live.append(own)
            own.append(seen)
    return tracks


def _goes_on(last: _Seen, new: _Seen) -> bool:
    sideways = abs((new.x + new.width / 2) - (last.x + last.width / 2))
    down = abs((new.y + new.height) - (last.y + last.height))
    grown = abs(new.height - last.height)
    return last.frame < new.frame and sideways < 16 and down < 10 and grown < 0.14 * last.height  # noqa: PLR2004  # pixels a frame


def _people(number: int, frame: Picture, still: NDArray[np.int16]) -> Iterator[_Seen]:
    difference = np.abs(cv2.GaussianBlur(frame, (3, 3), 0).astype(np.int16) - still).max(axis=2)
    mask = cv2.morphologyEx((difference > DIFFERENT).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((7, 5), np.uint8))
    count, blobs, stats, _ = cv2.connectedComponentsWithStats(mask)
    height, width = mask.shape
    for blob in range(1, count):
        x, y, wide, tall, area = (int(value) for value in stats[blob])
        is_inside = min(x, y) >= EDGE and x + wide <= width - EDGE and y + tall <= height - EDGE
        if (
            is_inside
            and LEAST_TALL <= tall <= MOST_TALL
            and area / (wide * tall) > LEAST_FULL
            and wide < BROADEST * tall
        ):
            part = (slice(y - EDGE, y + tall + EDGE), slice(x - EDGE, x + wide + EDGE))
            body = (blobs[part] == blob).astype(np.uint8) * _unshaded(frame[part], still[part])
            yield _Seen(number, x, y, wide, tall, frame, body)


def _unshaded(part: Picture, still: NDArray[np.int16]) -> Picture:
    """1 but where the lower part of a walker's box is only the ground in his shadow: darker, of the same colour."""
    share = (part.astype(np.float32) + 1) / (still + 1)
    low, high = share.min(axis=2), share.max(axis=2)
    is_shade = (low > SHADE) & (high < 1.25) & (high - low < 0.14)  # noqa: PLR2004  # lighter: what compression left
    is_shade[: int(0.72 * len(part))] = False
    keep = (~is_shade).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(keep, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)


def _cut(frame: Picture, inside: Picture, box: tuple[int, int, int, int]) -> Cut:
    x, y, wide, tall = box
    part = (slice(y - EDGE, y + tall + EDGE), slice(x - EDGE, x + wide + EDGE))
    outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    upper = np.zeros_like(inside)
    cv2.drawContours(upper, outlines, -1, 1, -1)
    upper[int(0.55 * tall) :] = inside[int(0.55 * tall) :]  # the gap between the legs is no hole
    thin = cv2.erode(upper, np.ones((3, 3), np.uint8))
    matte = np.asarray(cv2.GaussianBlur(thin.astype(np.float32), (3, 3), 0.8), np.float32)
    columns = np.nonzero(upper[: int(0.5 * tall)].any(axis=0))[0]
    return Cut(np.ascontiguousarray(frame[part]), matte, tall + EDGE - 1, float(columns.mean()), tall)


def _walker(track: list[_Seen], light: float) -> Walker:
    shapes = [cv2.resize(seen.body * 255, (32, 64), interpolation=cv2.INTER_AREA).astype(np.float32) for seen in track]
    ends = [(first, first + stride) for stride in STRIDES for first in range(len(track) - stride)]
    first, last = min(ends, key=lambda pair: float(np.abs(shapes[pair[0]] - shapes[pair[1]]).mean()))
    cycle = track[first:last]
    sideways = (track[last].x + track[last].width / 2) - (cycle[0].x + cycle[0].width / 2)
    facing = 0 if abs(sideways) < FACING else (1 if sideways > 0 else -1)
    narrow = min(cycle, key=lambda seen: int(seen.body[int(0.6 * seen.height) :].any(axis=0).sum()))
    name = f"{FOOTAGE} frame {track[0].frame} at {track[0].x // 8},{track[0].y // 8}"
    return Walker(name, tuple(seen.cut() for seen in cycle), narrow.cut(), facing, light)
