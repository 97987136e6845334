"""How much of one patch of one picture each colour covers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.appearance.behind import Behind
from pipeline.appearance.light import Light, Picture
from pipeline.appearance.naming import NAMES, may_be_skin, named
from pipeline.appearance.oklab import oklab
from pipeline.appearance.parts import Patch
from pipeline.domain.appearance import Colour, NoColour, Part, may_be_said
from pipeline.domain.tracks import Box

_LEAST_PIXELS = 40
"""Of a patch; fewer are mostly edge."""
_LEAST_LEFT = 0.3
"""Share of a patch that must be left to count."""
_LEAST_CLOTH = 0.5
"""Share of a person's part that must be left when skin-like pixels are not counted: beside much of them, what is left
is mostly their shade and shine."""
_LEAST_SIDE = 3
_MOST_ACROSS = 24
"""Pixels of a patch's longer side that are counted; of a larger one only every second, third ... is."""
_GLARE, _PALE = 253, 190
"""Values of the highest and of the lowest channel from which a pixel is overexposed: it may have been of any pale
colour, skin too."""
_BLACK, _GREY = NAMES.index(Colour.BLACK), NAMES.index(Colour.GREY)
_ALL_SHADE = 0.7
"""Share of a vehicle's body from which shade is its own colour."""
_UNSAID = np.array([not may_be_said(Part.UPPER, colour) for colour in NAMES])


@dataclass(frozen=True, slots=True)
class Reading:
    """One patch in one picture.

    Attributes:
        shares: Share of the counted area of each of ``NAMES``; all zero where nothing is counted.
        reason: Why nothing is counted; None when something is.
    """

    shares: NDArray[np.float64]
    reason: NoColour | None = None


def nothing(reason: NoColour) -> Reading:
    """A reading that counts nothing."""
    return Reading(np.zeros(len(NAMES)), reason)


def read_patch(picture: Picture, patch: Patch, light: Light, behind: Behind | None, others: Sequence[Box]) -> Reading:
    """Counts the colours of one patch.

    Args:
        picture: The whole of it.
        patch: Which part.
        light: Of the whole picture.
        behind: The picture without anybody in it, where that is known.
        others: Boxes of what stands in front.
    """
    if light.reason is not None:
        return nothing(light.reason)
    edges = _pixels(patch.box, picture)
    if edges is None:
        return nothing(NoColour.TOO_SMALL)
    left, top, right, bottom = edges
    step = max(1, -(-max(right - left, bottom - top) // _MOST_ACROSS))
    rows, columns = slice(top, bottom, step), slice(left, right, step)
    seen = np.ascontiguousarray(picture[rows, columns])
    counted = np.ones(seen.shape[:2], np.bool_) if behind is None else ~behind.shows(seen, rows, columns)
    for other in others:
        _leave_out(counted, other, (left, top), step)
    return _counted(patch.part, seen, light, counted)


def _counted(part: Part, seen: NDArray[np.uint8], light: Light, of_thing: NDArray[np.bool_]) -> Reading:
    lab = oklab(light.corrected(seen))
    colours = named(lab)
    is_vehicle = part is Part.VEHICLE
    counted = of_thing if is_vehicle else of_thing & ~(may_be_skin(lab) | _UNSAID[colours] | _is_glare(seen))
    if counted.mean() < _LEAST_LEFT or counted.sum() < _LEAST_CLOTH * of_thing.sum():
        return nothing(NoColour.HIDDEN)
    areas = np.bincount(colours[counted], minlength=len(NAMES)).astype(np.float64)
    if is_vehicle:
        areas = _without_shade(areas)
    return Reading(areas / areas.sum())


def _pixels(box: Box, picture: Picture) -> tuple[int, int, int, int] | None:
    height, width = picture.shape[:2]
    left, top = max(0, round(box.x1)), max(0, round(box.y1))
    right, bottom = min(width, round(box.x2)), min(height, round(box.y2))
    across, down = right - left, bottom - top
    if min(across, down) < _LEAST_SIDE or across * down < _LEAST_PIXELS:
        return None
    return left, top, right, bottom


def _leave_out(counted: NDArray[np.bool_], other: Box, corner: tuple[int, int], step: int) -> None:
    left, top = corner
    x1, x2 = (max(0, round((edge - left) / step)) for edge in (other.x1, other.x2))
    y1, y2 = (max(0, round((edge - top) / step)) for edge in (other.y1, other.y2))
    counted[y1:y2, x1:x2] = False


def _is_glare(seen: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray((seen.max(axis=-1) >= _GLARE) & (seen.min(axis=-1) >= _PALE))


def _without_shade(areas: NDArray[np.float64]) -> NDArray[np.float64]:
    """Takes black away, which windows, wheels, grilles and shadows are, unless the vehicle may itself be black.

    A black vehicle shines grey where the sky lies in it: black and grey are left to compete.
    """
    lit = areas.copy()
    lit[_BLACK] = 0
    if areas[_BLACK] >= _ALL_SHADE * areas.sum() or int(np.argmax(lit)) == _GREY:
        return areas
    return lit
