"""Draws a person in a pose and a thing in a size, as small layers with a matte."""

from typing import NamedTuple

import cv2
import numpy as np
from maker.footage import Matte
from numpy.typing import NDArray

from bench.composites.walkers import Cut

HIP = 0.52
"""Height of the hips above the soles in body heights."""
SEAM = 0.03
"""Body heights over which trunk and legs overlap at the hips."""
DEEPEST = 74.0
"""Degrees that the trunk leans when the hands are at the ground."""
LIFT = 24.0
"""Grey level of black cloth in infrared, where it is no longer black."""

Colour = NDArray[np.float32]


class Layer(NamedTuple):
    """A small picture to be laid into a large one.

    Attributes:
        colour: BGR, 0 to 255.
        matte: 0 to 1.
        x: Column of the large picture at which it starts; may be negative.
        y: Row likewise.
    """

    colour: Colour
    matte: Matte
    x: int
    y: int

    def inside(self, shape: tuple[int, int]) -> "Layer | None":
        """The part within a picture of `shape` (height, width); None if there is none."""
        height, width = self.matte.shape
        left, top = max(0, -self.x), max(0, -self.y)
        right, bottom = min(width, shape[1] - self.x), min(height, shape[0] - self.y)
        if left >= right or top >= bottom:
            return None
        part = (slice(top, bottom), slice(left, right))
        return Layer(self.colour[part], self.matte[part], self.x + left, self.y + top)


class Look(NamedTuple):
    """How material is made to fit a place.

    Attributes:
        gain: Factor on the colours, blue, green, red.
        is_grey: The place is seen in infrared.
        blur: Standard deviation in output pixels; 0 for none.
        haze: Share of the place's own mean colour in all that stands in it.
        air: That mean colour.
    """

    gain: tuple[float, float, float]
    is_grey: bool
    blur: float
    haze: float
    air: tuple[float, float, float]

    def on(self, colour: Colour, matte: Matte) -> tuple[Colour, Matte]:
        """Colour and matte as they look at the place."""
        fitted = colour * np.array(self.gain, np.float32)
        if self.is_grey:
            grey = fitted @ np.array((0.2, 0.5, 0.3), np.float32)
            fitted = np.repeat(LIFT + 0.9 * grey[..., None], 3, axis=2)
        fitted = fitted * (1 - self.haze) + np.array(self.air, np.float32) * self.haze
        if self.blur > 0:
            fitted = np.asarray(cv2.GaussianBlur(fitted, (0, 0), self.blur), np.float32)
            matte = np.asarray(cv2.GaussianBlur(matte, (0, 0), 0.8 * self.blur), np.float32)
        return np.asarray(np.clip(fitted, 0, 255), np.float32), np.asarray(matte, np.float32)


class Pose(NamedTuple):
    """Where somebody stands and how.

    Attributes:
        x: Middle of the soles, output pixels.
        y: Row of the soles.
        tall: Height in output pixels.
        mirrored: Seen from the other side than in the source.
        lean: Degrees that the trunk leans to the right; negative to the left.
    """

    x: float
    y: float
    tall: float
    mirrored: bool = False
    lean: float = 0.0


def person(cut: Cut, pose: Pose, look: Look) -> Layer:
    """A walker in a pose."""
    scale = pose.tall / cut.tall
    size = (max(2, round(cut.matte.shape[1] * scale)), max(2, round(cut.matte.shape[0] * scale)))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    colour = cv2.resize(cut.colour, size, interpolation=how).astype(np.float32)
    matte = np.clip(cv2.resize(cut.matte, size, interpolation=cv2.INTER_LINEAR), 0, 1)
    if scale > 1.5:  # noqa: PLR2004  # an enlarged edge is made as narrow as that of a person filmed so large
        matte = np.clip((matte - 0.5) * min(2.5, scale) + 0.5, 0, 1)
        matte = cv2.GaussianBlur(matte, (0, 0), 0.7)
    middle, soles = cut.middle * scale, cut.soles * scale
    if pose.mirrored:
        colour, matte = colour[:, ::-1], matte[:, ::-1]
        middle = size[0] - 1 - middle
    pad = round(0.5 * pose.tall) if pose.lean else 2
    colour = np.asarray(cv2.copyMakeBorder(colour, 2, 2, pad, pad, cv2.BORDER_REPLICATE), np.float32)
    matte = np.asarray(cv2.copyMakeBorder(matte, 2, 2, pad, pad, cv2.BORDER_CONSTANT, value=0), np.float32)
    if pose.lean:
        colour, matte = _leaning(colour, np.asarray(matte, np.float32), (middle + pad, soles + 2), pose)
    fitted = look.on(np.asarray(colour, np.float32), np.asarray(matte, np.float32))
    return Layer(*fitted, round(pose.x - middle - pad), round(pose.y - soles - 2))


def _leaning(colour: Colour, matte: Matte, foot: tuple[float, float], pose: Pose) -> tuple[Colour, Matte]:
    hip = foot[1] - HIP * pose.tall
    rows = np.arange(matte.shape[0], dtype=np.float32)[:, None]
    trunk = matte * np.clip((hip + SEAM * pose.tall - rows) / max(1.0, SEAM * pose.tall), 0, 1)
    legs = matte * np.clip((rows - hip + SEAM * pose.tall) / max(1.0, SEAM * pose.tall), 0, 1)
    turn = cv2.getRotationMatrix2D((foot[0], hip), -pose.lean, 1.0)
    size = (matte.shape[1], matte.shape[0])
    turned = cv2.warpAffine(colour, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    over = cv2.warpAffine(np.asarray(trunk, np.float32), turn, size, flags=cv2.INTER_LINEAR)
    both = over + legs * (1 - over)
    mixed = (turned * over[..., None] + colour * (legs * (1 - over))[..., None]) / np.maximum(both, 1e-3)[..., None]
    return np.asarray(mixed, np.float32), np.asarray(both, np.float32)


def thing(colour: NDArray[np.uint8], matte: Matte, foot: tuple[float, float], broad: float, look: Look) -> Layer:
    """A thing whose lowest row is at `foot` (column of its middle, row), `broad` output pixels across."""
    size = (max(3, round(broad)), max(3, round(broad * matte.shape[0] / matte.shape[1])))
    small = cv2.resize(colour, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    opacity = cv2.resize(matte, size, interpolation=cv2.INTER_AREA)
    border = 2 + round(2 * look.blur)
    small = np.asarray(cv2.copyMakeBorder(small, border, border, border, border, cv2.BORDER_REPLICATE), np.float32)
    opacity = cv2.copyMakeBorder(opacity, border, border, border, border, cv2.BORDER_CONSTANT, value=0)
    fitted = look.on(small, np.asarray(opacity, np.float32))
    return Layer(*fitted, round(foot[0] - size[0] / 2 - border), round(foot[1] - size[1] - border))


def shadow(foot: tuple[float, float], across: float, strength: float) -> Layer:
    """A contact shadow: dark where the thing stands, faint around it. The colour is black, the matte its depth."""
    wide, high = max(4, round(1.5 * across)), max(3, round(0.42 * across))
    rows, columns = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j].astype(np.float32)
    far = np.clip(1 - np.sqrt(columns**2 + rows**2), 0, 1)
    matte = np.asarray(strength * np.minimum(1.0, 1.9 * far), np.float32)
    return Layer(np.zeros((high, wide, 3), np.float32), matte, round(foot[0] - wide / 2), round(foot[1] - 0.62 * high))


def lay(picture: NDArray[np.uint8], layer: Layer) -> None:
    """Lays a layer into a picture, in place."""
    part = layer.inside((picture.shape[0], picture.shape[1]))
    if part is None:
        return
    height, width = part.matte.shape
    area = picture[part.y : part.y + height, part.x : part.x + width]
    matte = part.matte[..., None]
    area[:] = (area * (1 - matte) + part.colour * matte + 0.5).astype(np.uint8)
