"""Draws a parcel: three faces of corrugated board with tape and a label, under a soft overcast light."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from maker.footage import Matte, Picture

BARCODE_END = 216
"""Texture pixel at which the barcode of the label ends."""
FINE = 3
"""Drawn this many times larger than needed, then averaged."""


class Parcel(NamedTuple):
    """What a parcel is and where it stands.

    Attributes:
        middle: Horizontal middle, source pixels.
        base: Lowest point of the parcel, source pixels.
        size: Width, depth and height in source pixels of its place.
        turn: Degrees that its front right edge is turned towards the camera, above 0.
        tilt: Degrees by which the camera looks down.
        board: Blue, green, red of the lit board.
        seed: For the fibres and the label.
    """

    middle: float
    base: float
    size: tuple[float, float, float] = (25.0, 18.0, 16.0)
    turn: float = 24.0
    tilt: float = 27.0
    board: tuple[int, int, int] = (112, 148, 182)
    seed: int = 1


class Drawn(NamedTuple):
    """A parcel in output pixels.

    Attributes:
        colour: Its picture, float BGR.
        body: Opacity of the board, 0 to 1.
        shade: Darkening of the ground around it, 0 to 1.
        box: x1, y1, x2, y2 of the board, output pixels.
    """

    colour: NDArray[np.float32]
    body: Matte
    shade: Matte
    box: tuple[int, int, int, int]


def draw(parcel: Parcel, place: tuple[float, float], scale: float, shape: tuple[int, int]) -> Drawn:
    """Draws a parcel into an empty picture of `shape` (height, width).

    Args:
        parcel: What to draw; `place` stands for its `middle` and `base`.
        place: Horizontal middle and lowest point, output pixels.
        scale: Output pixels per source pixel.
        shape: Height and width of the output.
    """
    corners = _corners(parcel) * scale
    low = corners[:, 1].max()
    corners += np.array([place[0] - (corners[:, 0].min() + corners[:, 0].max()) / 2, place[1] - low])
    left, top = np.floor(corners.min(axis=0)).astype(int) - 4
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 5
    local = (corners - (left, top)) * FINE
    size = ((right - left) * FINE, (bottom - top) * FINE)
    colour = np.zeros((size[1], size[0], 3), np.float32)
    body = np.zeros((size[1], size[0]), np.float32)
    for face, corner_ids, light in (
        ("front", (0, 1, 5, 4), 0.80),
        ("side", (1, 2, 6, 5), 0.60),
        ("top", (4, 5, 6, 7), 1.04),
    ):
        _put(colour, body, _face(parcel, face), local[list(corner_ids)].astype(np.float32), light)
    small = (int(right - left), int(bottom - top))
    patch = cv2.resize(colour, small, interpolation=cv2.INTER_AREA)
    opacity = cv2.resize(body, small, interpolation=cv2.INTER_AREA)
    soft = 0.42 * scale
    patch = cv2.GaussianBlur(patch, (0, 0), soft) / np.maximum(cv2.GaussianBlur(opacity, (0, 0), soft), 0.02)[..., None]
    whole_colour, whole_body = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    whole_colour[top:bottom, left:right] = np.clip(patch, 0, 255)
    whole_body[top:bottom, left:right] = opacity
    whole_body = np.asarray(cv2.GaussianBlur(whole_body, (0, 0), 0.30 * scale), np.float32)
    x1, y1 = np.floor(corners.min(axis=0)).astype(int)
    x2, y2 = np.ceil(corners.max(axis=0)).astype(int)
    return Drawn(whole_colour, whole_body, _shade(corners, scale, shape), (int(x1), int(y1), int(x2), int(y2)))


def _corners(parcel: Parcel) -> NDArray[np.float64]:
    """Eight corners seen from above at an angle: 0 to 3 on the ground (front left first), 4 to 7 above them."""
    width, depth, height = parcel.size
    turn, tilt = np.radians(parcel.turn), np.radians(parcel.tilt)
    ground = np.array([(0, 0), (width, 0), (width, depth), (0, depth)], float) - (width / 2, depth / 2)
    across = ground[:, 0] * np.cos(turn) + ground[:, 1] * np.sin(turn)
    away = -ground[:, 0] * np.sin(turn) + ground[:, 1] * np.cos(turn)
    low = np.stack([across, -away * np.sin(tilt)], axis=1)
    return np.concatenate([low, low - (0, height * np.cos(tilt))])


def _face(parcel: Parcel, face: str) -> NDArray[np.float32]:
    """A square texture of 240 pixels for one face."""
    random = np.random.default_rng([parcel.seed, len(face), ord(face[0])])
    fibres = cv2.GaussianBlur(random.normal(0, 1, (240, 240)).astype(np.float32), (0, 0), 6, sigmaY=0.8) * 14
    blotches = cv2.GaussianBlur(random.normal(0, 1, (240, 240)).astype(np.float32), (0, 0), 28) * 130
    texture = np.array(parcel.board, np.float32) + (fibres + np.clip(blotches, -9, 9))[..., None]
    if face in ("top", "front"):
        middle = slice(104, 134)
        reach = slice(0, 240) if face == "top" else slice(0, 70)
        texture[reach, middle] = texture[reach, middle] * 0.55 + np.array((150, 175, 190), np.float32) * 0.45
    if face == "top":
        texture[:, 118:120] *= 0.72
    if face == "front":
        _label(texture, random)
    texture[:3] *= 0.86
    texture[-4:] *= 0.78
    return np.asarray(texture, np.float32)


def _label(texture: NDArray[np.float32], random: np.random.Generator) -> None:
    texture[96:192, 138:226] = (222, 226, 228)
    for y in range(106, 140, 8):
        texture[y : y + 3, 146 : 146 + int(random.integers(30, 72))] = (70, 70, 72)
    x = 146
    while x < BARCODE_END:
        width = int(random.integers(2, 6))
        texture[152:182, x : x + width] = (40, 40, 42)
        x += width + int(random.integers(2, 6))


def _put(
    colour: NDArray[np.float32], body: Matte, texture: NDArray[np.float32], corners: NDArray[np.float32], light: float
) -> None:
    """Lays a face; corners run lower left, lower right, upper right, upper left."""
    flat = np.array([(0, 240), (240, 240), (240, 0), (0, 0)], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    size = (body.shape[1], body.shape[0])
    laid = cv2.warpPerspective(texture * light, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    area = np.zeros(body.shape, np.uint8)
    cv2.fillConvexPoly(area, np.round(corners).astype(np.int32), 1)
    inside = area.astype(bool)
    colour[inside] = laid[inside]
    body[inside] = 1.0


def _shade(corners: NDArray[np.float64], scale: float, shape: tuple[int, int]) -> Matte:
    """Contact shadow: dark and narrow at the edge, faint and wide further out."""
    ground = np.round(corners[:4]).astype(np.int32)
    foot = np.zeros(shape, np.float32)
    cv2.fillConvexPoly(foot, cv2.convexHull(ground), 1.0)
    near = cv2.GaussianBlur(foot, (0, 0), 0.9 * scale)
    far = cv2.GaussianBlur(foot, (0, 0), 3.6 * scale)
    return np.asarray(np.clip(0.50 * near + 0.30 * far, 0, 0.62), np.float32)


def lay(picture: NDArray[np.float32], drawn: Drawn, visible: Matte) -> NDArray[np.float32]:
    """Composites a parcel where `visible` (0 to 1) lets it be seen."""
    grounded = picture * (1 - (drawn.shade * visible)[..., None])
    body = (drawn.body * visible)[..., None]
    return np.asarray(grounded * (1 - body) + drawn.colour * body, np.float32)


def as_picture(picture: NDArray[np.float32]) -> Picture:
    """Rounds and clips to eight bits."""
    return np.asarray(np.clip(picture + 0.5, 0, 255), np.uint8)
